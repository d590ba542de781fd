"""Today's workshop of the demo stores: what is planned, seen at the walk-round, asked.

It goes on with the cars that the two weeks of the workshop have left in the house.
"""

import base64
import io
import math

from PIL import Image, ImageDraw

from odoo import api, models
from odoo.fields import Command

MARKS = (
    ("scratch", 70.0, 18.5, "Rear left wing, 8 cm"),
    ("dent", 8.0, 57.0, "Front bumper, size of a coin"),
    ("chip", 23.0, 50.0, "Bonnet, several"),
)
# Code, name, price or nothing (the sum counts), operations, parts.
PACKAGES = (
    ("TC-10", "10,000 km service", "10,000 公里保养套餐", 499,
     ("BY-0001", "BY-0002"), ("oil", "oil_filter")),
    ("TC-40", "40,000 km service", "40,000 公里保养套餐", 1280,
     ("BY-0001", "BY-0003", "BY-0004"),
     ("oil", "oil_filter", "air_filter", "cabin_filter")),
    ("TC-ZD", "Front brakes", "前制动套餐", 0, ("JX-0101", "JX-0103"),
     ("pads_front", "brake_fluid")),
)  # fmt: skip
# Part, what stands in for it, how, what to mind.
SUBSTITUTES = (
    ("pads_front", "pads_ceramic", "alternative", ""),
    ("camera", "camera_2", "superseded", "With the new connector"),
)
# Jobs of these steps of the story are planned, each after the one before.
PLANNED = ("working", "queued", "quality")
FIRST_HOUR = 9


class RepairOrder(models.Model):
    _inherit = "repair.order"

    @api.model
    def _load_demo_shop(self):
        """Plan today's jobs, mark damage, and take the photos that go with it."""
        store = self.env.ref("auto_crm_base.company_store1")
        manager = self.env.ref("auto_crm_base.user_store1_service_manager")
        repairs = (
            self.with_user(manager)
            .with_context(allowed_company_ids=store.ids, tracking_disable=True)
            .search([("company_id", "=", store.id), ("vehicle_id", "!=", False)])
        )
        if repairs.damage_ids:
            return
        self._demo_packages()
        repairs._demo_plan()
        received = repairs.filtered(lambda one: one.service_state == "received")[:1]
        working = repairs.filtered(lambda one: one.service_state == "working")[:1]
        received._demo_marks(MARKS[:2])
        working._demo_marks(MARKS[1:])
        if working:
            working.sign_walk_round(
                working.partner_id.name, self._demo_picture(self._demo_signature)
            )
        asked = repairs.filtered(lambda one: one.service_state == "asked")[:1]
        asked.line_ids._to_decide()._offer_to_customer()
        for job in asked.job_ids[-1:]:
            job.cause = "Front pads worn to 2 mm, discs still good"
            self.env["auto.repair.photo"].create(
                {
                    "job_id": job.id,
                    "name": "Front left pad",
                    "image": self._demo_picture(self._demo_disc),
                }
            )
        waiting = repairs.filtered(lambda one: one.service_state == "parts")[:1]
        waiting.parts_told = "The new camera comes from the maker's warehouse."

    @api.model
    def _demo_packages(self):
        """Offer packages, and parts in the place of others."""

        def part(key):
            return self.env.ref(f"auto_crm_service.part_{key}").product_variant_id

        codes = [code for *_rest, works, _parts in PACKAGES for code in works]
        operations = self.env["auto.labour.operation"].search([("code", "in", codes)])
        by_code = {operation.code: operation for operation in operations}
        for code, name, chinese, price, works, parts in PACKAGES:
            package = self.env["auto.service.package"].create(
                {
                    "code": code,
                    "name": name,
                    "pricing": "package" if price else "sum",
                    "currency_id": self.env.ref("base.CNY").id,
                    "price": price,
                    "line_ids": [
                        *(
                            Command.create({"operation_id": by_code[work].id})
                            for work in works
                        ),
                        *(
                            Command.create({"product_id": part(key).id})
                            for key in parts
                        ),
                    ],
                }
            )
            if self.env["res.lang"]._lang_get("zh_CN"):
                package.with_context(lang="zh_CN").name = chinese
        self.env["auto.part.substitute"].create(
            [
                {
                    "product_id": part(key).id,
                    "substitute_id": part(other).id,
                    "kind": kind,
                    "note": note,
                }
                for key, other, kind, note in SUBSTITUTES
            ]
        )
        store = self.env.ref("auto_crm_base.company_store1")
        warehouse = self.env["auto.repair.line"]._parts_warehouse(store)
        self.env["stock.quant"]._update_available_quantity(
            part("pads_ceramic"), warehouse.lot_stock_id, 4
        )

    def _demo_plan(self):
        """Put the open jobs on today's board, but for one."""
        today = self.env["auto.repair.job"]._day_of(self.company_id[:1])[0].isoformat()
        minutes = {}
        for step in PLANNED:
            jobs = self.filtered(lambda one: one.service_state == step).job_ids  # noqa: B023
            for job in jobs.filtered(lambda one: not one.is_done):
                person = job.technician_id
                if step == "queued" and person in minutes:
                    continue
                begin = FIRST_HOUR * 60
                start = max(minutes.get(one, begin) for one in (person, job.bay_id))
                job.plan(today, start)
                stop = start + job._plan_minutes() + 15
                minutes[person] = minutes[job.bay_id] = stop

    def _demo_marks(self, marks):
        self.env["auto.damage.mark"].create(
            [
                {"repair_id": repair.id, "kind": kind, "x": x, "y": y, "note": note}
                for repair in self
                for kind, x, y, note in marks
            ]
        )

    @api.model
    def _demo_picture(self, draw):
        """Return a drawn picture, in base64."""
        picture = Image.new("RGB", (480, 320), "white")
        draw(ImageDraw.Draw(picture))
        file = io.BytesIO()
        picture.save(file, "PNG")
        return base64.b64encode(file.getvalue()).decode()

    @api.model
    def _demo_signature(self, pen):
        points = [
            (40 + 4 * step, 160 + 60 * math.sin(step / 5) * math.cos(step / 17))
            for step in range(100)
        ]
        pen.line(points, fill="#102030", width=5)

    @api.model
    def _demo_disc(self, pen):
        pen.rectangle((0, 0, 480, 320), fill="#5f6a73")
        pen.ellipse((110, 30, 370, 290), fill="#c9ced3", outline="#30363b", width=6)
        pen.ellipse((190, 110, 290, 210), fill="#7f8890", outline="#30363b", width=5)
        pen.rectangle((330, 90, 372, 230), fill="#3a2f2a")
        pen.rectangle((322, 90, 330, 230), fill="#b08d57")
        pen.text((20, 20), "2 mm", fill="#ffffff")
