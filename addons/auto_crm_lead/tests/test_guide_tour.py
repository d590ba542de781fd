from unittest.mock import patch

from odoo.tests import HttpCase, tagged

from odoo.addons.auto_crm_base.controllers import public_form

from .test_intake import IntakeCase


@tagged("post_install", "-at_install")
class TestGuideTour(IntakeCase, HttpCase):
    """A visitor on a phone: finds by need, compares, asks for a price."""

    browser_size = "390x844"
    touch_enabled = True

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        brand = cls.env["fleet.vehicle.model.brand"].create({"name": "Guide brand"})
        cls.models = cls.env["fleet.vehicle.model"].create(
            [
                {
                    "name": name,
                    "seats": seats,
                    "default_fuel_type": "diesel",
                    "brand_id": brand.id,
                    "guide_published": True,
                }
                for name, seats in (
                    ("GuideLarge", 7),
                    ("GuideSmall", 5),
                    ("GuideWide", 7),
                )
            ]
        )
        cls.source.write({"has_guide": True, "guide_brand_ids": brand.ids})
        for lang in ("en_US", "zh_CN"):
            cls.env["res.lang"]._activate_lang(lang)

    def _whole_visit(self, lang):
        url = f"/auto/guide/{self.source.guide_token}?lang={lang}"
        with patch.object(public_form, "MIN_SECONDS", 0):
            self.start_tour(url, "auto_guide")
        self.env.invalidate_all()
        lead = self.env["crm.lead"].search([("company_id", "=", self.store.id)])
        self.assertEqual(lead.contact_name, "王芳")
        self.assertEqual(lead.intake_channel_id.code, "guide")
        self.assertEqual(lead.guide_wish, "price")
        self.assertEqual(lead.need_model_ids, self.models[0])
        self.assertEqual(lead.partner_id.consent_ids.purpose, "enquiry")

    def test_english(self):
        self._whole_visit("en_US")

    def test_chinese(self):
        self._whole_visit("zh_CN")
