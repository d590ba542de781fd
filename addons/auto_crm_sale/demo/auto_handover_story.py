"""What happened to the demo contracts: money, inspections, notices, handovers.

The older contracts are paid, invoiced, released and handed over; then come those
that wait for their release or for their day, and those of which only the deposit is
paid, one of them overdue. Everything goes through the methods of the documents and
is dated back afterwards. Nothing here runs unless demo data is loaded.
"""

import base64
import io
from datetime import timedelta

from PIL import Image, ImageDraw

from odoo import api, fields, models
from odoo.tools import SQL

# Contract, how far, days between contract and handover.
STORY = (
    (1, "done", 13), (2, "done", 12), (3, "done", 15), (4, "done", 10),
    (5, "done", 14), (6, "done", 9), (7, "done", 12), (8, "unhappy", 8),
    (9, "done", 11), (10, "released", 0), (11, "released", 0), (12, "requested", 0),
    (13, "requested", 0), (14, "deposit", 0), (15, "deposit", 0), (20, "done", 12),
    (21, "done", 10), (22, "requested", 0), (23, "deposit", 0),
)  # fmt: skip
DEPOSIT = 10000
STORE1 = "auto_crm_base.company_store1"
MANAGERS = {1: "user_store1_sales_manager", 2: "user_store2_manager"}
TILLS = {1: "hz", 2: "cd"}


