"""P12: a repair order from the counter to ready, against Odoo's own repair order."""

from ..meter import Meter
from ..table import Row
from .p15_contract import fresh_vin
from .people import fresh_person, store

PARTS = 2
QUERIES = 240


def run(env, options):
    """Measure both, taking turns, ``options.rounds`` times each."""
    env = env(context={"allowed_company_ids": store(env).ids})
    ours, peer = Meter(), Meter()
    sides = (
        (_Workshop(env), ours),
        (_PlainWorkshop(options.plain), peer),
    )
    for warming in (True, False):
        for _round in range(3 if warming else options.rounds):
            for workshop, meter in sides:
                workshop.life(Meter() if warming else meter)
    ratio = ours.cost.cpu / peer.cost.cpu
    queries = ours.cost.per_unit()[0]
    return [
        Row(
            "P12",
            "repair order: received, agreed, worked on, checked / Odoo's: "
            "created, confirmed, started, ended",
            ours.cost,
            peer.cost,
            f"≤ 1.3, ≤ {QUERIES} queries",
            ratio <= 1.3 and queries <= QUERIES,
        )
    ]


class _PlainWorkshop:
    """Odoo's repair order with two parts."""

    def __init__(self, env):
        self.env = env
        self.warehouse = env["stock.warehouse"].search(
            [("company_id", "=", env.company.id)], limit=1
        )
        values = {"type": "consu", "is_storable": True, "taxes_id": False}
        self.product = env["product.product"].create(
            {"name": "Benchmark car in repair", **values}
        )
        self.parts = env["product.product"].create(
            [
                {"name": f"Benchmark part {number}", "list_price": 100, **values}
                for number in range(PARTS)
            ]
        )
        self.partner = env["res.partner"].create({"name": "Benchmark owner"})

    def stock_up(self):
        """Lay the parts of one order on the shelf."""
        for part in self.parts:
            self.env["stock.quant"]._update_available_quantity(
                part, self.warehouse.lot_stock_id, 1
            )
        self.env.cr.commit()
        self.env.invalidate_all()

    def life(self, meter):
        """Repair one thing."""
        self.stock_up()
        with meter.measure(self.env.cr):
            repair = self.env["repair.order"].create(
                {
                    "product_id": self.product.id,
                    "partner_id": self.partner.id,
                    "move_ids": [
                        (
                            0,
                            0,
                            {
                                "repair_line_type": "add",
                                "product_id": part.id,
                                "product_uom_qty": 1,
                            },
                        )
                        for part in self.parts
                    ],
                }
            )
            self.env.cr.commit()
            repair.action_validate()
            self.env.cr.commit()
            repair.action_repair_start()
            self.env.cr.commit()
            repair.move_ids.write({"quantity": 1, "picked": True})
            repair.action_repair_end()
            self.env.cr.commit()
        if repair.state != "done":
            raise RuntimeError("the repair was not done")


class _Workshop(_PlainWorkshop):
    """A car's repair order with one job: labour and two parts."""

    def __init__(self, env):
        super().__init__(env)
        person = fresh_person()
        self.technician = env["res.users"].create(
            {
                "name": person["name"],
                "login": person["email"],
                "company_id": env.company.id,
                "company_ids": [(6, 0, env.company.ids)],
                "group_ids": [(4, env.ref("auto_crm_base.group_technician").id)],
            }
        )
        env["auto.technician"].create(
            {"user_id": self.technician.id, "company_id": env.company.id}
        )
        self.operation = env["auto.labour.operation"].search([], limit=1)
        self.partner.write({"phone": person["phone"]})
        self.model = env["fleet.vehicle.model"].search([], limit=1)

    def _car(self):
        car = self.env["auto.vehicle"].create(
            {
                "vin": fresh_vin(),
                "model_id": self.model.id,
                "company_id": self.env.company.id,
                "sale_state": "third_party",
            }
        )
        car._change_owner(self.partner)
        return car

    def life(self, meter):
        """Repair one car."""
        car = self._car()
        self.stock_up()
        with meter.measure(self.env.cr):
            repair = self.env["repair.order"].create(
                {
                    "vehicle_id": car.id,
                    "odometer_in": 30500,
                    "company_id": self.env.company.id,
                }
            )
            job = self._job(repair)
            self.env.cr.commit()
            repair._record_decision(
                repair.line_ids,
                repair.line_ids.browse(),
                "call",
                "Owner",
                recording_ref="REC-1",
            )
            repair.action_to_workshop()
            self.env.cr.commit()
            job.action_start()
            self.env.cr.commit()
            job.write({"cause": "Pads worn", "correction": "Pads replaced"})
            job.action_finish()
            repair.line_ids.filtered(lambda line: line.kind == "part").action_issue()
            repair.action_quality_passed()
            self.env.cr.commit()
        if repair.service_state != "ready":
            raise RuntimeError("the car is not ready")

    def _job(self, repair):
        job = self.env["auto.repair.job"].create(
            {
                "repair_id": repair.id,
                "concern": "Noise from the front when braking",
                "technician_id": self.technician.id,
                "line_ids": [
                    (0, 0, {"kind": "labour", "operation_id": self.operation.id}),
                    *(
                        (0, 0, {"kind": "part", "product_id": part.id, "quantity": 1})
                        for part in self.parts
                    ),
                ],
            }
        )
        return job.with_user(self.technician)
