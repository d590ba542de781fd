from contextlib import contextmanager
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged, warmup

from .common import MemberMoneyCase


@tagged("post_install", "-at_install")
class TestTiers(MemberMoneyCase):
    """Tiers follow what members spend and how often they come."""

    def test_up_at_once_down_after_the_keep_period(self):
        member = self._enrol()
        self._invoice(1200)
        member._set_tiers()
        self.assertEqual(member.tier_id, self.tiers[1])
        self.assertEqual((member.spend, member.visits), (1200, 1))
        today = fields.Date.context_today(member)
        self.assertEqual(member.tier_until, fields.Date.add(today, months=12))
        entry = member.history_ids.sorted()[0]
        self.assertEqual((entry.direction, entry.spend, entry.visits), ("up", 1200, 1))
        self.assertIn("Silver", member.message_ids[0].body)
        member._set_tiers()
        self.assertEqual(len(member.history_ids), 2, "nothing new, nothing written")
        with freeze_time(fields.Date.add(today, months=12, days=-1)):
            member._set_tiers()
            self.assertEqual(member.tier_id, self.tiers[1], "kept until the day")
        with freeze_time(fields.Date.add(today, months=12, days=2)):
            member._set_tiers()
            self.assertEqual(member.tier_id, self.tiers[0], "what was spent is old")
            self.assertEqual(member.history_ids.sorted()[0].direction, "down")

    def test_kept_for_another_while_when_reached_again(self):
        member = self._enrol(tier=1)
        today = fields.Date.context_today(member)
        member._set({"tier_until": fields.Date.subtract(today, days=1)})
        self._invoice(1000)
        member._set_tiers()
        self.assertEqual(member.tier_id, self.tiers[1])
        self.assertEqual(member.tier_until, fields.Date.add(today, months=12))
        self.assertEqual(len(member.history_ids), 1)

    def test_visits_are_days(self):
        member = self._enrol()
        for days in (1, 1, 5):
            self._invoice(10, days=days)
        member._set_tiers()
        self.assertEqual(member.tier_id, self.tiers[0], "two days only")
        self._invoice(10, days=9)
        member._set_tiers()
        self.assertEqual(member.tier_id, self.tiers[1])

    def test_both_needed(self):
        self.tiers[1].match = "all"
        member = self._enrol()
        self._invoice(1500)
        member._set_tiers()
        self.assertEqual(member.tier_id, self.tiers[0])
        self._invoice(1, days=2)
        self._invoice(1, days=3)
        member._set_tiers()
        self.assertEqual(member.tier_id, self.tiers[1])

    def test_old_cars_and_credit_do_not_count(self):
        member = self._enrol()
        self._invoice(9000, days=400)
        self._invoice(90000, product=self.car)
        self._invoice(1200, days=3)
        self._invoice(300, days=2, kind="out_refund")
        totals = member._tier_totals()
        self.assertEqual(totals[member, 12], [900, 2])
        self.program.count_cars = True
        self.assertEqual(member._tier_totals()[member, 12], [90900, 2])

    def test_company_of_the_member(self):
        company = self.env["res.partner"].create(
            {"name": "Fleet Ltd.", "is_company": True, "is_auto_customer": True}
        )
        self.partner.parent_id = company
        member = self._enrol()
        self._invoice(5000, partner=company)
        member._set_tiers()
        self.assertEqual(member.tier_id, self.tiers[2])

    def test_job_goes_on_where_it_stopped(self):
        members = self._enrol() | self._enrol(self.partners[1])
        for partner in self.partners[:2]:
            self._invoice(1000, partner=partner)
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_member.ir_cron_member_tiers").method_direct_trigger()
        self.assertEqual(members.tier_id, self.tiers[1])

    def test_person_gives_a_tier(self):
        member = self._enrol()
        today = fields.Date.context_today(member)
        as_adviser = self._as(member, self.adviser)
        with self.assertRaises(AccessError):
            as_adviser._change_tier(self.tiers[2], "Because")
        with self.assertRaises(AccessError):
            as_adviser.action_change_tier()
        by_manager = self._as(member, self.manager)
        with self.assertRaisesRegex(UserError, "why"):
            by_manager._change_tier(self.tiers[2], " ")
        with self.assertRaisesRegex(UserError, "today or later"):
            by_manager._change_tier(
                self.tiers[2], "Gift", until=fields.Date.subtract(today, days=1)
            )
        wizard = by_manager.env["auto.member.tier.change"].create(
            {
                "member_id": member.id,
                "tier_id": self.tiers[2].id,
                "reason": "A long wait for a part",
            }
        )
        wizard.action_change()
        self.assertEqual(member.tier_id, self.tiers[2])
        self.assertEqual(
            member.history_ids.sorted()[0].reason, "A long wait for a part"
        )
        self.assertEqual(member.history_ids.sorted()[0].user_id, self.manager)
        member._set_tiers()
        self.assertEqual(member.tier_id, self.tiers[2], "kept for its time")

    def test_history_stays(self):
        entry = self._enrol().history_ids
        with self.assertRaises(UserError):
            entry.unlink()
        with self.assertRaises(UserError):
            entry.write({"tier_id": self.tiers[2].id})
        with self.assertRaises(AccessError):
            self._as(entry, self.users["store_manager", 1]).create(
                {
                    "member_id": entry.member_id.id,
                    "tier_id": self.tiers[2].id,
                    "direction": "up",
                }
            )

    def test_congratulates_whom_it_may(self):
        member = self._enrol()
        self.partner.write(
            {"phone": "+86 138 0013 8999", "user_id": self.users["consultant", 1].id}
        )
        member._give_tier(self.tiers[1])
        activity = member.activity_ids
        self.assertEqual(activity.user_id, self.users["consultant", 1])
        activity.unlink()
        self.partner.email = "owner@example.com"
        with self.mock_mail() as sent:
            member._give_tier(self.tiers[2])
        self.assertEqual(len(sent), 1)
        self.assertFalse(member.activity_ids)
        self.partner._auto_opt_out()
        member._give_tier(self.tiers[1])
        with self.mock_mail() as sent:
            member._give_tier(self.tiers[2])
        self.assertFalse(sent)
        self.assertFalse(member.activity_ids)

    def mock_mail(self):
        """Collect the e-mails that templates would send."""

        @contextmanager
        def collect():
            sent = []
            template = self.env.registry["mail.template"]
            with patch.object(
                template,
                "send_mail",
                lambda self, res_id, **kwargs: sent.append((self, res_id)),
            ):
                yield sent

        return collect()

    def test_bad_configuration(self):
        with self.assertRaisesRegex(ValidationError, "everybody begins"):
            self.tiers[0].spend_min = 5
        with self.assertRaisesRegex(ValidationError, "how many percent"):
            self.env["auto.member.tier.benefit"].create(
                {"tier_id": self.tiers[0].id, "benefit_id": self.labour.id}
            )
        with self.assertRaisesRegex(ValidationError, "type loyalty"):
            self.env["loyalty.program"].create(
                {
                    "name": "Wrong",
                    "program_type": "promotion",
                    "is_member_program": True,
                }
            )
        self._enrol()
        with self.assertRaisesRegex(ValidationError, "has members"):
            self.program.is_member_program = False
        with self.assertRaisesRegex(UserError, "archive it instead"):
            self.tiers[0].unlink()

    @warmup
    def test_query_budget(self):
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Owner {number}",
                    "is_auto_customer": True,
                    "store_ids": [(6, 0, self.store.ids)],
                }
                for number in range(60)
            ]
        )
        members = self.env["auto.member"]._enrol(partners, self.program, self.store)
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(12):
            members._set_tiers()
            self.env.flush_all()
