from odoo import api, fields, models

#: What is written to a car once it is more than a number.
KNOWN_BY = frozenset(
    {"vin", "lot_id", "stock_location_id", "factory_status_id", "supply_state"}
)


class AutoVehicle(models.Model):
    """A car of which there is but the production number that somebody typed.

    It is for whoever typed it, and in nobody's list of sellable cars. When the number
    is corrected, or what names it is cancelled, the car is put away; it comes back when
    the number is named again, or when the factory speaks of it.
    """

    _inherit = "auto.vehicle"

    is_number_only = fields.Boolean(
        string="Number only",
        readonly=True,
        copy=False,
        help="Typed on a contract or a reservation; the factory has not spoken of it.",
    )
    availability = fields.Selection(
        selection_add=[("unordered", "Not ordered yet"), ("gone",)],
        ondelete={"unordered": lambda cars: cars.write({"availability": "incoming"})},
    )

    @api.depends("is_number_only")
    def _compute_availability(self):
        return super()._compute_availability()

    def _availability(self):
        availability = super()._availability()
        if availability == "incoming" and self.is_number_only:
            return "unordered"
        return availability

    def write(self, vals):
        numbers = self.filtered("is_number_only") if KNOWN_BY & vals.keys() else None
        if not numbers:
            return super().write(vals)
        known = {**vals, "is_number_only": False, "active": True}
        result = super(AutoVehicle, numbers).write(known)
        rest = self - numbers
        return super(AutoVehicle, rest).write(vals) if rest else result

    def _keep_number(self):
        """Keep cars of which there is but a number: they were sold, so the factory has
        the order."""
        # Consultants change their contracts, not cars.
        self.sudo().filtered("is_number_only").is_number_only = False

    def _name_again(self):
        """Bring back cars that were put away, for a document that names them again."""
        # As above.
        put_away = self.sudo().filtered(lambda car: not car.active)
        put_away.filtered("is_number_only").active = True

    def _drop_number(self):
        """Put away cars of which there is but a number, as far as nothing names it."""
        self.sudo().filtered("is_number_only")._put_away_unnamed()

    def _put_away_unnamed(self):
        """Put away the free ones of these cars that no open document names."""
        # Whose documents they are does not matter.
        cars = self.sudo().filtered(lambda car: car.active and car.sale_state == "free")
        if not cars:
            return
        lines = self.env["sale.order.line"].sudo()
        named = lines.search(
            [("vehicle_id", "in", cars.ids), ("order_id.state", "!=", "cancel")]
        ).vehicle_id
        reservations = self.env["auto.reservation"].sudo()
        named |= reservations.search(
            [
                ("vehicle_id", "in", cars.ids),
                ("state", "in", ("draft", "queued", "active")),
            ]
        ).vehicle_id
        (cars - named).write({"active": False, "is_number_only": True})
