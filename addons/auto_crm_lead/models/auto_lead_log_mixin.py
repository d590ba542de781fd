from odoo import api, fields, models


class AutoLeadLogMixin(models.AbstractModel):
    """A log of what happened to prospects; it moves along when two are merged."""

    _name = "auto.lead.log.mixin"
    _inherit = ["auto.append.only.mixin"]
    _description = "Log of a prospect"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(comodel_name="res.company", string="Store", index=True)
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", default=lambda self: self.env.user
    )

    @api.model
    def _append_only_open_fields(self):
        # A merge takes the entries along to the prospect that stays.
        return super()._append_only_open_fields() | {"lead_id"}
