from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import vin as vin_tools


class StockLot(models.Model):
    """A serial number of a car is its VIN, and belongs to one vehicle."""

    _inherit = "stock.lot"

    vehicle_ids = fields.One2many(
        comodel_name="auto.vehicle",
        inverse_name="lot_id",
        string="Vehicle",
        help="The car with this serial number; there is one at most.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lots = super().create([self._car_vals(vals) for vals in vals_list])
        lots._register_vehicles()
        return lots

    def write(self, vals):
        cars = self.filtered("product_id.is_vehicle")
        if cars and vals.get("name"):
            vals = {**vals, "name": self.env["auto.vehicle"]._checked_vin(vals["name"])}
        result = super().write(vals)
        if cars and vals.keys() & {"name", "product_id"}:
            cars._tell_vehicles()
        return result

    def unlink(self):
        # A serial number that was never used may be deleted; the car stays.
        vehicles = self.env["auto.vehicle"].sudo().search([("lot_id", "in", self.ids)])
        vehicles._write_from_stock({"lot_id": False})
        return super().unlink()

    def _check_company(self, fnames=None):
        # A car's serial number is the group's: its product may be kept for the
        # group's companies, while the car moves from store to store.
        lots = self.filtered(
            lambda lot: lot.company_id or not lot.sudo().product_id.is_vehicle
        )
        return super(StockLot, lots)._check_company(fnames)

    def action_open_vehicle(self):
        """Open the car with this serial number."""
        self.ensure_one()
        vehicle = self.vehicle_ids[:1]
        vehicle.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.vehicle",
            "res_id": vehicle.id,
            "views": [(False, "form")],
        }

    @api.model
    def _car_vals(self, vals):
        """Return ``vals`` as a car's serial number is stored: a clean VIN, for all
        stores of the group, since cars move between them."""
        product_id = vals.get("product_id") or self.env.context.get(
            "default_product_id"
        )
        product = self.env["product.product"].browse(product_id)
        if not product.is_vehicle:
            return vals
        if not vals.get("name"):
            raise ValidationError(
                self.env._(
                    "The serial number of “%(product)s” is the VIN of the car.",
                    product=product.display_name,
                )
            )
        name = self.env["auto.vehicle"]._checked_vin(vals["name"])
        return {**vals, "name": name, "company_id": False}

    def _register_vehicles(self):
        """Find or create the vehicle of each serial number of a car.

        A car that is known by its VIN (it comes back by return or trade-in, or was
        on order) keeps its record; it only gets the serial number.

        :raise ValidationError: when the car is in stock under another serial number
        """
        cars = self.filtered("product_id.is_vehicle")
        if not cars:
            return
        # The car may be one that another store or the workshop has registered.
        vehicles = self.env["auto.vehicle"].sudo()
        known = vehicles.with_context(active_test=False).search(
            [("vin", "in", cars.mapped("name"))]
        )
        by_vin = {vehicle.vin: vehicle for vehicle in known}
        known.filtered(lambda vehicle: vehicle.lot_id)._refuse_second_serial(cars)
        new = cars.filtered(lambda lot: lot.name not in by_vin)
        for lot in cars - new:
            vehicle = by_vin[lot.name]
            vals = {"lot_id": lot.id, "product_id": lot.product_id.id, "active": True}
            if not vehicle.model_id:
                vals |= lot._vehicle_model_vals()
            vehicle._write_from_stock(vals)
            vehicle._join_store(
                self.env.company, self.env._("Serial number registered in stock")
            )
        vehicles.create([lot._new_vehicle_vals() for lot in new])

    def _new_vehicle_vals(self):
        self.ensure_one()
        return {
            "vin": self.name,
            "lot_id": self.id,
            "product_id": self.product_id.id,
            "company_id": self.env.company.id,
            "supply_state": "in_transit",
            "sale_state": "free",
            **self._vehicle_model_vals(),
        }

    def _vehicle_model_vals(self):
        """Return what the product tells about the car: model, trim, colour."""
        product = self.product_id
        trim = self.env["auto.trim"].search([("product_id", "=", product.id)], limit=1)
        colours = product.product_template_attribute_value_ids.filtered(
            lambda value: value.attribute_id.display_type == "color"
        )
        return {
            "model_id": product.vehicle_model_id.id or trim.model_id.id,
            "trim_id": trim.id,
            "color": colours[:1].name or False,
        }

    def _tell_vehicles(self):
        """Give the vehicles the VIN and product of their serial numbers."""
        for lot in self:
            # Whoever corrects stock need not have the right to change vehicles.
            vehicle = lot.sudo().vehicle_ids
            if vehicle and vehicle.vin != lot.name:
                vehicle._write_from_stock({"vin": lot.name})
            if vehicle and vehicle.product_id != lot.product_id:
                vehicle._write_from_stock({"product_id": lot.product_id.id})

    def _adopt(self):
        """Make vehicles of serial numbers that were there before they were cars'.

        Serial numbers that are no VIN are left alone: the stock check lists them.
        """
        refuse = self.env.company.auto_vin_check == "refuse"
        cars = self.filtered(
            lambda lot: lot.product_id.is_vehicle and not lot.vehicle_ids
        )
        clean = {lot: vin_tools.normalise(lot.name) for lot in cars}
        taken = set(
            self.env["auto.vehicle"]
            .with_context(active_test=False)
            .search([("vin", "in", list(clean.values())), ("lot_id", "!=", False)])
            .mapped("vin")
        )
        namesakes = cars._namesakes(set(clean.values()))
        adopted = self.browse()
        for lot in cars._likeliest_first(clean):
            vin = clean[lot]
            problems = vin_tools.validate(vin, with_check_digit=refuse)
            if not vin or problems or vin in taken:
                continue
            same = namesakes.get((lot.product_id.id, vin), self.browse()) - lot
            if same and lot.name != vin:
                continue
            taken.add(vin)
            adopted += lot
            # Another company's serial number of the car stays what it is.
            if lot.name != vin or (lot.company_id and not same):
                company_id = lot.company_id.id if same else False
                lot._write_adopted({"name": vin, "company_id": company_id})
        for company, lots in adopted._grouped_by_store():
            lots = lots.with_company(company)
            lots._register_vehicles()
            lots._sync_vehicles(strict=False)

    def _namesakes(self, vins):
        """Return all serial numbers of these cars' products that are these VINs."""
        return self.search(
            [("product_id", "in", self.product_id.ids), ("name", "in", list(vins))]
        ).grouped(lambda lot: (lot.product_id.id, lot.name))

    def _likeliest_first(self, clean):
        """Return these in the order in which they get a vehicle, where several are of
        one car: what is written well, then what is in stock, then the latest.

        :param dict clean: serial number → how its VIN is written well
        """
        here = set(
            self.env["stock.quant"]
            .search(
                [
                    ("lot_id", "in", self.ids),
                    ("location_id.usage", "in", ("internal", "transit")),
                    ("quantity", ">", 0),
                ]
            )
            .lot_id.ids
        )
        return self.sorted(
            lambda lot: (lot.name != clean[lot], lot.id not in here, -lot.id)
        )

    def _grouped_by_store(self):
        """Return these with the store that moved them last, store by store."""
        # Every store's movements count, whoever marks the product.
        last = self.sudo()._last_move_lines()
        here = self.env.company
        return self.grouped(
            lambda lot: last[lot.id].company_id if lot.id in last else here
        ).items()

    def _adopt_owners(self):
        """Give the customers who bought these cars to the stores they deal with."""
        lines = self.env["stock.move.line"]._read_group(
            [
                ("lot_id", "in", self.ids),
                ("state", "=", "done"),
                ("location_dest_id.usage", "=", "customer"),
                ("picking_id.partner_id", "!=", False),
            ],
            ["picking_id"],
        )
        pickings = self.env["stock.picking"].union(*(row[0] for row in lines))
        self.env["res.partner"]._adopt_into_stores(pickings.partner_id.ids)

    def _write_adopted(self, vals):
        """Write past the write() above: there is no vehicle to tell yet."""
        return super().write(vals)  # pylint: disable=super-method-mismatch

    # ------------------------------------------------------------------
    # Where the cars are
    # ------------------------------------------------------------------

    def _sync_vehicles(self, strict=True, lines=None):
        """Let the vehicles of these serial numbers say where stock has them.

        :param bool strict: refuse a car that is in two places, or taken from where
            it is not; without it such cars are left as they are
        :param lines: the ``stock.move.line`` that have just moved them, when known
        """
        vehicles = self.env["auto.vehicle"]
        # Whoever moves stock need not have the right to change vehicles.
        places = self.sudo()._stock_places(strict=strict)
        last = self.sudo()._lines_just_done(lines)
        last |= self.sudo().filtered(lambda lot: lot.id not in last)._last_move_lines()
        for lot in self.sudo():
            if lot not in places:
                continue
            vehicle = lot.vehicle_ids
            line = last.get(lot.id, self.env["stock.move.line"])
            location = places[lot] or line.location_dest_id
            if not places[lot] and (
                location.usage in ("internal", "transit")
                or (vehicle.stock_location_id and not location)
            ):
                # What brought it here was put right: it never came.
                location = self.env.ref("stock.stock_location_suppliers")
            if vehicle and location:
                vehicle._follow_stock(location, line.sudo())
        return vehicles

    def _stock_places(self, strict):
        """Return where each of these cars is in our stock, an empty location where
        it is not; a car that cannot be told is left out."""
        self.env["stock.quant"].flush_model(["lot_id", "location_id", "quantity"])
        places = dict.fromkeys(self, self.env["stock.location"])
        doubtful = {}
        for lot, location, quantity in self.env["stock.quant"]._read_group(
            [
                ("lot_id", "in", self.ids),
                ("location_id.usage", "in", ("internal", "transit")),
            ],
            ["lot_id", "location_id"],
            ["quantity:sum"],
        ):
            if quantity == 1 and not places[lot]:
                places[lot] = location
            elif quantity:
                doubtful.setdefault(lot, []).append(location)
        for lot, locations in doubtful.items():
            if strict:
                here = places[lot].display_name or self.env._("nowhere in our stock")
                raise ValidationError(
                    self.env._(
                        "The car %(vin)s is %(here)s; it cannot be taken from or put "
                        "into %(there)s at the same time.",
                        vin=lot.name,
                        here=here,
                        there=locations[0].display_name,
                    )
                )
            del places[lot]
        return places

    def _lines_just_done(self, lines):
        """Return which of these lines has moved each of the cars, by lot id."""
        return {
            line.lot_id.id: line
            for line in (lines or self.env["stock.move.line"]).sudo().sorted("id")
            if line.lot_id in self and line.state == "done" and line.quantity > 0
        }

    def _last_move_lines(self):
        """Return the last thing that stock did with each of these, by lot id."""
        lines = self.env["stock.move.line"]._read_group(
            [("lot_id", "in", self.ids), ("state", "=", "done"), ("quantity", ">", 0)],
            ["lot_id"],
            ["id:max"],
        )
        return {
            lot.id: self.env["stock.move.line"].browse(line_id)
            for lot, line_id in lines
        }
