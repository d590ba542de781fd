from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestJobs(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.cron = cls.env.ref("auto_crm_base.ir_cron_followup_generate")
        cls.jobs = (
            cls.env["auto.job.status"]
            .with_user(cls.users["head_office"])
            .with_context(active_test=False)
        )

    def job(self):
        self.env.flush_all()
        self.jobs.invalidate_model()
        return self.jobs.search([("id", "=", self.cron.id)])

    def test_only_our_jobs(self):
        self.assertTrue(self.job())
        self.assertNotIn(
            self.env.ref("base.autovacuum_job").id, self.jobs.search([]).ids
        )

    def test_states(self):
        now = fields.Datetime.now()
        later = fields.Datetime.add(now, hours=3)
        for values, state in (
            ({"nextcall": later, "lastcall": False}, "waiting"),
            ({"nextcall": later, "lastcall": now}, "ok"),
            ({"nextcall": fields.Datetime.subtract(now, hours=2)}, "late"),
            ({"failure_count": 2, "first_failure_date": now}, "failing"),
            ({"active": False}, "off"),
        ):
            self.cron.write(values)
            job = self.job()
            self.assertEqual(job.state, state)
        self.assertEqual(job.failure_count, 2)

    def test_how_often_in_words(self):
        for number, kind, words in (
            (1, "days", "Every day"),
            (2, "days", "Every 2 days"),
            (1, "hours", "Every hour"),
            (15, "minutes", "Every 15 minutes"),
            (1, "weeks", "Every week"),
            (3, "months", "Every 3 months"),
        ):
            self.cron.write({"interval_number": number, "interval_type": kind})
            self.assertEqual(self.job().with_context(lang="en_US").interval, words)

    def test_names_in_the_language_of_the_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        action = self.cron.ir_actions_server_id
        action.with_context(lang="zh_CN").name = "生成跟进"
        action.with_context(lang="en_US").name = "Make follow-ups"
        for lang, name in (("zh_CN", "生成跟进"), ("en_US", "Make follow-ups")):
            self.env.flush_all()
            self.jobs.invalidate_model()
            job = self.jobs.with_context(lang=lang).search([("id", "=", self.cron.id)])
            self.assertEqual(job.name, name)

    def test_last_run(self):
        self.env["ir.cron.progress"].create(
            [
                {"cron_id": self.cron.id, "done": 5, "remaining": 0},
                {"cron_id": self.cron.id, "done": 7, "remaining": 2},
            ]
        )
        self.assertEqual(self.job().done, 7)
        self.assertEqual(self.job().remaining, 2)

    def test_rights(self):
        for user in (self.users["head_office"], self.users["auditor"]):
            self.assertTrue(self.jobs.with_user(user).search([]))
        with self.assertRaises(AccessError):
            self.jobs.with_user(self.users["store_manager", 1]).search([])
        with self.assertRaises(AccessError):
            self.env["ir.cron"].with_user(self.users["head_office"]).search([])
        with self.assertRaises(AccessError):
            self.job().write({"name": "x"})
