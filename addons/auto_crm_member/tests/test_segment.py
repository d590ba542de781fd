from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import MemberCase


@tagged("post_install", "-at_install")
class TestMemberSegment(MemberCase):
    """Customers by their membership."""

    def test_members_by_tier_and_points(self):
        silver, gold, none = self.partners
        today = fields.Date.context_today(self.partner)
        self._enrol(silver, tier=1)
        self._enrol(gold, tier=2).card_id.points = 800
        interest = self.env["auto.customer.interest"].create({"name": "Club (T)"})
        self.partners.auto_interest_ids = [Command.set(interest.ids)]
        for values, found in (
            ({"member_state": "yes"}, silver | gold),
            ({"member_state": "no"}, none),
            ({"member_tier_ids": [Command.set(self.tiers[2].ids)]}, gold),
            ({"member_points_min": 500}, gold),
            ({"member_expiry_days": 30}, self.partners.browse()),
        ):
            with self.subTest(values=values):
                segment = (
                    self.env["auto.segment"]
                    .with_user(self.adviser)
                    .create(
                        {
                            "name": "Club",
                            "company_id": self.store.id,
                            "interest_ids": [Command.set(interest.ids)],
                            **values,
                        }
                    )
                )
                self.assertEqual(segment._members(), found)
                self.assertEqual(segment.member_count, len(found))
        gold.member_ids.points_expiry_date = today + timedelta(days=30)
        self.assertEqual(segment._members(), gold)
