from datetime import timedelta

from odoo import Command, fields
from odoo.tests import tagged

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestLeadSegment(LeadCase):
    """Prospects in segments, and customers by their prospects."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.model = cls.env["fleet.vehicle.model"].create(
            {
                "name": "Wanted",
                "brand_id": cls.env["fleet.vehicle.model.brand"]
                .create({"name": "Segm"})
                .id,
            }
        )
        cls.hot = cls._lead(
            grade_id=cls.grades["H"].id,
            need_model_ids=[Command.set(cls.model.ids)],
            city="Ningbo",
        )
        cls.cold = cls._lead(
            grade_id=cls.grades["C"].id, need_model_ids=[Command.set(cls.model.ids)]
        )
        cls.foreign = cls._lead(
            user=cls.users["consultant", 2],
            store=cls.stores[2],
            grade_id=cls.grades["H"].id,
            need_model_ids=[Command.set(cls.model.ids)],
        )

    def _segment(self, user=None, **values):
        user = user or self.manager
        return (
            self.env["auto.segment"]
            .with_user(user)
            .create(
                {
                    "name": "Prospects",
                    "target": "lead",
                    "company_id": self.store.id,
                    "need_model_ids": [Command.set(self.model.ids)],
                    **values,
                }
            )
        )

    def test_prospects_by_grade_and_contact(self):
        self.assertEqual(self._segment()._members(), self.hot | self.cold)
        self.assertEqual(
            self._segment(grade_ids=self.grades["H"].ids)._members(), self.hot
        )
        self.assertEqual(self._segment(city="ning")._members(), self.hot)
        self.cold.sudo().last_contact_date = fields.Datetime.now() - timedelta(days=1)
        self.assertEqual(self._segment(untouched_days=3)._members(), self.hot)
        self.assertEqual(self._segment(prospect_state="open").member_count, 2)

    def test_lost_prospects_are_found_and_opened(self):
        reason = self.env["crm.lost.reason"].create({"name": "Elsewhere"})
        self.cold.with_user(self.consultant).action_request_lost(reason.id, "Bought")
        self.cold.with_user(self.manager).action_approve_lost()
        segment = self._segment(prospect_state="lost")
        self.assertEqual(segment._members(), self.cold)
        action = segment.action_open_members()
        leads = self.env["crm.lead"].with_user(self.manager)
        leads = leads.with_context(**action["context"])
        self.assertEqual(leads.search(action["domain"]), self.cold)
        self.assertEqual(self._segment(prospect_state="open")._members(), self.hot)

    def test_consultants_find_their_own(self):
        other = self._lead(
            user=self.manager, need_model_ids=[Command.set(self.model.ids)]
        )
        self.assertIn(other, self._segment()._members())
        self.assertNotIn(other, self._segment(self.consultant)._members())

    def test_customers_by_their_prospects(self):
        customer = self.env["res.partner"].create(
            {
                "name": "Wants one",
                "is_auto_customer": True,
                "store_ids": [Command.set(self.store.ids)],
            }
        )
        self.hot.partner_id = customer
        segment = self._segment(target="partner", grade_ids=self.grades["H"].ids)
        self.assertEqual(segment._members(), customer)
        by_lead = self._segment(quiet_days=1)
        self.assertEqual(by_lead._members(), self.hot)
        self.assertEqual(by_lead._contacted_partners(by_lead._members()), customer)

    def test_prospects_of_before_get_their_customers(self):
        known = self.env["res.partner"].create(
            {
                "name": "Known",
                "phone": "+8613800139556",
                "is_auto_customer": True,
                "store_ids": [Command.set(self.stores[2].ids)],
            }
        )
        leads = self.hot | self.cold
        leads.sudo().write({"partner_id": False, "email_from": False})
        self.hot.sudo().phone = "138 0013 9556"
        self.cold.sudo().phone = "138 0013 9557"
        segment = self._segment()
        self.assertFalse(segment._contacted_partners(leads))
        people = segment._contacted_partners(leads, complete=True)
        self.assertEqual(self.hot.sudo().partner_id, known)
        self.assertIn(self.store, known.store_ids)
        new = self.cold.sudo().partner_id
        self.assertEqual(people, known | new)
        self.assertEqual(new.phone_sanitized, "+8613800139557")
        self.assertTrue(new.is_auto_customer)

    def test_a_segment_is_called(self):
        customer = self.env["res.partner"].create(
            {
                "name": "Called",
                "phone": "+8613800139555",
                "is_auto_customer": True,
                "store_ids": [Command.set(self.store.ids)],
            }
        )
        self.hot.partner_id = customer
        action = self._segment().action_call_list()
        calls = self.env["auto.call.list"].with_user(self.manager)
        calls = calls.with_context(**action["context"]).create({})
        calls.action_fill()
        self.assertEqual(calls.sudo().entry_ids.lead_id, self.hot)
