from odoo import api, fields, models, tools


class AutoIntakeChannel(models.Model):
    """The way by which a prospect reaches us: phone, showroom, website …"""

    _name = "auto.intake.channel"
    _inherit = ["auto.kept.mixin", "auto.rule.mixin"]
    _description = "Intake channel"
    _rule_cache = "stable"

    code = fields.Char(
        required=True,
        help="The technical name by which forms, imports and programs say the channel.",
    )
    contact_channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("visit", "Showroom visit"),
            ("sms", "SMS"),
            ("email", "E-mail"),
            ("chat", "WeChat or chat"),
            ("web", "Website"),
            ("fax", "Fax"),
            ("event", "Event"),
            ("letter", "Letter"),
            ("system", "Another system"),
        ],
        string="Kind of contact",
        required=True,
        default="system",
        help="How an intake by this channel is shown in the contact log.",
    )
    is_manual = fields.Boolean(
        string="Typed in by staff",
        help="Offered in the form “New prospect”.",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "There is already a channel with this code."
    )

    @api.model
    @tools.ormcache("code", cache="stable")
    def _data_of(self, code):
        """Return ``(id, contact channel)`` of the channel ``code``, else ``None``."""
        # Which channels exist is no secret, and intake works without a user.
        channel = self.sudo().search([("code", "=", code)], limit=1)
        return (channel.id, channel.contact_channel) if channel else None
