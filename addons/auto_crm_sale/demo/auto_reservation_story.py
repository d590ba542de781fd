"""Reservations in all states.

Nothing here runs unless demo data is loaded. Names: ``demo_reservation_<key>``.
"""

from datetime import timedelta

from odoo import api, fields, models

from ..models.auto_reservation import STATE

USERS = {
    "c1": "user_store1_consultant",
    "c2": "user_store1_consultant2",
    "s2": "user_store2_consultant",
}
# Key, car in stock or (product, colour), customer, consultant, began days ago, held
# until in days, deposit, whether it is paid.
RESERVATIONS = (
    ("held", 4, "wu_gang", "c1", 2, 5, 5000, True),
    ("second", 4, "ma_li", "c2", 1, None, 0, False),
    ("transit", 15, "hu_xue", "c2", 3, 12, 5000, False),
    ("tomorrow", 9, "zhu_kai", "c1", 6, 1, 0, False),
    ("waiting", ("tiguan_380", "black"), "guo_feng", "c1", 9, None, 3000, True),
    ("expired", 12, "lin_yue", "c1", 12, 1, 0, False),
    ("forfeited", 11, "he_ming", "c1", 6, 3, 4000, True),
)


class AutoReservation(models.Model):
    _inherit = "auto.reservation"

    @api.model
    def _load_demo_story(self):
        """Write the reservations."""
        store = self._demo_ref("company_store1")
        store.auto_deposit_hours = 48
        cars = {}
        for key, car, customer, user, since, until, deposit, paid in RESERVATIONS:
            user = self._demo_ref(USERS[user])
            company = user.company_id
            partner = self._demo_ref(f"demo_customer_{customer}")
            partner._join_store(company, "Reservation")
            vals = {
                "company_id": company.id,
                "partner_id": partner.id,
                "user_id": user.id,
                "deposit_amount": deposit,
            }
            if isinstance(car, tuple):
                vals["product_id"] = self.env["auto.vehicle"]._demo_variant(*car).id
            else:
                vehicle = self._demo_ref(f"demo_vehicle_stock_{car:02d}")
                vals["vehicle_id"] = vehicle.id
                if vehicle.supply_state == "in_transit":
                    vehicle.expected_date = fields.Date.add(
                        fields.Date.context_today(self), days=5
                    )
            if until:
                vals["date_expiry"] = fields.Datetime.now() + timedelta(days=until)
            reservation = self.with_company(company).create(vals)
            self._demo_name_reservation(reservation, key)
            if car in cars.values():
                reservation.action_queue()
            else:
                vehicle = reservation.vehicle_id.sudo()
                vehicle._write_from_stock({"sale_state": "free"})
                reservation.action_confirm()
                cars[key] = car
            reservation._demo_begin(since)
            if deposit:
                reservation.action_request_deposit()
                if paid:
                    reservation._demo_pay_deposit()
        self._demo_ref_reservation("expired")._demo_expire()
        self._demo_ref_reservation("forfeited")._demo_cancel("家人选了另一品牌的电动车")

    @api.model
    def _demo_ref(self, name):
        return self.env.ref(f"auto_crm_base.{name}")

    @api.model
    def _demo_ref_reservation(self, key):
        return self.env.ref(f"auto_crm_sale.demo_reservation_{key}")

    @api.model
    def _demo_name_reservation(self, reservation, key):
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_sale.demo_reservation_{key}",
                    "record": reservation,
                    "noupdate": True,
                }
            ]
        )

    def _demo_begin(self, days):
        """Let the reservation have begun some days ago."""
        start = fields.Datetime.now() - timedelta(days=days)
        vals = (
            {"date_queue": start} if self.state == "queued" else {"date_start": start}
        )
        self.with_context(auto_reservation=STATE, tracking_disable=True).write(vals)

    def _demo_pay_deposit(self):
        """Let the cashier take the deposit at the till."""
        invoice = self.deposit_move_ids
        till = self.env.ref("auto_crm_member.demo_journal_till_hz")
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": till.id})._create_payments()

    def _demo_expire(self):
        start = self.date_start
        self._end("expired", self.env._("The time has passed."))
        self.date_expiry = start + timedelta(days=7)

    def _demo_cancel(self, reason):
        """Cancel for the customer, by the rules."""
        self.env["auto.reservation.cancel"].create(
            {"reservation_id": self.id, "reason": reason}
        ).action_cancel()
