from odoo import fields, models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """From a prospect to a reservation."""

    _inherit = "crm.lead"

    reservation_ids = fields.One2many(
        comodel_name="auto.reservation",
        inverse_name="lead_id",
        string="Reservations",
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "auto_crm_base.group_adviser,account.group_account_invoice",
    )
    reservation_count = fields.Integer(
        string="Number of reservations", compute="_compute_reservation_count"
    )

    def _compute_reservation_count(self):
        counts = {}
        reservations = self.env["auto.reservation"]
        if reservations.has_access("read"):
            counts = dict(
                reservations._read_group(
                    [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
                )
            )
        for lead in self:
            lead.reservation_count = counts.get(lead._origin, 0)

    def action_reserve(self):
        """Open a reservation for the prospect, of the best car that is still free.

        :raise UserError: when the prospect is closed or nameless
        """
        self.ensure_one()
        return self._action_reserve(self._contract_vehicle())

    def action_view_reservations(self):
        """Open the reservations of the prospect."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_reservation_action"
        )
        action["domain"] = [("lead_id", "=", self.id)]
        action["context"] = {
            "default_lead_id": self.id,
            "default_partner_id": self.partner_id.id,
        }
        return action

    def _action_reserve(self, vehicle):
        self.ensure_one()
        self.check_access("write")
        if not self.active:
            raise UserError(self.env._("This prospect is closed."))
        if not self.partner_id:
            self._handle_partner_assignment()
        if not self.partner_id:
            raise UserError(self.env._("Please enter the customer's name first."))
        return self.env["auto.reservation"]._action_new(
            {
                "lead_id": self.id,
                "partner_id": self.partner_id.id,
                "company_id": (self.company_id or self.env.company).id,
                "vehicle_id": vehicle.id,
            }
        )
