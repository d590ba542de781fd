from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.sql_db import db_connect
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_campaign.models.auto_bulk_message import SEND_LOCK

from .bulk_common import BulkCase

MAIL = """\
From: {sender}
To: store@example.com
Subject: Re: Autumn
Message-Id: <answer-{number}@example.com>
In-Reply-To: {reference}
References: {reference}
Content-Type: text/plain; charset=utf-8

{text}
"""
LOGGER = "odoo.addons.auto_crm_campaign.models.auto_bulk_message"


@tagged("post_install", "-at_install")
class TestBulkMessage(BulkCase):
    """Who gets a bulk message, who is left out and why, and what comes of it."""

    def test_goes_to_the_people_of_the_store(self):
        message = self._message(channel="email")
        mailing = self._send(message)
        self.assertEqual(message.state, "done")
        lines = self._lines(message, "queued")
        self.assertEqual(lines.partner_id, self.people)
        self.assertEqual(lines.mapped("trace_id.mass_mailing_id"), mailing)
        mails = self.env["mail.mail"].search([("mailing_id", "=", mailing.id)])
        self.assertEqual(len(mails), 4)
        self.assertEqual(set(mails.mapped("state")), {"outgoing"})
        self.assertEqual(lines.contact_id.partner_id, self.people)
        self.assertEqual(message.queued_count, 4)

    def test_a_store_writes_to_its_own_people_whoever_sends(self):
        head = self.users["head_office"]
        both = self.stores[1] | self.stores[2]
        for company, people in (
            (self.store, self.people),
            (self.group, self.people | self.stranger),
        ):
            message = self._message(head, company_id=company.id).with_context(
                allowed_company_ids=(self.group | both).ids
            )
            message.action_start()
            lines = message.sudo().recipient_ids
            with self.subTest(company=company.name):
                self.assertEqual(lines.partner_id, people)

    def test_each_sms_goes_into_the_queue_once(self):
        message = self._message()
        mailing = self._send(message)
        sms = self.env["sms.sms"].search([("mailing_id", "=", mailing.id)])
        self.assertEqual(
            sorted(sms.mapped("number")), sorted(self.people.mapped("phone_sanitized"))
        )
        self.assertEqual(sms.auto_company_id, self.store)
        self.assertEqual(len(self._lines(message, "queued").trace_id), 4)
        with self.assertRaises(UserError):
            message.action_start()

    def test_consent_and_limit(self):
        refused, capped, twin, plain = self.people
        self.env["auto.consent"].create(
            {
                "partner_id": refused.id,
                "channel": "sms",
                "purpose": "marketing",
                "state": "withdrawn",
            }
        )
        # Another store has written to this one often enough.
        self.env["auto.contact"].create(
            [
                {"partner_id": capped.id, "company_id": self.stores[2].id}
                for _time in range(2)
            ]
        )
        twin.phone = plain.phone
        message = self._message(holdout_percent=50)
        told = message.action_preview()["params"]["message"]
        self.assertEqual(
            sorted(part.rsplit(": ", 1)[1] for part in told.split(" · ")),
            ["0", "1", "1", "1", "1"],
        )
        message.holdout_percent = 0
        self._send(message)
        reasons = {
            line.partner_id: line.reason for line in self._lines(message, "skipped")
        }
        self.assertEqual(reasons.pop(refused), "refused")
        self.assertEqual(reasons.pop(capped), "capped")
        self.assertEqual(list(reasons.values()), ["duplicate"])
        # A reminder of the own car is no marketing.
        service = self._message(purpose="service")
        self._send(service)
        self.assertEqual(len(self._lines(service, "queued")), 3)

    def test_asks_again_when_it_is_sent(self):
        message = self._message()
        message.action_start()
        self.people[0].action_auto_opt_out()
        system = message.sudo().with_user(self.env.ref("base.user_root"))
        system._send_batch(10)
        line = self._lines(message, "skipped")
        self.assertEqual((line.partner_id, line.reason), (self.people[0], "refused"))
        self.assertEqual(len(self._lines(message, "queued")), 3)

    def test_consent_required(self):
        self.store.auto_consent_required = True
        with self.assertRaises(UserError):
            self._message().action_start()
        self.env["auto.consent"].create(
            {
                "partner_id": self.people[1].id,
                "channel": "all",
                "purpose": "marketing",
                "state": "given",
            }
        )
        message = self._message()
        self._send(message)
        self.assertEqual(self._lines(message, "queued").partner_id, self.people[1])
        self.assertEqual(
            set(self._lines(message, "skipped").mapped("reason")), {"not_asked"}
        )

    def test_held_out_by_lot_that_can_be_drawn_again(self):
        people = self.people | self._people(self.store, 36, "138001392")
        message = self._message(holdout_percent=25)
        self._send(message)
        held = self._lines(message, "held_out").partner_id
        self.assertEqual(len(held), 10)
        self.assertEqual(
            sorted(held.ids), sorted(message._draw(people.ids, message.seed))
        )
        sms = self.env["sms.sms"].search(
            [("mailing_id", "=", message.sudo().mailing_id.id)]
        )
        self.assertFalse(
            set(sms.mapped("number")) & set(held.mapped("phone_sanitized"))
        )
        mailed = self._lines(message, "queued").partner_id
        for partner in mailed[:15] | held[:1]:
            self.env["auto.contact"].create(
                {"partner_id": partner.id, "direction": "in"}
            )
        lead = self.env["crm.lead"].create(
            {"name": "New", "partner_id": mailed[0].id, "company_id": self.store.id}
        )
        self.assertTrue(lead)
        # One transaction has one time; in life the prospect comes later.
        message.sudo().date_start = fields.Datetime.subtract(
            fields.Datetime.now(), hours=1
        )
        lift = message._lift()
        self.assertEqual(
            lift["mailed"], {"people": 30, "contacts": 15, "leads": 1, "orders": 0}
        )
        self.assertEqual(lift["held"]["contacts"], 1)
        self.assertEqual(lift["held"]["people"], 10)
        # Ten people are too few for a lift.
        self.assertIn("–", message.lift_html)
        self.assertNotIn("+40.0", message.lift_html)

    def test_opt_out_by_link_comes_back(self):
        message = self._message(channel="email")
        self._send(message)
        person = self.people[0]
        self.env["mail.blacklist"].sudo()._add(person.email_normalized)
        contact = self.env["auto.contact"].search(
            [("partner_id", "=", person.id), ("result", "=", "opt_out")]
        )
        self.assertEqual(len(contact), 1)
        self.env.invalidate_all()
        self.assertFalse(person._may_contact("sms"))
        self.assertTrue(self._lines(message, "queued").filtered("reply_date"))

    def test_an_answer_by_mail_comes_back(self):
        message = self._message(channel="email")
        self._send(message)
        line = self._lines(message, "queued")[0]
        line.trace_id.set_replied()
        line.trace_id.set_replied()
        contacts = self.env["auto.contact"].search(
            [("partner_id", "=", line.partner_id.id), ("direction", "=", "in")]
        )
        self.assertEqual(len(contacts), 1)
        self.assertEqual(message.reply_count, 1)
        self.assertTrue(line.partner_id.activity_ids)

    def test_the_text_of_a_mail_comes_back_to_the_prospect(self):
        message = self._message(channel="email")
        mailing = self._send(message)
        first, second = self._lines(message, "queued")[:2]
        lead = self.env["crm.lead"].create(
            {
                "name": "Open one",
                "type": "opportunity",
                "partner_id": first.partner_id.id,
                "company_id": self.store.id,
                "user_id": self.users["consultant", 1].id,
            }
        )

        def answer(line, number, text):
            self.env["mail.thread"].message_process(
                "res.partner",
                MAIL.format(
                    sender=line.partner_id.email,
                    number=number,
                    reference=line.trace_id.message_id,
                    text=text,
                ),
            )

        def said(line):
            return self.env["auto.contact"].search(
                [("partner_id", "=", line.partner_id.id), ("direction", "=", "in")],
                order="id",
            )

        with mute_logger("odoo.addons.mail.models.mail_thread"):
            answer(first, 1, "What does it cost?")
            answer(first, 2, "And when?")
            answer(second, 3, "退订")
        self.assertEqual(mailing.mailing_trace_ids, message.recipient_ids.trace_id)
        self.assertEqual(
            said(first).mapped("summary"), ["What does it cost?", "And when?"]
        )
        self.assertEqual(said(first).lead_id, lead)
        self.assertEqual(lead.activity_ids.user_id, lead.user_id)
        self.assertEqual(said(second).result, "opt_out")
        self.assertFalse(second.partner_id._may_contact("email"))

    def test_steps_are_not_skipped(self):
        message = self._message()
        for values in ({"state": "done"}, {"seed": 1}, {"mailing_id": False}):
            with self.subTest(values=values), self.assertRaises(UserError):
                message.write(values)
        self.assertEqual(self._message(state="done", seed=5).state, "draft")
        message.action_start()
        with self.assertRaises(UserError):
            message.body_text = "Something else"
        with self.assertRaises(UserError):
            message.unlink()
        with self.assertRaises(AccessError):
            message.recipient_ids[0].with_user(self.manager).state = "skipped"
        message.action_stop()
        self.assertFalse(self._lines(message, "planned"))
        self._message().unlink()

    def test_a_message_needs_its_text(self):
        with self.assertRaises(ValidationError):
            self._message(body_text=" ").action_start()
        with self.assertRaises(ValidationError):
            self._message(channel="email", subject="").action_start()

    def test_rights(self):
        message = self._message()
        for user, may in (
            (self.users["sales_manager", 1], True),
            (self.users["consultant", 1], False),
            (self.users["callcentre", 1], False),
            (self.users["store_manager", 2], False),
            (self.users["auditor"], False),
        ):
            seen = message.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
            with self.subTest(user=user.login):
                self.assertEqual(seen.has_access("write"), may)
        auditor = self.users["auditor"]
        seen = message.with_user(auditor).with_context(
            allowed_company_ids=auditor.company_ids.ids
        )
        self.assertTrue(seen.has_access("read"))
        # A segment of another store finds nobody here.
        foreign = self.env["auto.segment"].create(
            {"name": "F", "scope": "store", "company_id": self.stores[2].id}
        )
        with self.assertRaises(ValidationError):
            self._message(segment_id=foreign.id)

    def test_failed_mails_are_tried_again(self):
        message = self._message(channel="email")
        mailing = self._send(message)
        mails = self.env["mail.mail"].search([("mailing_id", "=", mailing.id)])
        mails.write({"state": "exception", "failure_type": "mail_smtp"})
        mails[0].failure_type = False  # a worker died: it may have gone out
        self.env["mail.mail"]._cron_auto_retry()
        self.assertEqual(set(mails.mapped("state")), {"exception"})
        mails.filtered("auto_retry_date").auto_retry_date = fields.Datetime.now()
        self.env["mail.mail"]._cron_auto_retry()
        self.assertEqual(mails[0].state, "exception")
        self.assertEqual(set(mails[1:].mapped("state")), {"outgoing"})
        self.assertEqual(set(mails[1:].mapped("auto_tries")), {1})

    def test_two_workers_hand_over_once(self):
        message = self._message()
        message.action_start()
        jobs = self.env["auto.bulk.message"]
        with db_connect(self.env.cr.dbname).cursor() as other:
            other.execute("SELECT pg_advisory_lock(%s)", [SEND_LOCK])
            jobs._cron_send()
            self.assertEqual(len(self._lines(message, "planned")), 4)
            other.execute("SELECT pg_advisory_unlock(%s)", [SEND_LOCK])
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_campaign.cron_bulk_send").method_direct_trigger()
            self.env.ref("auto_crm_campaign.cron_bulk_send").method_direct_trigger()
        self.assertEqual(message.state, "done")
        sms = self.env["sms.sms"].search(
            [("mailing_id", "=", message.sudo().mailing_id.id)]
        )
        self.assertEqual(len(sms), 4)

    def test_one_that_fails_does_not_stop_the_others(self):
        broken, fine = self._message(), self._message()
        (broken | fine).action_start()
        broken.sudo().mailing_id.body_plaintext = "{{ object.nothing_like_it }}"
        with self.enter_registry_test_mode(), mute_logger(LOGGER):
            self.env.ref("auto_crm_campaign.cron_bulk_send").method_direct_trigger()
        self.assertEqual(broken.state, "queued")
        self.assertTrue(broken.error)
        self.assertEqual(fine.state, "done")
        self.assertEqual(fine.queued_count, 4)
