import psycopg2.errors

from odoo import api
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE
from odoo.addons.auto_crm_base.tests.common_race import RaceCase


@tagged("post_install", "-at_install")
class TestLostConcurrency(RaceCase):
    """Two approvers at once: one approval."""

    def prepare(self, env):
        company = env.company
        users = self.new_racers(env, company, "auto_crm_base.group_sales_manager")
        self.user_ids = users.ids
        self.percent = company.lost_check_percent
        company.lost_check_percent = 0
        lead = env["crm.lead"].create(
            {
                "name": "Two approvers",
                "type": "opportunity",
                "company_id": company.id,
                "user_id": False,
            }
        )
        self.lead_id = lead.id
        reason = env.ref("auto_crm_lead.lost_reason_given_up")
        lead.action_request_lost(reason.id, "test")
        self.approval_id = lead._waiting_loss().id

    def remove_committed(self):
        with self.committed() as env:
            env.company.lost_check_percent = self.percent
            lead = env["crm.lead"].browse(self.lead_id)
            lead.with_context(auto_erase=ERASE).unlink()
            env.cr.execute(
                "DELETE FROM mail_message"
                " WHERE model = 'auto.approval' AND res_id = %s",
                [self.approval_id],
            )
            self.delete_rows(env, "auto_approval", "id", [self.approval_id])
            self.remove_users(env["res.users"].browse(self.user_ids))

    def _lead(self, env):
        return env["crm.lead"].browse(self.lead_id)

    def look(self, env, number):
        self._lead(env).read(["lost_state"])

    def _approvals(self):
        with self.committed() as env:
            lead = env["crm.lead"].browse(self.lead_id)
            approval = env["auto.approval"].browse(self.approval_id)
            messages = env["mail.message"].search_count(
                [
                    ("model", "=", "crm.lead"),
                    ("res_id", "=", lead.id),
                    ("body", "ilike", "Approved by"),
                ]
            )
            return lead.lost_state, approval.state, messages

    def test_at_once(self):
        def approve(env, _number):
            self._lead(env).action_approve_lost()
            return "done"

        self.assert_one_done(self.race(approve, self.user_ids), ".")
        self.assertEqual(self._approvals(), ("approved", "approved", 1))

    def test_with_an_old_snapshot(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            one, two = (
                self._lead(api.Environment(cr, user_id, {}))
                for cr, user_id in zip((first, second), self.user_ids, strict=True)
            )
            self.assertTrue(two.lost_can_decide)
            one.action_approve_lost()
            first.commit()
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.SerializationFailure),
            ):
                two.action_refuse_lost("no")
            second.rollback()
            with self.assertRaises(UserError):
                two.action_refuse_lost("no")
            second.rollback()
        self.assertEqual(self._approvals(), ("approved", "approved", 1))
