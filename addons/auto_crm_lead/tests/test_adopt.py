from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.auto_crm_lead.hooks import uninstall_hook

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestAdopt(LeadCase):
    """Prospects and customers of an Odoo that was in use before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["crm.lead"]._adopt_existing()
        cls.env.ref("base.main_company").partner_id.flush_recordset()
        cls.first, cls.second, *_rest = cls.env["crm.stage"].search(
            [("is_won", "=", False)]
        )
        cls.won = cls.env["crm.stage"].search([("is_won", "=", True)], limit=1)
        cls.partner = cls.env["res.partner"].create(
            {"name": "Old Customer", "phone": "+86 138 0013 8321"}
        )

    def _old_leads(self, *many):
        """Return prospects as they are in a database without our addon."""
        leads = self.env["crm.lead"].browse()
        for values in many:
            leads |= self.env["crm.lead"].create(
                {
                    "name": "From before",
                    "type": "opportunity",
                    "user_id": False,
                    "team_id": False,
                    **values,
                }
            )
        self.env.flush_all()
        ids = tuple(leads.ids)
        self.env.execute_query(
            SQL(
                "UPDATE crm_lead SET public_ref = NULL, grade_id = NULL,"
                " next_followup_date = NULL, received_date = NULL,"
                " write_date = '2020-02-02' WHERE id IN %s RETURNING id",
                ids,
            )
        )
        self.env.execute_query(
            SQL("DELETE FROM auto_lead_identity WHERE lead_id IN %s RETURNING id", ids)
        )
        self.env.invalidate_all()
        return leads

    def _without_company(self, lead):
        lead.flush_recordset()
        self.env.execute_query(
            SQL(
                "UPDATE crm_lead SET company_id = NULL WHERE id = %s RETURNING id",
                lead.id,
            )
        )
        lead.invalidate_recordset()

    def test_open_prospect_becomes_one_of_ours(self):
        soon = self.today + timedelta(days=12)
        lead = self._old_leads(
            {
                "company_id": self.store.id,
                "partner_id": self.partner.id,
                "stage_id": self.second.id,
                "date_deadline": soon,
                "description": "<p>Kept</p>",
            }
        )
        self.assertEqual(self.env["crm.lead"]._adopt_existing(), 1)
        self.assertTrue(lead.public_ref)
        self.assertEqual(lead.grade_id, self.grades["A"])
        self.assertEqual(lead.followup_state, "intent")
        self.assertGreater(lead.next_followup_date, self.today)
        self.assertFalse(lead.received_date, "the response clock is of new ones")
        self.assertEqual(lead.grade_history_ids.to_grade_id, self.grades["A"])
        self.assertEqual(
            (lead.date_deadline, lead.stage_id, lead.name),
            (soon, self.second, "From before"),
        )
        self.assertEqual(lead.write_date, fields.Datetime.to_datetime("2020-02-02"))
        self.assertEqual(self.partner.store_ids, self.store)
        self.assertEqual(self.partner.auto_store_id, self.store)
        self.assertTrue(self.partner.is_auto_customer)
        self.assertEqual(self.partner.auto_kind_ids.mapped("code"), ["prospect"])
        same = (
            self.env["crm.lead"]
            .with_company(self.store)
            ._intake({"name": "Old Customer", "phone": "13800138321"}, "website")
        )
        self.assertEqual(same, lead, "the next enquiry finds it")
        self.assertEqual(self.env["crm.lead"]._adopt_existing(), 0)

    def test_what_is_planned_is_kept_and_the_rest_is_spread(self):
        planned = self.today + timedelta(days=4)
        leads = self._old_leads(*[{"company_id": self.store.id}] * 40)
        leads[0].activity_schedule("mail.mail_activity_data_call", planned)
        leads[1].activity_schedule(
            "mail.mail_activity_data_call", self.today - timedelta(days=90)
        )
        self.env["crm.lead"]._adopt_existing()
        self.assertEqual(leads[0].next_followup_date, planned)
        self.assertGreater(leads[1].next_followup_date, self.today)
        days = leads[1:].mapped("next_followup_date")
        self.assertGreater(len(set(days)), 20)
        self.assertEqual(leads.grade_id, self.grades["D"])

    def test_won_lost_archived_and_odoo_leads(self):
        won, lost, archived, funnel = self._old_leads(
            {"company_id": self.store.id, "stage_id": self.won.id},
            {"company_id": self.store.id},
            {"company_id": self.store.id},
            {
                "company_id": self.store.id,
                "type": "lead",
                "email_from": "funnel@example.com",
            },
        )
        self.env.execute_query(
            SQL(
                "UPDATE crm_lead SET active = FALSE,"
                " probability = CASE WHEN id = %(lost)s THEN 0 ELSE 10 END,"
                " won_status = CASE WHEN id = %(lost)s THEN 'lost' ELSE 'pending' END"
                " WHERE id IN %(both)s RETURNING id",
                lost=lost.id,
                both=(lost.id, archived.id),
            )
        )
        self.env.invalidate_all()
        self.env["crm.lead"]._adopt_existing()
        self.assertEqual(won.grade_id, self.grades["S"])
        self.assertEqual(won.followup_state, "deal")
        self.assertEqual(lost.grade_id, self.grades["F"])
        self.assertEqual(lost.lost_state, "approved")
        self.assertFalse(archived.grade_id)
        self.assertEqual(archived.lost_state, "none")
        self.assertFalse(any(lead.next_followup_date for lead in won | lost | archived))
        self.assertTrue(all(lead.public_ref for lead in won | lost | archived))
        self.assertFalse(funnel.next_followup_date)
        self.assertEqual(funnel.type, "lead")
        self.assertEqual(
            self.env["auto.lead.identity"].search([("lead_id", "=", funnel.id)]).value,
            "funnel@example.com",
        )

    def test_store_comes_from_team_salesperson_or_customer(self):
        team = self.env["crm.team"].create(
            {"name": "Old team", "company_id": self.stores[2].id}
        )
        by_team, by_nobody = self._old_leads({}, {})
        self._without_company(by_team)
        self._without_company(by_nobody)
        self.env.execute_query(
            SQL(
                "UPDATE crm_lead SET team_id = %s WHERE id = %s RETURNING id",
                team.id,
                by_team.id,
            )
        )
        self.env["crm.lead"]._adopt_existing()
        self.assertEqual(by_team.company_id, self.stores[2])
        self.assertEqual(by_nobody.company_id, self.env.company)

    def test_customer_keeps_the_stores_that_deal_with_him(self):
        picking_type = self.env["stock.picking.type"].search(
            [("company_id", "=", self.env.company.id)], limit=1
        )
        self.env["stock.picking"].create(
            {"partner_id": self.partner.id, "picking_type_id": picking_type.id}
        )
        contact = self.env["res.partner"].create(
            {"name": "Contact", "parent_id": self.partner.id}
        )
        user_partner = self.consultant.partner_id
        self._old_leads(
            {"company_id": self.store.id, "partner_id": contact.id},
            {"company_id": self.store.id, "partner_id": user_partner.id},
        )
        self.env["crm.lead"]._adopt_existing()
        both = self.store | self.env.company
        self.assertEqual(self.partner.store_ids, both)
        self.assertEqual(contact.store_ids, both)
        self.assertFalse(user_partner.store_ids)
        self.assertFalse(user_partner.is_auto_customer)

    def test_latest_of_one_person_is_found(self):
        person = {"company_id": self.store.id, "email_from": "Twice@Example.com"}
        older, newer = self._old_leads(person, person)
        self.env["crm.lead"]._adopt_existing(batch_size=1)
        holder = self.env["auto.lead.identity"].search(
            [("value", "=", "twice@example.com")]
        )
        self.assertEqual(holder.lead_id, newer)
        self.assertTrue(older.public_ref)

    def test_goes_on_where_it_stopped(self):
        leads = self._old_leads(*[{"company_id": self.store.id}] * 5)
        self.assertEqual(self.env["crm.lead"]._adopt_existing(limit=2), 2)
        self.assertEqual(leads.mapped(lambda lead: bool(lead.public_ref)).count(0), 3)
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_lead.ir_cron_adopt").method_direct_trigger()
        leads.invalidate_recordset()
        self.assertTrue(all(leads.mapped("public_ref")))
        self.assertEqual(len(set(leads.mapped("public_ref"))), 5)

    def test_queries_do_not_grow_with_prospects(self):
        counts = []
        for number in (10, 60):
            self._old_leads(
                *(
                    {
                        "company_id": self.store.id,
                        "email_from": f"p{index}@{number}.example.com",
                    }
                    for index in range(number)
                )
            )
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.env["crm.lead"]._adopt_batch(100)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 2)

    def test_uninstallation_keeps_work_and_ends_doors(self):
        lead = self._lead()
        activity = lead.activity_schedule("auto_crm_lead.activity_type_overdue")
        door = self.env["auto.intake.source"].create(
            {
                "name": "Mail door",
                "company_id": self.store.id,
                "channel_id": self.env.ref("auto_crm_lead.channel_email").id,
                "alias_name": "adopt-test",
            }
        )
        alias = door.alias_id
        self.assertTrue(alias)
        with (
            mute_logger("odoo.models.unlink"),
            patch.object(type(self.env.cr), "commit", lambda cr: None),
        ):
            uninstall_hook(self.env)
        self.assertEqual(
            activity.activity_type_id, self.env.ref("mail.mail_activity_data_todo")
        )
        self.assertFalse(alias.exists())
