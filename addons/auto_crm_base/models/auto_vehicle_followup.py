from odoo import api, fields, models
from odoo.tools import SQL

# The day on which the meter will show the km of the next service, as
# _date_for_odometer() says, in SQL that an index can hold.
SERVICE_DUE = (
    "odometer_date + LEAST(GREATEST(ROUND((next_service_odometer"
    " + COALESCE(odometer_offset, 0) - COALESCE(true_odometer, 0))"
    " / daily_distance), 0), 7300)::int"
)


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    followup_ids = fields.One2many(
        comodel_name="auto.followup", inverse_name="vehicle_id", string="Follow-ups"
    )
    followup_count = fields.Integer(
        string="Open follow-ups", compute="_compute_followup_count"
    )

    _service_due_idx = models.Index(
        f"(({SERVICE_DUE})) WHERE next_service_odometer > 0 AND daily_distance > 0"
    )
    _delivery_date_idx = models.Index("(delivery_date) WHERE delivery_date IS NOT NULL")

    def _compute_followup_count(self):
        followups = self.env["auto.followup"]
        counts = {}
        if followups.has_access("read"):
            counts = dict(
                followups._read_group(
                    [("vehicle_id", "in", self.ids), ("is_open", "=", True)],
                    ["vehicle_id"],
                    ["__count"],
                )
            )
        for vehicle in self:
            vehicle.followup_count = counts.get(vehicle._origin, 0)

    def write(self, vals):
        result = super().write(vals)
        if vals.get("sale_state") in ("sold", "delivered"):
            self._close_followups("close_on_sale", self.env._("The car was sold."))
        if "active" in vals and not vals["active"]:
            self._close_followups(
                "close_on_scrap", self.env._("The car was archived or scrapped.")
            )
        return result

    @api.model
    def _set_owners(self, changes):
        before = {vehicle: vehicle.sudo().owner_id for vehicle in changes}
        result = super()._set_owners(changes)
        moved = self.browse(
            vehicle.id
            for vehicle, owner in before.items()
            if owner and vehicle.sudo().owner_id != owner
        )
        moved._close_followups(
            "close_on_transfer", self.env._("The car changed its owner.")
        )
        return result

    def _close_followups(self, condition, reason):
        if not self:
            return
        # The follow-ups of other stores become void too.
        self.env["auto.followup"].sudo().search(
            [
                ("vehicle_id", "in", self.ids),
                ("is_open", "=", True),
                (f"rule_id.{condition}", "=", True),
            ]
        )._close_void(reason)

    def action_open_followups(self):
        """Open the follow-ups of this car, those that are open first."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_base.auto_followup_action_all"
        )
        return {**action, "domain": [("vehicle_id", "=", self.id)]}

    @api.model
    def _service_due_sql(self):
        """Return the SQL of the expected day of the next service by distance."""
        return SQL("(%s)", SQL(SERVICE_DUE))
