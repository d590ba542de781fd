from odoo.tests import tagged, warmup

from odoo.addons.auto_crm_base.tools import vin as vin_tools

from .common import MemberCase


@tagged("post_install", "-at_install")
class TestReception(MemberCase):
    """What people see of a member where they meet the customer."""

    def test_benefits(self):
        member = self._enrol(tier=2)
        member._add_points(1234, "Test")
        member._use_benefit(self.wash)
        partners = self._as(self.partners, self.adviser)
        shown = partners._member_benefits()
        self.assertEqual(list(shown), [self.partner.id])
        entry = shown[self.partner.id]
        self.assertEqual((entry["tier"], entry["points"]), ("Gold", 1234))
        self.assertEqual(
            [(row["name"], row["left"], row["percent"]) for row in entry["benefits"]],
            [("Wash", 2, 0), ("Labour", None, 10)],
        )
        partner = partners[0]
        self.assertIn("Gold", partner.member_badge)
        self.assertIn("1,234", partner.member_badge)
        self.assertIn("2", str(partner.member_benefits_html))
        keys = {tile["key"]: tile for tile in partner._auto_360_counters()}
        self.assertIn("Gold", keys["member"]["label"])
        self.assertEqual(keys["member"]["count"], 1)
        self.assertEqual(keys["benefits"]["count"], 1)
        found = partners.search([("member_id", "!=", False)])
        self.assertIn(partner, found)
        self.assertNotIn(partners[1], found)

    def test_company_of_the_customer(self):
        company = self.env["res.partner"].create(
            {
                "name": "Fleet Ltd.",
                "is_company": True,
                "is_auto_customer": True,
                "store_ids": [(6, 0, self.store.ids)],
            }
        )
        self.partner.parent_id = company
        member = self._enrol(company, tier=1)
        partner = self._as(self.partner, self.adviser)
        self.assertEqual(partner.member_id, member)
        own = self._enrol(tier=0)
        partner.invalidate_recordset()
        self.assertEqual(partner.member_id, own, "the own one comes first")

    def test_car(self):
        member = self._enrol(tier=1)
        vin = "LFV2A25K0J3000777"
        vehicle = self.env["auto.vehicle"].create(
            {
                "license_plate": "浙A0M001",
                "vin": vin[:8] + vin_tools.check_digit(vin) + vin[9:],
                "owner_id": self.partner.id,
                "supply_state": "out",
                "sale_state": "third_party",
                "company_id": self.store.id,
            }
        )
        seen = self._as(vehicle, self.adviser)
        self.assertEqual(seen.owner_member_id, member)
        self.assertIn("Silver", seen.owner_member_badge)
        hidden = self._as(vehicle, self.users["technician", 1])
        self.assertFalse(hidden.owner_member_badge)
        self.assertFalse(self._as(self.partner, self.users["technician", 1]).member_id)

    def test_forms_open(self):
        member = self._enrol(tier=1)
        for role in ("consultant", "adviser", "service_manager", "store_manager"):
            with self.subTest(role):
                mine = self._as(member, self.users[role, 1])
                views = mine.get_views([(False, "form"), (False, "list")])
                names = views["models"]["auto.member"]["fields"]
                self.assertTrue(mine.web_read({name: {} for name in names}))

    def test_card_is_printed(self):
        member = self._enrol(tier=2)
        report = self.env["ir.actions.report"].with_user(self.adviser)
        page, _kind = report._render_qweb_html(
            "auto_crm_member.report_member_card", member.ids
        )
        for words in (member.name, "Gold", "Wash", member.card_id.code):
            self.assertIn(words, page.decode())
        for name in ("member_card", "tier_up", "points_expire"):
            template = self.env.ref(f"auto_crm_member.mail_template_{name}")
            mail = template._generate_template(member.ids, ("subject", "body_html"))
            self.assertIn("First Owner", mail[member.id]["body_html"])

    @warmup
    def test_query_budget(self):
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Owner {number}",
                    "is_auto_customer": True,
                    "store_ids": [(6, 0, self.store.ids)],
                }
                for number in range(40)
            ]
        )
        self.env["auto.member"]._enrol(partners, self.program, self.store)
        self.env.flush_all()
        self.env.invalidate_all()
        seen = self._as(partners, self.adviser)
        with self.assertQueryCount(18):
            seen._member_benefits()
