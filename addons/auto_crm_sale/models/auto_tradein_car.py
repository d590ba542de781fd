from odoo import models
from odoo.exceptions import UserError


class AutoTradein(models.Model):
    """Which car it is, and what is found on it."""

    _inherit = "auto.tradein"

    def _find_cars(self):
        """Find the cars by the VIN or plate entered, or register them.

        A plate alone finds a car; to register one takes its VIN.

        :raise ValidationError: when the VIN is none
        :raise UserError: when a plate fits several cars
        """
        for tradein in self.filtered(lambda one: not one.vehicle_id):
            vin, plate = tradein.vin, tradein.license_plate
            if vin or plate:
                tradein._find_car(vin, plate)

    def _find_car(self, vin, plate):
        self.ensure_one()
        vehicles = self.env["auto.vehicle"].with_company(self.company_id)
        vin = vehicles._checked_vin(vin)
        found = vehicles._lookup(vin=vin, plate=plate)
        if len(found) > 1:
            seller = self.partner_id.commercial_partner_id
            mine = found.filtered(
                # Whose it is decides, whoever may see that person.
                lambda car: car.sudo().owner_id.commercial_partner_id == seller
            )
            if len(mine) != 1:
                raise UserError(
                    self.env._(
                        "Several cars have had the plate %(plate)s: enter the VIN.",
                        plate=plate,
                    )
                )
            found = mine
        if found and vin and found.sudo().vin and found.sudo().vin != vin:
            # The plate has moved on to a car that is not known yet.
            found = found.browse()
        if not found and vin:
            found = self._register_car(vin, plate)
        elif found and vin and not found.sudo().vin:
            found.sudo().vin = vin  # read from the car itself
        if found:
            self._set_state({"vehicle_id": found.id})

    def _register_car(self, vin, plate):
        """Return a new vehicle record for the customer's car."""
        self.ensure_one()
        # A consultant may not register cars at will; the trade-in does.
        vehicles = self.env["auto.vehicle"].sudo().with_company(self.company_id)
        known = plate and vehicles.search(
            [("license_plate", "=", vehicles._normalise_plate(plate))], limit=1
        )
        vehicle = vehicles.create(
            {
                "vin": vin or False,
                "license_plate": False if known else plate,
                "model_id": self.model_id.id,
                "color": self.color,
                "owner_id": self.partner_id.commercial_partner_id.id,
                "company_id": self.company_id.id,
            }
        )
        return vehicle.sudo(self.env.su)

    def _complete_car(self):
        """Tell the car what was seen on it and is not known yet."""
        for tradein in self:
            # A consultant may not change cars at will; the appraisal does.
            car = tradein.vehicle_id.sudo()
            seen = {
                "model_id": tradein.model_id.id,
                "color": tradein.color,
                "license_plate": tradein.license_plate,
            }
            car.write(
                {name: seen[name] for name in seen if seen[name] and not car[name]}
            )

    def action_inspect(self):
        """Open the inspection of the car, on the telephone beside it as well.

        :raise UserError: when the car is not known yet
        """
        self.ensure_one()
        self.check_access("read")
        if not self.checklist_id:
            self.check_access("write")
            self._check_known()
            if self.state not in ("draft", "appraised"):
                raise UserError(
                    self.env._("The car is inspected before it is offered for.")
                )
            checklist = self.env["auto.checklist"].create(
                {
                    "kind": "tradein",
                    "vehicle_id": self.vehicle_id.id,
                    "company_id": self.company_id.id,
                    "user_id": self.env.uid,
                }
            )
            self._set_state({"checklist_id": checklist.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Inspection"),
            "res_model": "auto.checklist",
            "res_id": self.checklist_id.id,
            "views": [(False, "form")],
        }

    def action_open_vehicle(self):
        """Open the car."""
        self.ensure_one()
        return self.vehicle_id._get_records_action()

    def action_open_order(self):
        """Open the contract."""
        self.ensure_one()
        return self.order_id._get_records_action()

    def _check_known(self):
        for tradein in self:
            if not tradein.vehicle_id:
                raise UserError(
                    self.env._(
                        "%(tradein)s: enter the VIN of the car first.",
                        tradein=tradein.name,
                    )
                )
