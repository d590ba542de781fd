from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, new_test_user, tagged, warmup

from odoo.addons.auto_crm_base.tests.common import AutoCase

# A Wednesday, 10:00 in Shanghai.
NOW = "2026-03-04 02:00:00"


@tagged("post_install", "-at_install")
class TestAllocation(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls.stores[1]
        cls.calendar = cls.env["resource.calendar"].create(
            {"name": "Test 9 to 18", "tz": "Asia/Shanghai"}
        )
        cls.calendar.attendance_ids.unlink()
        cls.calendar.attendance_ids = [
            (
                0,
                0,
                {
                    "name": str(day),
                    "dayofweek": str(day),
                    "hour_from": 9,
                    "hour_to": 18,
                    "day_period": "morning",
                },
            )
            for day in range(5)
        ]
        cls.store.resource_calendar_id = cls.calendar
        cls.env["auto.allocation.rule"].search([]).active = False
        cls.rule = cls.env["auto.allocation.rule"].create(
            {
                "name": "Test rule",
                "method": "rotation",
                "working_hours": "ignore",
                "recall_minutes": 60,
            }
        )
        cls.first = cls.users["consultant", 1]
        cls.second, cls.third = (
            new_test_user(
                cls.env,
                f"test_consultant_1_{letter}",
                groups="auto_crm_base.group_consultant",
                company_id=cls.store.id,
                company_ids=[(6, 0, cls.store.ids)],
            )
            for letter in "bc"
        )
        cls.manager = cls.users["sales_manager", 1]

    def _new_leads(self, count=1, **values):
        return self.env["crm.lead"].create(
            [
                {
                    "name": f"Lead {index}",
                    "type": "opportunity",
                    "company_id": self.store.id,
                    "user_id": False,
                    **values,
                }
                for index in range(count)
            ]
        )

    def _capacity(self, user, **values):
        return self.env["auto.salesperson"].create(
            {"user_id": user.id, "company_id": self.store.id, **values}
        )

    def test_in_turn(self):
        leads = self._new_leads(7)
        leads._allocate()
        counts = sorted(len(group) for group in leads.grouped("user_id").values())
        self.assertEqual(counts, [2, 2, 3])
        self.assertEqual(leads.company_id, self.store)
        again = self._new_leads()
        again._allocate()
        self.assertNotEqual(again.user_id, leads[-1].user_id)

    def test_fewest_open(self):
        self.rule.method = "least"
        self._new_leads(3, user_id=self.first.id)
        self._new_leads(2, user_id=self.second.id)
        leads = self._new_leads(3)
        leads._allocate()
        self.assertEqual(leads.user_id, self.second | self.third)
        self.assertEqual(len(leads.filtered(lambda x: x.user_id == self.third)), 2)

    def test_free_capacity(self):
        self.rule.method = "capacity"
        self._capacity(self.first, max_open=2)
        self._capacity(self.second, max_open=10)
        self._capacity(self.third, available=False)
        self._new_leads(1, user_id=self.first.id)
        self._new_leads(2, user_id=self.second.id)
        lead = self._new_leads()
        lead._allocate()
        self.assertEqual(lead.user_id, self.second)

    def test_limits_brands_and_absence(self):
        brand, other = self.env["fleet.vehicle.model.brand"].create(
            [{"name": "Brand A"}, {"name": "Brand B"}]
        )
        self._capacity(self.first, max_per_day=1)
        self._capacity(self.second, brand_ids=[(6, 0, other.ids)])
        self._capacity(self.third, away_until=fields.Date.today())
        leads = self._new_leads(2, need_brand_ids=[(6, 0, brand.ids)])
        leads._allocate()
        self.assertEqual(leads[0].user_id, self.first)
        self.assertFalse(leads[1].user_id)
        explanation = leads[1].assignment_ids.explanation
        for words in ("other brands", "away", "as many new ones today as possible"):
            self.assertIn(words, explanation)
        leads._allocate()
        self.assertEqual(len(leads[1].assignment_ids), 1, "noted once")

    def test_conditions_choose_the_rule(self):
        channel = self.env["auto.intake.channel"].search([], limit=1)
        self.env["auto.allocation.rule"].create(
            {
                "name": "Channel rule",
                "sequence": 1,
                "channel_ids": [(6, 0, channel.ids)],
                "user_ids": [(6, 0, self.third.ids)],
                "working_hours": "ignore",
            }
        )
        leads = self._new_leads(3, intake_channel_id=channel.id)
        leads._allocate()
        self.assertEqual(leads.user_id, self.third)
        self.assertEqual(
            set(leads.assignment_ids.mapped("rule_name")), {"Channel rule"}
        )

    def test_no_rule_leaves_it_and_says_so(self):
        self.rule.active = False
        lead = self._new_leads()
        self.assertFalse(lead._allocate())
        self.assertIn("No rule", lead.assignment_ids.explanation)

    def test_working_hours(self):
        self.rule.working_hours = "require"
        with freeze_time("2026-03-07 02:00:00"):  # a Saturday
            self.assertFalse(self._duty()[self.first.id])
        with freeze_time(NOW):
            self.assertTrue(self._duty()[self.first.id])
            self.env["resource.calendar.leaves"].create(
                {
                    "name": "Closed",
                    "calendar_id": self.calendar.id,
                    "company_id": self.store.id,
                    "date_from": "2026-03-04 00:00:00",
                    "date_to": "2026-03-04 12:00:00",
                }
            )
            self.assertFalse(self._duty()[self.first.id])

    def _duty(self):
        candidates = self.env["crm.lead"]._allocation_candidates({self.store.id}, set())
        return {c["user"]: c["on_duty"] for c in candidates[self.store.id]}

    def test_explained_for_good(self):
        lead = self._new_leads()
        lead._allocate()
        assignment = lead.assignment_ids
        self.assertIn("chosen", assignment.explanation)
        self.assertEqual(len(assignment.candidates), 3)
        with self.assertRaises(UserError):
            assignment.write({"candidates": []})
        with self.assertRaises(AccessError):
            self.env["auto.lead.assignment"].with_user(self.manager).create(
                {"lead_id": lead.id, "company_id": self.store.id, "kind": "manual"}
            )
        with self.assertRaises(AccessError):
            assignment.with_user(self.users["sales_manager", 2]).read(["user_id"])

    def test_doubtful_and_closed_ones_are_left_alone(self):
        lead, won = self._new_leads(2)
        won.action_set_won()
        lead.with_user(self.env.ref("base.user_root")).action_mark_spam()
        (lead | won)._allocate()
        self.assertFalse(lead.user_id)
        self.assertFalse(won.user_id)

    def test_intake_goes_to_somebody(self):
        lead = (
            self.env["crm.lead"]
            .with_company(self.store)
            ._intake({"name": "Wang", "phone": "13800138123"}, "phone")
        )
        self.assertIn(lead.user_id, self.first | self.second | self.third)
        self.assertEqual(lead.assignment_ids.kind, "auto")
        self.assertEqual(lead.recall_rule_id, self.rule)

    def _rule_for(self, name, user):
        state = self.env["res.country.state"].search(
            [("country_id.code", "=", "CN"), ("name", "=", name)]
        )
        return self.rule.copy(
            {
                "name": f"Test {name}",
                "sequence": 1,
                "state_ids": [(6, 0, state.ids)],
                "user_ids": [(6, 0, user.ids)],
            }
        )

    def test_region_as_told_by_city_or_by_the_number(self):
        self._rule_for("江苏省", self.second)
        self._rule_for("上海市", self.third)
        number = 13900000000
        for values, user in (
            ({"region": "江苏"}, self.second),
            ({"region": "Jiangsu Province"}, self.second),
            ({"region": "JS"}, self.second),
            ({"region": "华东", "city": "上海市"}, self.third),
            ({"city": "Nanjing"}, self.second),
            ({"city": "南京市"}, self.second),
            ({"city": "Shanghai", "phone": "13951700000"}, self.third),
            ({"phone": "13951700001"}, self.second),
            ({"city": "Nowhere", "phone": "13951700002"}, self.second),
        ):
            number += 1
            with self.subTest(values=values):
                lead = (
                    self.env["crm.lead"]
                    .with_company(self.store)
                    ._intake({"name": "A", "phone": str(number), **values}, "website")
                )
                self.assertEqual(lead.user_id, user)
                if "region" in values:
                    self.assertTrue(lead.state_id)
                if "city" not in values and "region" not in values:
                    self.assertFalse(lead.state_id, "a guess is no address")

    def test_region_of_those_who_wait(self):
        self._rule_for("江苏省", self.second)
        lead = self._new_leads(phone="+86 139 5170 0009")
        lead._allocate()
        self.assertEqual(lead.user_id, self.second)

    def test_unknown_region_is_kept_in_words(self):
        lead = (
            self.env["crm.lead"]
            .with_company(self.store)
            ._intake(
                {"name": "A", "phone": "13800138000", "region": "Atlantis"}, "website"
            )
        )
        self.assertIn("Atlantis", lead.contact_ids.summary)
        self.assertFalse(lead.state_id)

    def test_job_gives_waiting_ones_away(self):
        self._capacity(self.first, available=False)
        self._capacity(self.second, available=False)
        person = self._capacity(self.third, available=False)
        lead = self._new_leads()
        lead._allocate()
        self.assertFalse(lead.user_id)
        person.available = True
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_lead.ir_cron_allocate").method_direct_trigger()
        self.assertEqual(lead.user_id, self.third)

    # -- by hand ----------------------------------------------------------

    def test_managers_reassign(self):
        leads = self._new_leads(2, user_id=self.first.id)
        wizard = (
            self.env["auto.lead.reassign"]
            .with_user(self.manager)
            .create({"lead_ids": [(6, 0, leads.ids)], "user_id": self.second.id})
        )
        wizard.action_reassign()
        self.assertEqual(leads.user_id, self.second)
        self.assertEqual(leads.company_id, self.store)
        assignment = leads[0].assignment_ids[0]
        self.assertEqual(assignment.kind, "manual")
        self.assertEqual(assignment.former_user_id, self.first)
        self.assertEqual(assignment.done_by, self.manager)

    def test_who_may_not_reassign(self):
        lead = self._new_leads(user_id=self.first.id)
        with self.assertRaises(AccessError):
            lead.with_user(self.first).action_reassign(self.second.id)
        with self.assertRaises(UserError):
            lead.with_user(self.manager).action_reassign(self.users["consultant", 2].id)
        with self.assertRaises(AccessError):
            self.env["auto.lead.reassign"].with_user(self.first).create(
                {"lead_ids": [(6, 0, lead.ids)], "user_id": self.second.id}
            )

    # -- recall -----------------------------------------------------------

    def _given(self, minutes=0):
        lead = self._new_leads()
        lead._allocate()
        self.env.flush_all()
        late = self.env["crm.lead"]._recall_threshold(self.store, minutes)
        self.env.cr.execute(
            "UPDATE crm_lead SET date_open = %s WHERE id = %s",
            [late - timedelta(minutes=5), lead.id],
        )
        self.env.invalidate_all()
        return lead

    def _notified(self, lead):
        messages = self.env["mail.message"].search(
            [("model", "=", "crm.lead"), ("res_id", "=", lead.id)]
        )
        return messages.notified_partner_ids

    def _recall(self):
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_lead.ir_cron_recall").method_direct_trigger()

    def test_an_untouched_one_goes_to_the_next(self):
        lead = self._given(60)
        former, created = lead.user_id, lead.create_date
        self._recall()
        self.assertNotEqual(lead.user_id, former)
        self.assertEqual(lead.recall_count, 1)
        self.assertEqual(lead.create_date, created)
        assignment = lead.assignment_ids[0]
        self.assertEqual(
            (assignment.kind, assignment.former_user_id), ("recall", former)
        )
        notified = self._notified(lead)
        for user in (former, lead.user_id, self.manager):
            self.assertIn(user.partner_id, notified, user.login)
        self.assertNotIn(self.users["sales_manager", 2].partner_id, notified)

    def test_a_contacted_one_stays(self):
        lead = self._given(60)
        user = lead.user_id
        self.env["auto.contact"].with_user(user).create(
            {"lead_id": lead.id, "company_id": self.store.id, "channel": "phone"}
        )
        self._recall()
        self.assertEqual(lead.user_id, user)
        self.assertFalse(lead.recall_rule_id)

    def test_not_before_its_time(self):
        lead = self._given(30)
        user = lead.user_id
        self._recall()
        self.assertEqual(lead.user_id, user)
        self.assertEqual(lead.recall_rule_id, self.rule)

    def test_nobody_else_tells_the_manager(self):
        self._capacity(self.second, available=False)
        self._capacity(self.third, available=False)
        lead = self._given(60)
        self._recall()
        self.assertEqual(lead.user_id, self.first)
        self.assertFalse(lead.recall_rule_id)
        self.assertIn(self.manager.partner_id, self._notified(lead))

    # -- cost -------------------------------------------------------------

    @warmup
    def test_queries_do_not_grow_with_the_leads(self):
        leads = self._new_leads(400)
        self.env.flush_all()
        with self.assertQueryCount(10):
            leads._allocate()
            self.env.flush_all()
