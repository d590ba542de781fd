from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import freeze_time, tagged, warmup

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from .common import LeadCase

NOON = "2026-03-04 12:00:00"


class CallListCase(LeadCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.agent = cls.users["callcentre", 1]
        cls.lists = cls.env["auto.call.list"].with_user(cls.manager)

    def _people(self, count, store=None):
        return (
            self.env["crm.lead"]
            .with_company(store or self.store)
            ._intake_batch(
                [
                    {
                        "values": {
                            "name": f"Call me {number}",
                            "phone": f"1370013{self.store.id % 100:02d}{number:02d}",
                        },
                        "channel": "event",
                    }
                    for number in range(count)
                ]
            )
        )

    def _list(self, leads=None, start=True, **values):
        one = self.lists.create(
            {
                "name": "Test list",
                "company_id": self.store.id,
                "lead_domain": repr([("id", "in", leads.ids if leads else [])]),
                "hour_from": 0,
                "hour_to": 24,
                **values,
            }
        )
        if leads:
            one._fill()
            if start:
                one.action_start()
        return one

    def _next(self, one, user=None):
        """Return the call that the user is given, or an empty one."""
        calls = self.env["auto.call"].with_user(user or self.agent)
        action = one.with_user(user or self.agent).action_next()
        if action.get("res_model") != "auto.call":
            return calls
        return calls.browse(action["res_id"])


@tagged("post_install", "-at_install")
class TestCallList(CallListCase):
    """People come on a list once, and are called until something comes of it."""

    def test_filled_once_with_whom_we_may_call(self):
        leads = self._people(4)
        leads[0].partner_id._auto_opt_out()
        leads[1].partner_id.phone = False
        one = self._list(leads, start=False)
        self.assertEqual(
            one.entry_ids.partner_id, (leads - leads[0] - leads[1]).partner_id
        )
        self.assertEqual(one._fill(), (0, 2, 1, 1))
        self.assertIn("0 people", one.action_fill()["params"]["message"])
        self.assertEqual(one.entry_ids.lead_id, leads - leads[0] - leads[1])

    def test_customers_of_the_store(self):
        mine = self._people(1).partner_id
        theirs = self._people(1, self.stores[2]).partner_id - mine
        one = self._list(
            source="partner",
            partner_domain=repr([("id", "in", (mine | theirs).ids)]),
        )
        one._fill()
        self.assertEqual(one.entry_ids.partner_id, mine)

    def test_bad_filter_is_refused(self):
        for text in ("[(", "[('nothing_such', '=', 1)]", "__import__('os')"):
            with self.assertRaises(ValidationError), self.env.cr.savepoint():
                self._list(lead_domain=text)

    def test_the_agent_gets_one_person(self):
        leads = self._people(2)
        one = self._list(leads)
        call = self._next(one)
        self.assertIn(call.partner_id, leads.partner_id)
        self.assertTrue(call.number.startswith("+86137"))
        self.assertEqual(call.direction, "out")
        self.assertEqual(self._next(one), call, "the same one until it is logged")
        self.assertEqual(call.lead_id.sudo(), call.entry_id.sudo().lead_id)
        log = self.env["auto.access.log"].search(
            [
                ("user_id", "=", self.agent.id),
                ("res_model", "=", "res.partner"),
                ("res_id", "=", call.partner_id.id),
            ]
        )
        self.assertEqual(set(log.mapped("kind")), {"lookup", "reveal"})
        other = self._next(one, self.consultant)
        self.assertNotEqual(other.partner_id, call.partner_id)
        self.assertFalse(self._next(one, self.users["consultant", 1]) - other)

    def test_nobody_else_sees_the_line(self):
        one = self._list(self._people(1))
        entry = self._next(one).entry_id
        colleague = self._new_user("callcentre", "test_cc2", self.store, self.store)
        calls = self.env["auto.call"].with_user(colleague)
        with self.assertRaises(AccessError):
            calls.create({"entry_id": entry.id})
        call = calls.create({})
        with self.assertRaises(AccessError):
            call.write({"entry_id": entry.id})
        self.assertFalse(
            self.env["auto.call.list.entry"].with_user(colleague).search([])
        )

    def test_a_call_shows_no_strange_customer(self):
        stranger = self._people(1, self.stores[2]).partner_id
        calls = self.env["auto.call"].with_user(self.agent)
        with self.assertRaises(AccessError):
            calls.create({"partner_id": stranger.id})

    @freeze_time(NOON)
    def test_no_answer_and_again(self):
        one = self._list(self._people(1), max_attempts=2, retry_hours=3)
        call = self._next(one)
        entry = call.entry_id.sudo()
        with self.assertRaisesRegex(UserError, "Choose the result"):
            call.action_done()
        call.result = "no_answer"
        self.assertIn("The next call", call.action_done()["params"]["message"])
        self.assertEqual(entry.state, "waiting")
        self.assertEqual(
            entry.next_date, fields.Datetime.to_datetime(NOON) + timedelta(hours=3)
        )
        self.assertFalse(self._next(one))
        self.assertFalse(entry.lead_id.first_touch_date, "nobody was touched")
        with freeze_time("2026-03-04 15:30:00"):
            call = self._next(one)
            self.assertEqual(call.entry_attempts, 1)
            call.result = "no_answer"
            action = call.action_done()
        self.assertIn("has been called", action["params"]["message"])
        self.assertEqual((entry.state, entry.attempts), ("missed", 2))
        self.assertEqual(len(entry.contact_ids), 2)
        self.assertEqual(one.missed_count, 1)
        entry.with_user(self.manager).action_put_back()
        self.assertEqual((entry.state, entry.no_answer_count), ("waiting", 0))

    @freeze_time(NOON)
    def test_an_agreed_time_is_the_agents(self):
        one = self._list(self._people(1))
        call = self._next(one)
        call.write({"result": "call_back", "again_at": "2026-03-04 11:00:00"})
        with self.assertRaisesRegex(UserError, "past"):
            call.action_done()
        call.again_at = "2026-03-04 16:00:00"
        call.action_done()
        with freeze_time("2026-03-04 16:05:00"):
            self.assertFalse(self._next(one, self.consultant))
            self.assertTrue(self._next(one))
            call.entry_id._give_back()
        entry = call.entry_id.sudo()
        entry._step(user_id=self.agent.id)
        with freeze_time("2026-03-04 16:31:00"):
            self.assertTrue(self._next(one, self.consultant), "waited long enough")

    def test_next_person_follows(self):
        one = self._list(self._people(2))
        call = self._next(one)
        call.write({"result": "appointment", "summary": "Comes on Saturday"})
        action = call.action_done()
        self.assertEqual(action["res_model"], "auto.call")
        self.assertNotEqual(action["res_id"], call.id)
        self.assertEqual(call.entry_id.sudo().state, "done")
        self.assertEqual(call.contact_id.call_entry_id, call.entry_id)
        self.assertEqual(call.contact_id.lead_id, call.entry_id.sudo().lead_id)
        last = self.env["auto.call"].with_user(self.agent).browse(action["res_id"])
        last.result = "opt_out"
        last.action_done()
        self.assertEqual(last.entry_id.sudo().state, "barred")
        self.assertFalse(last.partner_id._may_contact("phone"))
        self.assertEqual((one.open_count, one.progress), (0, 100))

    def test_log_and_stop(self):
        one = self._list(self._people(2))
        call = self._next(one)
        call.result = "reached"
        self.assertEqual(call.action_done_stop()["res_model"], "auto.call.list")
        self.assertFalse(one.with_user(self.agent)._held())

    def test_left_to_others(self):
        one = self._list(self._people(1))
        call = self._next(one)
        call.action_give_back()
        self.assertEqual(call.entry_id.sudo().state, "waiting")
        self.assertEqual(call.entry_id.sudo().attempts, 0)
        self.assertTrue(self._next(one, self.consultant))

    @freeze_time(NOON)
    def test_who_went_home_is_not_waited_for(self):
        one = self._list(self._people(1))
        self._next(one)
        with freeze_time("2026-03-04 12:59:00"):
            self.assertFalse(self._next(one, self.consultant))
        with freeze_time("2026-03-04 13:01:00"):
            self.assertTrue(self._next(one, self.consultant))

    def test_refusal_and_cap_on_the_day(self):
        leads = self._people(3)
        one = self._list(leads)
        barred, capped, free = leads.partner_id
        barred._auto_opt_out()
        self.store.write({"auto_contact_cap": 1, "auto_contact_cap_days": 7})
        self.env["auto.contact"].create(
            {"partner_id": capped.id, "direction": "out", "channel": "phone"}
        )
        self.assertEqual(self._next(one).partner_id, free)
        states = {entry.partner_id: entry for entry in one.entry_ids}
        self.assertEqual(states[barred].state, "barred")
        self.assertEqual(states[capped].state, "waiting")
        self.assertGreater(states[capped].next_date, fields.Datetime.now())

    @freeze_time(NOON)
    def test_hours_and_agents(self):
        one = self._list(self._people(1), hour_from=13, hour_to=14)
        with self.assertRaisesRegex(UserError, "between 13:00 and 14:00"):
            one.with_user(self.agent).action_next()
        one.write({"hour_from": 0, "agent_ids": [(6, 0, self.consultant.ids)]})
        with self.assertRaises(AccessError):
            one.with_user(self.agent).action_next()
        one.action_close()
        with self.assertRaisesRegex(UserError, "not running"):
            one.with_user(self.consultant).action_next()

    def test_guarded(self):
        one = self._list(self._people(1))
        entry = one.entry_ids
        for record, values in (
            (one, {"state": "done"}),
            (one, {"company_id": self.stores[2].id}),
            (entry.sudo(), {"state": "done"}),
        ):
            with self.assertRaises(UserError):
                record.write(values)
        for name in ("action_close", "action_fill"):
            with self.assertRaises(AccessError):
                getattr(one.with_user(self.agent), name)()
        with self.assertRaises(AccessError):
            entry.with_user(self.agent).action_take_off()
        with self.assertRaisesRegex(UserError, "kept"):
            one.unlink()
        self.assertEqual(self._list(state="done").state, "draft")
        with self.assertRaisesRegex(UserError, "Nobody is on"):
            self._list().action_start()

    def test_same_call_of_the_telephone_system(self):
        calls = self.env["auto.call"].with_user(self.agent)
        first = calls._start("13800138000", external_ref="pbx-1")
        self.assertEqual(calls._start("13800138000", external_ref="pbx-1"), first)
        self.assertNotEqual(calls._start("13800138000"), first)

    def test_figures_of_agents(self):
        one = self._list(self._people(1))
        call = self._next(one)
        call.result = "no_answer"
        call.action_done_stop()
        call = self.env["auto.call"].with_user(self.agent)._start("13900139555")
        call.write(
            {
                "new_name": "Buys at once",
                "wants_car": True,
                "summary": "Price?",
                "call_reason_id": self.env.ref("auto_crm_lead.call_reason_price").id,
            }
        )
        call.action_done()
        lead = call.contact_id.sudo().lead_id
        self.assertEqual(
            call.contact_id.call_reason_id,
            self.env.ref("auto_crm_lead.call_reason_price"),
        )
        report = self.env["auto.call.report"].with_user(self.manager)

        def figures():
            self.env.flush_all()
            [row] = report._read_group(
                [("user_id", "=", self.agent.id)],
                [],
                ["calls:sum", "reached:sum", "intakes:sum", "sold:sum"],
            )
            return row

        self.assertEqual(figures(), (2, 1, 1, 0))
        lead.action_set_won()
        self.assertEqual(figures(), (2, 1, 1, 1))
        line = report.search([("sold", "=", 1), ("user_id", "=", self.agent.id)])
        self.assertEqual(line.action_open()["res_id"], lead.id)
        mine = report.with_user(self.consultant).search([])
        self.assertLessEqual(mine.user_id, self.consultant)

    @warmup
    def test_queries_of_the_next_person(self):
        one = self._list(self._people(5))
        call = self._next(one)
        call.write({"result": "reached"})
        call.action_done_stop()
        self.env.invalidate_all()
        with self.assertQueryCount(__system__=120):
            one.with_user(self.agent).action_next()


@tagged("post_install", "-at_install")
class TestCallListRights(MatrixCase, CallListCase):
    def test_lists(self):
        def make(store, user):
            one = self._list(company_id=store.id, agent_ids=[(6, 0, user.ids)])
            one._step("running")
            return one, None

        self.lists = self.env["auto.call.list"]
        self.check_matrix(
            "auto.call.list",
            """
            consultant: R own
            callcentre: R own
            sales_manager: CRU st
            store_manager: CRU st
            head_office: CRU all
            auditor: R all
            """,
            make,
        )

    def test_people(self):
        self.lists = self.env["auto.call.list"]
        one = {store: self._list(company_id=store.id) for store in self.stores.values()}
        entries = self.env["auto.call.list.entry"]

        def make(store, user):
            partner = self.env["res.partner"].create({"name": "On a list"})
            return entries.create(
                {
                    "list_id": one[store].id,
                    "partner_id": partner.id,
                    "user_id": user.id,
                }
            ), None

        self.check_matrix(
            "auto.call.list.entry",
            """
            consultant: R own
            callcentre: R own
            sales_manager: R st
            store_manager: R st
            head_office: R all
            auditor: R all
            """,
            make,
        )
