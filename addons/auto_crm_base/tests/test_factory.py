from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import warmup
from odoo.tools import mute_logger

from .factory_common import FactoryCase


@tagged("post_install", "-at_install")
class TestFactory(FactoryCase):
    """What the factory says reaches the car, once and in order."""

    def test_a_car_from_plan_to_dealer(self):
        day = fields.Date.add(self.today, days=30)
        first = self._row(
            status="PLANNED", days=9, color="White", expected_date=str(day)
        )
        self.assertEqual(self._send(first), ["applied"])
        car = self._car()
        self.assertEqual(car.supply_state, "planned")
        self.assertEqual(car.sale_state, "free")
        self.assertEqual(car.trim_id, self.trim)
        self.assertEqual(car.model_id, self.model)
        self.assertEqual(car.company_id, self.stores[1])
        self.assertEqual(car.expected_date, day)
        self.assertFalse(car.vin)
        later = fields.Date.add(day, days=5)
        vin = self.vin(1)
        self._send(
            self._row(status="built", days=3, vin=vin, expected_date=str(later)),
            self._row(status="SHIPPED", days=1),
        )
        self.assertEqual(car.supply_state, "in_transit")
        self.assertEqual(car.vin, vin)
        self.assertEqual(car.first_expected_date, day)
        self.assertEqual(car.expected_date, later)
        self.assertEqual(car.factory_status_id.code, "SHIPPED")
        told = car.event_ids.filtered(lambda one: one.kind == "factory")
        self.assertEqual(len(told), 3)
        self.assertIn(vin, "".join(told.mapped("name")))

    def test_the_same_row_twice_changes_nothing(self):
        row = self._row()
        self._send(row)
        car = self._car()
        car.color = "Blue"
        self.assertEqual(self._send(row, dict(row)), ["repeated", "repeated"])
        self.assertEqual(len(self._messages()), 1)
        self.assertEqual(len(self._car()), 1)
        self.assertEqual(car.color, "Blue")
        # The same twice in one call counts once as well.
        other = self._row("PO-2")
        self.assertEqual(self._send(other, other), ["applied", "repeated"])

    def test_a_message_number_is_used_once(self):
        row = self._row(message_id="M1")
        self.assertEqual(self._send(row), ["applied"])
        self.assertEqual(self._send(row), ["repeated"])
        self.assertEqual(self._send({**row, "color": "Red"}), ["refused"])
        self.assertIn("M1", self.answer[0]["error"])
        # A message about several cars has one number.
        self.assertEqual(self._send(self._row("PO-2", message_id="M1")), ["applied"])

    def test_late_messages_roll_nothing_back(self):
        self._send(self._row(status="IN_TRANSIT", days=1))
        self.assertEqual(
            self._send(self._row(status="PLANNED", days=5, color="Green")), ["older"]
        )
        car = self._car()
        self.assertEqual(car.supply_state, "in_transit")
        self.assertFalse(car.color)
        self.assertEqual(self._messages()[0].result, "older")
        # Of the same day and without a sequence, a car goes forward only.
        self.assertEqual(self._send(self._row(status="BUILT", days=1)), ["older"])
        # A later word of the factory may put it right.
        self.assertEqual(self._send(self._row(status="BUILT")), ["applied"])
        self.assertEqual(car.supply_state, "factory_stock")

    def test_the_sequence_decides_within_a_moment(self):
        self._send(self._row(status="IN_TRANSIT", sequence=5))
        self.assertEqual(self._send(self._row(status="SHIPPED", sequence=4)), ["older"])
        self.assertEqual(self._send(self._row(status="BUILT", sequence=6)), ["applied"])

    def test_stock_knows_better(self):
        self._send(self._row(status="IN_TRANSIT", days=3, vin=self.vin(1)))
        car = self._car()
        product = self.env["product.product"].create(
            {
                "name": "Test Lavida R-Line",
                "is_vehicle": True,
                "vehicle_model_id": self.model.id,
            }
        )
        car.product_id = product
        self.env["stock.warehouse"].search(
            [("company_id", "=", self.stores[1].id)], limit=1
        ) or self.env["stock.warehouse"].create(
            {"name": "T", "code": "TFA", "company_id": self.stores[1].id}
        )
        car._take_into_stock()
        self.assertEqual(car.supply_state, "in_stock")
        self.assertEqual(self._send(self._row(status="IN_TRANSIT")), ["stock"])
        self.assertEqual(car.supply_state, "in_stock")
        self.assertFalse(car.is_on_order)

    def test_bad_rows_are_refused_and_the_others_kept(self):
        self._send(self._row(vin=self.vin(1)))
        self.new_vehicle(2)
        before = self.env["auto.vehicle"].search_count([])
        rows = [
            self._row("A-1"),
            self._row("A-2", status="NOBODY KNOWS"),
            self._row("A-3", model="NOTHING"),
            self._row("A-4", store="D-9"),
            self._row("A-5", vin="SHORT"),
            self._row("A-6", vin=self.vin(1)),
            self._row("PO-1", vin=self.vin(3)),
            self._row("", vin=self.vin(3)),
            self._row("A-7", status_date="yesterday"),
            self._row("A-8", days=-9),
            self._row("A-9", expected_date="2026-13-01"),
            self._row("A-10", sequence="x"),
            {**self._row("A-11"), "customer": "Somebody"},
            "no row",
            self._row("A-12", color=["red"]),
            self._row("A-13", color="x" * 65),
            {key: value for key, value in self._row("A-14").items() if key != "model"},
            self._row("A-15"),
        ]
        results = self._send(*rows)
        self.assertEqual(results, ["applied"] + ["refused"] * 16 + ["applied"])
        for one in self.answer[1:-1]:
            self.assertTrue(one["error"], one)
        self.assertEqual(self.env["auto.vehicle"].search_count([]), before + 2)
        self.assertIn("NOBODY KNOWS", self.answer[1]["error"])
        self.assertIn("PO-1", self.answer[5]["error"])
        refused = self._messages("A-2")
        self.assertTrue(refused.is_open)
        self.assertEqual(refused.company_id, self.stores[1])

    def test_two_rows_with_one_vin(self):
        vin = self.vin(1)
        self.assertEqual(
            self._send(self._row("A-1", vin=vin), self._row("A-2", vin=vin)),
            ["applied", "refused"],
        )
        # A row that is refused does not keep its VIN from another.
        self.assertEqual(
            self._send(
                self._row("A-3", vin=self.vin(2), model="NOTHING"),
                self._row("A-4", vin=self.vin(2)),
            ),
            ["refused", "applied"],
        )

    def test_a_car_known_by_its_vin_gets_the_number(self):
        car = self.new_vehicle(1, supply_state="in_transit", sale_state="free")
        self.assertEqual(
            self._send(self._row("A-1", status="SHIPPED", vin=car.vin)), ["applied"]
        )
        self.assertEqual(car.production_number, "A-1")
        # A number that has a car already cannot take the other car's VIN.
        other = self.new_vehicle(2)
        self._send(self._row("A-2"))
        self.assertEqual(self._send(self._row("A-2", vin=other.vin)), ["refused"])
        self.assertIn(other.vin, self.answer[0]["error"])

    def test_a_row_that_the_car_refuses_does_not_stop_the_others(self):
        # The check digit is asked of the store; the row alone looks right.
        self.stores[1].auto_vin_check = "refuse"
        vin = self.vin(1)
        wrong = vin[:8] + ("0" if vin[8] != "0" else "1") + vin[9:]
        self.assertEqual(
            self._send(self._row("A-1"), self._row("A-2", vin=wrong), self._row("A-3")),
            ["applied", "refused", "applied"],
        )
        self.assertFalse(self._messages("A-2").vehicle_id)

    def test_who_may(self):
        for key in (("consultant", 1), ("store_manager", 1), "auditor"):
            with self.assertRaises(AccessError):
                self._send(self._row(), user=self.users[key])
        self.assertEqual(
            self._send(self._row(), user=self.users["head_office"]), ["applied"]
        )
        with self.assertRaises(ValidationError):
            self._send(*[self._row()] * 1001)
        with self.assertRaises(ValidationError):
            self.env["auto.vehicle"].with_user(self.robot).factory_update("rows")

    def test_a_store_speaks_for_its_own_cars(self):
        self._send(self._row("A-1", store="D-2"))
        self.robot.company_ids = self.stores[1]
        self.assertEqual(self._send(self._row("A-1", status="BUILT")), ["refused"])
        self.assertEqual(self._send(self._row("A-2", store="D-2")), ["refused"])
        self.assertEqual(self._messages("A-2").company_id, self.stores[1])
        # What another store's car is doing is not told to this one.
        messages = self.env["auto.factory.message"].with_user(
            self.users["consultant", 1]
        )
        own = messages.search([("production_number", "=", "A-1")])
        self.assertEqual(own.result, "refused")
        self.assertFalse(own.vehicle_id)

    def test_the_log_is_nobody_s_to_write(self):
        self._send(self._row())
        message = self._messages()
        with self.assertRaises(UserError):
            message.error = "nothing"
        with self.assertRaises(UserError):
            message.unlink()
        with self.assertRaises(AccessError):
            message.create({"result": "applied", "company_id": self.stores[1].id})

    def test_try_again_after_correction(self):
        self._send(self._row("A-1", status="SPECIAL"), self._row("A-2", status="OTHER"))
        first, second = self._messages("A-1"), self._messages("A-2")
        self.env["auto.factory.status.code"].create(
            {"code": "special", "supply_state": "in_production"}
        )
        (first + second).with_user(self.users["head_office"]).action_retry()
        self.assertEqual(self._car("A-1").supply_state, "in_production")
        self.assertFalse(first.is_open)
        self.assertEqual(first.settled_by_id.result, "applied")
        # The other is refused again, and only the latest waits.
        self.assertFalse(second.is_open)
        latest = self._messages("A-2").filtered("is_open")
        self.assertEqual(latest.result, "refused")
        wizard = (
            self.env["auto.factory.correct"]
            .with_user(self.users["head_office"])
            .create(self._wizard_values(latest))
        )
        wizard.status = "PLANNED"
        wizard.action_take_in()
        self.assertEqual(self._car("A-2").supply_state, "planned")
        self.assertFalse(latest.is_open)
        self.assertEqual(latest.settled_by_id.source, "person")

    def test_the_store_hears_of_a_refused_message_about_its_car(self):
        self._send(self._row("A-1", store="D-2"))
        self._send(self._row("A-1", store="", status="SPECIAL"))
        message = self._messages("A-1").filtered("is_open")
        self.assertEqual(message.company_id, self.stores[2])
        self.assertEqual(message.vehicle_id, self._car("A-1"))

    def _wizard_values(self, message):
        wizard = self.env["auto.factory.correct"].with_context(
            default_message_id=message.id
        )
        return wizard.default_get(list(wizard._fields))

    def test_put_aside(self):
        self._send(self._row("A-1", status="SPECIAL"))
        message = self._messages("A-1")
        with self.assertRaises(AccessError):
            message.with_user(self.users["consultant", 1]).action_put_aside()
        message.with_user(self.users["head_office"]).action_put_aside()
        self.assertFalse(message.is_open)

    def test_late(self):
        past = fields.Date.subtract(self.today, days=4)
        self._send(
            self._row("A-1", expected_date=str(past)),
            self._row("A-2", expected_date=str(self.today)),
            self._row("A-3"),
        )
        late = self.vehicles_as("consultant", 1).search([("is_late", "=", True)])
        self.assertEqual(late & self._car("A-1"), self._car("A-1"))
        self.assertFalse(late & (self._car("A-2") | self._car("A-3")))
        self.assertEqual(self._car("A-1").late_days, 4)
        waiting = self.vehicles_as("consultant", 1).search([("is_on_order", "=", True)])
        self.assertLessEqual(
            {"A-1", "A-2", "A-3"}, set(waiting.mapped("production_number"))
        )

    def test_one_production_number_is_one_car(self):
        self.new_vehicle(1, production_number="P1")
        with self.assertRaises(ValidationError):
            self.new_vehicle(2, production_number=" p1 ")
        with self.assertRaises(ValidationError):
            self.new_vehicle(2).production_number = "P1"
        self._car("P1").active = False
        with self.assertRaises(ValidationError) as refused:
            self.new_vehicle(2, production_number="P1")
        self.assertIn("P1", str(refused.exception))
        self.assertIn("archive", str(refused.exception))

    def test_a_store_with_a_customer_keeps_its_car(self):
        self._send(self._row(days=3))
        car = self._car()
        self.assertEqual(self._send(self._row(days=2, store="D-2")), ["applied"])
        self.assertEqual(car.company_id, self.stores[2])
        car._write_from_stock({"sale_state": "reserved"})
        self.assertEqual(self._send(self._row(days=1, store="D-1")), ["refused"])
        self.assertEqual(car.company_id, self.stores[2])

    def test_dates_as_factories_write_them(self):
        texts = ("2026/1/5", "2026.01.05", "2026年1月5日", "20260105")
        for number, text in enumerate(texts):
            self.assertEqual(
                self._send(self._row(f"D-{number}", status_date=text)), ["applied"]
            )
        self._send(
            self._row("D-8", status_date="2026-01-05 08:00"),
            self._row("D-9", status_date="2026-01-05T08:00:00+08:00"),
        )
        for number in ("D-8", "D-9"):
            self.assertEqual(
                self._car(number).factory_date,
                fields.Datetime.to_datetime("2026-01-05 00:00:00"),
            )

    @warmup
    def test_queries_do_not_grow_with_the_rows(self):
        def send(count, status, days, **values):
            self._send(
                *(
                    self._row(f"Q-{number}", status=status, days=days, **values)
                    for number in range(count)
                )
            )
            self.env.flush_all()

        send(100, "PLANNED", 9)
        counts = {}
        for count, status, days in ((10, "BUILT", 5), (100, "SHIPPED", 2)):
            self.env.invalidate_all()
            start = self.cr.sql_log_count
            send(count, status, days)
            counts[count] = self.cr.sql_log_count - start
        self.assertLessEqual(counts[100], counts[10] + 10, counts)
        self.assertLess(counts[100], 60, counts)


