from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, warmup

from .common_campaign import CampaignCase

PHONE = "+86 138 1234 5678"


@tagged("post_install", "-at_install")
class TestCampaignEvent(CampaignCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.campaign = cls._campaign()
        cls.event = cls._event(cls.campaign)

    def _at_door(self, guest):
        return guest.with_user(self.consultant)

    def test_guest_who_comes_becomes_a_prospect_once(self):
        guest = self._guest(self.event, name="Fang Li", phone=PHONE)
        self.assertFalse(guest.sudo().lead_ids)
        self._at_door(guest).action_set_done()
        lead = guest.sudo().lead_ids
        self.assertEqual(lead.contact_name, "Fang Li")
        self.assertEqual(lead.campaign_id, self.campaign)
        self.assertEqual(lead.company_id, self.store)
        self.assertEqual(lead.user_id, self.consultant)
        self.assertEqual(lead.intake_channel_id.code, "event")
        self.assertEqual(lead.event_id, self.event)
        self._at_door(guest).action_confirm()
        self._at_door(guest).action_set_done()
        self.assertEqual(guest.sudo().lead_ids, lead)
        self.assertEqual(len(lead.contact_ids), 1)

    @warmup
    def test_letting_in_takes_as_many_queries_for_many(self):
        def arrivals(first, count):
            guests = self.env["event.registration"]
            for at in range(first, first + count):
                guests |= self._guest(
                    self.event, name=f"Guest {at}", phone=f"+86137001597{at:02d}"
                )
            self.env.flush_all()
            self.env.invalidate_all()
            return self._at_door(guests)

        counts = []
        for first, count in ((0, 2), (10, 2), (20, 12)):
            guests = arrivals(first, count)
            before = self.env.cr.sql_log_count
            guests.action_set_done()
            self.env.flush_all()
            counts.append(self.env.cr.sql_log_count - before)
        _cold, few, many = counts
        # Only what belongs to each guest itself is written for each.
        self.assertLess((many - few) / 10, 12, counts)

    def test_scanned_badge_takes_in(self):
        guest = self._guest(self.event, name="Fang Li", phone=PHONE, state="open")
        answer = (
            self.env["event.registration"]
            .with_user(self.consultant)
            .register_attendee(guest.barcode, self.event.id)
        )
        self.assertEqual(answer["status"], "confirmed_registration")
        self.assertTrue(guest.sudo().lead_ids)

    def test_known_prospect_gets_one_more_contact(self):
        known = self._lead(phone=PHONE, contact_name="Fang Li")
        guest = self._guest(self.event, name="Fang Li", phone=PHONE)
        guest.action_set_done()
        self.assertEqual(guest.sudo().lead_ids, known)
        self.assertEqual(known.campaign_id, self.campaign)
        self.assertEqual(len(known.contact_ids), 1)

    def test_guest_without_number_is_let_in(self):
        guest = self._guest(self.event, name="Somebody")
        guest.action_set_done()
        self.assertEqual(guest.state, "done")
        self.assertFalse(guest.sudo().lead_ids)
        nonsense = self._guest(self.event, name="Somebody", phone="12")
        nonsense.action_set_done()
        self.assertEqual(nonsense.state, "done")
        self.assertIn("Not taken in", nonsense.message_ids[0].body)

    def test_event_where_nothing_is_sold_takes_nobody_in(self):
        self.event.auto_takes_in = False
        guest = self._guest(self.event, phone=PHONE)
        guest.action_set_done()
        self.assertFalse(guest.sudo().lead_ids)

    def test_odoo_rules_make_no_second_prospect(self):
        self.env["event.lead.rule"].create(
            {"name": "All", "lead_creation_trigger": "create"}
        )
        self.env["event.lead.rule"].create(
            {"name": "Come", "lead_creation_trigger": "done"}
        )
        guest = self._guest(self.event, phone=PHONE)
        self.assertFalse(guest.sudo().lead_ids)
        guest.action_set_done()
        self.assertEqual(len(guest.sudo().lead_ids), 1)

    def test_walk_in_is_prospect_and_guest(self):
        wizard = (
            self.env["auto.intake.wizard"]
            .with_user(self.consultant)
            .with_company(self.store)
            .create(
                {
                    "name": "Wu Jun",
                    "phone": PHONE,
                    "company_id": self.store.id,
                    "channel_id": self.env.ref("auto_crm_lead.channel_event").id,
                    "event_id": self.event.id,
                }
            )
        )
        wizard.action_confirm()
        guest = self.event.sudo().registration_ids
        self.assertEqual(guest.state, "done")
        self.assertEqual(guest.sudo().lead_ids.campaign_id, self.campaign)
        self.assertEqual(len(guest.sudo().lead_ids.contact_ids), 1)
        wizard.action_confirm()
        self.assertEqual(len(self.event.sudo().registration_ids), 1)

    def test_walk_in_of_another_stores_event_is_refused(self):
        other = self._campaign(self.users["store_manager", 2])
        event = self._event(other)
        wizard = (
            self.env["auto.intake.wizard"]
            .with_user(self.consultant)
            .create({"name": "Wu Jun", "phone": PHONE, "company_id": self.store.id})
        )
        wizard.sudo().event_id = event
        with self.assertRaises(UserError):
            wizard.action_confirm()
        self.assertFalse(self.env["crm.lead"].search([("phone", "=", PHONE)]))

    def test_invitation_puts_each_person_on_the_list_once(self):
        lead = self._lead(phone=PHONE)
        lead._handle_partner_assignment()
        lead.partner_id._join_store(self.store, "Test")
        invite = (
            self.env["auto.event.invite"]
            .with_user(self.manager)
            .create(
                {
                    "event_id": self.event.id,
                    "lead_ids": [(6, 0, lead.ids)],
                    "partner_ids": [(6, 0, lead.partner_id.ids)],
                }
            )
        )
        invite.action_confirm()
        guest = self.event.registration_ids
        self.assertEqual(guest.state, "draft")
        self.assertEqual(guest.sudo().lead_ids, lead)
        invite.action_confirm()
        self.assertEqual(self.event.registration_ids, guest)
        with self.assertRaises(UserError):
            invite.copy({"lead_ids": False, "partner_ids": False}).action_confirm()

    def test_guest_is_nobody_whom_the_user_cannot_see(self):
        stranger = self.env["res.partner"].create(
            {
                "name": "Stranger",
                "email": "stranger@example.com",
                "is_auto_customer": True,
                "store_ids": [(6, 0, self.stores[2].ids)],
            }
        )
        mine = self.event.with_user(self.consultant)
        with self.assertRaises(AccessError):
            self._guest(mine, partner_id=stranger.id)
        guest = self._guest(mine, name="Somebody")
        with self.assertRaises(AccessError):
            guest.partner_id = stranger

    def test_test_drives_and_contracts_are_counted_where_they_are(self):
        campaign = self.campaign.sudo()
        for key, source in campaign._auto_results().items():
            with self.subTest(source=key):
                self.assertIn(source["date"], self.env[source["model"]]._fields)
                action = campaign._auto_figure_action(key)
                model = self.env[action["res_model"]]
                self.assertFalse(model.search_count(action["domain"]))
                self.assertEqual(self.event.sudo()._auto_count(key), 0)

    def test_figures_of_the_event(self):
        guests = self._guest(self.event, phone=PHONE) | self._guest(self.event)
        guests[0].action_set_done()
        self.event.invalidate_recordset()
        self.campaign.invalidate_recordset()
        self.assertEqual(self.event.auto_lead_count, 1)
        self.assertEqual(self.event.auto_attended_count, 1)
        self.assertEqual(self.campaign.auto_invited_count, 2)
        self.assertEqual(self.campaign.auto_attended_count, 1)
        action = self.event.action_open_auto_result()
        leads = self.env["crm.lead"].search(action["domain"])
        self.assertEqual(leads, guests.sudo().lead_ids)

    def test_list_names_the_campaign_of_its_own_store(self):
        other = self._campaign(self.users["store_manager", 2])
        self.assertNotEqual(other.name, self.campaign.name)
        leads = self.env["crm.lead"]._intake_batch(
            [
                {
                    "values": {
                        "name": f"Person {number}",
                        "phone": f"+86 138 1234 500{number}",
                        "campaign": "Spring show",
                    },
                    "channel": "event",
                    "company": self.stores[number],
                }
                for number in (2,)
            ]
        )
        self.assertEqual(leads.campaign_id, other)
        lead = self.env["crm.lead"]._intake(
            {"name": "Person", "phone": PHONE, "campaign": "Spring show"},
            "event",
        )
        self.assertNotIn(lead.campaign_id, other | self.campaign)

    def test_event_of_a_store_that_takes_no_part_is_refused(self):
        with self.assertRaises(ValidationError):
            self._event(self.campaign.sudo(), company_id=self.stores[2].id)
        with self.assertRaises(ValidationError):
            self._event(self.campaign.sudo(), company_id=False)
