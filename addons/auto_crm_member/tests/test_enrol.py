from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import MemberMoneyCase


@tagged("post_install", "-at_install")
class TestEnrol(MemberMoneyCase):
    """How somebody becomes a member, and ceases to be one."""

    def _wizard(self, user, partner=None, **values):
        return self._as(self.env["auto.member.enrol"], user).create(
            {
                "partner_id": (partner or self.partner).id,
                "program_id": self.program.id,
                **values,
            }
        )

    def test_adviser_enrols(self):
        self.assertTrue(self._as(self.partner, self.adviser).may_enrol)
        action = self._wizard(self.adviser).action_enrol()
        member = self.env["auto.member"].browse(action["res_id"])
        self.assertTrue(member.name.startswith("M"))
        self.assertEqual(member.tier_id, self.tiers[0])
        self.assertEqual(member.card_id.partner_id, self.partner)
        self.assertEqual(member.points, 0)
        self.assertEqual(member.user_id, self.adviser)
        self.assertIn("member", self.partner.auto_kind_ids.mapped("code"))
        self.assertEqual(member.history_ids.direction, "start")
        partner = self._as(self.partner, self.adviser)
        partner.invalidate_recordset()
        self.assertFalse(partner.may_enrol)
        self.assertEqual(partner.member_id, member)

    def test_adviser_gives_no_points(self):
        values = {
            "partner_id": self.partner.id,
            "program_id": self.program.id,
            "tier_id": self.tiers[2].id,
            "opening_points": 5000,
            "name": "M1",
            "spend": 9999,
        }
        member = self._as(self.env["auto.member"], self.adviser).create(values)
        self.assertEqual(member.tier_id, self.tiers[0])
        self.assertEqual((member.points, member.spend), (0, 0))
        self.assertNotEqual(member.name, "M1")

    def test_manager_imports(self):
        """A list from another system: number, tier and points come along."""
        self.env["ir.model.data"]._update_xmlids(
            [
                {"xml_id": f"auto_crm_member.test_{key}", "record": record}
                for key, record in (
                    ("owner", self.partner),
                    ("owner2", self.partners[1]),
                    ("club", self.program),
                    ("gold", self.tiers[2]),
                )
            ]
        )
        members = self._as(self.env["auto.member"], self.manager)
        header = [
            "name",
            "partner_id/id",
            "program_id/id",
            "date_joined",
            "tier_id/id",
            "opening_points",
        ]
        prefix = "auto_crm_member.test_"
        result = members.load(
            header,
            [
                [
                    "OLD-77",
                    f"{prefix}owner",
                    f"{prefix}club",
                    "2021-03-01",
                    f"{prefix}gold",
                    "1234",
                ],
                ["", f"{prefix}owner2", f"{prefix}club", "2022-03-01", "", ""],
            ],
        )
        self.assertFalse(result["messages"])
        first, second = members.browse(result["ids"])
        self.assertEqual((first.name, first.points), ("OLD-77", 1234))
        self.assertEqual(first.tier_id, self.tiers[2])
        self.assertEqual(first.card_id.sudo().history_ids.issued, 1234)
        self.assertTrue(second.name.startswith("M"))
        self.assertEqual(second.tier_id, self.tiers[0])

    def test_once(self):
        self._enrol()
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self._enrol()

    def test_bad_input(self):
        stranger = self.env["res.partner"].create({"name": "Supplier"})
        stranger.is_auto_customer = False
        with self.assertRaisesRegex(ValidationError, "not a customer"):
            self._enrol(stranger)
        with self.assertRaisesRegex(ValidationError, "Nobody is a member since"):
            self._enrol(date_joined="2099-01-01")
        other = self.program.copy({"is_member_program": False, "name": "Plain"})
        with self.assertRaisesRegex(ValidationError, "not a programme for members"):
            self._enrol(program_id=other.id, tier_id=False)

    def test_nobody_writes_points_by_hand(self):
        member = self._enrol()
        manager = self._as(member, self.users["store_manager", 1])
        for vals in (
            {"points": 5},
            {"tier_id": self.tiers[2].id},
            {"state": "ended"},
            {"partner_id": self.partners[1].id},
            {"spend": 5},
        ):
            with self.subTest(vals), self.assertRaises(UserError):
                manager.write(vals)
        manager.write({"note": "Likes tea"})
        with self.assertRaises(UserError):
            member.unlink()

    def test_first_invoice(self):
        self._invoice(10)
        self.assertFalse(self.partner.member_ids)
        self.program.auto_enrol = "invoice"
        self._invoice(10)
        member = self.partner.member_ids
        self.assertEqual(member.company_id, self.store)
        self._invoice(10)
        self.assertEqual(len(self.partner.member_ids), 1)

    def test_membership_ends_and_is_renewed(self):
        self.program.membership_months = 12
        start = fields.Date.subtract(
            fields.Date.context_today(self.partner), months=12, days=1
        )
        member = self._enrol(date_joined=start)
        member._add_points(100, "Test")
        self.assertTrue(member.date_end)
        with self.enter_registry_test_mode():
            self.env.ref(
                "auto_crm_member.ir_cron_member_points"
            ).method_direct_trigger()
        self.assertEqual(member.state, "expired")
        self.assertFalse(member.card_id.active)
        self.assertFalse(self.partner.member_id)
        with self.assertRaises(AccessError):
            self._as(member, self.adviser).action_renew()
        self._as(member, self.manager).action_renew()
        self.assertEqual((member.state, member.points), ("active", 100))
        self.assertTrue(member.card_id.active)
        self.assertGreater(member.date_end, start)

    def test_manager_ends(self):
        member = self._enrol()
        wizards = self._as(self.env["auto.member.end"], self.manager)
        wizards.create({"member_id": member.id, "reason": "Moved away"}).action_end()
        self.assertEqual((member.state, member.end_reason), ("ended", "Moved away"))
        again = wizards.create({"member_id": member.id, "reason": "Twice"})
        with self.assertRaisesRegex(UserError, "has ended"):
            again.action_end()
        new = self._enrol()
        self.assertEqual(new.card_id, member.card_id, "the same card, with its points")

    def test_two_records_of_one_person(self):
        first = self._enrol()
        second = self._enrol(self.partners[1], tier=2)
        first._add_points(100, "Test")
        second._add_points(50, "Test")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge(self.partners[:2].ids, self.partner)
        self.assertEqual((first.state, second.state), ("ended", "active"))
        self.assertEqual(second.partner_id, self.partner)
        self.assertEqual(second.points, 150)
        self.assertEqual(self.partner.member_id, second)

    def test_erased_person(self):
        member = self._enrol(note="Likes tea")
        wizard = self.env["auto.erase.person"].create(
            {"partner_id": self.partner.id, "reason": "Asked for it"}
        )
        self.assertIn("Memberships ended: 1", wizard.preview_text)
        wizard.action_erase()
        self.assertEqual((member.state, member.note), ("ended", False))
        self.assertFalse(member.message_ids)
