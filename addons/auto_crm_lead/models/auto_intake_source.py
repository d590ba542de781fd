import secrets

from odoo import api, fields, models


class AutoIntakeSource(models.Model):
    """One door for prospects from outside: a website, a portal, a mail address.

    Its token is part of the address that the sender calls, its secret signs
    what the sender sends. It says to which store the prospects go.
    """

    _name = "auto.intake.source"
    _description = "Prospect door"
    _order = "company_id, name"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    channel_id = fields.Many2one(
        comodel_name="auto.intake.channel",
        string="Channel",
        required=True,
        ondelete="restrict",
    )
    token = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(24),
        groups="auto_crm_base.group_config",
        help="The part of the address that names this door. Who has it may send, "
        "when the door does not ask for a signature.",
    )
    secret = fields.Char(
        copy=False,
        required=True,
        default=lambda self: secrets.token_urlsafe(36),
        groups="auto_crm_base.group_config",
        help="The key that both sides sign with. Give it to the sender once, by a "
        "safe way; it is not shown to anyone else.",
    )
    allow_unsigned_adf = fields.Boolean(
        string="Accept ADF without signature",
        help="For a sender of ADF that cannot sign: the token in the address is "
        "then all that protects this door.",
    )
    rate_limit = fields.Integer(
        string="Deliveries a minute",
        default=300,
        help="At most so many from one sender's address; more are asked to come "
        "back later. 0: no limit.",
    )
    utm_source_id = fields.Many2one(
        comodel_name="utm.source", string="Source", ondelete="restrict"
    )
    utm_medium_id = fields.Many2one(
        comodel_name="utm.medium", string="Medium", ondelete="restrict"
    )
    utm_campaign_id = fields.Many2one(
        comodel_name="utm.campaign",
        string="Campaign",
        ondelete="set null",
        help="For prospects that come without one.",
    )

    _token_uniq = models.Constraint(
        "UNIQUE(token)", "Another door has this token already."
    )

    @api.model
    def _by_token(self, token):
        """Return the active door with ``token`` as superuser, else an empty one."""
        if not token or len(token) > 200:
            return self.sudo().browse()
        # The sender is nobody in Odoo: the token is what lets him in.
        return self.sudo().search([("token", "=", token)], limit=1)
