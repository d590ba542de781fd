from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from odoo.addons.auto_crm_base.tests.common import AutoCase


@tagged("post_install", "-at_install")
class TestDuplicates(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls._intake(1)

    @classmethod
    def _intake(cls, number, **values):
        return (
            cls.env["crm.lead"]
            .with_company(cls.stores[number])
            ._intake({"name": "Li Na", "phone": "13912300001", **values}, "phone")
        )

    def _age(self, lead, days):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE crm_lead SET create_date = %s WHERE id = %s",
            [fields.Datetime.now() - timedelta(days=days), lead.id],
        )
        self.env.invalidate_all()

    def test_both_stores_are_told_and_not_whose(self):
        self._age(self.first, 10)
        second = self._intake(2)
        self.assertNotEqual(second, self.first)
        self.assertEqual(second.other_store_claim, "theirs")
        self.assertEqual(self.first.other_store_claim, "ours")
        told = second.with_user(second.user_id or self.users["sales_manager", 2])
        text = told.other_store_text
        self.assertIn("another store of the group since", text)
        secrets = (
            self.stores[1].name,
            self.first.public_ref,
            self.first.user_id.name or "-none-",
        )
        seen = text + "".join(second.message_ids.mapped("body"))
        for secret in secrets:
            self.assertNotIn(secret, seen)
        self.assertIn("another store", second.message_ids[0].body)

    def _wizard(self, number, **values):
        user = self.users["consultant", number]
        user.lang = "en_US"
        return self.env["auto.intake.wizard"].with_user(user).create(values)

    def test_told_before_registering(self):
        self._age(self.first, 10)
        for person in ({"phone": "139 1230 0001"}, {"phone": "+86-13912300001"}):
            wizard = self._wizard(2, **person)
            self.assertFalse(wizard.hint)
            text = wizard.other_store_text
            self.assertIn("another store of the group since", text)
            self.assertIn("That store keeps the claim until", text)
            for secret in (self.stores[1].name, self.first.public_ref, "Li Na"):
                self.assertNotIn(secret, text)
        self.assertFalse(self._wizard(2, phone="1391230").other_store_text)
        self.assertFalse(self._wizard(2, phone="13912300009").other_store_text)
        self.assertFalse(self._wizard(1, phone="13912300001").other_store_text)
        self.first.email_from = "li.na@example.com"
        self.assertTrue(self._wizard(2, email="Li.Na@example.com").other_store_text)

    def test_told_while_typing(self):
        user = self.users["consultant", 2]
        user.lang = "en_US"
        with Form(self.env["auto.intake.wizard"].with_user(user)) as form:
            self.assertFalse(form.other_store_text)
            form.phone = "13912300001"
            self.assertIn("That store keeps the claim", form.other_store_text)
            form.phone = "13912300009"
            self.assertFalse(form.other_store_text)
            form.name = "Somebody"

    def test_the_form_says_what_the_prospect_says(self):
        self._age(self.first, 91)
        before = self._wizard(2, phone="13912300001").other_store_text
        self.assertIn("Neither store has a claim", before)
        second = self._intake(2)
        user = self.users["sales_manager", 2]
        user.lang = "en_US"
        self.assertEqual(second.with_user(user).other_store_text, before)
        # Once there, both stores read it when the person comes again.
        again = self._wizard(2, phone="13912300001")
        self.assertIn(second.public_ref, again.hint)
        self.assertEqual(again.other_store_text, before)

    def test_the_form_keeps_quiet_about_strangers(self):
        stranger = self.env["res.company"].create(
            {"name": "Stranger", "country_id": self.env.ref("base.cn").id}
        )
        hint = self.env["crm.lead"]._other_store_hint(stranger, phone="13912300001")
        self.assertFalse(hint)
        self.first.action_set_won()
        self.assertFalse(self._wizard(2, phone="13912300001").other_store_text)

    def test_the_call_screen_tells_before_registering(self):
        self._age(self.first, 10)
        agent = self.users["callcentre", 2]
        agent.lang = "en_US"
        call = self.env["auto.call"].with_user(agent)._start("13912300001")
        self.assertFalse(call.other_store_text)
        call.wants_car = True
        self.assertIn("That store keeps the claim until", call.other_store_text)
        self.assertNotIn(self.stores[1].name, call.other_store_text)

    def test_dates_as_the_reader_writes_them(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        since = fields.Datetime.to_datetime("2026-10-18 05:00:00")
        until = fields.Datetime.to_datetime("2027-01-16 05:00:00")
        for lang, month, day in (
            ("en_US", "October 2026", "January 16"),
            ("zh_CN", "2026年10月", "1月16日"),
        ):
            leads = self.env["crm.lead"].with_context(lang=lang, tz="Asia/Shanghai")
            text = leads._other_store_words(since, "theirs", until)
            self.assertIn(month, text)
            self.assertIn(day, text)

    def test_the_protection_ends(self):
        self._age(self.first, 91)
        second = self._intake(2)
        self.assertEqual(second.other_store_claim, "open")

    def test_protection_by_brand(self):
        brand = self.env["fleet.vehicle.model.brand"].create({"name": "Rare"})
        self.env["auto.protection.rule"].create(
            {
                "name": "Short",
                "sequence": 1,
                "days": 5,
                "brand_ids": [(6, 0, brand.ids)],
            }
        )
        self._age(self.first, 10)
        second = self._intake(2)
        self.assertEqual(second.other_store_claim, "theirs")
        self.first.need_brand_ids = brand
        second.invalidate_recordset()
        self.assertEqual(second.other_store_claim, "open")

    def test_another_person_or_group_is_nothing(self):
        other = self._intake(2, phone="13912300002")
        self.assertFalse(other.other_store_since)
        stranger = self.env["res.company"].create(
            {"name": "Stranger", "country_id": self.env.ref("base.cn").id}
        )
        lead = (
            self.env["crm.lead"]
            .with_company(stranger)
            ._intake({"name": "Li Na", "phone": "13912300001"}, "phone")
        )
        self.assertFalse(lead.other_store_since)

    def test_a_closed_one_no_longer_counts(self):
        second = self._intake(2)
        self.assertTrue(second.other_store_since)
        self.first.action_set_won()
        second.invalidate_recordset()
        self.assertFalse(second.other_store_since)

    def test_searchable(self):
        second = self._intake(2)
        lone = self._intake(2, phone="13912300003")
        found = self.env["crm.lead"].search([("other_store_since", "!=", False)])
        self.assertIn(second, found)
        self.assertIn(self.first, found)
        self.assertNotIn(lone, found)

    def test_head_office_sees_both(self):
        second = self._intake(2)
        action = second.with_user(self.users["head_office"]).action_open_both()
        leads = self.env["crm.lead"].with_user(self.users["head_office"])
        self.assertEqual(leads.search(action["domain"]), second | self.first)
        with self.assertRaises(AccessError):
            second.with_user(self.users["store_manager", 2]).action_open_both()

    def test_writing_again_cancels_a_loss(self):
        reason = self.env.ref("auto_crm_lead.lost_reason_given_up")
        self.first.action_request_lost(reason.id)
        self._intake(1, message="Is it still there?")
        self.assertEqual(self.first.lost_state, "none")
