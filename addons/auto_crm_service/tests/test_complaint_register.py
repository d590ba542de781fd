from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged, warmup

from odoo.addons.mail.tests.common import MailCommon

from .common_complaint import ComplaintCase


@tagged("post_install", "-at_install")
class TestComplaintRegister(ComplaintCase):
    """How complaints come in."""

    def _register(self, values, channel="phone", ref=None, user=None):
        complaints = self.env["auto.complaint"].with_user(user or self.desk)
        return complaints._register_complaint(values, channel, ref)

    def test_known_customer_and_car_are_found(self):
        complaint = self._register(
            {
                "name": "Test Customer",
                "phone": "138 0013 8000",
                "plate": "浙a·12345",
                "description": "It took three hours.",
                "category_id": self.category.id,
            }
        ).sudo()
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.vehicle_id, self.vehicle)
        self.assertEqual(complaint.company_id, self.store)
        self.assertEqual(complaint.severity, "high")
        self.assertEqual(complaint.user_id, self.desk)
        self.assertEqual(complaint.state, "in_progress")
        self.assertEqual(self._kinds(complaint), ["received", "assigned", "task_given"])
        contact = self.customer.contact_log_ids
        self.assertEqual(contact.complaint_id, complaint)
        self.assertEqual(contact.direction, "in")
        self.assertIn("complaint", self.vehicle.event_ids.mapped("kind"))

    def test_other_stores_customer_is_found_and_joined(self):
        desk = self.users["complaint", 2]
        complaint = self._register(
            {"phone": "13800138000", "description": "Here, too"}, user=desk
        ).sudo()
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertIn(self.stores[2], self.customer.store_ids)
        self.assertEqual(complaint.with_user(desk).partner_id.name, "Test Customer")

    def test_unknown_person_becomes_customer(self):
        complaint = self._register(
            {"name": "New Person", "phone": "13900139000", "description": "Bad"}
        ).sudo()
        partner = complaint.partner_id
        self.assertEqual(partner.name, "New Person")
        self.assertEqual(partner.auto_store_id, self.store)
        self.assertEqual(partner.store_ids, self.store)

    def test_same_delivery_does_nothing(self):
        first = self._take_down(channel="email", ref="<1@example.com>")
        second = self._take_down(channel="email", ref="<1@example.com>")
        self.assertEqual(first, second)
        self.assertEqual(self._kinds(first), ["received", "assigned"])
        self.assertEqual(len(self.customer.contact_log_ids), 1)

    def test_same_matter_is_added(self):
        complaint = self._take_down(category_id=self.category.id)
        again = self._take_down(channel="web", description="Still waiting!")
        self.assertEqual(complaint, again)
        self.assertEqual(complaint.sudo().contact_count, 2)
        self.assertEqual(self._kinds(complaint)[-1], "again")
        other = self.category.copy({"name": "Other matter"})
        new = self._take_down(category_id=other.id)
        self.assertNotEqual(new, complaint, "another matter is another complaint")

    def test_repeat_is_linked(self):
        first = self._take_down(category_id=self.category.id)
        first._answer("Sorry")
        first._callback("satisfied", "Thank you")
        second = self._take_down(category_id=self.category.id)
        self.assertEqual(second.repeat_of_id, first)
        self.assertEqual(second.repeat_number, 1)
        third = self._take_down(category_id=self.category.id, complaint_id=False)
        self.assertEqual(third.repeat_of_id, second)
        self.assertEqual(third.repeat_number, 2)
        self.assertEqual(
            set(third.action_open_repeats()["domain"][0][2]),
            set((first | second | third).ids),
        )

    def test_later_category_links_the_repeat(self):
        first = self._take_down(category_id=self.category.id)
        second = self._take_down(complaint_id=False)
        self.assertFalse(second.is_repeat)
        second.category_id = self.category
        self.assertEqual(second.repeat_of_id, first)

    def test_strangers_plate_is_not_linked(self):
        complaint = self._register(
            {
                "name": "Stranger",
                "phone": "13911112222",
                "plate": "浙A12345",
                "description": "My car",
            },
            "web",
        ).sudo()
        self.assertFalse(complaint.vehicle_id)
        self.assertEqual(complaint.car_text, "浙A12345")

    def test_bad_input_keeps_nothing(self):
        count = self.env["auto.complaint"].search_count([])
        people = self.env["res.partner"].search_count([])
        good = {"name": "A", "phone": "13900139001", "description": "Bad"}
        for values, words in (
            ({**good, "description": "  "}, "description"),
            ({**good, "description": 5}, "text"),
            ({**good, "phone": "abc"}, "phone number"),
            ({**good, "phone": "", "email": "nobody"}, "e-mail address"),
            ({**good, "phone": ""}, "Give a phone number"),
            ({**good, "name": ""}, "name"),
            ({**good, "severity": "huge"}, "severity"),
            ({**good, "vehicle_id": 0x7FFFFFF}, "car"),
            ({"partner_id": 0x7FFFFFF, "description": "Bad"}, "customer"),
            ({**good, "name": "x" * 300}, "longer"),
        ):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, words):
                self._register(values)
        with self.assertRaisesRegex(ValidationError, "channel"):
            self._register(good, "pigeon")
        self.assertEqual(self.env["auto.complaint"].search_count([]), count)
        self.assertEqual(self.env["res.partner"].search_count([]), people)

    def test_by_api(self):
        complaints = self.env["auto.complaint"].with_user(self.users["callcentre", 1])
        values = {
            "name": "Api Person",
            "phone": "13900139009",
            "description": "Bad",
            "category": "Test matter",
        }
        answer = complaints.register_complaint(values, "system", "A-1")
        self.assertTrue(answer["created"])
        again = complaints.register_complaint(values, "system", "A-1")
        self.assertEqual(again["complaint"], answer["complaint"])
        self.assertFalse(again["created"])
        with self.assertRaisesRegex(ValidationError, "Unknown"):
            complaints.register_complaint({**values, "state": "closed"}, "system")
        with self.assertRaisesRegex(ValidationError, "no category"):
            complaints.register_complaint({**values, "category": "Nothing"}, "system")

    def test_unhappy_followup(self):
        rule = self.env["auto.followup.rule"].search([], limit=1)
        followup = self.env["auto.followup"].create(
            {
                "rule_id": rule.id,
                "partner_id": self.customer.id,
                "vehicle_id": self.vehicle.id,
                "company_id": self.store.id,
                "user_id": self.adviser.id,
                "date_due": "2026-01-01",
            }
        )
        wizard = (
            self.env["auto.followup.close"]
            .with_user(self.adviser)
            .create({"followup_id": followup.id, "is_unhappy": True})
        )
        with self.assertRaisesRegex(UserError, "not content"):
            wizard.action_confirm()
        wizard.note = "The seat is still dirty."
        wizard.action_confirm()
        complaint = followup.complaint_id
        self.assertEqual(followup.state, "done")
        self.assertEqual(complaint.description, "The seat is still dirty.")
        self.assertEqual(complaint.channel, "followup")
        self.assertEqual(complaint.vehicle_id, self.vehicle)
        self.assertEqual(complaint.res_id, followup.id)
        self.assertEqual(len(self.customer.contact_log_ids), 1, "one talk, one line")
        same = self.env["auto.complaint"]._register_from(
            followup, {"description": "Twice"}
        )
        self.assertEqual(same, complaint)

    def test_call_screen(self):
        agent = self.users["callcentre", 1]
        call = self.env["auto.call"].with_user(agent)._start("13800138000")
        call.is_complaint = True
        with self.assertRaisesRegex(UserError, "complains about"):
            call.action_done()
        call.summary = "Nobody called back."
        action = call.action_done()
        complaint = self.env["auto.complaint"].browse(action["res_id"])
        self.assertEqual(complaint.description, "Nobody called back.")
        self.assertEqual(complaint.registered_by_id, agent)
        self.assertFalse(complaint.user_id)

    def test_intake_window(self):
        open_one = self._take_down()
        window = (
            self.env["auto.complaint.intake"]
            .with_user(self.adviser)
            .create({"query": "浙A12345", "description": "Again the same"})
        )
        window.action_find()
        self.assertEqual(window.partner_id, self.customer)
        self.assertEqual(window.vehicle_id, self.vehicle)
        self.assertEqual(window.open_ids.ids, open_one.ids)
        window.add_to_id = open_one
        self.assertEqual(window.action_register()["res_id"], open_one.id)
        window = window.create(
            {"query": "13911113333", "new_name": "Newcomer", "description": "Bad"}
        )
        window.action_find()
        self.assertEqual(window.new_phone, "13911113333")
        complaint = window.action_register()["res_id"]
        complaint = self.env["auto.complaint"].browse(complaint)
        self.assertEqual(complaint.partner_id.name, "Newcomer")
        self.assertEqual(complaint.registered_by_id, self.adviser)

    @warmup
    def test_create_is_cheap(self):
        # 23 for what a complaint needs, 3 for whether the desk may name these two.
        values = {
            "partner_id": self.customer.id,
            "vehicle_id": self.vehicle.id,
            "description": "It took three hours.",
        }
        complaints = self.env["auto.complaint"].with_user(self.desk)
        # The desk names whom it has looked up.
        log = complaints.env["auto.access.log"]
        log._log("lookup", self.customer, "test")
        log._log("lookup", self.vehicle, "test")
        complaints.create(values)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(26):
            complaints.create(values)
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestComplaintMail(ComplaintCase, MailCommon):
    """The e-mail address of a door."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._init_mail_gateway()
        cls.door = cls.env["auto.complaint.door"].create(
            {
                "name": "Door",
                "company_id": cls.store.id,
                "alias_name": "complaints-test",
                "alias_domain_id": cls.mail_alias_domain.id,
            }
        )

    def _mail(self, text, ref, sender="Test Customer <customer@example.com>"):
        mail = (
            f"From: {sender}\nTo: complaints-test@{self.alias_domain}\n"
            f"Subject: Slow\nMessage-Id: <{ref}@example.com>\n"
            f"Content-Type: text/plain; charset=utf-8\n\n{text}"
        )
        self.env["mail.thread"].message_process(False, mail.encode())
        return self.env["auto.complaint"].search(
            [("company_id", "=", self.store.id)], order="id desc", limit=1
        )

    def test_mail(self):
        complaint = self._mail("Three hours! 浙A12345", "m1")
        self.assertEqual(complaint.partner_id, self.customer)
        self.assertEqual(complaint.vehicle_id, self.vehicle)
        self.assertEqual(complaint.channel, "email")
        self.assertIn("Three hours!", complaint.description)
        self.assertIn("Three hours!", complaint.message_ids[:1].body)
        again = self._mail("Hello?", "m2")
        self.assertEqual(again, complaint)
        self.assertEqual(complaint.contact_count, 2)

    def test_stranger_and_empty(self):
        complaint = self._mail("", "m3", "Some One <someone@example.com>")
        self.assertEqual(complaint.partner_id.name, "Some One")
        self.assertEqual(complaint.description, "Slow")
