from odoo import fields, models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """The car that a prospect would give in part payment."""

    _inherit = "crm.lead"

    tradein_ids = fields.One2many(
        comodel_name="auto.tradein",
        inverse_name="lead_id",
        string="Trade-ins",
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "account.group_account_invoice,stock.group_stock_user",
    )
    tradein_count = fields.Integer(
        string="Number of trade-ins", compute="_compute_tradein_count"
    )

    def _compute_tradein_count(self):
        counts = self.env["auto.tradein"]._counts("lead_id", self)
        for lead in self:
            lead.tradein_count = counts.get(lead._origin, 0)

    def action_tradein(self):
        """Open the prospect's trade-in, or a new one with what the prospect told.

        :raise UserError: when the prospect is nameless
        """
        self.ensure_one()
        self.check_access("write")
        if not self.partner_id:
            self._handle_partner_assignment()
        if not self.partner_id:
            raise UserError(self.env._("Please enter the customer's name first."))
        told = [self.tradein_model, str(self.tradein_year or "")]
        return self.env["auto.tradein"]._action_of(
            self.tradein_ids,
            {
                "lead_id": self.id,
                "partner_id": self.partner_id.id,
                "company_id": (self.company_id or self.env.company).id,
                "license_plate": self.tradein_plate,
                "odometer": self.tradein_odometer,
                "description": " ".join(filter(None, told)),
            },
        )
