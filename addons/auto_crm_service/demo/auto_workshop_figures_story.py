"""What the two weeks of the demo workshops lead to.

Work that was declined, cars that came back with the same, one of them to another
store of the group, and a year of parts. Nothing here runs unless demo data is loaded.
"""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .repair_order_story import BATTERY, CAMERA

# Plate, store, days ago, how far, jobs; numbered after the story of the workshop.
CAME_BACK = (
    (91, "浙A60B31", 2, 1, "queued", ((BATTERY, "customer"),)),
    (92, "浙AD5R07", 1, 0, "queued", ((CAMERA, "customer"),)),
)
URGENCIES = {"JX-0101": "safety", "JX-0201": "safety", "BY-0004": "later"}
# Part: pieces used in each of the last eleven months, the latest first.
USED = {
    "oil": (31, 28, 33, 30, 27, 35, 29, 31, 26, 30, 28),
    "oil_filter": (30, 27, 33, 29, 26, 34, 29, 30, 25, 30, 27),
    "air_filter": (9, 7, 11, 8, 10, 9, 12, 7, 8, 10, 9),
    "cabin_filter": (12, 9, 10, 22, 24, 11, 8, 9, 10, 7, 8),
    "pads_front": (11, 9, 12, 10, 8, 11, 9, 12, 10, 9, 11),
    "pads_rear": (4, 5, 3, 4, 6, 3, 4, 5, 3, 4, 4),
    "brake_fluid": (6, 5, 7, 4, 6, 5, 6, 5, 4, 6, 5),
    "battery": (9, 3, 2, 1, 2, 3, 2, 6, 8, 7, 4),
    "camera": (2, 1, 0, 1, 2, 0, 1, 0, 1, 0, 1),
    "strut": (0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1),
}


class RepairOrder(models.Model):
    _inherit = "repair.order"

    @api.model
    def _load_demo_figures(self):
        """Tell it once."""
        if self.env.ref("auto_crm_service.demo_repair_91", raise_if_not_found=False):
            return
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        quiet._demo_parts_year()
        quiet._demo_came_back()
        quiet._demo_declined()
        rules = self.env["auto.followup.rule"].search([("trigger", "=", "declined")])
        rules._generate()
        for number in (1, 2):
            company = self.env.ref(f"auto_crm_base.company_store{number}")
            self.env["auto.part.figure"]._work_out(company)

    @api.model
    def _demo_came_back(self):
        insurer = self.env.ref("auto_crm_base.demo_insurer_taihe")
        for number, plate, store, days, step, jobs in CAME_BACK:
            company = self.env.ref(f"auto_crm_base.company_store{store}")
            vehicle = self.env["auto.vehicle"].search([("license_plate", "=", plate)])
            reason = "Received in the workshop"
            vehicle._join_store(company, reason)
            vehicle.owner_id._join_store(company, reason)
            self._demo_repair(number, insurer, plate, store, days, step, jobs, ())
        orders = self.env["repair.order"].browse(
            self.env.ref(f"auto_crm_service.demo_repair_{number}").id
            for number, *_rest in CAME_BACK
        )
        comebacks = self.env["auto.repair.comeback"]._detect(orders.job_ids)
        comebacks |= orders.job_ids.comeback_ids
        manager = self.env.ref("auto_crm_base.user_store1_service_manager")
        for comeback in comebacks.filtered(
            lambda one: (
                one.earlier_company_id == manager.company_id
                and one.company_id == manager.company_id
            )
        ):
            self.env["auto.repair.comeback.judge"].with_user(manager).create(
                {
                    "comeback_id": comeback.id,
                    "reason": "diagnosis",
                    "hours": 0.9,
                    "note": "The plug of the tailgate was wet; the camera was good.",
                }
            ).action_confirm()

    @api.model
    def _demo_declined(self):
        """Date what was declined back to its order, and say how urgent it is."""
        works = self.env["auto.declined.work"]
        lines = self.env["auto.repair.line"].search([("decision", "=", "declined")])
        repairs = lines.repair_id
        known = works.search([("repair_id", "in", repairs.ids)])
        works._declined(lines - known.line_id)
        for work in works.search([("repair_id", "in", repairs.ids)]):
            code = work.line_id.job_id.line_ids.operation_id[:1].code
            work._step(
                work.state,
                date_declined=work.repair_id.date_in.date(),
                urgency=URGENCIES.get(code, "soon"),
            )

    @api.model
    def _demo_parts_year(self):
        """Let store 1 have used its parts for a year."""
        company = self.env.ref("auto_crm_base.company_store1")
        warehouse = self.env["auto.repair.line"]._parts_warehouse(company)
        target = self.env["stock.location"].search(
            [("usage", "=", "production"), ("company_id", "in", (company.id, False))],
            limit=1,
        )
        today = fields.Datetime.now()
        self._demo_costs()
        vals_list, dates = [], []
        for key, months in USED.items():
            product = self.env.ref(f"auto_crm_service.part_{key}").product_variant_id
            for back, quantity in enumerate(months, 1):
                if quantity:
                    dates.append(today - relativedelta(months=back))
                    vals_list.append(
                        {
                            "product_id": product.id,
                            "product_uom": product.uom_id.id,
                            "product_uom_qty": quantity,
                            "location_id": warehouse.lot_stock_id.id,
                            "location_dest_id": target.id,
                            "company_id": company.id,
                            "origin": "Workshop",
                        }
                    )
            self.env["stock.quant"]._update_available_quantity(
                product, warehouse.lot_stock_id, sum(months)
            )
        moves = self.env["stock.move"].create(vals_list)
        for move in moves:
            move.quantity = move.product_uom_qty
            move.picked = True
        moves._action_done()
        self.env.flush_all()
        for move, date in zip(moves, dates, strict=True):
            # Odoo dates what is done today.
            self.env.cr.execute(
                SQL("UPDATE stock_move SET date = %s WHERE id = %s", date, move.id)
            )
        moves.invalidate_recordset(["date"])
        self._demo_slow()

    @api.model
    def _demo_costs(self):
        """Let each store know what its parts cost."""
        main = self.env.ref("base.main_company")
        for key in (*USED, "bumper"):
            product = self.env.ref(f"auto_crm_service.part_{key}").product_variant_id
            cost = product.with_company(main).standard_price
            for number in (1, 2):
                company = self.env.ref(f"auto_crm_base.company_store{number}")
                product.with_company(company).standard_price = cost

    @api.model
    def _demo_slow(self):
        """Let some parts of store 2 lie there for more than a year."""
        company = self.env.ref("auto_crm_base.company_store2")
        parts = self.env["product.product"].union(
            *(
                self.env.ref(f"auto_crm_service.part_{key}").product_variant_id
                for key in ("strut", "bumper", "pads_rear")
            )
        )
        quants = self.env["stock.quant"].search(
            [("product_id", "in", parts.ids), ("company_id", "=", company.id)]
        )
        quants.in_date = fields.Datetime.now() - relativedelta(days=410)
