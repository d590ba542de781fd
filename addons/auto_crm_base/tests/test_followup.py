from itertools import count

import psycopg2
from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, TransactionCase, freeze_time, tagged, warmup
from odoo.tools import mute_logger

from .common import AutoCase


class FollowupCase(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # Only the rules of the tests, on customers and cars of the tests: what a
        # database already holds would be due as well.
        cls.env["auto.followup.rule"].search([]).action_archive()
        cls.env.flush_all()
        cls.env.cr.execute("UPDATE auto_vehicle SET active = false WHERE active")
        cls.env.cr.execute(
            "UPDATE res_partner SET is_auto_customer = false WHERE is_auto_customer"
        )
        cls.env.invalidate_all()
        cls.today = fields.Date.context_today(cls.env.user)
        cls.consultant = cls.users["consultant", 1]
        cls.manager = cls.users["store_manager", 1]

    @classmethod
    def customer(cls, name="Customer", store=1, user=None, **vals):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_auto_customer": True,
                "auto_store_id": cls.stores[store].id,
                "store_ids": [fields.Command.set(cls.stores[store].ids)],
                "user_id": (user or cls.users["consultant", store]).id,
                **vals,
            }
        )

    plates = count(1)

    @classmethod
    def vehicle(cls, owner, store=1, **vals):
        return cls.env["auto.vehicle"].create(
            {
                "owner_id": owner.id,
                "company_id": cls.stores[store].id,
                "sale_state": "delivered",
                "license_plate": f"浙T{next(cls.plates):05}",
                **vals,
            }
        )

    @classmethod
    def rule(cls, **vals):
        target = vals.setdefault("target", "vehicle")
        name = vals.pop("date", None)
        if name:
            model = "auto.vehicle" if target == "vehicle" else "res.partner"
            vals["date_field_id"] = cls.env["ir.model.fields"]._get(model, name).id
        return cls.env["auto.followup.rule"].create({"name": "Rule", **vals})

    def generate(self, rule):
        rule._generate()
        return rule.followup_ids

    def days(self, number):
        return self.today + relativedelta(days=number)


