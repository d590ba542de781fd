from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from .common_claim import ClaimCase

READERS = """
    adviser: R st
    service_manager: R st
    complaint: R found
    store_manager: R st
    head_office: R all
    auditor: R all
    technician: R own
"""
CONFIG = """
    consultant: R all
    sales_manager: R all
    adviser: R all
    technician: R all
    service_manager: R all
    complaint: R all
    callcentre: R all
    store_manager: R all
    head_office: CRUD all
    auditor: R all
"""


@tagged("post_install", "-at_install")
class TestClaimRights(MatrixCase, ClaimCase):
    """Who may do what with claims, role by role, in two stores."""

    def make_claim(self, store, user):
        number = 1 if store == self.stores[1] else 2
        vehicle = self._vehicle(self.owner, store=number)
        repair = (
            self.env["repair.order"]
            .with_company(store)
            .create(
                {
                    "vehicle_id": vehicle.id,
                    "partner_id": self.owner.id,
                    "company_id": store.id,
                    "odometer_in": 100,
                    "job_ids": [
                        Command.create(
                            {
                                "concern": "x",
                                "pay_type": "warranty",
                                "technician_id": user.id
                                if store in user.company_ids
                                else False,
                                "line_ids": [
                                    Command.create({"operation_id": self.operation.id})
                                ],
                            }
                        )
                    ],
                }
            )
        )
        claim = self.env["auto.claim"].create({"repair_id": repair.id})
        return claim, vehicle

    def make_line(self, store, user):
        claim, vehicle = self.make_claim(store, user)
        return claim.line_ids, vehicle

    def make_result(self, store, user):
        claim, vehicle = self.make_claim(store, user)
        return claim.result_ids[:1], vehicle

    def make_count(self, store, user):
        claim, vehicle = self.make_claim(store, user)
        vehicle.delivery_date = "2026-01-01"
        rule = self.env.ref("auto_crm_service.guarantee_rule_days")
        rule.write({"months": 600, "km": 0})
        vehicle._guarantee_refresh()
        return claim.vehicle_id.guarantee_ids[:1], vehicle

    def test_claim(self):
        """Advisers prepare, managers decide; nobody deletes."""
        self.check_matrix(
            "auto.claim",
            READERS.replace("adviser: R st", "adviser: CRU st")
            .replace("service_manager: R st", "service_manager: CRU st")
            .replace("store_manager: R st", "store_manager: CRU st"),
            self.make_claim,
        )

    def test_line(self):
        """Nobody writes what was claimed or decided."""
        self.check_matrix("auto.claim.line", READERS, self.make_line)

    def test_result(self):
        """Nobody writes what the checks found."""
        self.check_matrix("auto.claim.check.result", READERS, self.make_result)

    def test_guarantee(self):
        """Nobody writes what is counted."""
        self.check_matrix(
            "auto.guarantee.count",
            READERS + "\n    sales_manager: R st",
            self.make_count,
        )

    def test_config(self):
        """Head office sets up checks, reasons and terms."""
        for model, values in (
            ("auto.claim.reason", {"code": "x", "name": "x"}),
            ("auto.warranty.term", {"name": "x"}),
            ("auto.part.group", {"name": "x"}),
            (
                "auto.guarantee.rule",
                {
                    "name": "x",
                    "kind": "days",
                    "threshold": 1,
                    "warn_at": 1,
                    "right": "x",
                },
            ),
        ):

            def make(_store, _user, model=model, values=values):
                records = self.env[model]
                known = records.search([("name", "=", "x")], limit=1)
                return known or records.create(values), None

            self.check_matrix(model, CONFIG, make)

    def test_cashier(self):
        """The cashier sees the claims of the store, and decides nothing."""
        claim = self._claim()
        mine = claim.with_user(self.cashier)
        self.assertEqual(mine.amount_expected, claim.amount_expected)
        self.assertEqual(mine.move_count, 1)
        self.assertFalse(mine.has_access("write"))
        claim.action_submit()
        with self.assertRaises(AccessError):
            mine._record_decision([])
        other, _vehicle = self.make_claim(self.stores[2], self.env.user)
        self.assertFalse(other.with_user(self.cashier).has_access("read"))

    def test_submitted_is_closed_to_advisers(self):
        """What the payer has before them an adviser does not write."""
        claim = self._claim()
        claim.action_submit()
        self.assertFalse(claim.with_user(self.adviser).has_access("write"))
        self.assertTrue(claim.with_user(self.service_manager).has_access("write"))

    def test_forged(self):
        """Nobody claims for an order of another store."""
        claim, _vehicle = self.make_claim(self.stores[2], self.env.user)
        with self.assertRaises(AccessError):
            self.env["auto.claim"].with_user(self.adviser).create(
                {"repair_id": claim.repair_id.id, "kind": "warranty"}
            )
