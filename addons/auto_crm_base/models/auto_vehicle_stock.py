from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

# Only stock itself passes this object, so that no client can claim to be stock.
STOCK = object()

STOCK_FIELDS = ("supply_state", "sale_state", "lot_id", "company_id", "product_id")


class AutoVehicle(models.Model):
    """A car that is in stock is where stock has it; see also ``stock.lot``."""

    _inherit = "auto.vehicle"

    stock_location_id = fields.Many2one(
        comodel_name="stock.location",
        string="Stock location",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Where the car is in our stock.",
    )
    stock_date = fields.Datetime(
        string="In stock since",
        readonly=True,
        copy=False,
        help="When the car came into the group's stock, or came back to it.",
    )
    stock_days = fields.Integer(
        string="Days in stock",
        compute="_compute_stock_days",
        search="_search_stock_days",
        aggregator="avg",
    )

    @api.depends("stock_date", "stock_location_id")
    def _compute_stock_days(self):
        now = fields.Datetime.now()
        for vehicle in self:
            in_stock = vehicle.stock_location_id and vehicle.stock_date
            vehicle.stock_days = (now - vehicle.stock_date).days if in_stock else 0

    def _search_stock_days(self, operator, value):
        if operator not in (">", ">=", "<", "<="):
            return NotImplemented
        turned = {">": "<", ">=": "<=", "<": ">", "<=": ">="}[operator]
        limit = fields.Datetime.subtract(fields.Datetime.now(), days=value)
        return [("stock_location_id", "!=", False), ("stock_date", turned, limit)]

    def write(self, vals):
        if not self._by_stock():
            self._refuse_past_stock(vals)
        result = super().write(vals)
        if vals.get("vin") and not self._by_stock():
            # The serial number is the VIN; who may correct one corrects both.
            for vehicle in self.sudo().filtered("lot_id.product_id.is_vehicle"):
                if vehicle.lot_id.name != vehicle.vin:
                    vehicle.lot_id.name = vehicle.vin
        return result

    def _by_stock(self):
        return self.env.context.get("auto_vehicle_stock") is STOCK

    def _write_from_stock(self, vals):
        """Write what stock decides. Called by stock, and what reserves or sells."""
        changed = self.filtered(
            lambda vehicle: any(
                vehicle._fields[name].convert_to_write(vehicle[name], vehicle) != value
                for name, value in vals.items()
            )
        )
        if not changed:
            return
        # Told by one line of the timeline, not again in the discussion.
        changed.with_context(auto_vehicle_stock=STOCK, tracking_disable=True).write(
            vals
        )

    def _watched_fields(self):
        # What stock does is told by one line, with its document.
        watched = super()._watched_fields()
        if self._by_stock():
            return {
                name: kind for name, kind in watched.items() if name not in STOCK_FIELDS
            }
        return watched

    def _refuse_past_stock(self, vals):
        """Refuse a change by hand of what stock decides."""
        names = [name for name in STOCK_FIELDS if name in vals]
        for vehicle in self.filtered("stock_location_id") if names else ():
            for name in names:
                field = self._fields[name]
                if field.convert_to_write(vehicle[name], vehicle) != (
                    vals[name] or False
                ):
                    raise UserError(
                        self.env._(
                            "%(vehicle)s is in stock: “%(field)s” follows its "
                            "receipts, transfers, reservations and deliveries, and "
                            "is not changed by hand.",
                            vehicle=vehicle.display_name,
                            field=field._description_string(self.env),
                        )
                    )

    def _refuse_second_serial(self, lots):
        """Refuse new serial numbers for cars that are in stock under another."""
        for vehicle in self.filtered("stock_location_id"):
            if vehicle.lot_id not in lots:
                raise ValidationError(
                    self.env._(
                        "The car %(vin)s is in stock already, as “%(product)s”. "
                        "Nobody can receive the same VIN twice.",
                        vin=vehicle.vin,
                        product=vehicle.lot_id.product_id.display_name,
                    )
                )

    def _follow_stock(self, location, line):
        """Take over where stock has put the car.

        :param location: the ``stock.location`` where it is now
        :param line: the last done ``stock.move.line``, which brought it there; may
            be empty
        """
        self.ensure_one()
        usage = location.usage
        ours = usage in ("internal", "transit")
        before = self.stock_location_id
        moment = fields.Datetime.now()
        if line.location_dest_id == location:
            moment = line.date or moment
        day = fields.Datetime.context_timestamp(self, moment).date()
        vals = {"stock_location_id": location.id if ours else False}
        if ours:
            vals["supply_state"] = "in_stock" if usage == "internal" else "in_transit"
            if self.sale_state in ("delivered", "third_party"):
                vals["sale_state"] = "free"
            if not before:
                vals["stock_date"] = moment
            if usage == "internal" and location.company_id:
                vals["company_id"] = location.company_id.id
        else:
            vals["supply_state"] = "out"
            vals["sale_state"] = "delivered" if usage == "customer" else "free"
            if usage == "customer":
                vals["delivery_date"] = day
        if before == location or (not ours and not before and self._is_gone(vals)):
            vals.pop("delivery_date", None)
            self._write_from_stock(vals)
            return
        self._write_from_stock(vals)
        self._log_event(
            "stock",
            self._stock_sentence(location, line.location_id),
            document=line.picking_id or line.move_id.sudo() or None,
            date=moment,
            company=location.company_id or self.company_id,
        )
        self._change_owner_by_stock(usage, line, before, day)

    def _is_gone(self, vals):
        """Return whether the car was out already as ``vals`` has it."""
        return (
            self.supply_state == vals["supply_state"]
            and self.sale_state == vals["sale_state"]
        )

    def _stock_sentence(self, location, source):
        """Say what stock did, in one line of the timeline."""
        place = location.display_name
        if location.usage == "internal":
            if source.usage == "customer":
                return self.env._("Came back into %(place)s", place=place)
            if source.usage in ("internal", "transit"):
                return self.env._("Moved to %(place)s", place=place)
            return self.env._("Received into %(place)s", place=place)
        if location.usage == "transit":
            return self.env._("Sent on its way to another store")
        if location.usage == "customer":
            return self.env._("Goods issue to the customer")
        if location.usage == "supplier":
            return self.env._("Sent back to the supplier")
        return self.env._("Taken out of stock")

    def _change_owner_by_stock(self, usage, line, before, day):
        """Hand the car to whom it was delivered, or take it from its owner.

        :param day: on which stock moved it
        """
        if self.owner_id:
            present = self.owner_ids.filtered(lambda row: not row.date_end)
            day = max([day, *present.mapped("date_start")])
        if usage == "customer":
            partner = self._stock_owner(line)
            if partner:
                self._change_owner(partner, day, reason=line.reference or "")
                partner._join_store(
                    line.company_id or self.company_id, self.env._("Car delivered")
                )
        elif usage in ("internal", "transit") and not before and self.owner_id:
            self._change_owner(
                self.env["res.partner"], day, reason=self.env._("Taken into stock")
            )

    def _stock_owner(self, line):
        """Return who owns the car that this move line has delivered."""
        partner = line.picking_id.partner_id or line.move_id.partner_id
        return partner.commercial_partner_id

    def _take_into_stock(self):
        """Count these cars into their stores' warehouses.

        For cars that were entered by hand as being in stock.

        :raise UserError: when a car has no VIN, no product of vehicles or its store
            no warehouse
        """
        self.check_access("write")
        for vehicle in self:
            # Where the store's cars stand is no secret of the warehouse's.
            warehouse = (
                self.env["stock.warehouse"]
                .sudo()
                .search([("company_id", "=", vehicle.company_id.id)], limit=1)
            )
            if not (vehicle.vin and vehicle.product_id.is_vehicle and warehouse):
                raise UserError(
                    self.env._(
                        "%(vehicle)s cannot be taken into stock: it needs a VIN, a "
                        "product that is marked as vehicle, and a warehouse of its "
                        "store.",
                        vehicle=vehicle.display_name,
                    )
                )
            # The store manager counts the car; that needs no right in stock.
            stock = self.sudo().with_company(vehicle.company_id)
            lot = vehicle.sudo().lot_id or stock.env["stock.lot"].create(
                {"name": vehicle.vin, "product_id": vehicle.product_id.id}
            )
            stock.env["stock.quant"].create(
                {
                    "product_id": vehicle.product_id.id,
                    "location_id": warehouse.lot_stock_id.id,
                    "lot_id": lot.id,
                    "inventory_quantity": 1,
                    "inventory_quantity_set": True,
                }
            )._apply_inventory()