@tagged("post_install", "-at_install")
class TestFollowup(FollowupCase):
    def test_date_of_a_vehicle(self):
        rule = self.rule(date="warranty_end_date", offset=-30, window_days=5)
        owner = self.customer()
        for days, due in ((30, True), (25, True), (24, False), (31, False)):
            with self.subTest(days=days):
                owner = self.customer()
                car = self.vehicle(owner, warranty_end_date=self.days(days))
                rule._generate()
                followup = rule.followup_ids.filtered(
                    lambda f, c=car: f.vehicle_id == c
                )
                self.assertEqual(bool(followup), due)
                if due:
                    self.assertEqual(followup.date_due, self.days(days - 30))
                    self.assertEqual(followup.partner_id, owner)
                    self.assertEqual(followup.user_id, self.consultant)
                    self.assertEqual(followup.company_id, self.stores[1])
                    activity = followup.activity_ids
                    self.assertEqual(activity.user_id, self.consultant)
                    self.assertEqual(activity.date_deadline, followup.date_due)

    def test_head_office_chooses_the_date_of_a_rule(self):
        names = (
            self.env["ir.model.fields"]
            .with_user(self.users["head_office"])
            .name_search("", [("model", "=", "auto.vehicle"), ("ttype", "=", "date")])
        )
        self.assertIn(
            self.env.ref("auto_crm_base.field_auto_vehicle__delivery_date").id,
            dict(names),
        )

    def test_yearly(self):
        rule = self.rule(
            target="customer", date="birthday", repeat_yearly=True, window_days=3
        )
        due = self.customer("due", birthday=self.today - relativedelta(years=40))
        late = self.customer(
            "late", birthday=self.today - relativedelta(years=41, days=3)
        )
        leap = self.customer("leap", birthday="1988-02-29")
        self.customer("other", birthday=self.today - relativedelta(years=40, days=30))
        self.customer("born today", birthday=self.today)
        found = self.generate(rule).partner_id
        self.assertEqual(found - leap, due | late)

    def test_yearly_again_next_year(self):
        rule = self.rule(date="delivery_date", repeat_yearly=True, quiet_days=0)
        car = self.vehicle(
            self.customer(), delivery_date=self.today - relativedelta(years=2)
        )
        first = self.generate(rule)
        self.assertEqual(len(first), 1)
        first._done("reached")
        self.assertEqual(self.generate(rule), first, "not twice for one anniversary")
        car.delivery_date = self.today - relativedelta(years=2, days=1)
        self.assertEqual(len(self.generate(rule)), 2, "another date is another one")

    def test_leap_day(self):
        rule = self.rule(
            target="customer", date="birthday", repeat_yearly=True, window_days=0
        )
        partner = self.customer(birthday="1988-02-29")
        with freeze_time("2027-02-28 03:00:00"):
            self.assertEqual(self.generate(rule).partner_id, partner)

    def test_repurchase(self):
        rule = self.env.ref("auto_crm_base.followup_rule_repurchase")
        rule.action_unarchive()
        young = self.vehicle(
            self.customer(),
            delivery_date=self.today - relativedelta(years=3, months=11),
        )
        due = self.vehicle(
            self.customer(), delivery_date=self.today - relativedelta(years=4, months=6)
        )
        old = self.vehicle(
            self.customer(), delivery_date=self.today - relativedelta(years=5, months=1)
        )
        found = self.generate(rule).vehicle_id
        self.assertEqual(found & (young | due | old), due)

    def test_seeded_rules(self):
        for code in ("birthday", "delivery_anniversary", "inactive", "repurchase"):
            rule = self.env.ref(f"auto_crm_base.followup_rule_{code}")
            rule.action_unarchive()
            rule._generate()
            self.assertTrue(rule.script)

    def test_odometer(self):
        rule = self.rule(trigger="odometer", window_days=30)
        car = self.vehicle(self.customer(), next_service_odometer=20000)
        for days, value in ((200, 10000), (0, 20000)):
            car._record_odometer(value, self.days(-days), "manual")
        far = self.vehicle(self.customer(), next_service_odometer=90000)
        for days, value in ((200, 10000), (0, 20000)):
            far._record_odometer(value, self.days(-days), "manual")
        self.env.flush_all()
        followups = self.generate(rule)
        self.assertEqual(followups.vehicle_id, car)
        self.assertEqual(followups.date_due, car._date_for_odometer(20000))

    def test_odometer_as_the_vehicle_estimates(self):
        car = self.vehicle(self.customer(), next_service_odometer=23456)
        for days, value in ((300, 10000), (10, 20000)):
            car._record_odometer(value, self.days(-days), "manual")
        rule = self.rule(trigger="odometer")
        [row] = [
            row
            for row in rule._due_rows(until=self.days(400))
            if row["target_id"] == car.id
        ]
        self.assertEqual(row["date_due"], car._date_for_odometer(23456))

    def test_event(self):
        rule = self.rule(trigger="event", event_kind="plate", offset=3)
        car = self.vehicle(self.customer())
        car._log_event(
            "plate", "new plate", date=fields.Datetime.now() - relativedelta(days=3)
        )
        self.vehicle(self.customer())._log_event("plate", "today")
        self.assertEqual(self.generate(rule).vehicle_id, car)

    def test_inactivity(self):
        rule = self.rule(
            target="customer", trigger="inactivity", offset=90, window_days=60
        )

        def spoken(partner, *days):
            self.env["auto.contact"].create(
                [
                    {
                        "partner_id": partner.id,
                        "company_id": self.stores[1].id,
                        "date": fields.Datetime.now() - relativedelta(days=number),
                    }
                    for number in days
                ]
            )

        silent, spoke, gone, new = (self.customer(name) for name in "abcd")
        spoken(silent, 100, 130)
        spoken(spoke, 100, 10)
        spoken(gone, 300)
        followups = self.generate(rule)
        self.assertEqual(followups.partner_id, silent)
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = now() - interval '95 days'"
            " WHERE id = %s",
            [new.id],
        )
        self.assertEqual(self.generate(rule).partner_id, silent | new)

    def test_condition(self):
        keep = self.customer("keep me")
        other = self.customer("not me")
        for partner in keep, other:
            self.vehicle(partner, warranty_end_date=self.today)
        rule = self.rule(
            date="warranty_end_date", domain="[('owner_id.name', '=', 'keep me')]"
        )
        self.assertEqual(self.generate(rule).partner_id, keep)
        with self.assertRaises(ValidationError):
            rule.domain = "[('nonsense', '=', 1)]"
        with self.assertRaises(ValidationError):
            rule.domain = "os.system('x')"

    def test_store(self):
        rule = self.rule(date="warranty_end_date", company_id=self.stores[2].id)
        self.vehicle(self.customer(), warranty_end_date=self.today)
        other = self.vehicle(
            self.customer(store=2), store=2, warranty_end_date=self.today
        )
        self.assertEqual(self.generate(rule).vehicle_id, other)

    def test_bad_rules(self):
        for vals in (
            {"date": "write_date", "target": "vehicle", "trigger": "event"},
            {"trigger": "date"},
            {"trigger": "inactivity"},
            {"trigger": "odometer", "target": "customer"},
            {"date": "warranty_end_date", "assignee": "user"},
            {"date": "warranty_end_date", "assignee": "role"},
        ):
            with self.subTest(vals=vals), self.assertRaises(ValidationError):
                self.rule(**vals)

    def test_idempotent(self):
        rule = self.rule(date="warranty_end_date")
        self.vehicle(self.customer(), warranty_end_date=self.today)
        first = self.generate(rule)
        self.assertEqual(len(first), 1)
        self.assertEqual(self.generate(rule), first)
        first._skip("not wanted")
        self.assertEqual(self.generate(rule), first)
        self.assertEqual(len(first.with_context(active_test=False).activity_ids), 0)

    def test_database_keeps_one_open(self):
        rule = self.rule(date="warranty_end_date")
        self.vehicle(self.customer(), warranty_end_date=self.today)
        followup = self.generate(rule)
        for extra in ({"date_due": self.days(1)}, {}):
            with (
                mute_logger("odoo.sql_db"),
                self.assertRaises(psycopg2.IntegrityError),
                self.cr.savepoint(),
            ):
                followup.create(
                    {
                        "rule_id": rule.id,
                        "partner_id": followup.partner_id.id,
                        "vehicle_id": followup.vehicle_id.id,
                        "company_id": followup.company_id.id,
                        "date_due": self.today,
                        **extra,
                    }
                )

    def test_no_two_nags(self):
        owner = self.customer()
        cars = self.vehicle(
            owner, warranty_end_date=self.today, insurance_end_date=self.today
        ) | self.vehicle(owner, warranty_end_date=self.today)
        one = self.rule(date="warranty_end_date", quiet_days=5)
        two = self.rule(date="insurance_end_date", quiet_days=5)
        first = self.generate(one)
        self.assertEqual(len(first), 1, "one car of the two")
        self.assertFalse(self.generate(two))
        first._done("reached")
        self.assertEqual(self.generate(one), first, "quiet days")
        loud = self.rule(date="warranty_end_date", quiet_days=0)
        self.assertEqual(self.generate(loud).vehicle_id, cars)

    def test_who_does_it(self):
        role = self.env.ref("auto_crm_base.group_callcentre")
        second = self._new_user(
            "callcentre", "test_callcentre_1b", self.stores[1], self.stores[1]
        )
        owners = [self.customer(str(number)) for number in range(4)]
        left = self.customer("consultant left", user=self.users["consultant", 2])
        owners.append(left)
        for owner in owners:
            self.vehicle(owner, warranty_end_date=self.today)
        cases = (
            ({"assignee": "store_manager"}, self.manager, self.manager),
            ({"assignee": "consultant"}, self.consultant, self.manager),
            (
                {"assignee": "user", "user_id": self.users["adviser", 1].id},
                self.users["adviser", 1],
                self.users["adviser", 1],
            ),
        )
        for vals, expected, expected_left in cases:
            with self.subTest(vals=vals):
                rule = self.rule(date="warranty_end_date", quiet_days=0, **vals)
                followups = self.generate(rule)
                self.assertEqual(len(followups), 5)
                of_left = followups.filtered(lambda f: f.partner_id == left)
                self.assertEqual((followups - of_left).user_id, expected)
                self.assertEqual(of_left.user_id, expected_left)
        rule = self.rule(
            date="warranty_end_date", quiet_days=0, assignee="role", group_id=role.id
        )
        followups = self.generate(rule)
        people = followups.grouped("user_id")
        self.assertEqual(set(people), {self.users["callcentre", 1], second})
        self.assertEqual(sorted(map(len, people.values())), [2, 3])
        followup = people[second][0].with_user(second)
        self.assertTrue(followup.partner_id.name, "who must call sees the customer")

    def test_one_digest(self):
        rule = self.rule(date="warranty_end_date")
        for number in range(4):
            self.vehicle(self.customer(str(number)), warranty_end_date=self.today)
        self.generate(rule)
        messages = self.env["mail.message"]
        before = messages.search_count([])
        digests = list(self.env["auto.followup"]._send_digests())
        self.assertIn(4, digests)
        told = messages.search_count([]) - before
        self.assertEqual(told, len(digests))
        self.assertFalse(list(self.env["auto.followup"]._send_digests()))

    def test_done(self):
        rule = self.rule(date="warranty_end_date")
        self.vehicle(self.customer(), warranty_end_date=self.today)
        followup = self.generate(rule).with_user(self.consultant)
        action = followup.action_done()
        form = Form(
            self.env["auto.followup.close"]
            .with_user(self.consultant)
            .with_context(**action["context"])
        )
        form.note = "Will come on Friday"
        form.result = "appointment"
        self.assertFalse(form.retry_date)
        form.save().action_confirm()
        self.assertEqual(followup.state, "done")
        self.assertEqual(followup.result, "appointment")
        self.assertEqual(followup.done_by, self.consultant)
        contact = followup.contact_id
        self.assertEqual(contact.partner_id, followup.partner_id)
        self.assertEqual(contact.result, "appointment")
        self.assertEqual(contact.summary, "Will come on Friday")
        self.assertEqual(
            (contact.res_model, contact.res_id), (followup._name, followup.id)
        )
        self.assertFalse(followup.sudo().activity_ids)
        with self.assertRaisesRegex(UserError, "closed already"):
            followup._done("reached")

    def test_no_answer_comes_back(self):
        rule = self.rule(date="warranty_end_date")
        self.vehicle(self.customer(), warranty_end_date=self.today)
        followup = self.generate(rule).with_user(self.consultant)
        form = Form(
            self.env["auto.followup.close"]
            .with_user(self.consultant)
            .with_context(default_followup_id=followup.id)
        )
        form.result = "no_answer"
        self.assertEqual(form.retry_date, self.days(1))
        form.save().action_confirm()
        self.assertEqual(followup.state, "open")
        self.assertEqual(followup.date_due, self.days(1))
        self.assertEqual(followup.date_occurrence, self.today)
        self.assertEqual(followup.activity_ids.date_deadline, self.days(1))
        logged = self.env["auto.contact"].search(
            [("partner_id", "=", followup.partner_id.id)]
        )
        self.assertEqual(logged.result, "no_answer")
        with self.assertRaises(UserError):
            followup._retry(self.days(-1), "no_answer")

    def test_skip(self):
        rule = self.rule(date="warranty_end_date")
        self.vehicle(self.customer(), warranty_end_date=self.today)
        followup = self.generate(rule).with_user(self.consultant)
        with self.assertRaises(UserError):
            followup._skip(" ")
        followup._skip("Moved away")
        self.assertEqual(followup.state, "skipped")
        self.assertEqual(followup.result_note, "Moved away")
        self.assertFalse(followup.sudo().activity_ids)

    def test_closed_only_by_method(self):
        rule = self.rule(date="warranty_end_date")
        self.vehicle(self.customer(), warranty_end_date=self.today)
        followup = self.generate(rule)
        for values in ({"state": "done"}, {"result": "reached"}, {"rule_id": rule.id}):
            with self.assertRaises(UserError):
                followup.with_user(self.manager).write(values)
            with self.assertRaises(UserError):
                followup.with_context(auto_followup_close=True).write(values)
        with self.assertRaises(AccessError):
            followup.with_user(self.manager).unlink()
        with self.assertRaises(ValidationError):
            followup.with_user(self.manager).user_id = self.users["consultant", 2]
        followup.with_user(self.manager).user_id = self.users["adviser", 1]
        self.assertEqual(followup.activity_ids.user_id, self.users["adviser", 1])

    def test_closed_by_what_happens_to_the_car(self):
        def open_followup(**vals):
            owner = self.customer()
            car = self.vehicle(owner, warranty_end_date=self.today)
            rule = self.rule(date="warranty_end_date", **vals)
            rule._generate()
            return car, rule.followup_ids.filtered(lambda f: f.vehicle_id == car)

        car, followup = open_followup()
        car._change_owner(self.customer("buyer"), self.today, "sold on")
        self.assertEqual(followup.state, "skipped")
        self.assertEqual(followup.result, "void")
        self.assertFalse(followup.activity_ids)

        car, followup = open_followup()
        car.action_archive()
        self.assertEqual(followup.state, "skipped")

        car, followup = open_followup(close_on_sale=True)
        car.sale_state = "sold"
        self.assertEqual(followup.state, "skipped")

        car, followup = open_followup(
            close_on_transfer=False, close_on_scrap=False, close_on_sale=False
        )
        car._change_owner(self.customer("buyer"), self.today, "sold on")
        car.sale_state = "sold"
        car.action_archive()
        self.assertEqual(followup.state, "open")

    def test_closed_when_the_date_is_moved(self):
        """Nobody calls about an insurance that was renewed."""
        rule = self.rule(date="insurance_end_date", offset=-45, window_days=45)
        car = self.vehicle(self.customer(), insurance_end_date=self.days(20))
        other = self.vehicle(self.customer(), insurance_end_date=self.days(20))
        self.assertEqual(rule._generate(), 2)
        followup = rule.followup_ids.filtered(lambda f: f.vehicle_id == car)
        car.insurance_end_date = self.days(385)
        other.insurance_end_date = self.days(19)
        rule._generate()
        self.assertEqual((followup.state, followup.result), ("skipped", "void"))
        self.assertTrue((rule.followup_ids - followup).is_open, "due all the same")
        with freeze_time(fields.Datetime.now() + relativedelta(days=345)):
            self.assertEqual(rule._generate(), 1, "next year again")

    def test_refusal_closes_what_it_concerns(self):
        owner = self.customer()
        self.vehicle(owner, warranty_end_date=self.today)
        advert = self.rule(date="warranty_end_date", quiet_days=0, purpose="marketing")
        service = self.rule(date="warranty_end_date", quiet_days=0)
        other = self.rule(date="warranty_end_date", quiet_days=0)
        (advert | service | other)._generate()
        talk = service.followup_ids
        talk.with_user(self.consultant)._done("opt_out", "No more calls")
        self.assertEqual((talk.state, talk.result), ("done", "opt_out"))
        self.assertFalse(talk.activity_ids)
        self.assertEqual(advert.followup_ids.result, "void")
        self.assertEqual(other.followup_ids.result, "void", "of the same purpose")
        self.assertFalse(owner._may_contact("phone", "service"))
        self.assertTrue(owner._may_contact("email", "service"), "he said: no calls")
        self.assertFalse(owner._may_contact("phone", "survey"))

    def test_recall_goes_on_after_a_refusal(self):
        owner = self.customer()
        self.vehicle(owner, warranty_end_date=self.today)
        rule = self.rule(date="warranty_end_date", subject="recall")
        rule._generate()
        rule.followup_ids._done("opt_out", "No more calls")
        self.assertTrue(owner._may_contact("phone", "service"))
        self.assertFalse(owner._may_contact("phone"))

    def test_escalation_once(self):
        rule = self.rule(date="warranty_end_date", escalate_days=7)
        self.vehicle(self.customer(), warranty_end_date=self.days(-8))
        self.vehicle(self.customer(), warranty_end_date=self.days(-7))
        followups = self.generate(rule)
        late = followups.filtered(lambda f: f.date_due == self.days(-8))
        with self.enter_registry_test_mode():
            self.env.ref(
                "auto_crm_base.ir_cron_followup_escalate"
            ).method_direct_trigger()
        self.assertEqual(late.state, "escalated")
        self.assertEqual((followups - late).state, "open")
        self.assertEqual(late.user_id, self.manager)
        self.assertEqual(late.activity_ids.user_id, self.manager)
        late.user_id = self.users["sales_manager", 1]
        with self.enter_registry_test_mode():
            self.env.ref(
                "auto_crm_base.ir_cron_followup_escalate"
            ).method_direct_trigger()
        self.assertEqual(late.user_id, self.users["sales_manager", 1])
        late.with_user(self.manager)._done("reached")
        self.assertEqual(late.state, "done")

    def test_who_sees(self):
        rule = self.rule(date="warranty_end_date")
        self.vehicle(self.customer(), warranty_end_date=self.today)
        followup = self.generate(rule)
        for user, sees in (
            (self.consultant, True),
            (self.manager, True),
            (self.users["sales_manager", 1], True),
            (self.users["service_manager", 1], True),
            (self.users["head_office"], True),
            (self.users["auditor"], True),
            (self.users["adviser", 1], False),
            (self.users["consultant", 2], False),
            (self.users["store_manager", 2], False),
        ):
            with self.subTest(user.login):
                found = (
                    followup.with_user(user)
                    .with_context(allowed_company_ids=user.company_ids.ids)
                    .search([("id", "=", followup.id)])
                )
                self.assertEqual(bool(found), sees)

    def test_preview(self):
        rule = self.rule(date="warranty_end_date")
        now = self.vehicle(self.customer(), warranty_end_date=self.days(20))
        self.vehicle(self.customer(), warranty_end_date=self.days(40))
        action = rule.with_user(self.users["head_office"]).action_preview()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertIn(now, found)
        self.assertFalse(rule.followup_ids, "a preview writes nothing")

    def test_killed_between_batches(self):
        rule = self.rule(date="warranty_end_date")
        for number in range(10):
            self.vehicle(self.customer(str(number)), warranty_end_date=self.today)
        batches = rule._generate_batches(4)
        self.assertEqual(next(batches), 4)
        batches.close()
        self.assertEqual(len(rule.followup_ids), 4)
        rule._generate(batch_size=4)
        self.assertEqual(len(rule.followup_ids), 10)
        self.assertEqual(len(rule.followup_ids.vehicle_id), 10)
        self.assertEqual(len(rule.followup_ids.activity_ids), 10)

    def test_cron(self):
        rule = self.rule(date="warranty_end_date")
        for number in range(3):
            self.vehicle(self.customer(str(number)), warranty_end_date=self.today)
        with self.enter_registry_test_mode():
            self.env.ref(
                "auto_crm_base.ir_cron_followup_generate"
            ).method_direct_trigger()
        self.assertEqual(len(rule.followup_ids), 3)
        self.assertTrue(all(rule.followup_ids.mapped("notified")))

    @warmup
    def test_queries(self):
        """At most 0.2 queries for each of 1,000 follow-ups."""
        users = [
            self._new_user("consultant", f"q_{number}", self.stores[1], self.stores[1])
            for number in range(5)
        ]
        owners = self.env["res.partner"].create(
            [
                {
                    "name": str(number),
                    "is_auto_customer": True,
                    "auto_store_id": self.stores[1].id,
                    "store_ids": [fields.Command.set(self.stores[1].ids)],
                    "user_id": users[number % 5].id,
                }
                for number in range(1000)
            ]
        )
        self.env["auto.vehicle"].create(
            [
                {
                    "owner_id": owner.id,
                    "company_id": self.stores[1].id,
                    "sale_state": "delivered",
                    "license_plate": f"浙T{next(self.plates):05}",
                    "warranty_end_date": self.today,
                }
                for owner in owners
            ]
        )
        rule = self.rule(date="warranty_end_date")
        # What other people's customers have open is told in their own digests.
        list(self.env["auto.followup"]._send_digests())
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(200):
            self.assertEqual(rule._generate(), 1000)
            list(self.env["auto.followup"]._send_digests())
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestFollowupTwoConnections(TransactionCase):
    def test_only_one_generates(self):
        with self.registry.cursor() as one, self.registry.cursor() as two:
            rules_one = self.env(cr=one)["auto.followup.rule"]
            rules_two = self.env(cr=two)["auto.followup.rule"]
            self.assertTrue(rules_one._lock_generation())
            self.assertFalse(rules_two._lock_generation())
            one.rollback()
            self.assertTrue(rules_two._lock_generation())
            two.rollback()
