"""Two weeks of the demo stores' workshops.

The cars of the demo customers come in, are worked on and go home; some are in the
house today: one whose owner thinks about the estimate, one that waits for a part, one
under repair, one at the check, one ready. Everything goes through the methods of the
documents and is dated back afterwards. Nothing here runs unless demo data is loaded.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.auto_labour_time import CLOCK
from ..models.repair_order import STATE

STOCK = {
    "oil": 24, "oil_filter": 30, "air_filter": 12, "cabin_filter": 10,
    "pads_front": 6, "pads_rear": 4, "brake_fluid": 9, "battery": 3, "camera": 0,
    "strut": 2, "bumper": 1,
}  # fmt: skip
SERVICE = ("maintenance", "10,000 km service is due", "BY-0001", ("oil", "oil_filter"))
BRAKES = ("repair", "Squeals from the front when braking", "JX-0101", ("pads_front",))
BATTERY = ("repair", "Does not start after standing", "DQ-0101", ("battery",))
CAMERA = ("repair", "Rear-view camera stays black", "DQ-0201", ("camera",))
FILTERS = ("maintenance", "Smells when the fan runs", "BY-0004", ("cabin_filter",))
STRUT = ("repair", "Knocks from the front left on bad roads", "JX-0201", ("strut",))
BUMPER = ("accident", "Scratched the bumper on a post", "YQ-0101", ("bumper",))
WORDS = {
    "BY-0001": ("", "Oil and filter changed, inspection without findings"),
    "JX-0101": ("Front pads worn to 2 mm", "Front pads replaced, test drive"),
    "DQ-0101": ("Battery at 9.8 V, cell short-circuited", "Battery replaced"),
    "DQ-0201": ("Camera without signal, harness good", "Camera replaced"),
    "BY-0004": ("Cabin filter soaked", "Cabin filter replaced"),
    "JX-0201": ("Top mount of the front left strut broken", "Strut replaced"),
    "YQ-0101": ("Paint broken, bumper cracked", "Bumper replaced and painted"),
}
# Plate, store, days ago, how far, jobs with who pays, what is declined.
STORY = (
    ("浙A6K28P", 1, 13, "returned", ((SERVICE, "customer"), (STRUT, "customer")),
     (STRUT,)),
    ("浙A83F1Q", 1, 12, "returned",
     ((SERVICE, "customer"), (BRAKES, "customer"), (FILTERS, "customer")), (FILTERS,)),
    ("浙AD5R07", 1, 11, "returned", ((CAMERA, "warranty"),), ()),
    ("川A4G72H", 2, 11, "returned", ((SERVICE, "customer"),), ()),
    ("浙A7T93E", 1, 10, "returned", ((STRUT, "warranty"), (FILTERS, "customer")), ()),
    ("浙A3M55W", 1, 9, "returned", ((SERVICE, "customer"), (BRAKES, "customer")),
     (BRAKES,)),
    ("浙A60B31", 1, 7, "returned", ((BATTERY, "customer"),), ()),
    ("川A66D18", 2, 6, "returned", ((FILTERS, "customer"), (BRAKES, "customer")),
     (BRAKES,)),
    ("浙A11L09", 1, 5, "returned", ((SERVICE, "customer"), (BATTERY, "customer")),
     (BATTERY,)),
    ("浙A00H88", 1, 3, "returned", ((SERVICE, "customer"), (FILTERS, "internal")), ()),
    ("浙A11L10", 1, 2, "settled", ((BUMPER, "insurance"), (SERVICE, "customer")), ()),
    ("浙A6K28P", 1, 1, "parts", ((CAMERA, "customer"),), ()),
    ("浙A83F1Q", 1, 0, "ready", ((FILTERS, "customer"),), ()),
    ("浙A7T93E", 1, 0, "quality", ((SERVICE, "customer"),), ()),
    ("浙A3M55W", 1, 0, "working", ((STRUT, "customer"),), ()),
    ("浙AD18830", 1, 0, "queued", ((SERVICE, "customer"), (BATTERY, "warranty")), ()),
    ("浙A5D66L", 1, 0, "asked", ((SERVICE, "customer"), (BRAKES, "customer")), ()),
    ("浙A9X21C", 1, 0, "received", ((SERVICE, "customer"),), ()),
    ("川A8V05Y", 2, 0, "working", ((BRAKES, "customer"),), ()),
)  # fmt: skip
STEPS = (
    "received", "asked", "queued", "parts", "working", "quality", "ready", "settled",
    "returned",
)  # fmt: skip
JUDGES = ("user_store1_service_manager", "user_store2_manager")
TECHNICIANS = {
    "maintenance": "auto_crm_base.user_store1_technician",
    "repair": "auto_crm_service.user_store1_technician2",
    "accident": "auto_crm_service.user_store1_technician3",
}


class RepairOrder(models.Model):
    _inherit = "repair.order"

    @api.model
    def _load_demo_repairs(self):
        """Tell the two weeks, once."""
        if self.env.ref("auto_crm_service.demo_repair_01", raise_if_not_found=False):
            return
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        quiet._demo_stock()
        maker = self.env["res.partner"].create(
            {"name": "大众汽车索赔中心 Warranty Centre", "is_company": True}
        )
        toyota = self.env["res.partner"].create(
            {"name": "丰田汽车索赔中心 Warranty Centre", "is_company": True}
        )
        self.env.ref("fleet.brand_toyota").auto_warranty_partner_id = toyota
        insurer = self.env.ref("auto_crm_base.demo_insurer_taihe")
        for number in (1, 2, 3):
            company = self.env.ref(f"auto_crm_base.company_store{number}")
            company.auto_warranty_partner_id = maker
        for number, entry in enumerate(STORY, 1):
            quiet._demo_repair(number, insurer, *entry)

    @api.model
    def _demo_stock(self):
        """Fill the parts stores."""
        for number in (1, 2):
            company = self.env.ref(f"auto_crm_base.company_store{number}")
            warehouse = self.env["auto.repair.line"]._parts_warehouse(company)
            for key, quantity in STOCK.items():
                product = self.env.ref(f"auto_crm_service.part_{key}")
                if quantity:
                    self.env["stock.quant"]._update_available_quantity(
                        product.product_variant_id, warehouse.lot_stock_id, quantity
                    )

    @api.model
    def _demo_repair(self, number, insurer, plate, store, days, step, jobs, declined):
        company = self.env.ref(f"auto_crm_base.company_store{store}")
        adviser = self.env.ref(f"auto_crm_base.user_store{store}_adviser")
        vehicle = self.env["auto.vehicle"].search([("license_plate", "=", plate)])
        if len(vehicle) != 1:
            return
        now = fields.Datetime.now().replace(second=0)
        date_in = now - timedelta(days=days, hours=2 + number % 3)
        repair = (
            self.with_user(adviser)
            .with_context(allowed_company_ids=company.ids)
            .create(
                {
                    "vehicle_id": vehicle.id,
                    "company_id": company.id,
                    "date_in": date_in,
                    "promised_on": date_in + timedelta(hours=3 + number % 4),
                    "odometer_in": vehicle.odometer + 35,
                    "fuel_level": ("25", "50", "75")[number % 3],
                    "key_tag": f"{number:02d}",
                    "insurer_id": insurer.id,
                }
            )
        )
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_service.demo_repair_{number:02d}",
                    "record": repair.sudo(),
                    "noupdate": True,
                }
            ]
        )
        refused = repair.line_ids.browse()
        for job, pay_type in jobs:
            lines = repair._demo_job(job, pay_type, store).line_ids
            if job in declined:
                refused |= lines
        repair._demo_go(STEPS.index(step), refused, step)
        repair.sudo()._demo_date_back(date_in)

    def _demo_job(self, job, pay_type, store):
        """Write one job of the story into the order."""
        kind, concern, code, parts = job
        operation = self.env["auto.labour.operation"].search([("code", "=", code)])
        technician = self.env.ref(TECHNICIANS[kind])
        bays = (
            self.env["auto.bay"]
            .search([("company_id", "=", self.company_id.id)])
            .filtered(
                lambda bay: not bay.skill_ids or operation.skill_id in bay.skill_ids
            )
        )
        lines = [{"kind": "labour", "operation_id": operation.id}]
        lines += [
            {
                "kind": "part",
                "product_id": self.env.ref(
                    f"auto_crm_service.part_{key}"
                ).product_variant_id.id,
                "quantity": 1,
            }
            for key in parts
        ]
        return self.env["auto.repair.job"].create(
            {
                "repair_id": self.id,
                "kind": kind,
                "concern": concern,
                "pay_type": pay_type,
                "technician_id": technician.id if store == 1 else False,
                "bay_id": bays[self.id % len(bays)].id if bays else False,
                "line_ids": [fields.Command.create(line) for line in lines],
            }
        )

    def _demo_go(self, steps, refused, step):
        """Bring the order as far as the story says."""
        waiting = self.line_ids._to_decide()
        if steps >= STEPS.index("asked") and waiting:
            if step == "asked":
                self.action_ask_customer()
                return
            self._record_decision(
                waiting - refused,
                waiting & refused,
                "call",
                self.partner_id.name,
                recording_ref=f"REC-{self.id:05d}",
            )
        if steps < STEPS.index("queued"):
            return
        self.action_to_workshop()
        if step == "parts":
            self.write(
                {
                    "parts_reason": "Camera from the maker's warehouse",
                    "parts_expected": fields.Date.today() + timedelta(days=2),
                }
            )
            self.action_wait_for_parts()
        if steps < STEPS.index("working"):
            return
        self._demo_work(step == "working")
        if steps < STEPS.index("ready"):
            return
        judges = self.env["res.users"].union(
            *(self.env.ref(f"auto_crm_base.{name}") for name in JUDGES)
        )
        judge = judges.filtered(lambda user: user.company_id == self.company_id)
        self.with_user(judge).action_quality_passed()
        if steps >= STEPS.index("settled") and self.company_id.chart_template:
            self.action_settle()
        if step == "returned" and self.service_state == "settled":
            # The till is the cashiers' story; these stores knew their customers.
            self.company_id.sudo().auto_service_paid_first = False
            self.action_return_car()
            self.company_id.sudo().auto_service_paid_first = True

    def _demo_work(self, is_running):
        """Clock, do and finish the jobs; the first one only begins when running."""
        for job in self.job_ids:
            approved = job.line_ids.filtered(lambda line: line.decision == "approved")
            if not approved:
                continue
            parts = approved.filtered(lambda line: line.kind == "part")
            short = parts.filtered("is_short")
            if short:
                self.env["stock.quant"].sudo()._update_available_quantity(
                    short.product_id, self.picking_type_id.default_location_src_id, 1
                )
                self.env.invalidate_all()
            if parts:
                parts.action_issue()
            user = job.technician_id or self.user_id
            worker = job.with_user(user)
            worker._clock(user)
            if is_running:
                return
            code = approved.operation_id[:1].code
            cause, correction = WORDS.get(code, ("", ""))
            worker.write({"cause": cause, "correction": correction})
            worker.action_finish()

    def _demo_date_back(self, date_in):
        """Let everything have happened on its day."""
        hours = 0.75
        for time in self.job_ids.time_ids:
            start = date_in + timedelta(minutes=30)
            stop = start + timedelta(hours=hours) if time.stop else False
            time.with_context(auto_clock=CLOCK).write({"start": start, "stop": stop})
            hours += 0.25
        self.env.flush_all()
        dates = {}
        if self.date_ready:
            dates["date_ready"] = date_in + timedelta(hours=2)
        if self.date_out:
            dates["date_out"] = date_in + timedelta(hours=4)
        if dates:
            self.with_context(auto_repair=STATE).write(dates)
        # The timeline refuses every write: its lines are dated where they lie.
        self.env.cr.execute(
            SQL(
                "UPDATE auto_vehicle_event SET date = %s"
                " WHERE res_model = 'repair.order' AND res_id = %s",
                date_in,
                self.id,
            )
        )
        self.env["auto.vehicle.event"].invalidate_model(["date"])
