import base64

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestMarketInfo(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["auto.market.rule"].search([]).active = False
        cls.category = cls.env["auto.market.category"].create(
            {"name": "Test category", "days": 30}
        )
        cls.brand = cls.env["fleet.vehicle.model.brand"].create({"name": "Test brand"})
        cls.role = cls.env.ref("auto_crm_base.group_consultant")

    def _info(self, user=None, **values):
        return (
            self.env["auto.market.info"]
            .with_user(user or self.consultant)
            .create(
                {
                    "name": "Test note",
                    "category_id": self.category.id,
                    "body": "<p>竞争对手降价 by a lot</p>",
                    **values,
                }
            )
        )

    def _rule(self, **values):
        return self.env["auto.market.rule"].create(
            {"name": "Test rule", "group_ids": self.role.ids, **values}
        )

    def _seen(self, user, info):
        return bool(
            self.env["auto.market.info"].with_user(user).search([("id", "=", info.id)])
        )

    def test_reported_then_published(self):
        info = self._info()
        self.assertEqual(info.state, "reported")
        self.assertEqual(info.company_id, self.store)
        colleague = self._new_user(
            "consultant", "market_colleague", self.store, self.store
        )
        self.assertFalse(self._seen(colleague, info), "not published yet")
        with self.assertRaises(AccessError):
            info.action_publish()
        with self.assertRaises(UserError):
            info.write({"state": "published"})
        info.with_user(self.manager).action_publish()
        self.assertTrue(self._seen(colleague, info))
        self.assertFalse(self._seen(self.users["consultant", 2], info))
        self.assertTrue(self._seen(self.users["auditor"], info))
        with self.assertRaises(AccessError):
            info.write({"name": "Changed afterwards"})
        with self.assertRaises(UserError):
            info.with_user(self.manager).unlink()
        info.with_user(self.manager).action_withdraw()
        self.assertFalse(self._seen(colleague, info))

    def test_steps_are_not_given(self):
        info = self._info(state="published", publisher_id=self.consultant.id)
        self.assertEqual(info.state, "reported")
        self.assertFalse(info.publisher_id)
        with self.assertRaisesRegex(UserError, "no text"):
            self._info(body=False).with_user(self.manager).action_publish()

    def test_all_stores_by_head_office(self):
        with self.assertRaises(AccessError):
            self._info(user=self.manager, company_id=False)
        info = self._info(user=self.users["head_office"], company_id=False)
        info.action_publish()
        self.assertTrue(self._seen(self.users["consultant", 2], info))

    def test_routing_and_receipts(self):
        self._rule(category_ids=self.category.ids)
        info = self._info(user=self.manager)
        info.action_publish()
        sent = info.sudo().receipt_ids.user_id
        self.assertIn(self.consultant, sent)
        self.assertNotIn(self.users["consultant", 2], sent, "another store")
        self.assertNotIn(self.users["adviser", 1], sent, "not the role")
        mine = info.with_user(self.consultant)
        self.assertTrue(mine.my_unread)
        self.assertIn(
            info, mine.search([("my_unread", "=", True)]).with_user(self.manager)
        )
        mine.action_confirm_read()
        self.assertFalse(mine.my_unread)
        first = info.sudo().receipt_ids.filtered(
            lambda one: one.user_id == self.consultant
        )
        moment = first.date_read
        self.assertTrue(moment)
        mine.action_confirm_read()
        self.assertEqual(first.date_read, moment, "the first reading counts")
        info.invalidate_recordset()
        self.assertEqual(info.read_count, 1)
        with self.assertRaises(AccessError):
            first.with_user(self.manager).write({"date_read": False})
        receipts = self.env["auto.market.receipt"]
        self.assertLessEqual(
            receipts.with_user(self.consultant).search([]).user_id, self.consultant
        )

    def test_once_by_two_rules_and_activity(self):
        self._rule()
        self._rule(notify="activity", days=2, user_ids=self.consultant.ids)
        info = self._info(user=self.manager)
        info.action_publish()
        mine = info.sudo().receipt_ids.filtered(
            lambda one: one.user_id == self.consultant
        )
        self.assertEqual(len(mine), 1)
        activity = info.sudo().activity_ids.filtered(
            lambda one: one.user_id == self.consultant
        )
        self.assertEqual(activity.date_deadline, self.in_days(2))
        info.with_user(self.consultant).action_confirm_read()
        self.assertFalse(info.sudo().activity_ids & activity)

    def test_what_a_rule_fits(self):
        other = self.env["fleet.vehicle.model.brand"].create({"name": "Other brand"})
        region = self.env["res.country.state"].search([], limit=2)
        rule = self._rule(
            brand_ids=self.brand.ids, state_ids=region[:1].ids, importance="1"
        )
        fits = {
            "important": self._info(importance="1"),
            "brand": self._info(importance="1", brand_ids=self.brand.ids),
            "region": self._info(importance="2", state_ids=region.ids),
        }
        for name, info in fits.items():
            self.assertTrue(rule._fits(info.sudo()), name)
        not_fit = {
            "importance": self._info(brand_ids=self.brand.ids),
            "brand": self._info(importance="1", brand_ids=other.ids),
            "region": self._info(importance="1", state_ids=region[1:].ids),
        }
        for name, info in not_fit.items():
            self.assertFalse(rule._fits(info.sudo()), name)
        with self.assertRaises(ValidationError):
            self._rule(group_ids=[])

    def test_found_by_words(self):
        info = self._info(name="Lower price")
        infos = self.env["auto.market.info"].with_user(self.consultant)
        for text in ("降价", "竞争对手", "lower PRI", "lot 对手", "test cat"):
            self.assertIn(info, infos.search([("words", "ilike", text)]), text)
        self.assertNotIn(info, infos.search([("words", "ilike", "涨价")]))
        info.body = "<p>涨价</p>"
        self.assertIn(info, infos.search([("words", "ilike", "涨价")]))

    def test_files_are_read_with_the_note(self):
        file = (
            self.env["ir.attachment"]
            .with_user(self.consultant)
            .create({"name": "offer.txt", "datas": base64.b64encode(b"x")})
        )
        info = self._info(attachment_ids=file.ids)
        self.assertEqual(file.res_id, info.id)
        info.with_user(self.manager).action_publish()
        colleague = self._new_user(
            "consultant", "market_colleague", self.store, self.store
        )
        self.assertTrue(file.with_user(colleague).datas)
        with self.assertRaises(AccessError):
            file.with_user(self.users["consultant", 2]).read(["datas"])

    def test_remind(self):
        self._rule()
        info = self._info(user=self.manager)
        info.action_publish()
        before = self.env["mail.message"].search_count(
            [("model", "=", info._name), ("res_id", "=", info.id)]
        )
        info.action_remind()
        after = self.env["mail.message"].search_count(
            [("model", "=", info._name), ("res_id", "=", info.id)]
        )
        self.assertGreater(after, before)
        with self.assertRaises(AccessError):
            info.with_user(self.consultant).action_remind()
