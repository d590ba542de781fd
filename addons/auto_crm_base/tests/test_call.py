from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, tagged

from .common import AutoCase

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
class TestCall(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.users["callcentre", 1]
        cls.calls = cls.env["auto.call"].with_user(cls.agent)
        cls.customer = (
            cls.env["res.partner"]
            .with_user(cls.users["consultant", 2])
            .create({"name": "Li Na", "phone": "13800138000"})
        )
        cls.env.flush_all()

    def test_known_caller_of_another_store(self):
        with self.assertRaises(AccessError):
            self.customer.with_user(self.agent).read(["name"])
        for spelling in ("138 0013 8000", "+86-13800138000", "１３８００１３８０００"):
            call = self.calls._start(spelling, external_ref="pbx-1")
            self.assertEqual(call.state, "found")
            self.assertEqual(call.partner_id, self.customer)
        self.assertEqual(self.customer.with_user(self.agent).name, "Li Na")
        self.assertIn(self.stores[1], self.customer.sudo().store_ids)
        log = self.env["auto.access.log"].search(
            [("kind", "=", "lookup"), ("res_id", "=", self.customer.id)]
        )
        self.assertEqual(log.user_id, self.agent)
        call.summary = "Asks for an appointment"
        action = call.action_done()
        self.assertEqual(action["params"]["type"], "success")
        contact = call.contact_id
        self.assertEqual(contact.partner_id, self.customer)
        self.assertEqual(contact.direction, "in")
        self.assertEqual(contact.external_ref, "pbx-1")
        self.assertEqual(contact.company_id, self.stores[1])
        with self.assertRaises(UserError):
            call.action_done()

    def test_cars_of_the_caller_are_shown(self):
        vehicle = self.env["auto.vehicle"].create(
            {
                "license_plate": "浙A12345",
                "owner_id": self.customer.id,
                "store_ids": [(6, 0, self.stores[2].ids)],
            }
        )
        self.env.flush_all()
        call = self.calls._start("13800138000")
        counts = {tile["key"]: tile["count"] for tile in call.tiles}
        self.assertEqual(counts["vehicles"], 1)
        self.assertIn(self.stores[1], vehicle.store_ids)

    def test_unknown_caller_becomes_a_customer(self):
        call = self.calls._start("13900139000")
        self.assertEqual(call.state, "unknown")
        call.write({"new_name": "New Caller", "summary": "Wants a brochure"})
        call.action_done()
        partner = call.partner_id.sudo()
        self.assertEqual(partner.phone_sanitized, "+8613900139000")
        self.assertEqual(partner.store_ids, self.stores[1])
        self.assertEqual(call.contact_id.partner_id, partner)

    def test_a_window_is_its_users_own(self):
        """What is typed and found in a window is read by nobody else."""
        call = self.calls._start("13800138000")
        self.assertEqual(call.search([("id", "=", call.id)]), call)
        for role in ("consultant", "store_manager"):
            for store in (1, 2):
                other = call.with_user(self.users[role, store])
                self.assertFalse(other.search([("id", "=", call.id)]))
                for step in (
                    lambda other=other: other.read(["number"]),
                    lambda other=other: other.write({"summary": "x"}),
                ):
                    with self.assertRaises(AccessError):
                        step()

    def test_whatever_a_telephone_system_sends(self):
        for number in ("\x00abc", "9" * 3000, "anonymous", None):
            call = self.calls._start(number, external_ref="\x00" + "x" * 300)
            self.assertNotEqual(call.state, "found")

    def test_forgotten_screen_tells_no_duration(self):
        call = self.calls._start("13900139001")
        call.write({"summary": "Price", "started_at": call.started_at - DAY})
        call.action_done()
        self.assertEqual(call.contact_id.duration, 0)

    def test_nameless_call_is_logged_too(self):
        call = self.calls._start("13900139000")
        call.summary = "Wrong number"
        call.action_done()
        self.assertFalse(call.contact_id.partner_id)
        self.assertEqual(call.contact_id.number, "+8613900139000")

    def test_withheld_and_garbage(self):
        for number in ("", None, "anonymous", "   ", "💥" * 500, "'; DROP TABLE", "0"):
            call = self.calls._start(number)
            self.assertEqual(call.state, "withheld", number)
            self.assertEqual(call.number or "", "0" if number == "0" else "")
            self.assertFalse(call.partner_id)
            call.summary = "Hello"
            call.action_done()
            self.assertTrue(call.contact_id)

    def test_shared_number(self):
        self.customer.sudo().copy({"name": "Husband", "phone": "13800138000"})
        call = self.calls._start("13800138000")
        self.assertEqual(call.state, "several")
        self.assertEqual(len(call.candidate_ids), 2)
        self.assertFalse(call.partner_id)

    def test_found_by_plate(self):
        self.env["auto.vehicle"].create(
            {
                "license_plate": "浙A12345",
                "owner_id": self.customer.id,
                "store_ids": [(6, 0, self.stores[2].ids)],
            }
        )
        call = self.calls._start("")
        call.query = "浙A12345"
        call.action_find()
        self.assertEqual(call.partner_id, self.customer)
        self.assertTrue(call.vehicle_id)
        call.query = "浙A99999"
        with self.assertRaises(UserError):
            call.action_find()

    def test_nothing_to_log(self):
        call = self.calls._start("13900139000")
        call.result = False
        with self.assertRaises(UserError):
            call.action_done()

    def test_unknown_caller_with_nothing_typed(self):
        call = self.calls._start("13900139000")
        for nothing in ({}, {"summary": "  ", "new_name": " "}):
            call.write(nothing)
            with self.assertRaisesRegex(UserError, "Nobody is named"):
                call.action_done()
        self.assertFalse(call.contact_id)
        call.result = "no_answer"
        call.action_done()
        self.assertTrue(call.contact_id, "that nobody answered says something")

    def test_technician_and_auditor_take_no_calls(self):
        for user in (self.users["technician", 1], self.users["auditor"]):
            with self.assertRaises(AccessError):
                self.env["auto.call"].with_user(user)._start("13800138000")


@tagged("post_install", "-at_install")
class TestCallByUrl(AutoCase, HttpCase):
    def test_telephone_system_opens_the_call(self):
        agent = self.users["callcentre", 1]
        self.authenticate(agent.login, agent.login)
        answer = self.url_open(
            "/odoo/auto-call?number=%2B86+138+0013+8000&ref=x", allow_redirects=False
        )
        self.assertEqual(answer.status_code, 303)
        call = self.env["auto.call"].search([("create_uid", "=", agent.id)])
        self.assertEqual(call.number, "+8613800138000")
        self.assertTrue(answer.headers["Location"].endswith(f"/auto-call/{call.id}"))
        self.assertEqual(self.url_open("/odoo/auto-call").status_code, 200)
        self.assertEqual(self.url_open("/odoo/auto-call?number=").status_code, 200)

    def test_without_login_nothing_is_told(self):
        answer = self.url_open(
            "/odoo/auto-call?number=13800138000", allow_redirects=False
        )
        self.assertIn(answer.status_code, (302, 303))
        self.assertIn("/web/login", answer.headers["Location"])
