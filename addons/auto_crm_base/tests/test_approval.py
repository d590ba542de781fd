from unittest.mock import patch

import psycopg2

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.orm.model_classes import add_to_registry
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .common import AutoCase
from .common_race import RaceCase

DOCUMENT = "auto.test.approval.document"


class ApprovalCase(AutoCase):
    """A document model that needs approval, and one kind with three levels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        class Document(models.Model):
            _module = None
            _name = DOCUMENT
            _description = "Document that needs approval"
            _inherit = ["auto.approval.mixin", "mail.thread"]

            name = fields.Char()
            company_id = fields.Many2one(comodel_name="res.company")
            happened = fields.Char()

            def _approval_granted(self, approval):
                result = super()._approval_granted(approval)
                self.happened = f"granted by {self.env.user.login} su={self.env.su}"
                return result

            def _approval_refused(self, approval, note):
                result = super()._approval_refused(approval, note)
                self.happened = f"refused by {self.env.user.login}: {note}"
                return result

            def _approval_cancelled(self, approval):
                result = super()._approval_cancelled(approval)
                self.happened = "cancelled"
                return result

        add_to_registry(cls.registry, Document)
        cls.registry._setup_models__(cls.env.cr, [])
        cls.registry.init_models(cls.env.cr, [DOCUMENT], {"module": "auto_crm_base"})

        def forget_model():
            del cls.registry.models[DOCUMENT]
            cls.registry._setup_models__(cls.cr, [])

        cls.addClassCleanup(forget_model)
        cls.env["ir.model.access"].create(
            {
                "name": "test document",
                "model_id": cls.env["ir.model"]._get_id(DOCUMENT),
                "group_id": cls.env.ref("auto_crm_base.group_user").id,
                "perm_read": True,
                "perm_write": True,
                "perm_create": True,
                "perm_unlink": True,
            }
        )
        cls.kind = cls.env["auto.approval.kind"].create(
            {
                "name": "Discount",
                "code": "test_discount",
                "limit_ids": [
                    fields.Command.create(
                        {
                            "sequence": sequence,
                            "group_id": cls.env.ref(f"auto_crm_base.group_{role}").id,
                            "amount_max": amount,
                        }
                    )
                    for sequence, (role, amount) in enumerate(
                        [
                            ("sales_manager", 1000),
                            ("store_manager", 5000),
                            ("head_office", 0),
                        ]
                    )
                ],
            }
        )
        cls.document = cls.env[DOCUMENT].create(
            {"name": "Contract 1", "company_id": cls.stores[1].id}
        )
        cls.consultant = cls.users["consultant", 1]
        cls.manager = cls.users["sales_manager", 1]

    def ask(self, user=None, document=None, amount=500):
        """Return a request as superuser, asked for by ``user``."""
        document = document or self.document
        return (
            document.with_user(user or self.consultant)
            ._request_approval("test_discount", "Discount on contract 1", amount)
            .sudo()
        )


@tagged("post_install", "-at_install")
class TestApproval(ApprovalCase):
    def test_request(self):
        approval = self.ask()
        self.assertEqual(approval.state, "waiting")
        self.assertEqual(approval.requester_id, self.consultant)
        self.assertEqual(approval.company_id, self.stores[1])
        self.assertEqual(self.document.approval_state, "waiting")
        self.assertTrue(approval.name.startswith("APR/"))
        self.assertEqual(approval.activity_ids.user_id, self.manager)
        self.assertIn("Approval requested", self.document.message_ids[0].body)

    def test_state_can_be_searched(self):
        documents = self.env[DOCUMENT]
        other = self.document.copy()
        self.ask()
        self.assertEqual(
            documents.search([("approval_state", "=", "waiting")]), self.document
        )
        self.assertEqual(documents.search([("approval_state", "=", False)]), other)
        self.assertEqual(documents.search([("approval_state", "!=", "waiting")]), other)

    def test_approve(self):
        approval = self.ask()
        approval.with_user(self.manager).action_approve()
        self.assertEqual(approval.state, "approved")
        self.assertEqual(approval.decided_by, self.manager)
        self.assertTrue(approval.date_decided)
        self.assertEqual(
            self.document.happened, f"granted by {self.manager.login} su=False"
        )
        self.assertIn("Approved by", self.document.message_ids[0].body)
        self.assertFalse(approval.activity_ids, "the activity is done")
        told = self.env["mail.notification"].search(
            [("res_partner_id", "=", self.consultant.partner_id.id)]
        )
        self.assertTrue(told, "the requester is told")

    def test_hook_runs_without_superuser_mode(self):
        approval = self.ask()
        approval.with_user(self.manager).sudo().action_approve()
        self.assertIn("su=False", self.document.happened)

    def test_refuse_needs_a_reason(self):
        approval = self.ask().with_user(self.manager)
        with self.assertRaises(UserError):
            approval.action_refuse("  ")
        self.assertEqual(approval.state, "waiting")
        action = approval.action_open_refuse()
        wizard = Form(
            self.env["auto.approval.refuse"]
            .with_user(self.manager)
            .with_context(**action["context"])
        )
        wizard.note = "Too much"
        wizard.save().action_refuse()
        self.assertEqual(approval.state, "refused")
        self.assertEqual(approval.note, "Too much")
        self.assertIn("Too much", self.document.happened)
        self.assertIn("Too much", self.document.message_ids[0].body)

    def test_own_request(self):
        for user in (self.manager, self.users["head_office"]):
            with self.subTest(user.login):
                approval = self.ask(user, self.document.copy())
                for env_approval in (
                    approval.with_user(user),
                    approval.with_user(user).sudo(),
                ):
                    with self.assertRaisesRegex(UserError, "yourself"):
                        env_approval.action_approve()
                    with self.assertRaisesRegex(UserError, "yourself"):
                        env_approval.action_refuse("no")
                self.assertFalse(approval.with_user(user).can_decide)
                self.assertNotIn(user, approval.activity_ids.user_id)

    def test_own_request_by_another_path(self):
        approval = self.ask(self.manager)
        for values in (
            {"state": "approved"},
            {"requester_id": self.consultant.id},
            {"approver_group_ids": [fields.Command.clear()]},
        ):
            with self.assertRaises(UserError):
                approval.with_user(self.manager).write(values)
            with self.assertRaises(UserError):
                approval.write(values)
            with self.assertRaises(UserError):
                approval.with_context(auto_decide=True).write(values)
        with self.assertRaises(AccessError):
            self.env["auto.approval"].with_user(self.manager).create(
                {
                    "kind_id": self.kind.id,
                    "summary": "forged",
                    "res_model": DOCUMENT,
                    "res_id": self.document.id,
                    "company_id": self.stores[1].id,
                    "requester_id": self.consultant.id,
                }
            )
        with self.assertRaises(UserError):
            approval.unlink()
        with self.assertRaises(UserError):
            approval.copy()
        self.assertEqual(approval.state, "waiting")

    def test_who_may(self):
        cases = [
            (500, "sales_manager", 1, True),
            (500, "store_manager", 1, True),
            (500, "sales_manager", 2, False),
            (500, "consultant", 1, False),
            (500, "auditor", None, False),
            (2000, "sales_manager", 1, False),
            (2000, "store_manager", 1, True),
            (2000, "store_manager", 2, False),
            (9000, "store_manager", 1, False),
            (9000, "head_office", None, True),
            (-9000, "store_manager", 1, False),
        ]
        requester = self.users["adviser", 1]
        for amount, role, number, allowed in cases:
            user = self.users[(role, number) if number else role]
            with self.subTest(amount=amount, user=user.login):
                document = self.document.copy()
                approval = self.ask(requester, document, amount).with_user(user)
                found = approval.search([("can_decide", "=", True)])
                self.assertEqual(approval in found, allowed)
                if allowed:
                    self.assertTrue(approval.can_decide)
                    approval.action_approve()
                    self.assertEqual(approval.sudo().state, "approved")
                else:
                    with self.assertRaises(AccessError):
                        approval.action_approve()
                    with self.assertRaisesRegex(AccessError, "can be decided in"):
                        document.with_user(user)._approvals_to_decide("test_discount")
                    self.assertEqual(approval.sudo().state, "waiting")

    def test_who_is_asked(self):
        self.assertEqual(self.ask().activity_ids.user_id, self.manager)
        document = self.document.copy()
        approval = self.ask(document=document, amount=2000)
        self.assertEqual(approval.activity_ids.user_id, self.users["store_manager", 1])
        document = self.document.copy()
        approval = self.ask(self.manager, document=document)
        self.assertEqual(
            approval.activity_ids.user_id,
            self.users["store_manager", 1],
            "one's own request goes to the next level",
        )

    def test_who_sees(self):
        approval = self.ask()
        for user, sees in (
            (self.consultant, True),
            (self.manager, True),
            (self.users["store_manager", 1], True),
            (self.users["head_office"], True),
            (self.users["auditor"], True),
            (self.users["adviser", 1], False),
            (self.users["sales_manager", 2], False),
            (self.users["store_manager", 2], False),
        ):
            with self.subTest(user.login):
                companies = user.company_ids.ids
                found = (
                    self.env["auto.approval"]
                    .with_user(user)
                    .with_context(allowed_company_ids=companies)
                    .search([("id", "=", approval.id)])
                )
                self.assertEqual(bool(found), sees)

    def test_twice(self):
        approval = self.ask()
        with self.assertRaisesRegex(UserError, "already asked"):
            self.ask(self.users["adviser", 1])
        approval.with_user(self.manager).action_approve()
        with self.assertRaisesRegex(UserError, "not waiting any more"):
            approval.with_user(self.users["store_manager", 1]).action_refuse("late")
        self.assertEqual(approval.state, "approved")
        self.assertEqual(self.ask().state, "waiting", "asked again after the decision")

    def test_database_keeps_one_waiting(self):
        approval = self.ask()
        with (
            mute_logger("odoo.sql_db"),
            self.assertRaises(psycopg2.IntegrityError),
            self.cr.savepoint(),
        ):
            approval.create(
                {
                    "kind_id": self.kind.id,
                    "summary": "again",
                    "res_model": DOCUMENT,
                    "res_id": self.document.id,
                    "company_id": self.stores[1].id,
                }
            )

    def test_withdraw_and_cancel(self):
        approval = self.ask()
        with self.assertRaises(AccessError):
            approval.with_user(self.manager).action_cancel()
        approval.with_user(self.consultant).action_cancel()
        self.assertEqual(approval.state, "cancelled")
        self.assertEqual(self.document.happened, "cancelled")
        self.assertFalse(approval.activity_ids)
        approval = self.ask()
        self.document.unlink()
        self.assertEqual(approval.state, "cancelled")

    def test_error_in_the_hook_undoes_the_decision(self):
        approval = self.ask()
        with (
            patch.object(
                self.registry[DOCUMENT],
                "_approval_granted",
                side_effect=UserError("no stock"),
            ),
            self.assertRaisesRegex(UserError, "no stock"),
            self.cr.savepoint(),
        ):
            approval.with_user(self.manager).action_approve()
        approval.invalidate_recordset()
        self.assertEqual(approval.state, "waiting")

    def test_unknown_kind(self):
        with self.assertRaises(ValueError):
            self.document._request_approval("nothing", "x")

    def test_many_documents(self):
        documents = self.env[DOCUMENT].create(
            [{"name": str(i), "company_id": self.stores[1].id} for i in range(5)]
        )
        approvals = self.ask(document=documents)
        self.assertEqual(len(approvals), 5)
        approvals.with_user(self.manager).action_approve()
        self.assertEqual(set(approvals.mapped("state")), {"approved"})


@tagged("post_install", "-at_install")
class TestApprovalTwoConnections(RaceCase):
    """Two approvers decide at once, each on a database connection of its own."""

    def setUp(self):
        super().setUp()
        self.granted = []

        def granted(record, approval):
            self.granted.append(approval.env.uid)

        self.startPatcher(
            patch.object(
                self.registry["res.partner"], "_approval_granted", granted, create=True
            )
        )

    def prepare(self, env):
        self.partner_id = env["res.partner"].create({"name": "Two approvers"}).id
        role = "auto_crm_base.group_store_manager"
        self.user_ids = self.new_racers(env, env.company, role).ids
        group = env.ref(role)
        kind = env["auto.approval.kind"].create(
            {
                "name": "Two approvers",
                "code": "test_two_approvers",
                "limit_ids": [fields.Command.create({"group_id": group.id})],
            }
        )
        approval = env["auto.approval"].create(
            {
                "kind_id": kind.id,
                "summary": "Two approvers",
                "res_model": "res.partner",
                "res_id": self.partner_id,
                "company_id": env.company.id,
                "approver_group_ids": [fields.Command.set(group.ids)],
            }
        )
        self.kind_id, self.approval_id = kind.id, approval.id

    def remove_committed(self):
        with self.committed() as env:
            cr = env.cr
            cr.execute(
                "DELETE FROM mail_message WHERE model = 'auto.approval' AND res_id = %s"
                " OR model = 'res.partner' AND res_id = %s",
                [self.approval_id, self.partner_id],
            )
            cr.execute("DELETE FROM auto_approval WHERE id = %s", [self.approval_id])
            env["auto.approval.kind"].browse(self.kind_id).unlink()
            self.remove_users(env["res.users"].browse(self.user_ids))
            env["res.partner"].browse(self.partner_id).unlink()

    def approval(self, cr, number):
        env = api.Environment(cr, self.user_ids[number], {})
        return env["auto.approval"].browse(self.approval_id)

    def test_second_waits_for_nobody(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            one, two = self.approval(first, 0), self.approval(second, 1)
            self.assertTrue(one.can_decide)
            self.assertTrue(two.can_decide)
            one.action_approve()
            with self.assertRaisesRegex(UserError, "right now"):
                two.action_approve()
            second.rollback()
            first.commit()
            with self.assertRaisesRegex(UserError, "not waiting any more"):
                two.action_refuse("too late")
            second.rollback()
            self.assertEqual(two.state, "approved")
            self.assertEqual(two.decided_by.id, self.user_ids[0])
        self.assertEqual(self.granted, [self.user_ids[0]])

    def test_second_with_an_old_snapshot(self):
        with self.registry.cursor() as first, self.registry.cursor() as second:
            one, two = self.approval(first, 0), self.approval(second, 1)
            self.assertEqual(two.state, "waiting")
            one.action_approve()
            first.commit()
            # Odoo repeats a request that fails so, on a fresh snapshot.
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.errors.SerializationFailure),
            ):
                two.action_approve()
            second.rollback()
            with self.assertRaisesRegex(UserError, "not waiting any more"):
                two.action_approve()
            second.rollback()
        self.assertEqual(self.granted, [self.user_ids[0]])
