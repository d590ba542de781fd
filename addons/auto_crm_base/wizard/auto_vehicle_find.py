from odoo import fields, models
from odoo.exceptions import UserError

from ..tools import vin as vin_tools


class AutoVehicleFind(models.TransientModel):
    """Finds a car of any store by its exact VIN or plate, and says so in the log."""

    _name = "auto.vehicle.find"
    _description = "Find a vehicle"

    number = fields.Char(
        string="VIN or license plate",
        required=True,
        help="The whole number, in any spelling.",
    )

    def action_find(self):
        """Open the car with this number; it belongs to this store too from now on.

        :raise UserError: when there is none
        """
        self.ensure_one()
        vehicle = self.env["auto.vehicle"]
        vehicles = vehicle._lookup(vin=self.number, plate=self.number)
        if vehicles:
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "auto_crm_base.auto_vehicle_action"
            )
            if len(vehicles) == 1:
                action.update(
                    views=[(False, "form")], view_mode="form", res_id=vehicles.id
                )
            else:
                action["domain"] = [("id", "in", vehicles.ids)]
            return action
        number = vin_tools.normalise(self.number)
        message = self.env._("No vehicle has the VIN or plate “%(n)s”.", n=number)
        if len(number) > 12:
            problems = vin_tools.validate(number)
            message = "\n".join(
                [message, *(self.env._(problem.message) for problem in problems)]
            )
        raise UserError(message)
