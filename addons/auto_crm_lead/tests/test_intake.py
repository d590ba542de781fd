from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, warmup
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tests.common import AutoCase
from odoo.addons.auto_crm_lead.models.crm_lead_lost import LOSE

SPELLINGS = (
    "13800138000",
    "138 0013 8000",
    "138-0013-8000",
    "+86 138-0013-8000",
    "008613800138000",
    "１３８００１３８０００",
)


class IntakeCase(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls.stores[1]
        cls.Lead = cls.env["crm.lead"].with_company(cls.store)
        cls.source = cls.env["auto.intake.source"].create(
            {
                "name": "Test website",
                "company_id": cls.store.id,
                "channel_id": cls.env.ref("auto_crm_lead.channel_website").id,
                "token": "test-token",
                "secret": "test-secret",
            }
        )

    def intake(self, channel="website", external_ref=None, **values):
        values.setdefault("name", "张伟")
        return self.Lead._intake(values, channel, external_ref=external_ref)


@tagged("post_install", "-at_install")
class TestIntake(IntakeCase):
    def test_unknown_person_becomes_prospect(self):
        lead = self.intake(
            phone=SPELLINGS[2],
            email="Zhang.Wei@Example.com",
            message="有现车吗？",
            purchase_horizon=False,
            campaign="Auto Shanghai",
        )
        self.assertEqual(lead.company_id, self.store)
        self.assertEqual(lead.phone, "+86 138 0013 8000")
        self.assertEqual(lead.email_from, "zhang.wei@example.com")
        self.assertEqual(lead.intake_channel_id.code, "website")
        self.assertEqual(lead.campaign_id.name, "Auto Shanghai")
        self.assertRegex(lead.public_ref, r"^LEAD/\d{4}/\d{6}$")
        self.assertFalse(lead.user_id and lead.user_id == self.env.user)
        self.assertEqual(lead.partner_id.store_ids, self.store)
        self.assertFalse(lead.partner_id.company_id)
        self.assertEqual(lead.contact_ids.direction, "in")
        self.assertEqual(lead.contact_ids.channel, "web")
        self.assertIn("有现车吗", lead.contact_ids.summary)
        intake = lead.intake_ids
        self.assertTrue(intake.created)
        self.assertIn("有现车吗", intake.raw)

    def test_six_spellings_one_prospect(self):
        leads = self.Lead.browse()
        for spelling in SPELLINGS:
            leads |= self.intake(phone=spelling)
        self.assertEqual(len(leads), 1)
        self.assertEqual(len(leads.contact_ids), 6)
        self.assertEqual(len(leads.intake_ids), 6)

    def test_found_by_email_and_social(self):
        lead = self.intake(phone="13800138000", email="a@example.com")
        self.assertEqual(self.intake(email="A@EXAMPLE.COM", social_id="wx_1"), lead)
        self.assertEqual(lead.social_id, "wx_1")
        self.assertEqual(self.intake("chat", social_id="WX_1"), lead)

    def test_known_person_is_completed_not_overwritten(self):
        lead = self.intake(phone="13800138000", email="a@example.com")
        self.intake(
            phone="13800138000",
            email="other@example.com",
            name="张大伟",
            vehicle={"brand": "No such brand", "model": "X"},
        )
        self.assertEqual(lead.email_from, "a@example.com")
        self.assertEqual(lead.contact_name, "张伟")
        self.assertEqual(lead.partner_id.email, "a@example.com")
        self.assertEqual(lead.wanted_text, "No such brand X")
        summary = lead.contact_ids.sorted("id")[-1].summary
        self.assertIn("other@example.com", summary)
        self.assertIn("张大伟", summary)
        self.assertEqual(self.intake(email="other@example.com"), lead)

    def test_public_data_never_changes_the_customer(self):
        partner = self.env["res.partner"].create(
            {"name": "Li Na", "email": "li@example.com", "phone": "+86 139 0000 0001"}
        )
        lead = self.intake(name="X", email="li@example.com", phone="13700000002")
        self.assertEqual(lead.partner_id, partner)
        self.assertEqual(partner.phone, "+86 139 0000 0001")
        self.assertEqual(partner.name, "Li Na")
        self.assertIn(self.store, partner.store_ids)

    def test_same_delivery_changes_nothing(self):
        lead = self.intake(phone="13800138000", external_ref="ref-1")
        again = self.intake(phone="13800138000", external_ref="ref-1")
        self.assertEqual(again, lead)
        self.assertEqual(len(lead.contact_ids), 1)
        self.assertEqual(len(lead.intake_ids), 1)
        self.intake(phone="13800138000", channel="phone", external_ref="ref-1")
        self.assertEqual(len(lead.contact_ids), 2)

    def test_stores_are_apart(self):
        lead = self.intake(phone="13800138000")
        other = (
            self.env["crm.lead"]
            .with_company(self.stores[2])
            ._intake({"name": "张伟", "phone": SPELLINGS[4]}, "phone")
        )
        self.assertNotEqual(other, lead)
        self.assertEqual(other.company_id, self.stores[2])
        self.assertEqual(other.partner_id, lead.partner_id)
        self.assertEqual(lead.partner_id.store_ids, self.stores[1] | self.stores[2])

    def test_batch_with_the_same_person(self):
        items = [
            {"values": {"name": "A", "phone": spelling}, "channel": "event"}
            for spelling in SPELLINGS[:3]
        ] + [{"values": {"name": "B", "email": "b@example.com"}, "channel": "event"}]
        leads = self.Lead._intake_batch(items)
        self.assertEqual(len(leads), 4)
        self.assertEqual(len(set(leads.ids)), 2)
        self.assertEqual(len(leads[0].contact_ids), 3)

    def test_bad_values(self):
        before = self.Lead.search_count([])
        cases = (
            ({"phone": "13800138000", "name": " "}, "name"),
            ({}, "phone"),
            ({"phone": "call me"}, "phone"),
            ({"email": "nobody"}, "email"),
            ({"phone": "13800138000", "purchase_horizon": "soon"}, "purchase_horizon"),
            ({"phone": "13800138000", "vehicle": [1]}, "vehicle"),
            ({"phone": "13800138000", "vehicle": {"condition": "bad"}}, "condition"),
            ({"phone": ["13800138000"]}, "phone"),
            ({"phone": "13800138000", "name": "a\x00b"}, "name"),
            ({"phone": "13800138000", "name": "x" * 201}, "name"),
        )
        for values, field in cases:
            with self.subTest(values=values), self.assertRaises(ValidationError) as e:
                self.intake(**values)
            self.assertIn(field, str(e.exception))
        with self.assertRaises(ValidationError):
            self.intake("no-such-channel", phone="13800138000")
        self.assertEqual(self.Lead.search_count([]), before)

    def test_identity_is_given_back(self):
        lead = self.intake(phone="13800138000")
        lead.with_context(auto_lose=LOSE).action_archive()
        second = self.intake(phone="13800138000")
        self.assertNotEqual(second, lead)
        second.stage_id = self.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        self.assertFalse(
            self.Lead._find_open_prospect(self.store, phone="138 0013 8000")
        )
        lead.action_unarchive()
        self.assertEqual(
            self.Lead._find_open_prospect(self.store, phone="138 0013 8000"), lead
        )

    def test_merge_keeps_every_identity_and_delivery(self):
        first = self.intake(phone="13800138000", external_ref="m1")
        second = self.intake(phone="13900139000", external_ref="m2")
        merged = (first | second).merge_opportunity()
        self.assertEqual(len(merged.contact_ids), 2)
        for phone in ("13800138000", "13900139000"):
            self.assertEqual(self.intake(phone=phone), merged)
        self.assertEqual(self.intake(phone="13900139000", external_ref="m2"), merged)

    def test_phone_of_customer_changes(self):
        lead = self.intake(phone="13800138000")
        lead.partner_id.phone = "13600136000"
        self.assertEqual(self.intake(phone="13600136000"), lead)

    def test_second_prospect_by_hand_is_refused(self):
        self.intake(phone="13800138000")
        user = self.users["consultant", 1]
        with self.assertRaises(UserError) as error:
            self.env["crm.lead"].with_user(user).create(
                {"name": "Again", "phone": "138 0013 8000"}
            )
        self.assertIn("LEAD/", str(error.exception))

    def test_company_stays(self):
        lead = self.intake(phone="13800138000")
        lead.partner_id = False
        lead.user_id = False
        self.assertEqual(lead.company_id, self.store)

    def test_json2_method(self):
        values = {"name": "Wang", "phone": "13800138000"}
        for role in ("consultant", "adviser", "callcentre", "store_manager"):
            answer = (
                self.env["crm.lead"]
                .with_user(self.users[role, 1])
                .intake_prospect(values, "phone", f"{role}")
            )
            self.assertEqual(answer["created"], role == "consultant")
        for role in ("technician", "complaint", "service_manager"):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self.env["crm.lead"].with_user(self.users[role, 1]).intake_prospect(
                    values, "phone"
                )

    @warmup
    def test_queries_single(self):
        self.env.flush_all()
        self.env.invalidate_all()
        # The kind of customer, doubt, allocation, clock and claim included.
        with self.assertQueryCount(32):
            self.intake(phone="13800138000", email="q@example.com", external_ref="q")
            self.env.flush_all()

    @warmup
    def test_queries_batch(self):
        items = [
            {
                "values": {"name": f"N{i}", "phone": f"1380013{i:04}"},
                "channel": "import",
                "external_ref": f"row{i}",
            }
            for i in range(1000)
        ]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(125):
            self.Lead._intake_batch(items)
            self.env.flush_all()
