from odoo.tests import HttpCase, tagged

from .common_test_drive import TestDriveCase


@tagged("post_install", "-at_install")
class TestTestDriveTour(HttpCase, TestDriveCase):
    """One test drive, from the prospect to what the customer says of it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead.need_model_ids = cls.model
        for lang in ("en_US", "zh_CN"):
            cls.env["res.lang"]._activate_lang(lang)

    def _whole_drive(self, lang):
        login = self.consultant.login
        self.consultant.write({"password": login, "lang": lang})
        self.start_tour(
            f"/odoo/crm.lead/{self.lead.id}", "auto_test_drive", login=login
        )
        self.env.invalidate_all()
        drive = self.lead.test_drive_ids
        self.assertEqual((drive.state, drive.distance), ("done", 20))
        self.assertEqual((drive.rating, drive.intent), (4, "offer"))
        self.assertTrue(drive.driver_signed_on)
        self.assertEqual(self.car.odometer, 1025)
        self.assertEqual(drive.contact_id.lead_id, self.lead)
        self.assertEqual(self.lead.next_step, "Send the offer")

    def test_english(self):
        self._whole_drive("en_US")

    def test_chinese(self):
        self._whole_drive("zh_CN")
