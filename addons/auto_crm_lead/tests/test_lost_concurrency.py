import threading
from contextlib import contextmanager
from functools import partial

import psycopg2.errors

from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE

APPROVERS = 2


@tagged("post_install", "-at_install")
class TestLostConcurrency(TransactionCase):
    """Two approvers at once, on connections of their own: one approval."""

    def setUp(self):
        super().setUp()
        # What several connections must see has to be committed; removed after.
        with self.committed() as env:
            company = env.company
            group = env.ref("auto_crm_base.group_sales_manager")
            users = env["res.users"].create(
                [
                    {
                        "name": f"lost approver {number}",
                        "login": f"lost_approver_{number}",
                        "group_ids": [Command.set(group.ids)],
                        "company_id": company.id,
                        "company_ids": [Command.set(company.ids)],
                    }
                    for number in range(APPROVERS)
                ]
            )
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
        self.addCleanup(self.remove_committed)

    @contextmanager
    def committed(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '10s'")
            yield api.Environment(cr, api.SUPERUSER_ID, {})

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
            env.cr.execute(
                "DELETE FROM auto_approval WHERE id = %s", [self.approval_id]
            )
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id
            users.unlink()
            partners.unlink()

    def _lead(self, cr, number):
        env = api.Environment(cr, self.user_ids[number], {})
        return env["crm.lead"].browse(self.lead_id)

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
        barrier = threading.Barrier(APPROVERS)
        results = []

        def approve(number):
            with self.registry.cursor() as cr:
                lead = self._lead(cr, number)
                barrier.wait()
                try:
                    retrying(partial(lead.action_approve_lost), lead.env)
                    results.append("approved")
                except UserError:
                    cr.rollback()
                    results.append("told")

        threads = [
            threading.Thread(target=approve, args=(number,))
            for number in range(APPROVERS)
        ]
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(60)
        self.assertEqual(sorted(results), ["approved", "told"])
        self.assertEqual(self._approvals(), ("approved", "approved", 1))

    def test_with_an_old_snapshot(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            one, two = self._lead(first, 0), self._lead(second, 1)
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