class AutoHandover(models.Model):
    _inherit = "auto.handover"

    @api.model
    def _load_demo_handovers(self):
        """Tell on the demo contracts, once."""
        if self.env.ref("auto_crm_sale.demo_handover_01", raise_if_not_found=False):
            return
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        for number, step, days in STORY:
            order = self.env.ref(
                f"auto_crm_sale.demo_contract_{number:02d}", raise_if_not_found=False
            )
            if order and order.state == "sale":
                quiet._demo_tell(number, order.with_env(quiet.env), step, days)
        quiet._demo_inspections()
        rules = self.env["auto.followup.rule"].search(
            [("trigger", "=", "event"), ("event_kind", "=", "handover")]
        )
        rules._generate()

    @api.model
    def _demo_tell(self, number, order, step, days):
        store = 1 if order.company_id == self.env.ref(STORE1) else 2
        signed = order.date_order.date()
        order._demo_deposit(store, signed)
        car = order.vehicle_ids[:1]
        if step == "deposit":
            if number == 14:
                # Promised, and not kept.
                order.due_ids.filtered(lambda due: due.kind == "balance").date_due = (
                    fields.Date.today() - timedelta(days=2)
                )
            return
        self._demo_pass(car)
        if number == 13:
            order._demo_notice(step, store)  # asked for before it is paid
            return
        order._demo_pay_rest(store, signed)
        notice = order._demo_notice(step, store)
        if step == "released":
            self._demo_plan(number, order, fields.Datetime.now() + timedelta(days=1))
        if step not in ("done", "unhappy"):
            return
        when = fields.Datetime.now().replace(hour=7, minute=30) - timedelta(
            days=(fields.Date.today() - signed).days - days
        )
        handover = self._demo_plan(number, order, when)
        handover._demo_sign(number)
        handover.action_finish()
        handover._demo_hand_back(when, notice)
        if step == "unhappy":
            handover._say_unhappy("后备厢垫没给，也没有人回电话。")

    @api.model
    def _demo_pass(self, car):
        """Let the inspections of a car be passed."""
        if not car.checklist_ids:
            self.env["auto.checklist"]._start(["pdi"], car, car.company_id)
        for checklist in car.checklist_ids.filtered(lambda one: one.state == "open"):
            checklist.action_all_ok()
            checklist.action_finish()

    @api.model
    def _demo_plan(self, number, order, when):
        user = order.user_id
        handover = (
            self.with_user(user)
            .with_context(allowed_company_ids=order.company_id.ids)
            .create({"order_id": order.id, "date_planned": when})
        )
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_sale.demo_handover_{number:02d}",
                    "record": handover.sudo(),
                    "noupdate": True,
                }
            ]
        )
        return handover

    def _demo_sign(self, number):
        """Fill in the sheets and sign."""
        self.ensure_one()
        self.checklist_ids.action_all_ok()
        plate = self.order_id.sudo().addon_ids.filtered("license_plate")[:1]
        self.write(
            {
                "odometer": 6 + number * 3,
                "is_data_confirmed": True,
                "is_warranty_explained": True,
                "is_workshop_introduced": number % 2 == 0,
                "preferred_time": self.order_id._demo_words(
                    "After 18:00|18点以后" if number % 3 == 0 else "Any time|随时"
                ),
                "preferred_channel": ("phone", "wechat")[number % 2],
                "license_plate": plate.license_plate or self.license_plate,
            }
        )
        self.write(
            {
                "customer_signature": self._demo_signature(number),
                "consultant_signature": self._demo_signature(number + 40),
            }
        )

    @api.model
    def _demo_signature(self, seed):
        """Return a scribble that differs for each ``seed``."""
        image = Image.new("RGBA", (360, 120), (255, 255, 255, 0))
        points = [
            (20 + step * 16, 60 + (step * seed * 37 % 70 - 35) * (1 - step / 26))
            for step in range(20)
        ]
        ImageDraw.Draw(image).line(points, fill=(20, 30, 90, 255), width=4)
        buffer = io.BytesIO()
        image.save(buffer, "PNG")
        return base64.b64encode(buffer.getvalue())

    def _demo_hand_back(self, when, notice):
        """Say that it was some days ago, as only a demo may."""
        self.ensure_one()
        day = when.date()
        car = self.vehicle_id.sudo()
        car.delivery_date = day
        picking = self.order_id.sudo().picking_ids
        self.env.flush_all()
        rows = (
            ("auto_handover", "date_done", self.ids, when),
            ("auto_handover", "customer_signed_on", self.ids, when),
            ("auto_handover", "consultant_signed_on", self.ids, when),
            ("auto_delivery_notice", "date_requested", notice.ids, when),
            ("auto_delivery_notice", "date_released", notice.ids, when),
            ("auto_delivery_notice", "date_done", notice.ids, when),
            ("auto_checklist", "date_done", car.checklist_ids.ids, when),
            ("stock_picking", "date_done", picking.ids, when),
            ("stock_move", "date", picking.move_ids.ids, when),
            ("stock_move_line", "date", picking.move_line_ids.ids, when),
            ("auto_vehicle", "odometer_date", car.ids, day),
            ("auto_vehicle", "true_odometer_date", car.ids, day),
        )
        for table, column, ids, value in rows:
            if ids:
                self.env.execute_query(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id IN %s RETURNING id",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        value,
                        tuple(ids),
                    )
                )
        for table, column, value in (
            ("auto_odometer_reading", "date", day),
            ("auto_vehicle_owner", "date_start", day),
        ):
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET %s = %s WHERE vehicle_id = %s RETURNING id",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    value,
                    car.id,
                )
            )
        self.env.execute_query(
            SQL(
                "UPDATE auto_vehicle_event SET date = %s WHERE vehicle_id = %s"
                " AND date > now() AT TIME ZONE 'UTC' - INTERVAL '1 hour'"
                " RETURNING id",
                when,
                car.id,
            )
        )
        self.env.invalidate_all()

    @api.model
    def _demo_inspections(self):
        """Begin the PDI of some cars in stock, one of them with a defect."""
        checklists = self.env["auto.checklist"]
        for number in (1, 2, 3, 18):
            car = self.env.ref(
                f"auto_crm_base.demo_vehicle_stock_{number:02d}",
                raise_if_not_found=False,
            )
            if not car or not car.stock_location_id or car.checklist_ids:
                continue
            pdi = checklists._start(["pdi"], car, car.company_id)
            if number == 2:
                pdi.line_ids[:1].write(
                    {
                        "result": "defect",
                        "note": "右后门有约4厘米划痕。",
                    }
                )
            if number in (2, 3):
                pdi.action_all_ok()
                pdi.action_finish()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _demo_take(self, store, kind, amount, day):
        """Take money as the store's cashier does."""
        self.ensure_one()
        amount = min(amount, self.open_amount)
        if amount <= 0:
            return
        wizards = self.env["auto.take.payment"].with_company(self.company_id)
        till = self.env.ref(f"auto_crm_member.demo_journal_till_{TILLS[store]}")
        bank = self.env.ref(f"auto_crm_member.demo_journal_bank_{TILLS[store]}")
        loan = self.due_ids.filtered(lambda due: due.kind == "loan")[:1]
        payer = (kind == "loan" and loan.payer_id) or self.partner_id
        wizards.create(
            {
                "order_id": self.id,
                "kind": kind,
                "amount": amount,
                "payer_id": payer.id,
                "journal_id": (till if kind == "deposit" else bank).id,
                "date": min(day, fields.Date.today()),
            }
        )._take()

    def _demo_deposit(self, store, day):
        """Pay the deposit on the day of the contract."""
        self.ensure_one()
        if "deposit" not in self.due_ids.mapped("kind"):
            self._plan_due("deposit", DEPOSIT, day)
        balance = self.due_ids.filtered(lambda due: due.kind == "balance")
        balance.date_due = day + timedelta(days=self.company_id.auto_balance_days)
        self._demo_take(store, "deposit", DEPOSIT, day)

    def _demo_pay_rest(self, store, day):
        """Invoice the contract and let customer and bank pay it."""
        self.ensure_one()
        invoice = self._create_invoices(final=True, date=day)
        invoice.invoice_date = min(day + timedelta(days=5), fields.Date.today())
        invoice.action_post()
        loan = self.due_ids.filtered(lambda due: due.kind == "loan")
        if loan:
            self._demo_take(
                store, "loan", sum(loan.mapped("open_amount")), day + timedelta(days=7)
            )
        self._demo_take(store, "balance", self.open_amount, day + timedelta(days=6))

    def _demo_notice(self, step, store):
        """Request the notice, and release it where the story is further."""
        self.ensure_one()
        notice = (
            self.env["auto.delivery.notice"]
            .with_user(self.user_id)
            .with_context(allowed_company_ids=self.company_id.ids)
            .create({"order_id": self.id})
        )
        notice.action_request()
        if step != "requested":
            manager = self.env.ref(f"auto_crm_base.{MANAGERS[store]}")
            notice.with_user(manager).action_release()
        return notice.sudo()
