from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestLeadKept(LeadCase):
    """What the response clock and the cadence go by is not written by hand."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._lead(grade_id=cls.grades["B"].id)
        cls.own = cls.lead.with_user(cls.consultant)
        cls.forged = {
            "public_ref": "HACK",
            "received_date": "2020-01-01 00:00:00",
            "grade_date": "2020-01-01 00:00:00",
            "last_contact_date": "2020-01-01 00:00:00",
            "treatment_due": True,
            "woken_date": "2020-01-01",
            "escalation_level": 9,
            "seen_date": "2020-01-01 00:00:00",
            "first_touch_date": "2020-01-01 00:00:00",
            "response_minutes": 1,
            "response_band": "m15",
        }

    def test_not_written_by_hand(self):
        for user in (self.consultant, self.manager):
            for name, value in self.forged.items():
                with self.assertRaisesRegex(UserError, "by hand"):
                    self.lead.with_user(user).write({name: value})
                with self.assertRaisesRegex(UserError, "by hand"):
                    self.lead.with_user(user).with_context(
                        auto_cadence_door=True
                    ).write({name: value})
        self.own.write({"public_ref": self.lead.public_ref, "name": "Same"})
        self.assertEqual(self.lead.name, "Same")

    def test_not_given_at_creation(self):
        leads = self.env["crm.lead"].with_user(self.consultant)
        defaults = {f"default_{name}": value for name, value in self.forged.items()}
        values = {"name": "New", "company_id": self.store.id}
        for lead in (
            leads.create({**values, **self.forged}),
            leads.with_context(**defaults).create(values),
        ):
            self.assertRegex(lead.public_ref, r"^LEAD/")
            self.assertGreater(
                lead.received_date, fields.Datetime.now() - timedelta(hours=1)
            )
            self.assertFalse(lead.grade_date)
            self.assertFalse(lead.last_contact_date)
            self.assertFalse(lead.treatment_due)
            self.assertFalse(lead.first_touch_date)
            self.assertFalse(lead.response_minutes)
            self.assertFalse(lead.escalation_level)

    def test_the_system_writes_them(self):
        self.own._log_contact("phone", "Hello", grade="A")
        self.assertTrue(self.lead.last_contact_date)
        self.assertEqual(self.lead.next_followup_date, self.in_days(3))
        self.assertEqual(self.lead.grade_date.date(), self.today)

    def test_the_next_contact_stays_in_sight(self):
        with self.assertRaisesRegex(UserError, "needs a day"):
            self.own.next_followup_date = False
        for day in ("2099-01-01", self.in_days(800)):
            with self.assertRaisesRegex(UserError, "at the latest"):
                self.own.next_followup_date = day
            with self.assertRaisesRegex(UserError, "at the latest"):
                self.own._log_contact("phone", "Hello", next_date=day)
            with self.assertRaisesRegex(UserError, "at the latest"):
                self.env["crm.lead"].with_user(self.consultant).create(
                    {"name": "New", "next_followup_date": day}
                )
        self.own.next_followup_date = self.in_days(300)
        near = self.horizons[
            min(self.horizons, key=lambda code: self.horizons[code].months)
        ]
        with self.assertRaisesRegex(UserError, "at the latest"):
            self.own.write(
                {"horizon_id": near.id, "next_followup_date": self.in_days(90)}
            )

    def test_a_shelved_one_wakes_within_two_years(self):
        with self.assertRaisesRegex(UserError, "at the latest"):
            self.own._shelve(fields.Date.to_date("2999-01-01"))
        self.own._shelve(self.in_days(700))
        self.assertFalse(self.lead.next_followup_date)
        for day in ("2999-01-01", self.in_days(-1)):
            with self.assertRaises(UserError):
                self.own.wake_date = day
        self.own.action_wake()
        self.assertEqual(self.lead.next_followup_date, self.today)
