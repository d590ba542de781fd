import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tools import sheet

from .common_claim import ClaimCase

HEADER = ["Claim", "Line", "Decision", "Amount", "Reason code", "Decision number"]


@tagged("post_install", "-at_install")
class TestClaimImport(ClaimCase):
    """Decisions of a maker or insurer, as a file."""

    def _import(self, rows, kind="csv", user=None, header=HEADER):
        wizard = (
            self.env["auto.claim.import"]
            .with_user(user or self.service_manager)
            .create(
                {
                    "file": base64.b64encode(sheet.write(kind, [header, *rows])),
                    "filename": f"decisions.{kind}",
                }
            )
        )
        wizard.action_import()
        return wizard

    def test_decisions(self):
        """Good rows are kept, bad ones come back; the file again changes nothing."""
        claims = self._claim(), self._claim("insurance")
        claims[1].payer_ref = "TH-1"
        for claim in claims:
            claim.action_submit()
        rows = [
            [claims[0].name, 1, "Approved", "", "", "D1"],
            [claims[0].name, 2, "reduced", "¥ 1,00.5", "t-wear", "D1"],
            ["TH-1", "", "approved", "", "", "D2"],
            ["CLM/NONE", 1, "approved", "", "", ""],
            [claims[0].name, 9, "approved", "", "", ""],
            [claims[0].name, 1, "eaten", "", "", ""],
            [claims[0].name, 1, "refused", "", "NONE", ""],
            [claims[0].name, 1, "reduced", "much", "T-WEAR", ""],
        ]
        for kind in ("csv", "xlsx"):
            wizard = self._import(rows, kind)
            self.assertEqual(wizard.line_ids.mapped("row"), [5, 6, 7, 8, 9])
            first = kind == "csv"
            self.assertEqual(wizard.changed_count, 4 if first else 0)
            self.assertEqual(wizard.same_count, 0 if first else 4)
        self.assertEqual([claim.state for claim in claims], ["decided"] * 2)
        self.assertEqual(claims[0].line_ids.mapped("amount_decided")[1], 100.5)
        self.assertEqual(claims[0].decision_ref, "D1")

    def test_amounts_and_contradictions(self):
        """What is no amount, and two decisions on a line, come back as bad rows."""
        claim = self._claim()
        claim.action_submit()
        rows = [
            [claim.name, 1, "reduced", amount, "T-WEAR", ""]
            for amount in ("nan", "inf", "1e400")
        ]
        rows += [
            [claim.name, 1, "approved", "", "", ""],
            [claim.name, 1, "approved", "", "", ""],
            [claim.name, "", "refused", "", "T-WEAR", ""],
        ]
        wizard = self._import(rows)
        self.assertEqual(wizard.line_ids.mapped("row"), [2, 3, 4, 7])
        self.assertIn("Row 5", wizard.line_ids[-1].problem)
        self.assertEqual(claim.line_ids.mapped("decision"), ["approved", False])

    def test_not_decidable(self):
        """A claim that is not before the payer is told, the others are kept."""
        draft, claim = self._claim(), self._claim(settled=False)
        self.env["auto.claim.check"].search([("code", "=", "duplicate")]).active = False
        claim.action_submit()
        wizard = self._import(
            [[draft.name, "", "approved", "", "", ""], [claim.name, "", "approved"]]
        )
        self.assertIn("not before the payer", wizard.line_ids.problem)
        self.assertEqual(claim.state, "decided")

    def test_bad_files(self):
        """No list, no header, not one's own store, not one's own right."""
        with self.assertRaisesRegex(UserError, "Decision"):
            self._import([["x"]], header=["Claim"])
        with self.assertRaisesRegex(UserError, "at least one row"):
            self._import([])
        with self.assertRaises(UserError):
            self.env["auto.claim.import"].with_user(self.service_manager).create(
                {"file": base64.b64encode(b"\x00\x01\x02")}
            ).action_import()
        claim = self._claim()
        claim.action_submit()
        rows = [[claim.name, "", "approved"]]
        wizard = self._import(rows, user=self.users["service_manager", 2])
        self.assertIn("No such claim", wizard.line_ids.problem)
        with self.assertRaises(AccessError):
            self._import(rows, user=self.adviser)
        self.assertEqual(claim.state, "submitted")
