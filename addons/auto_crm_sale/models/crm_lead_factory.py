from odoo import api, fields, models


class CrmLead(models.Model):
    """Where the car is that the prospect waits for."""

    _inherit = "crm.lead"

    factory_text = fields.Char(
        string="Factory order",
        compute="_compute_factory_text",
        compute_sudo=True,
        help="Where the car on order is, and when it is expected.",
    )

    @api.depends(
        "reservation_ids.state",
        "reservation_ids.vehicle_id.supply_state",
        "reservation_ids.vehicle_id.expected_date",
        "order_ids.order_line.vehicle_id",
    )
    @api.depends_context("lang")
    def _compute_factory_text(self):
        for lead in self:
            held = lead.reservation_ids.filtered(lambda one: one.state == "active")
            orders = lead.order_ids.filtered(lambda one: one.state != "cancel")
            vehicles = held.vehicle_id | orders.vehicle_ids
            lead.factory_text = vehicles._factory_words() or False
