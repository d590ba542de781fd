from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common import AutoCase


@tagged("post_install", "-at_install")
class TestCustomerLinks(AutoCase):
    """The prospect where the customer is: on the call, the 360 view, at erasure."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = (
            cls.env["crm.lead"]
            .with_company(cls.stores[1])
            ._intake(
                {
                    "name": "Erasable Person",
                    "phone": "13800138123",
                    "message": "Lives behind the station",
                },
                "website",
                raw='{"name": "Erasable Person"}',
            )
        )
        cls.partner = cls.lead.partner_id
        cls.lead.user_id = cls.users["consultant", 1]
        cls.partner.user_id = cls.users["consultant", 1]

    def test_prospects_are_counted_on_the_customer(self):
        user = self.users["consultant", 1]
        tiles = self.partner.with_user(user)._auto_360_counters()
        tile = next(tile for tile in tiles if tile["key"] == "prospects")
        self.assertEqual(tile["count"], 1)
        found = self.env["crm.lead"].with_user(user).search(tile["action"]["domain"])
        self.assertEqual(found, self.lead)

    def test_erasure_reaches_the_prospect(self):
        self.lead.write(
            {
                "need_household": "Two children of Erasable",
                "tradein_plate": "浙A10101",
                "next_step": "Visit Erasable at home",
            }
        )
        reason = self.env.ref("auto_crm_lead.lost_reason_given_up")
        self.lead.action_request_lost(reason.id, "Erasable moved away")
        wizard = (
            self.env["auto.erase.person"]
            .with_user(self.users["head_office"])
            .create({"partner_id": self.partner.id, "reason": "Asked by letter"})
        )
        wizard.action_erase()
        self.assertFalse(self.lead.phone)
        self.assertFalse(self.lead.contact_name)
        self.assertNotIn("Erasable", self.lead.name)
        for name in ("need_household", "tradein_plate", "next_step", "lost_note"):
            self.assertFalse(self.lead[name], name)
        self.assertFalse(self.lead.active, "nobody is left to follow up")
        self.assertEqual(self.lead.won_status, "lost")
        self.assertFalse(self.lead.next_followup_date)
        self.assertFalse(
            self.lead.approval_ids.filtered(lambda a: a.state == "waiting")
        )
        intake = self.env["auto.lead.intake"].search([("lead_id", "=", self.lead.id)])
        self.assertTrue(intake)
        self.assertFalse(any(intake.mapped("raw")))
        self.assertFalse(
            self.env["auto.lead.identity"].search([("lead_id", "=", self.lead.id)])
        )
