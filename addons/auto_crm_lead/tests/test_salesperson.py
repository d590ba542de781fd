from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import freeze_time, tagged, warmup
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tests.common import AutoCase
from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase


@tagged("post_install", "-at_install")
class TestSalesperson(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls.stores[1]
        cls.consultant = cls.users["consultant", 1]
        cls.manager = cls.users["sales_manager", 1]
        cls.boss = cls.users["store_manager", 1]
        cls.person = cls.env["auto.salesperson"].create(
            {"user_id": cls.consultant.id, "company_id": cls.store.id, "max_open": 4}
        )
        cls.other = cls.env["auto.salesperson"].create(
            {"user_id": cls.manager.id, "company_id": cls.store.id}
        )
        cls.qualification = cls.env["auto.qualification"].create(
            {"name": "Test product", "validity_months": 12, "warn_days": 30}
        )
        cls.today = fields.Date.today()

    def _leave(self, begin, end, person=None):
        return self.env["auto.salesperson.leave"].create(
            {
                "salesperson_id": (person or self.person).id,
                "date_from": self.today + timedelta(days=begin),
                "date_to": self.today + timedelta(days=end),
            }
        )

    def _certificate(self, ends_in, **values):
        return self.env["auto.salesperson.qualification"].create(
            {
                "salesperson_id": self.person.id,
                "qualification_id": self.qualification.id,
                "date": self.today - timedelta(days=300),
                "date_end": self.today + timedelta(days=ends_in),
                **values,
            }
        )

    def _leads(self, count, user=None, **values):
        return self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {number}",
                    "type": "opportunity",
                    "company_id": self.store.id,
                    "user_id": (user or self.consultant).id,
                    **values,
                }
                for number in range(count)
            ]
        )

    def test_away(self):
        people = self.env["auto.salesperson"]
        self.assertFalse(self.person.is_away)
        self._leave(2, 5)
        self.assertFalse(self.person.is_away)
        leave = self._leave(-1, 1)
        self.assertTrue(self.person.is_away)
        self.assertEqual(self.person.back_on, leave.date_to)
        self.assertIn(self.person, people.search([("is_away", "=", True)]))
        self.assertNotIn(self.person, people.search([("is_away", "=", False)]))
        self.assertIn(self.other, people.search([("is_away", "=", False)]))
        self.other.away_until = self.today
        self.assertTrue(self.other.is_away)
        self.assertIn(self.other, people.search([("is_away", "=", True)]))

    def test_leave_gets_no_prospects(self):
        self.env["auto.allocation.rule"].search([]).active = False
        self.env["auto.allocation.rule"].create(
            {"name": "Test", "method": "rotation", "working_hours": "ignore"}
        )
        leave = self._leave(0, 0)
        lead = self._leads(1, user_id=False)
        lead._allocate()
        self.assertFalse(lead.user_id)
        self.assertIn("away", str(lead.assignment_ids.candidates))
        leave.date_from -= timedelta(days=9)
        leave.date_to -= timedelta(days=9)
        lead._allocate()
        self.assertEqual(lead.user_id, self.consultant)
        # Whose file is archived gets none either.
        self.person.active = False
        second = self._leads(1, user_id=False)
        second._allocate()
        self.assertFalse(second.user_id)

    def test_bad_leave(self):
        self._leave(0, 5)
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self._leave(5, 8)
        self._leave(6, 8)
        self._leave(5, 8, self.other)
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._leave(20, 19)

    def test_qualification_states(self):
        row = self.env["auto.salesperson.qualification"].create(
            {
                "salesperson_id": self.person.id,
                "qualification_id": self.qualification.id,
                "date": "2026-01-15",
            }
        )
        self.assertEqual(str(row.date_end), "2027-01-14")
        self.assertEqual(str(row.date_warn), "2026-12-15")
        for ends_in, state in ((31, "valid"), (30, "expiring"), (0, "expiring")):
            self.assertEqual(self._certificate(ends_in).state, state)
        self.assertEqual(self._certificate(-1).state, "expired")
        self.qualification.validity_months = 0
        endless = self._certificate(1)
        endless.date_end = False
        self.assertEqual((endless.state, endless.date_warn), ("valid", False))
        with (
            self.assertRaises(IntegrityError),
            mute_logger("odoo.sql_db"),
            self.cr.savepoint(),
        ):
            self._certificate(-400)

    def test_warned_once(self):
        rows = self.env["auto.salesperson.qualification"]
        rows.search([]).is_warned = True  # what the demo has
        soon = self._certificate(10)
        self._certificate(200)
        renewed = self.env["auto.qualification"].create({"name": "Test renewed"})
        old = self._certificate(5, qualification_id=renewed.id)
        self._certificate(
            400, qualification_id=renewed.id, date=self.today - timedelta(days=1)
        )
        soon.date -= timedelta(days=-1)
        soon.qualification_id = self.env["auto.qualification"].create(
            {"name": "Test alone"}
        )
        soon.date_end = self.today + timedelta(days=10)
        cron = self.env.ref("auto_crm_lead.ir_cron_warn_qualification")
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        activity = self.person.activity_ids
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.manager)
        self.assertEqual(activity.date_deadline, soon.date_end)
        self.assertIn("Test alone", activity.summary)
        self.assertTrue(soon.is_warned and old.is_warned)
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.assertEqual(len(self.person.activity_ids), 1)
        # A new end is watched again.
        soon.date_end = self.today + timedelta(days=12)
        self.assertFalse(soon.is_warned)

    def test_workload(self):
        with freeze_time(fields.Datetime.now().replace(hour=4)):
            self._leads(2)
            late = self._leads(1)
            late.next_followup_date = self.today - timedelta(days=3)
            self._leads(1).action_set_won()
            self.env.flush_all()
            self.env.invalidate_all()
            person = self.person.with_user(self.boss)
            self.assertEqual((person.open_leads, person.overdue_leads), (3, 1))
            self.assertEqual(person.load, 75)
            leads = self.env["crm.lead"]
            for action, expected in (
                (person.action_view_open(), 3),
                (person.action_view_overdue(), 1),
            ):
                self.assertEqual(
                    leads.with_context(**action["context"]).search_count(
                        action["domain"]
                    ),
                    expected,
                )
            given = self._leads(1, user_id=False)
            given.with_user(self.boss).action_reassign(self.consultant.id)
            self.env.flush_all()
            person.invalidate_recordset()
            action = person.action_view_today()
            rows = self.env["auto.lead.assignment"].search(action["domain"])
            self.assertEqual(len(rows), person.new_today)
            self.assertIn(given, rows.lead_id)

    @warmup
    def test_workload_queries(self):
        people = (self.person | self.other).with_user(self.boss)
        self.env.flush_all()
        self.env.invalidate_all()
        people.mapped("user_id.name")
        people.mapped("max_open")
        # Open, overdue, given today; the user and the user's time zone.
        with self.assertQueryCount(5):
            people.mapped("open_leads")

    def test_team(self):
        team = self.env["crm.team"].create(
            {
                "name": "Test team",
                "company_id": self.store.id,
                "member_ids": [(6, 0, self.consultant.ids)],
            }
        )
        self.assertEqual(self.person.team_id, team)
        self.assertFalse(self.other.team_id)

    def test_consultant_reads_only_the_own_file(self):
        leave = self._leave(0, 1)
        theirs = self._leave(0, 1, self.other)
        row = self._certificate(4)
        as_consultant = self.env(user=self.consultant)["auto.salesperson"]
        self.assertEqual(as_consultant.search([]), self.person)
        self.assertTrue(leave.with_user(self.consultant).has_access("read"))
        self.assertFalse(theirs.with_user(self.consultant).has_access("read"))
        self.assertTrue(row.with_user(self.consultant).has_access("read"))
        for record in (self.person, leave, row):
            with self.assertRaises(AccessError):
                record.with_user(self.consultant).write({"note": "mine"})
        with self.assertRaises(AccessError):
            self.env["auto.salesperson.leave"].with_user(self.consultant).create(
                {"salesperson_id": self.person.id}
            )


