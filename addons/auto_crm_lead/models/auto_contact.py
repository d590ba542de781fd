from odoo import api, fields, models


class AutoContact(models.Model):
    _inherit = "auto.contact"

    lead_id = fields.Many2one(
        comodel_name="crm.lead", string="Prospect", index="btree_not_null"
    )
    result = fields.Selection(
        selection_add=[("opt_out", "Wants no more contact")],
        ondelete={"opt_out": "set null"},
    )

    _lead_date_idx = models.Index("(lead_id, date DESC) WHERE lead_id IS NOT NULL")

    @api.model
    def _append_only_open_fields(self):
        # A merge takes the contacts along to the prospect that stays.
        return super()._append_only_open_fields() | {"lead_id"}
