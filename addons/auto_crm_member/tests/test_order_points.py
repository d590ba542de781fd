from lxml import etree

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import MemberMoneyCase


@tagged("post_install", "-at_install")
class TestOrderPoints(MemberMoneyCase):
    """Orders earn and spend points, by Odoo's own loyalty."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = cls.users["sales_manager", 1]
        cls.seller.group_ids |= cls.env.ref("sales_team.group_sale_salesman_all_leads")

    def test_member_earns_once(self):
        member = self._enrol()
        order = self._order(250, user=self.seller)
        order.action_confirm()
        self.assertEqual(member.points, 250)
        [line] = member.card_id.history_ids
        self.assertEqual((line.issued, line.order_id), (250, order.id))

    def test_tier_multiplies(self):
        member = self._enrol(tier=2)
        self._order(250, user=self.seller).action_confirm()
        self.assertEqual(member.points, 375)

    def test_others_earn_nothing(self):
        self._enrol()
        order = self._order(250, partner=self.partners[1], user=self.seller)
        order.action_confirm()
        cards = self.env["loyalty.card"].search(
            [("partner_id", "=", self.partners[1].id)]
        )
        self.assertFalse(cards, "no card for who is no member")

    def test_left_earns_nothing(self):
        member = self._enrol()
        member._add_points(500, "Test")
        member._end("ended", "Test")
        self._order(250, user=self.seller).action_confirm()
        self.assertEqual(member.card_id.points, 500)

    def test_points_pay_and_come_back(self):
        member = self._enrol()
        member._add_points(1000, "Test")
        order = self._order(250, user=self.seller)
        order._update_programs_and_rewards()
        [(card, rewards)] = order._get_claimable_rewards().items()
        order._apply_program_reward(rewards[:1], card)
        order._update_programs_and_rewards()
        self.assertLess(order.amount_total, 250)
        order.action_confirm()
        self.assertLess(member.points, 1000)
        history = member.card_id.history_ids
        self.assertEqual(
            sum(history.mapped("issued")) - sum(history.mapped("used")), member.points
        )
        order._action_cancel()
        self.assertEqual(order.state, "cancel")
        self.assertEqual(member.points, 1000)
        self.assertEqual(order.amount_total, 250)

    def test_reward_on_a_confirmed_order(self):
        member = self._enrol()
        member._add_points(1000, "Test")
        order = self._order(250, user=self.seller)
        order.action_confirm()
        earned = member.points - 1000
        [(card, rewards)] = order._get_claimable_rewards().items()
        order._apply_program_reward(rewards[:1], card)
        rewards = order.order_line.filtered("reward_id")
        cost = sum(rewards.mapped("points_cost"))
        self.assertTrue(cost)
        self.assertEqual(member.points, 1000 + earned - cost)
        with self.assertRaises(UserError):
            rewards.unlink()
        order._action_cancel()
        self.assertEqual(member.points, 1000)

    def test_cashier_opens_and_cancels(self):
        member = self._enrol()
        order = self._order(250, user=self.seller)
        order.action_confirm()
        by_cashier = self._as(order, self.cashier)
        arch = etree.fromstring(by_cashier.get_view(view_type="form")["arch"])
        names = arch.xpath("//field[not(ancestor::field)]/@name")
        specification = {name: {} for name in names}
        by_cashier.web_read(specification)
        by_cashier._action_cancel()
        self.assertEqual((order.state, member.points), ("cancel", 0))

    def test_cards_of_other_stores(self):
        card = self._enrol().card_id
        other = self.users["sales_manager", 2]
        other.group_ids |= self.env.ref("sales_team.group_sale_salesman")
        found = self._as(self.env["loyalty.card"], other, 2).search(
            [("id", "=", card.id)]
        )
        self.assertFalse(found)
        with self.assertRaises(AccessError):
            self._as(card.history_ids or card, other, 2).read(["points"])
