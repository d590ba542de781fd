from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common import AutoCase

NUMBER = "+86 138 0013 8000"


@tagged("post_install", "-at_install")
class TestCalendar(AutoCase):
    """A meeting shows no number to whom the customer shows none."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.consultant = cls.users["consultant", 1]
        cls.manager = cls.users["sales_manager", 1]
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Zhang Wei",
                "phone": NUMBER,
                "email": "zhang.wei@example.com",
                "is_auto_customer": True,
                "store_ids": [(6, 0, cls.stores[1].ids)],
                "auto_store_id": cls.stores[1].id,
            }
        )
        cls.meeting = (
            cls.env["calendar.event"]
            .with_user(cls.manager)
            .create(
                {
                    "name": "Test drive",
                    "start": "2026-11-23 10:00:00",
                    "stop": "2026-11-23 11:00:00",
                    "partner_ids": [(6, 0, cls.customer.ids)],
                }
            )
        )
        cls.attendee = cls.meeting.attendee_ids.filtered(
            lambda attendee: attendee.partner_id == cls.customer
        )

    def _seen(self, user):
        self.env.invalidate_all()
        return self.attendee.with_user(user).web_read({"phone": {}})[0]["phone"]

    def test_attendee(self):
        self.assertIn("*", self._seen(self.consultant))
        self.assertEqual(self._seen(self.manager), NUMBER)
        self.customer.user_id = self.consultant
        self.assertEqual(self._seen(self.consultant), NUMBER)

    def test_attendee_is_not_found_by_a_part_of_the_number(self):
        attendees = self.env["calendar.attendee"].with_user(self.consultant)
        for part, found in (("13800", False), (NUMBER, True)):
            self.assertEqual(
                bool(attendees.search([("phone", "ilike", part)])), found, part
            )

    def test_description(self):
        """Everybody reads the description of a meeting."""
        description = str(self.meeting.description)
        self.assertIn("zhang.wei@example.com", description)
        self.assertNotIn("8000", description)
