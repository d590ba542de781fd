from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.tests import tagged, warmup

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestContact(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultant = cls.users["consultant", 1]
        cls.customer = (
            cls.env["res.partner"].with_user(cls.consultant).create({"name": "Li Na"})
        )
        cls.contacts = cls.env["auto.contact"].with_user(cls.consultant)

    def test_is_kept_as_written(self):
        contact = self.contacts.create(
            {"partner_id": self.customer.id, "summary": "Likes the blue one"}
        )
        self.assertEqual(contact.company_id, self.stores[1])
        self.assertEqual(contact.user_id, self.consultant)
        with self.assertRaises(UserError):
            contact.sudo().summary = "Never said"
        with self.assertRaises(UserError):
            contact.sudo().unlink()

    def test_bad_values(self):
        tomorrow = fields.Datetime.now() + timedelta(days=3)
        with self.assertRaises(ValidationError):
            self.contacts.create({"partner_id": self.customer.id, "date": tomorrow})

    def test_last_contact_and_silence(self):
        partners = self.customer.browse().sudo()
        quiet = [("last_auto_contact_date", "<", "today -90d")]
        mine = [("id", "=", self.customer.id)]
        self.assertTrue(partners.search(mine + quiet), "never contacted")
        old = fields.Datetime.now() - timedelta(days=100)
        self.contacts.create({"partner_id": self.customer.id, "date": old})
        self.customer.invalidate_recordset()
        self.assertEqual(self.customer.last_auto_contact_date, old)
        self.assertTrue(partners.search(mine + quiet))
        self.contacts.create({"partner_id": self.customer.id})
        self.assertFalse(partners.search(mine + quiet))

    def test_timeline_newest_first_and_counters_open_what_they_count(self):
        day = timedelta(days=1)
        now = fields.Datetime.now()
        self.contacts.create(
            [
                {
                    "partner_id": self.customer.id,
                    "date": now - day * index,
                    "summary": str(index),
                }
                for index in (2, 0, 1)
            ]
        )
        timeline = self.customer._auto_360_timeline()
        self.assertEqual([event["text"] for event in timeline], ["0", "1", "2"])
        self.assertEqual(len(self.customer._auto_360_timeline(limit=2)), 2)
        for tile in self.customer._auto_360_counters():
            action = tile["action"]
            if not action:
                continue  # a figure only
            model = self.env[action["res_model"]].with_user(self.consultant)
            self.assertEqual(model.search_count(action["domain"]), tile["count"])
        counts = {t["key"]: t["count"] for t in self.customer._auto_360_counters()}
        self.assertEqual(counts["contacts"], 3)
        technician = self.customer.with_user(self.users["technician", 1])
        keys = {tile["key"] for tile in technician._auto_360_counters()}
        self.assertNotIn("contacts", keys)

    def test_timeline_opens_what_the_user_may_read(self):
        model = self.env["fleet.vehicle.model"].search([], limit=1) or (
            self.env["fleet.vehicle.model"].create(
                {
                    "name": "Timeline",
                    "brand_id": self.env["fleet.vehicle.model.brand"]
                    .create({"name": "Timeline"})
                    .id,
                }
            )
        )
        car = self.env["auto.vehicle"].create(
            {
                "license_plate": "浙A0T36L",
                "model_id": model.id,
                "company_id": self.stores[1].id,
                "store_ids": [Command.set(self.stores[1].ids)],
            }
        )
        job = self.env["ir.cron"].search([], limit=1)
        car._log_event(
            "repair", "By a document", job, self.customer, company=self.stores[1]
        )
        [event] = self.customer._auto_360_timeline()
        self.assertEqual(
            (event["res_model"], event["res_id"]), (car._name, car.id), "the car"
        )
        self.assertNotIn("car", event)
        [event] = self.customer.sudo()._auto_360_timeline()
        self.assertEqual((event["res_model"], event["res_id"]), (job._name, job.id))

    @warmup
    def test_queries_of_the_customer_screen(self):
        view = self.env.ref("auto_crm_base.res_partner_view_form_customer")
        partners = self.env["res.partner"].with_user(self.consultant)
        spec = partners._get_fields_spec(partners.get_view(view.id))
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(30):
            self.customer.web_read(spec)