@tagged("post_install", "-at_install")
class TestSalespersonRights(MatrixCase):
    TABLE = """
        consultant: R own
        sales_manager: CRUD st
        store_manager: CRUD st
        head_office: CRUD all
        auditor: R all
        """

    def _person(self, store, user):
        people = self.env["auto.salesperson"]
        return people.search(
            [("user_id", "=", user.id), ("company_id", "=", store.id)]
        ) or people.create({"user_id": user.id, "company_id": store.id})

    def test_salesperson(self):
        self.check_matrix(
            "auto.salesperson",
            self.TABLE,
            lambda store, user: (self._person(store, user), None),
        )

    def test_leave(self):
        self.check_matrix("auto.salesperson.leave", self.TABLE, self._leave)

    def _leave(self, store, user):
        leaves = self.env["auto.salesperson.leave"]
        day = fields.Date.today() + timedelta(days=leaves.search_count([]))
        return leaves.create(
            {
                "salesperson_id": self._person(store, user).id,
                "date_from": day,
                "date_to": day,
            }
        ), None

    def test_qualification(self):
        qualification = self.env["auto.qualification"].create({"name": "Test"})
        self.check_matrix(
            "auto.salesperson.qualification",
            self.TABLE,
            lambda store, user: (
                self.env["auto.salesperson.qualification"].create(
                    {
                        "salesperson_id": self._person(store, user).id,
                        "qualification_id": qualification.id,
                    }
                ),
                None,
            ),
        )
