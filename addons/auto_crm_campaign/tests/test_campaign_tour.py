from odoo.tests import HttpCase, tagged

from .common_campaign import CampaignCase


@tagged("post_install", "-at_install")
class TestCampaignTour(HttpCase, CampaignCase):
    """One campaign, from its plan to the guest who becomes a prospect."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "zh_CN"):
            cls.env["res.lang"]._activate_lang(lang)
        cls.guest = cls.env["res.partner"].create(
            {
                "name": "Tour Guest",
                "phone": "+86 138 1234 5678",
                "is_auto_customer": True,
                "user_id": cls.consultant.id,
                "store_ids": [(6, 0, cls.store.ids)],
            }
        )

    def _tour(self, path, name, user):
        self.env.flush_all()
        self.start_tour(f"/odoo/{path}", f"auto_campaign_{name}", login=user.login)
        self.env.invalidate_all()

    def _whole_campaign(self, lang):
        for user in (self.manager, self.boss, self.consultant):
            user.write({"password": user.login, "lang": lang})
        campaign = self._campaign()
        self._cost(campaign, planned=5000)
        path = f"auto-campaigns/{campaign.id}"
        self._tour(path, "plan", self.manager)
        self.assertEqual(campaign.auto_state, "submitted")
        self._tour(path, "approve", self.boss)
        self.assertEqual(campaign.auto_state, "approved")
        event = self._event(campaign)
        path = f"auto-events/{event.id}"
        self._tour(path, "invite", self.manager)
        guest = event.registration_ids.sudo()
        self.assertEqual((guest.partner_id, guest.state), (self.guest, "draft"))
        self.assertEqual((event.auto_attended_count, event.auto_guest_count), (0, 1))
        self._tour(path, "check_in", self.consultant)
        self.assertEqual(guest.state, "done")
        self.assertEqual((event.auto_attended_count, event.auto_guest_count), (1, 1))
        lead = guest.lead_ids
        self.assertEqual((lead.user_id, lead.event_id), (self.consultant, event))
        self.assertEqual(campaign.auto_attended_count, 1)
        self.assertEqual(campaign.auto_lead_count, 1)

    def test_english(self):
        self._whole_campaign("en_US")

    def test_chinese(self):
        self._whole_campaign("zh_CN")
