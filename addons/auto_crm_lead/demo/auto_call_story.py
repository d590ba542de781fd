"""The demo call centre's month: who called, whom it rings up, and what came of it.

Nothing here runs unless demo data is loaded. All persons are invented, their numbers
are from 1980003xxxx.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

# Only the demo passes this object, with how long a call of some days ago took.
DEMO = object()
# Days ago, number, reason, words, name of a new prospect, model, ended in a sale.
CALLS = (
    (26, "21", "price", "探岳三缸还是四缸？落地多少？", "乔蕾", "Tiguan L", True),
    (24, "22", "price", "Asked for the monthly rate of the Camry.", "Elena Fischer",
     "Camry", False),
    (19, "23", "stock", "白色卡罗拉有没有现车？", "温馨", "Corolla", True),
    (16, "24", "workshop", "想知道周末能不能做保养。", "", "", False),
    (12, "25", "test_drive", "想带父母一起试驾赛那。", "鲁晓", "Sienna", False),
    (9, "26", "delivery", "问车什么时候到店。", "", "", False),
    (5, "27", "papers", "Which papers for the registration?", "", "", False),
    (2, "28", "price", "ID.4 的补贴还有吗？", "祝敏", "ID.4", False),
)  # fmt: skip
# What came of the calls of the running list, in turn: result, words.
RESULTS = (
    ("reached", "还在比较，等年底优惠。"),
    ("no_answer", ""),
    ("appointment", "Comes on Saturday with her husband."),
    ("call_back", "开会，晚点再打。"),
    ("not_interested", "已经买了别的车。"),
    ("no_answer", ""),
)


class AutoCallList(models.Model):
    _inherit = "auto.call.list"

    @api.model
    def _load_demo_calls(self):
        """Let the demo's agent take calls and ring people up, once."""
        if self.env.ref("auto_crm_lead.demo_call_list_show", False):
            return
        agent = self.env.ref("auto_crm_base.user_store1_callcentre")
        store = self.env.ref("auto_crm_base.company_store1")
        quiet = self.with_context(
            tracking_disable=True, mail_auto_subscribe_no_notify=True
        )
        quiet._demo_incoming(agent, store)
        quiet._demo_list_show(agent, store)
        quiet._demo_list_later(store)

    @api.model
    def _demo_incoming(self, agent, store):
        now = fields.Datetime.now()
        calls = self.env["auto.call"].with_user(agent).with_company(store)
        for days, tail, reason, words, name, model, sold in CALLS:
            moment = (now - timedelta(days=days)).replace(hour=3, minute=int(tail))
            call = calls._start(f"+86198000300{tail}")
            call.write(
                {
                    "summary": words,
                    "new_name": name,
                    "wants_car": bool(name),
                    "wanted_text": model,
                    "call_reason_id": self.env.ref(
                        f"auto_crm_lead.call_reason_{reason}"
                    ).id,
                    # As the telephone system would have opened it then.
                    "started_at": moment,
                }
            )
            start = fields.Datetime.now() - timedelta(seconds=2)
            call.with_context(auto_demo_call=(DEMO, 40 + 7 * int(tail))).action_done()
            lead = call.contact_id.sudo().lead_id
            if not lead:
                continue
            dated = lead.with_context(auto_demo_start=start)
            dated._demo_date_back({lead.id: moment})
            if sold:
                lead.action_set_won()
                lead.date_closed = moment + timedelta(days=6)

    @api.model
    def _demo_list_show(self, agent, store):
        """A running list: prospects of whom little was heard lately."""
        one = self.create(
            {
                "name": "B、C、D 级潜客回访",
                "company_id": store.id,
                "user_id": self.env.ref("auto_crm_base.user_store1_sales_manager").id,
                "source": "lead",
                "lead_domain": repr(
                    [
                        ("won_status", "=", "pending"),
                        ("grade_id.code", "in", ["B", "C", "D"]),
                    ]
                ),
                "hour_from": 0,
                "hour_to": 24,
                "script_id": self.env.ref("auto_crm_base.demo_article_first_call").id,
                "date_end": fields.Date.today() + timedelta(days=20),
            }
        )
        one._fill()
        one._step("running")
        self._demo_name("show", one)
        calls = self.env["auto.call"].with_user(agent).with_company(store)
        for result, words in RESULTS:
            entry = one.with_user(agent).with_company(store)._take_next()
            if not entry:
                break
            call = calls._start_entry(entry)
            call.write({"result": result, "summary": words})
            seconds = 15 + 6 * len(words)
            call.with_context(auto_demo_call=(DEMO, seconds)).action_done_stop()

    @api.model
    def _demo_list_later(self, store):
        """A list that is being prepared: customers of the store."""
        one = self.create(
            {
                "name": "Winter tyres: owners of the store",
                "company_id": store.id,
                "user_id": self.env.ref("auto_crm_base.user_store1_manager").id,
                "source": "partner",
                "purpose": "service",
                "partner_domain": repr([("vehicle_ids", "!=", False)]),
                "agent_ids": [
                    Command.link(
                        self.env.ref("auto_crm_base.user_store1_callcentre").id
                    )
                ],
            }
        )
        one._fill()
        self._demo_name("tyres", one)

    @api.model
    def _demo_name(self, key, record):
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_lead.demo_call_list_{key}",
                    "record": record,
                    "noupdate": True,
                }
            ]
        )


class AutoCall(models.TransientModel):
    _inherit = "auto.call"

    def _call_seconds(self):
        by, seconds = self.env.context.get("auto_demo_call") or (None, 0)
        return seconds if by is DEMO else super()._call_seconds()
