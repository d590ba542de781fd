import hmac
import secrets

from odoo import api, fields, models


class AutoComplaintDoor(models.Model):
    """A page and an e-mail address by which customers complain to a store."""

    _name = "auto.complaint.door"
    _inherit = ["mail.alias.mixin.optional"]
    _description = "Complaint door"
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
    token = fields.Char(
        required=True,
        copy=False,
        default=lambda self: secrets.token_urlsafe(18),
        groups="auto_crm_base.group_config",
        help="The part of the address that names this door.",
    )
    has_form = fields.Boolean(
        string="Complaint form",
        default=True,
        help="Whether the page with the complaint form is open.",
    )
    rate_limit = fields.Integer(
        string="Complaints a minute",
        default=10,
        help="At most so many from one address on the internet.",
    )
    consent_text = fields.Text(
        translate=True,
        help="What the customer agrees to on the form. Empty: the general text.",
    )
    form_url = fields.Char(
        string="Address of the form", compute="_compute_form_url", compute_sudo=True
    )

    _token_uniq = models.Constraint(
        "UNIQUE(token)", "Another door has this token already."
    )
    _rate_positive = models.Constraint(
        "CHECK(rate_limit > 0)", "At least one complaint a minute must be let in."
    )

    @api.depends("token")
    def _compute_form_url(self):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")
        for door in self:
            door.form_url = f"{base}/auto/complaint/{door.token}"

    @api.model
    def _by_token(self, token):
        """Return the open door with ``token`` as superuser, else an empty one."""
        # The visitor is nobody in Odoo: the token is what lets him in.
        doors = self.sudo()
        if not token or len(token) > 200 or "\x00" in token:
            return doors.browse()
        door = doors.search([("token", "=", token)], limit=1)
        same = hmac.compare_digest((door.token or "").encode(), token.encode())
        return door if same and door.has_form else doors.browse()

    def action_open_form(self):
        """Open the form as a customer sees it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.form_url, "target": "new"}

    def _alias_get_creation_values(self):
        values = super()._alias_get_creation_values()
        values["alias_model_id"] = self.env["ir.model"]._get_id("auto.complaint")
        if self.id:
            values["alias_defaults"] = {"door_id": self.id}
            values["alias_contact"] = "everyone"
        return values
