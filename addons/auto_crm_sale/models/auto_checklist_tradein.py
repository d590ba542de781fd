from odoo import fields, models


class AutoChecklist(models.Model):
    """The inspection of a car that may be bought."""

    _inherit = "auto.checklist"

    kind = fields.Selection(
        selection_add=[("tradein", "Used-car inspection")],
        ondelete={"tradein": "cascade"},
    )
    tradein_ids = fields.One2many(
        comodel_name="auto.tradein",
        inverse_name="checklist_id",
        string="Trade-in",
        readonly=True,
        # Who only inspects the car has no right on what is paid for it.
        groups="auto_crm_base.group_consultant,auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,auto_crm_base.group_head_office,"
        "auto_crm_base.group_auditor",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")

    def action_open_tradein(self):
        """Go back to the trade-in that this is for."""
        self.ensure_one()
        return self.tradein_ids[:1]._get_records_action()
