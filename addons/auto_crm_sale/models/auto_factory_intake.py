from odoo import models

from odoo.addons.auto_crm_base.models.auto_factory_intake import BadRow


class AutoFactoryIntake(models.AbstractModel):
    """A message of the factory may name the contract for which the car is."""

    _inherit = "auto.factory.intake"

    def _known(self, items):
        known = super()._known(items)
        names = {item["raw"]["order"] for item in items if item["raw"].get("order")}
        orders = self.env["sale.order"]
        if names:
            orders = orders.search(
                [
                    ("name", "in", list(names)),
                    ("company_id", "in", self.env.user.company_ids.ids),
                ]
            )
        known["orders"] = orders.grouped("name")
        known["lines"] = set()
        return known

    def _plan_more(self, item, unit, known):
        result = super()._plan_more(item, unit, known)
        name = item["raw"].get("order")
        if name and item["result"] == "applied" and "line" not in unit.more:
            self._plan_order(name, item, unit, known)
        return result

    def _plan_order(self, name, item, unit, known):
        """Find the line of the contract that the car is for.

        :raise BadRow: when there is none, or the car is for somebody else
        """
        order = known["orders"].get(name, self.env["sale.order"])
        if len(order) != 1 or order.state == "cancel":
            raise BadRow(self.env._("There is no open contract “%(name)s”.", name=name))
        if unit.vehicle and unit.vehicle in order.vehicle_ids:
            return
        if unit.vehicle.sale_state in ("reserved", "sold"):
            raise BadRow(
                self.env._(
                    "The car is held for another contract than “%(name)s”.", name=name
                )
            )
        product = unit.get("product_id")
        lines = order.order_line.filtered(
            lambda line: (
                line.is_vehicle
                and not line.vehicle_id
                and line.id not in known["lines"]
                and product in (False, line.product_id.id)
            )
        )
        if not lines:
            raise BadRow(
                self.env._(
                    "No car of this configuration is missing on the contract "
                    "“%(name)s”.",
                    name=name,
                )
            )
        if item["store"] and item["store"] != order.company_id:
            raise BadRow(
                self.env._(
                    "The contract “%(name)s” is not one of the store “%(store)s”.",
                    name=name,
                    store=item["store"].name,
                )
            )
        line = lines[0]
        known["lines"].add(line.id)
        unit.more["line"] = line
        unit.vals["product_id"] = line.product_id.id
        unit.vals["company_id"] = order.company_id.id
        item["company"] = order.company_id
        if not unit.get("model_id"):
            unit.vals["model_id"] = line.product_id.vehicle_model_id.id

    def _written(self, units, items):
        result = super()._written(units, items)
        for unit in units:
            line = unit.more.get("line")
            if line and line.vehicle_id != unit.vehicle:
                line.order_id._take_unit(line, unit.vehicle)
        before = {unit.vehicle: unit.expected_before for unit in units}
        vehicles = self.env["auto.vehicle"].union(*before)
        vehicles._tell_expected(before)
        return result
