"""P15: confirming the contract of a car and delivering it, against Odoo's own order."""

import itertools
import random

from ..meter import Meter
from ..table import Row
from .people import store

_numbers = itertools.count(random.randrange(900_000))
_VALUES = dict(zip("LFVAK" + "R", (3, 6, 5, 1, 2, 9), strict=True))
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
STEPS = ("confirm", "deliver")


def run(env, options):
    """Measure both, taking turns, ``options.rounds`` times each."""
    env = env(context={"allowed_company_ids": store(env).ids})
    ours = {step: Meter() for step in STEPS}
    peer = {step: Meter() for step in STEPS}
    sides = ((_Showroom(env), ours), (_Showroom(options.plain), peer))
    for warming in (True, False):
        for _round in range(3 if warming else options.rounds):
            for showroom, meters in sides:
                showroom.sell({step: Meter() for step in STEPS} if warming else meters)
    return [_row(step, ours[step].cost, peer[step].cost) for step in STEPS]


def _row(step, ours, peer):
    extra = ours.per_unit()[0] - peer.per_unit()[0]
    return Row(
        "P15",
        f"contract of a car: {step} / sale.order with a serial number",
        ours,
        peer,
        "≤ 1.3",
        ours.cpu / peer.cpu <= 1.3,
        f"{extra:+.1f} queries",
    )


class _Showroom:
    """One product, its cars and its buyer, in one of the databases."""

    def __init__(self, env):
        self.env = env
        self.with_us = "auto.vehicle" in env
        self.warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        vals = {
            "name": "Benchmark car",
            "type": "consu",
            "is_storable": True,
            "tracking": "serial",
            "list_price": 100000,
        }
        if self.with_us:
            vals["is_vehicle"] = True
            # Its price is in the store's currency, as the contract's.
            vals["company_id"] = env.company.id
            # Odoo's peer asks for no delivery notice and has no loyalty programme.
            env.company.auto_notice_required = False
            env["loyalty.program"].search([]).active = False
        self.product = env["product.product"].create(vals)
        # One database has a chart of accounts with taxes, the other has none.
        self.product.taxes_id = False
        self.partner = env["res.partner"].create({"name": "Benchmark buyer"})

    def sell(self, meters):
        """Sell one car that stands in the warehouse."""
        env = self.env
        lot = env["stock.lot"].create(
            {"name": fresh_vin(), "product_id": self.product.id}
        )
        env["stock.quant"]._update_available_quantity(
            self.product, self.warehouse.lot_stock_id, 1, lot_id=lot
        )
        env.cr.commit()
        line = {"product_id": self.product.id, "price_unit": 100000}
        if self.with_us:
            line["vehicle_id"] = lot.vehicle_ids.id
        order = env["sale.order"].create(
            {
                "partner_id": self.partner.id,
                "warehouse_id": self.warehouse.id,
                "order_line": [(0, 0, line)],
            }
        )
        env.cr.commit()
        env.invalidate_all()
        with meters["confirm"].measure(env.cr):
            order.action_confirm()
            env.cr.commit()
        env.invalidate_all()
        picking = order.picking_ids
        with meters["deliver"].measure(env.cr):
            picking.move_ids.picked = True
            picking.with_context(skip_sms=True).button_validate()
            env.cr.commit()
        if picking.state != "done":
            raise RuntimeError("the car was not delivered")


def fresh_vin():
    """Return a VIN of a maker that there is, with its check digit (GB 16735)."""
    vin = f"LFV2A21K0R3{next(_numbers):06d}"
    total = sum(
        weight * (int(char) if char.isdigit() else _VALUES[char])
        for char, weight in zip(vin, _WEIGHTS, strict=True)
    )
    digit = "X" if total % 11 == 10 else str(total % 11)
    return vin[:8] + digit + vin[9:]
