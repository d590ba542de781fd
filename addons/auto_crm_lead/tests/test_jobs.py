from datetime import timedelta
from unittest.mock import patch

from odoo.tests import tagged, warmup

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestJobs(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.remind = cls.env.ref("auto_crm_lead.ir_cron_followup_remind")
        cls.escalate = cls.env.ref("auto_crm_lead.ir_cron_followup_escalate")
        cls.wake = cls.env.ref("auto_crm_lead.ir_cron_wake_shelved")

    def _run(self, cron):
        with self.enter_registry_test_mode():
            cron.method_direct_trigger()
        self.env.invalidate_all()

    def _activities(self, leads, user=None):
        domain = [("res_model", "=", "crm.lead"), ("res_id", "in", leads.ids)]
        if user:
            domain.append(("user_id", "=", user.id))
        return self.env["mail.activity"].search(domain)

    def test_remind_once(self):
        due = self._lead(3, grade_id=self.grades["B"].id)
        later = self._lead(next_followup_date=self.in_days(4))
        for _twice in range(2):
            self._run(self.remind)
        self.assertEqual(len(self._activities(due)), 3)
        self.assertEqual(self._activities(due).user_id, self.consultant)
        self.assertFalse(self._activities(later))

    def test_treatment_of_intakes(self):
        lead = self._lead(horizon_id=self.horizons["3m"].id)
        self.assertTrue(lead.treatment_due)
        for _twice in range(2):
            self._run(self.remind)
        names = self._activities(lead).activity_type_id.mapped("name")
        self.assertEqual(sorted(names), ["Bring the purchase forward", "Follow-up"])
        self.assertFalse(lead.treatment_due)

    def test_escalates_once_per_level(self):
        lead = self._lead(grade_id=self.grades["H"].id)
        fresh = self._lead(grade_id=self.grades["H"].id)
        lead.next_followup_date = self.in_days(-3)
        store_manager = self.users["store_manager", 1]
        for _twice in range(2):
            self._run(self.escalate)
        self.assertEqual(lead.escalation_level, 1)
        self.assertEqual(len(self._activities(lead, self.manager)), 1)
        self.assertFalse(self._activities(lead, store_manager))
        self.assertEqual(fresh.escalation_level, 0)
        lead.next_followup_date = self.in_days(-6)
        for _twice in range(2):
            self._run(self.escalate)
        self.assertEqual(lead.escalation_level, 2)
        self.assertEqual(len(self._activities(lead, store_manager)), 1)
        self.assertEqual(len(self._activities(lead, self.manager)), 1)
        digests = self.env["mail.message"].search(
            [("partner_ids", "in", store_manager.partner_id.ids)]
        )
        self.assertEqual(len(digests), 1)
        self.assertIn(self.consultant.name, digests.body)
        lead._log_contact("phone", "At last")
        self.assertEqual(lead.escalation_level, 0)
        self.assertFalse(self._activities(lead, store_manager), "it is done")

    def test_escalation_days_are_the_stores(self):
        self.store.write({"auto_escalate_days": 0, "auto_escalate_manager_days": 0})
        lead = self._lead(next_followup_date=self.in_days(-30))
        self._run(self.escalate)
        self.assertEqual(lead.escalation_level, 0)

    def test_wakes(self):
        lead = self._lead(grade_id=self.grades["B"].id)
        sleeper = self._lead(grade_id=self.grades["B"].id)
        (lead | sleeper)._shelve(self.in_days(5))
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET wake_date = %s WHERE id = %s", [self.today, lead.id]
        )
        self.env.invalidate_all()
        for _twice in range(2):
            self._run(self.wake)
        self.assertEqual(lead.followup_state, "first_contact")
        self.assertEqual(lead.next_followup_date, self.today)
        self.assertEqual(sleeper.followup_state, "shelved")
        card = self.env["crm.lead"].with_user(self.consultant).my_day()["cards"][0]
        self.assertEqual((card["id"], card["section"]), (lead.id, "waking"))
        self.assertEqual(len(self._activities(lead)), 1)

    def test_one_bad_record_does_not_stop_the_others(self):
        leads = self._lead(3)
        bad = leads[1]
        original = type(leads)._reminder_values

        def fail(lead, activity_type):
            if lead.id == bad.id:
                raise ValueError("bad record")
            return original(lead, activity_type)

        logger = "odoo.addons.auto_crm_lead.models.crm_lead_cadence"
        with (
            patch.object(type(leads), "_reminder_values", fail),
            self.assertLogs(logger, "WARNING"),
        ):
            self._run(self.remind)
        self.assertEqual(len(self._activities(leads - bad)), 2)
        self.assertFalse(self._activities(bad))
        self._run(self.remind)
        self.assertEqual(len(self._activities(bad)), 1, "tried again next time")

    @warmup
    def test_query_budget(self):
        """P4: at most 0.2 queries for each prospect that is due."""
        leads = self._lead(200, grade_id=self.grades["B"].id)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            leads._remind()
            self.env.flush_all()
        leads.write({"next_followup_date": self.today - timedelta(days=3)})
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(40):
            leads._escalate(1, self.manager)
            self.env.flush_all()
