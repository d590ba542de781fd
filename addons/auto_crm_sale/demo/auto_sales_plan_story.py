"""The sales plans of the demo stores: two months that ran, and the next in draft.

The contracts of the demo were written in the last four weeks, so they lie in this
month and the one before; the targets are for both. Store 1 divides its target by
consultant and by model, store 2 has one for its consultant. Nothing here runs unless
demo data is loaded.
"""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command

# Store, who makes the plan, consultants, their contracts and deliveries a month.
STORES = (
    (1, "user_store1_manager", {"consultant": (9, 7, 60), "consultant2": (6, 4, 45)}),
    (2, "user_store2_manager", {"consultant": (4, 3, 30)}),
)
MODELS = {"golf": 5, "tiguan": 3, "corolla": 4, "camry": 3}
PRICE = 160000


class AutoSalesPlan(models.Model):
    _inherit = "auto.sales.plan"

    @api.model
    def _load_demo_plans(self):
        """Make the plans, once."""
        name = "auto_crm_sale.demo_plan_1_1"
        if self.env.ref(name, raise_if_not_found=False):
            return
        quiet = self.with_context(tracking_disable=True, mail_create_nosubscribe=True)
        this = fields.Date.context_today(self).replace(day=1)
        for store, manager, people in STORES:
            for place, month in enumerate(
                (this - relativedelta(months=1), this, this + relativedelta(months=1))
            ):
                plan = quiet._demo_plan(store, manager, people, month)
                self.env["ir.model.data"]._update_xmlids(
                    [
                        {
                            "xml_id": f"auto_crm_sale.demo_plan_{store}_{place}",
                            "record": plan.sudo(),
                            "noupdate": True,
                        }
                    ]
                )
                if month > this:
                    continue  # the next month's is still being written
                plan.action_submit()
                boss = self.env.ref("auto_crm_base.user_hq")
                plan.with_user(boss).with_context(
                    allowed_company_ids=boss.company_ids.ids
                ).action_approve()

    @api.model
    def _demo_plan(self, store, manager, people, month):
        company = self.env.ref(f"auto_crm_base.company_store{store}")
        lines = [
            {
                "user_id": self.env.ref(f"auto_crm_base.user_store{store}_{who}").id,
                "target_contracts": contracts,
                "target_deliveries": deliveries,
                "target_revenue": deliveries * PRICE,
                "target_prospects": prospects,
            }
            for who, (contracts, deliveries, prospects) in people.items()
        ]
        if store == 1:
            lines += [
                {
                    "model_id": self.env.ref(f"auto_crm_base.model_{model}").id,
                    "target_contracts": number,
                    "target_deliveries": number - 1,
                    "target_revenue": (number - 1) * PRICE,
                }
                for model, number in MODELS.items()
            ]
        return (
            self.with_user(self.env.ref(f"auto_crm_base.{manager}"))
            .with_context(allowed_company_ids=company.ids)
            .create(
                {
                    "company_id": company.id,
                    "period": "month",
                    "date_from": month,
                    "line_ids": [
                        Command.create({**line, "month": month}) for line in lines
                    ],
                }
            )
        )
