"""What the demo stores pay for their sales: store 1 each person, store 2 its team.

Some cars more were delivered last month, so that there is something to be paid: store
1's statements of last month are approved, one is paid, and store 2 waits for head
office. This month's are drafts. Nothing here runs unless demo data is loaded.
"""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command

# Number, day of last month on which it is delivered, and the contract as in
# demo/sale_order_demo.py without its days.
DELIVERED = (
    (31, 9, ("沈岚", 1, "c1", "golf", "golf_life", "white"), 1200),
    (32, 14, ("罗毅", 1, "c1", "tiguan", "tiguan_380", "white"), 1800),
    (33, 17, ("Lucas Meyer", 1, "c2", "rav4", "rav4_20", "black"), 0),
    (34, 21, ("邓敏", 1, "c2", "corolla", "corolla_hev", "white"), 600),
    (35, 11, ("方舟", 2, "s2", "camry", "camry_hev", "white"), 900),
    (36, 19, ("贺婷", 2, "s2", "golf", "golf_rline", "blue"), 1900),
)
DAYS = 12  # from contract to handover
INSURANCES = ("compulsory", "commercial", "performance")
OTHERS = ("accessory", "service_pack", "loan", "registration")


class AutoCommissionPlan(models.Model):
    _inherit = "auto.commission.plan"

    @api.model
    def _load_demo_commissions(self):
        """Make the plans and the statements, once."""
        if self.env.ref(
            "auto_crm_sale.demo_commission_plan_1", raise_if_not_found=False
        ):
            return
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        this = fields.Date.context_today(self).replace(day=1)
        last = this - relativedelta(months=1)
        for number, day, contract, discount in DELIVERED:
            quiet._demo_delivered(number, last.replace(day=day), contract, discount)
        begin = last - relativedelta(months=2)
        quiet._demo_plan(1, "杭州展厅 Hangzhou showroom", "individual", begin)
        quiet._demo_plan(2, "成都团队 Chengdu team", "pool", begin)
        quiet._demo_statements(last, this)

    @api.model
    def _demo_delivered(self, number, day, contract, discount):
        """Write a contract of last month and hand its car over."""
        days = (fields.Date.context_today(self) - day).days + DAYS
        self.env["sale.order"]._demo_contract(
            number, (*contract, days, discount, "sale")
        )
        order = self.env.ref(f"auto_crm_sale.demo_contract_{number:02d}")
        self.env["auto.handover"]._demo_tell(
            number, order.with_env(self.env), "done", DAYS
        )

    @api.model
    def _demo_plan(self, store, name, kind, begin):
        kinds = {
            code: self.env.ref(f"auto_crm_sale.addon_kind_{code}").id
            for code in (*INSURANCES, *OTHERS)
        }
        members = {
            1: {"user_store1_consultant": 1, "user_store1_consultant2": 1},
            2: {"user_store2_consultant": 2, "user_store2_manager": 1},
        }[store]
        rules = [
            {"basis": "car_fixed", "amount": 500, "count_from": 5},
            {"basis": "car_fixed", "amount": 300},
            {"basis": "car_margin", "margin_percent": 3, "is_extra": True},
            {
                "basis": "addon_commission",
                "percent": 20,
                "kind_ids": [kinds[code] for code in INSURANCES],
            },
            {"basis": "addon_commission", "percent": 15, "kind_ids": [kinds["loan"]]},
            {
                "basis": "addon_price",
                "percent": 5,
                "kind_ids": [kinds["accessory"], kinds["service_pack"]],
            },
            {"basis": "addon_fixed", "amount": 50, "kind_ids": [kinds["registration"]]},
        ]
        plan = self.create(
            {
                "name": name,
                "company_id": self.env.ref(f"auto_crm_base.company_store{store}").id,
                "kind": kind,
                "team_id": self.env.ref(f"auto_crm_lead.team_store{store}").id,
                "date_start": begin,
                "member_ids": [
                    Command.create(
                        {
                            "user_id": self.env.ref(f"auto_crm_base.{user}").id,
                            "weight": weight,
                        }
                    )
                    for user, weight in members.items()
                ],
                "rule_ids": [
                    Command.create({"sequence": number * 10, **rule})
                    for number, rule in enumerate(rules, start=1)
                ],
            }
        )
        plan.action_activate()
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_sale.demo_commission_plan_{store}",
                    "record": plan,
                    "noupdate": True,
                }
            ]
        )

    @api.model
    def _demo_as(self, user, records):
        """Return the records as somebody of a store or of head office."""
        user = self.env.ref(f"auto_crm_base.{user}")
        return records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    @api.model
    def _demo_statements(self, last, this):
        """Compute both months; approve and pay some of last month's."""
        stores = {
            number: self.env.ref(f"auto_crm_base.company_store{number}")
            for number in (1, 2)
        }
        first = self._generate(stores[1], last)
        second = self._generate(stores[2], last)
        consultant2 = self.env.ref("auto_crm_base.user_store1_consultant2")
        praised = first.filtered(lambda one: one.user_id == consultant2)
        if praised:
            self._demo_as("user_store1_sales_manager", praised.line_ids).create(
                {
                    "statement_id": praised.id,
                    "name": "三位客户表扬交车服务",
                    "amount": 200,
                }
            )
        self._demo_as("user_store1_sales_manager", first).action_submit()
        boss = self._demo_as("user_store1_manager", first)
        boss.action_approve()
        paid = boss - boss.filtered(lambda one: one.user_id == consultant2)
        paid._pay(fields.Date.context_today(self), f"Payroll {last:%Y-%m}")
        self._demo_as("user_store2_manager", second).action_submit()
        for store in stores.values():
            self._generate(store, this)
