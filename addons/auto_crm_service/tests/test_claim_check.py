from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common_claim import ClaimCase


@tagged("post_install", "-at_install")
class TestClaimCheck(ClaimCase):
    """What is found before a claim is submitted, and what refusals teach."""

    def _found(self, claim, code):
        claim.action_check()
        return claim.result_ids.filtered(
            lambda one: one.outcome == "failed" and one.check_id.code == code
        )

    def _check(self, code, **values):
        checks = self.env["auto.claim.check"].with_context(active_test=False)
        check = checks.search([("code", "=", code)])
        check.write({"active": True, **values})
        return check

    def test_blocked(self):
        """What blocks is told, kept with what to do, and nothing is submitted."""
        claim = self._claim(settled=False)
        claim.job_ids.sudo().causal_part_id = False
        answer = claim.action_submit()
        self.assertEqual(answer["tag"], "display_notification")
        self.assertEqual((claim.state, claim.check_state), ("draft", "blocked"))
        found = self._found(claim, "causal_part")
        self.assertTrue(found.advice)
        self.assertEqual(found.job_id, claim.job_ids)

    def test_severity_is_a_record(self):
        """Head office turns a block into a warning."""
        claim = self._claim(settled=False)
        claim.job_ids.sudo().causal_part_id = False
        check = self._check("causal_part")
        check.with_user(self.users["head_office"]).severity = "warn"
        claim.action_submit()
        self.assertEqual((claim.state, claim.check_state), ("submitted", "warned"))
        with self.assertRaises(UserError):
            check.with_user(self.service_manager).severity = "block"

    def test_three_c(self):
        claim = self._claim(settled=False)
        claim.job_ids.sudo().cause = " "
        self.assertIn("Cause", self._found(claim, "three_c").message)

    def test_odometer(self):
        claim = self._claim(settled=False, odometer_in=0)
        self.assertTrue(self._found(claim, "odometer"))

    def test_left_out_is_added_after_the_bill(self):
        """What a claim asks for is added to a settled order, but nothing is changed."""
        claim = self._claim(settled=False, odometer_in=0)
        repair, job = claim.repair_id, claim.job_ids
        job.sudo().write({"causal_part_id": False, "fault_code": False})
        repair.action_settle()
        self.assertTrue(self._found(claim, "odometer"))
        repair.with_user(self.adviser).odometer_in = 30500
        mine = job.with_user(self.technician)
        mine.write({"causal_part_id": self.part.id, "fault_code": "P0301"})
        self.assertFalse(self._found(claim, "odometer"))
        self.assertFalse(self._found(claim, "causal_part"))
        self.assertEqual(self.vehicle.odometer, 30500)
        with self.assertRaises(UserError):
            repair.with_user(self.adviser).odometer_in = 100
        with self.assertRaises(UserError):
            mine.fault_code = "P0302"
        with self.assertRaises(UserError):
            mine.correction = "Nothing"

    def test_odometer_plausible(self):
        past = fields.Date.subtract(fields.Date.today(), days=30)
        self.vehicle._record_odometer(45000, date=past)
        claim = self._claim(settled=False)
        self.assertIn("45000", self._found(claim, "odometer_plausible").message)

    def test_eligible(self):
        """The end date, the distance, the kind of part, and what is not known."""
        claim = self._claim(settled=False)
        self.assertFalse(self._found(claim, "eligible"))
        self.vehicle.warranty_end_date = fields.Date.subtract(
            fields.Date.today(), days=1
        )
        self.assertIn("ended on", self._found(claim, "eligible").message)
        self.vehicle.warranty_end_date = False
        claim.repair_id.sudo().odometer_in = 60001
        self.assertIn("60000 km", self._found(claim, "eligible").message)
        claim.repair_id.sudo().odometer_in = 30500
        self.part.auto_part_group_id = self.env.ref("auto_crm_service.part_group_wear")
        self.assertIn("Wear parts", self._found(claim, "eligible").message)
        self.part.auto_part_group_id = False
        self.vehicle.delivery_date = False
        self.assertIn("not known", self._found(claim, "eligible").message)

    def test_part_fits(self):
        claim = self._claim(settled=False)
        category = self.env["product.category"].create({"name": "Test lights"})
        self.operation.part_categ_ids = category
        self.assertIn("no operation for", self._found(claim, "part_fits").message)
        self.part.categ_id = self.env["product.category"].create(
            {"name": "Test bulbs", "parent_id": category.id}
        )
        self.assertFalse(self._found(claim, "part_fits"))

    def test_time_clocked(self):
        self._check("time_clocked")
        claim = self._claim(settled=False)
        self.assertIn("1.50 claimed", self._found(claim, "time_clocked").message)

    def test_attachments(self):
        self._check("attachments", amount=0)
        claim = self._claim(settled=False)
        self.assertTrue(self._found(claim, "attachments"))
        self.env["ir.attachment"].with_user(self.adviser).create(
            {"name": "part.jpg", "res_model": "auto.claim", "res_id": claim.id}
        )
        self.assertFalse(self._found(claim, "attachments"))

    def test_authorisation(self):
        """Needed from an amount on, large enough, and not ended."""
        self._check("authorisation", amount=500)
        claim = self._claim(settled=False)
        self.assertIn("No pre-auth", self._found(claim, "authorisation").message)
        today = fields.Date.today()
        past = fields.Date.subtract(today, days=40)
        claim.authorisation_ids = [
            (0, 0, {"number": "PA1", "amount": 500, "date": past, "date_expiry": past})
        ]
        self.assertIn("ended on", self._found(claim, "authorisation").message)
        claim.authorisation_ids.date_expiry = today
        self.assertIn("claimed", self._found(claim, "authorisation").message)
        claim.authorisation_ids.amount = 5000
        self.assertFalse(self._found(claim, "authorisation"))
        claim.action_submit()
        with self.assertRaises(UserError):
            claim.authorisation_ids.amount = 1

    def test_authorisation_ends(self):
        """Who handles the claim is told before it ends, once."""
        claim = self._claim(settled=False)
        soon = fields.Date.add(fields.Date.today(), days=3)
        claim.authorisation_ids = [
            (0, 0, {"number": "PA1", "amount": 500, "date_expiry": soon})
        ]
        with self.enter_registry_test_mode():
            self.env.ref(
                "auto_crm_service.ir_cron_claim_remind"
            ).method_direct_trigger()
        claim.invalidate_recordset()
        self.assertIn("PA1", claim.sudo().activity_ids.summary)
        self.assertTrue(claim.authorisation_ids.reminded_on)
        claim.authorisation_ids.date_expiry = fields.Date.add(soon, days=30)
        self.assertFalse(claim.authorisation_ids.reminded_on)

    def test_duplicate(self):
        """The same operation for the same car, in whatever store."""
        first = self._claim(settled=False)
        first.action_submit()
        second = self._claim(settled=False)
        found = self._found(second, "duplicate")
        self.assertEqual(len(found), 2)
        self.assertIn(first.name, found[0].message)

    def test_insurance(self):
        """Case number and policy."""
        claim = self._claim("insurance", settled=False)
        self.assertTrue(self._found(claim, "payer_ref"))
        self.assertTrue(self._found(claim, "policy"))
        self.assertFalse(self._found(claim, "eligible"))
        policy = self.env["auto.insurance.policy"].create(
            {
                "number": "P-1",
                "vehicle_id": self.vehicle.id,
                "insurer_id": self.insurer.id,
                "company_id": self.store.id,
                "date_start": fields.Date.subtract(fields.Date.today(), days=9),
            }
        )
        claim.write({"payer_ref": "C-1", "policy_id": policy.id})
        self.assertFalse(self._found(claim, "payer_ref"))
        self.assertFalse(self._found(claim, "policy"))

    def test_learning(self):
        """What was refused twice is warned of, with the reason and the advice."""
        self.env["auto.claim.check"].search([("code", "=", "duplicate")]).active = False
        for _number in range(2):
            claim = self._claim(settled=False)
            claim.action_submit()
            self._decide(claim, ("approved",), ("refused", 0, self.wear))
        claim = self._claim(settled=False)
        found = self._found(claim, "refused_before")
        self.assertEqual(len(found), 1)
        self.assertIn("2 of 2", found.message)
        self.assertIn("Test wear", found.message)
        self.assertEqual(found.advice, "Measure it.")
        self.assertEqual(found.severity, "warn")
        check = found.check_id
        claim.action_submit()
        self._decide(claim, ("approved",), ("refused", 0, self.wear))
        self.assertEqual((check.failed_count, check.refused_count), (1, 1))