@tagged("post_install", "-at_install")
class TestFactoryApi(FactoryCase, HttpCase):
    """The factory's program calls Odoo's own API with a key."""

    def _post(self, payload, key):
        return self.url_open(
            "/json/2/auto.vehicle/factory_update",
            json=payload,
            headers={"Authorization": f"bearer {key}"},
        )

    def _key(self, user):
        return (
            self.env["res.users.apikeys"]
            .with_user(user)
            ._generate("rpc", "factory", fields.Datetime.now() + timedelta(days=1))
        )

    def test_json_2(self):
        key = self._key(self.robot)
        rows = [self._row(), self._row("PO-2", status="WHAT")]
        answer = self._post({"rows": rows}, key)
        self.assertEqual(answer.status_code, 200, answer.text)
        self.assertEqual(
            [one["result"] for one in answer.json()], ["applied", "refused"]
        )
        self.assertEqual(self._car().supply_state, "in_production")
        again = self._post({"rows": rows[:1]}, key)
        self.assertEqual(again.json()[0]["result"], "repeated")
        stranger = self._key(self.users["consultant", 1])
        with mute_logger("odoo.http"):  # what it refuses, it logs
            wrong = self._post({"rows": "nothing"}, key)
            forbidden = self._post({"rows": rows}, stranger)
        self.assertEqual(wrong.status_code, 422, wrong.text)
        self.assertEqual(forbidden.status_code, 403, forbidden.text)
        self.assertEqual(self._post({"rows": rows}, "nonsense").status_code, 401)
