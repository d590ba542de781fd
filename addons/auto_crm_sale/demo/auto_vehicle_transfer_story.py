"""Three cars that stores have asked each other for. Runs with demo data only."""

from odoo import api, fields, models

# Number of the car in the story of auto_crm_base, who asks, who decides, how far,
# days until it is expected.
TRANSFERS = (
    (20, "store1_consultant", "store2_manager", "in_transit", 2),
    (10, "store2_consultant", None, "requested", 5),
    (27, "store2_consultant", "store3_manager", "refused", 6),
)


class AutoVehicleTransfer(models.Model):
    _inherit = "auto.vehicle.transfer"

    @api.model
    def _load_demo_transfers(self):
        """Ask for the cars that nobody holds yet, as the people of the stores."""
        for number, asks, decides, state, days in TRANSFERS:
            car = self.env.ref(
                f"auto_crm_base.demo_vehicle_stock_{number}", raise_if_not_found=False
            )
            if not car or car.availability != "available":
                continue
            asking = self._demo_env(asks)["auto.vehicle.transfer"]
            transfer = asking.create(
                {
                    "vehicle_id": car.id,
                    "date_expected": fields.Date.add(fields.Date.today(), days=days),
                }
            )
            transfer.action_request()
            if state == "refused":
                approval = transfer.sudo()._waiting_approval("vehicle_transfer")
                approval.with_env(self._demo_env(decides)).action_refuse(
                    "已答应周六来看车的客户"
                )
            elif decides:
                deciding = transfer.with_env(self._demo_env(decides))
                deciding.action_approve()
                deciding.action_ship()

    @api.model
    def _demo_env(self, login):
        """Return the environment of one of the stores' people, at work there."""
        user = self.env.ref(f"auto_crm_base.user_{login}")
        return self.with_user(user).with_company(user.company_id).env
