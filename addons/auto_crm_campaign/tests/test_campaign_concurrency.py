from odoo import fields
from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common_race import RaceCase, rounds

ROUNDS = rounds(3)
PHONE = "+86137001598{:02d}"


@tagged("post_install", "-at_install")
class TestCampaignConcurrency(RaceCase):
    """Two at the door let one guest in at once."""

    def prepare(self, env):
        company = env.company
        users = self.new_racers(env, company, "auto_crm_base.group_consultant")
        self.user_ids = users.ids
        campaign = env["utm.campaign"].create(
            {
                "title": "Raced show",
                "auto_store_id": company.id,
                "auto_date_begin": fields.Date.today(),
                "auto_date_end": fields.Date.today(),
            }
        )
        now = fields.Datetime.now()
        event = env["event.event"].create(
            {
                "name": "Raced stand",
                "auto_campaign_id": campaign.id,
                "company_id": company.id,
                "date_begin": fields.Datetime.subtract(now, hours=2),
                "date_end": fields.Datetime.add(now, hours=8),
                "event_mail_ids": [Command.clear()],
            }
        )
        self.campaign_id, self.event_id = campaign.id, event.id

    def remove_committed(self):
        with self.committed() as env:
            guests = env["event.registration"].search(
                [("event_id", "=", self.event_id)]
            )
            leads = guests.lead_ids | env["crm.lead"].with_context(
                active_test=False
            ).search([("campaign_id", "=", self.campaign_id)])
            people = leads.partner_id
            # The logs are kept whatever a program wants; these are the test's own.
            for table, column, ids in (
                ("auto_lead_intake", "lead_id", leads.ids),
                ("auto_contact", "lead_id", leads.ids),
                ("auto_contact", "partner_id", people.ids),
                ("auto_access_log", "user_id", self.user_ids),
                ("event_registration", "id", guests.ids),
                ("crm_lead", "id", leads.ids),
                ("event_event", "id", [self.event_id]),
                ("utm_campaign", "id", [self.campaign_id]),
            ):
                self.delete_rows(env, table, column, ids)
            people.exists().unlink()
            self.remove_users(env["res.users"].browse(self.user_ids))

    def _guests(self, count, phone):
        with self.committed() as env:
            return (
                env["event.registration"]
                .create(
                    [
                        {
                            "event_id": self.event_id,
                            "name": f"Raced guest {phone}",
                            "phone": phone,
                            "state": "open",
                        }
                        for _guest in range(count)
                    ]
                )
                .ids
            )

    def look(self, env, number):
        """See that the guest is not in yet."""
        env["event.registration"].browse(self.guest_ids[number]).read(["state"])

    def _race(self, guest_ids):
        """Let the two at the door let these in at once."""
        self.guest_ids = guest_ids

        def let_in(env, number):
            env["event.registration"].browse(guest_ids[number]).action_set_done()
            return "done"

        results = self.race(let_in, self.user_ids)
        self.assertEqual(results, {0: "done", 1: "done"}, "both were answered")

    def _taken_in(self, guest_ids):
        """Return how many prospects, people and contacts came of these guests."""
        with self.committed() as env:
            guests = env["event.registration"].browse(guest_ids)
            self.assertEqual(set(guests.mapped("state")), {"done"})
            leads = env["crm.lead"].search(
                [
                    ("campaign_id", "=", self.campaign_id),
                    ("phone_sanitized", "=", guests[0].phone),
                ]
            )
            self.assertEqual(guests.lead_ids, leads)
            return len(leads), len(leads.partner_id), len(leads.contact_ids)

    def test_one_guest_at_two_doors(self):
        for number in range(ROUNDS):
            (guest,) = self._guests(1, PHONE.format(number))
            self._race([guest, guest])
            self.assertEqual(self._taken_in([guest]), (1, 1, 1))

    def test_one_person_with_two_tickets(self):
        for number in range(ROUNDS):
            guests = self._guests(2, PHONE.format(50 + number))
            self._race(guests)
            self.assertEqual(self._taken_in(guests), (1, 1, 2))
