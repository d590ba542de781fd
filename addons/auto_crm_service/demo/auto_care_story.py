"""A month of reminders and calls of the demo stores.

What was asked for before the repair orders of the story, what came of it, the calls
after the cars were returned, and an interval for some models. Nothing here runs unless
demo data is loaded.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Plate, store, rule, days ago, result, what was said.
PAST = (
    ("浙A6K28P", 1, "maintenance_date", 20, "appointment", "周三上午到店保养"),
    ("浙A83F1Q", 1, "maintenance_odometer", 19, "appointment", "顺便检查刹车"),
    ("川A4G72H", 2, "maintenance_date", 18, "reached", "本周会来"),
    ("浙A3M55W", 1, "inspection_due", 17, "appointment", "Wants the brakes checked"),
    ("浙A11L09", 1, "maintenance_odometer", 12, "call_back", "车队安排后再约"),
    ("浙A00H88", 1, "maintenance_date", 9, "appointment", "周六下午"),
    ("浙A2E48K", 1, "maintenance_date", 30, "not_interested", "在外地，过年再说"),
    ("浙A1H09F", 1, "maintenance_date", 27, "no_answer", ""),
    ("浙AW637B", 1, "inspection_due", 24, "appointment", "约了周五，没有来"),
    ("浙A5D66L", 1, "warranty_end", 22, "reached", "了解延保价格"),
    ("川AB5120", 2, "maintenance_date", 21, "no_answer", ""),
    ("川AK83M5", 2, "inspection_due", 16, "reached", "Does it himself this year"),
    ("川A7C40T", 2, "warranty_end", 14, "not_interested", "车队自己有维修"),
)
# Plate, answers in the order of the questions, result, what was said.
CALLS = (
    ("浙A7T93E", ("yes", "yes", "yes", "yes", "yes"), "reached", "很满意，谢谢"),
    ("浙A60B31", ("yes", "no", "partly", "yes", "yes"), "reached", "等了一个小时"),
    ("川A66D18", ("no", "yes", "yes", "yes", "partly"), "unhappy", "空调还是有异味"),
)


class AutoFollowup(models.Model):
    _inherit = "auto.followup"

    @api.model
    def _load_demo_care(self):
        """Tell the month, once."""
        first = "auto_crm_service.demo_followup_01"
        if self.env.ref(first, raise_if_not_found=False):
            return
        quiet = self.with_context(tracking_disable=True, mail_create_nolog=True)
        for number, line in enumerate(PAST, 1):
            quiet._demo_reminder(number, *line)
        self.env.flush_all()
        self.env.invalidate_all()
        rule = self.env.ref("auto_crm_service.followup_rule_service_call")
        rule._generate()
        for line in CALLS:
            quiet._demo_call(rule, *line)
        rules = self.env["auto.followup.rule"].search(
            [("subject", "in", ("maintenance", "inspection", "warranty"))]
        )
        rules._generate()
        winter = self.env.ref("auto_crm_service.occasion_before_winter")
        winter.date_ids = [
            fields.Command.create(
                {
                    "date": fields.Date.today() + timedelta(days=9),
                    "company_ids": [
                        fields.Command.link(
                            self.env.ref("auto_crm_base.company_store1").id
                        )
                    ],
                }
            )
        ]

    @api.model
    def _demo_reminder(self, number, plate, store, code, days, result, note):
        """Write a reminder that is over, with what came of it."""
        vehicle = self.env["auto.vehicle"].search([("license_plate", "=", plate)])
        if len(vehicle) != 1 or not vehicle.owner_id:
            return
        company = self.env.ref(f"auto_crm_base.company_store{store}")
        adviser = self.env.ref(f"auto_crm_base.user_store{store}_adviser")
        when = fields.Datetime.now().replace(hour=2, minute=30) - timedelta(days=days)
        contact = self.env["auto.contact"].create(
            {
                "partner_id": vehicle.owner_id.id,
                "vehicle_id": vehicle.id,
                "company_id": company.id,
                "user_id": adviser.id,
                "date": when,
                "result": result,
                "summary": note,
            }
        )
        talked = result != "no_answer"
        repair = self.env["repair.order"].search(
            [
                ("vehicle_id", "=", vehicle.id),
                ("date_in", ">=", when),
                ("date_in", "<=", when + timedelta(days=45)),
            ],
            order="date_in",
            limit=1,
        )
        followup = self.create(
            {
                "rule_id": self.env.ref(f"auto_crm_base.followup_rule_{code}").id,
                "partner_id": vehicle.owner_id.id,
                "vehicle_id": vehicle.id,
                "company_id": company.id,
                "user_id": adviser.id,
                "date_due": when.date(),
                "state": "done" if talked else "skipped",
                "result": result,
                "result_note": note,
                "contact_id": contact.id,
                "done_by": adviser.id,
                "date_done": when.date(),
                "date_contacted": when.date() if talked else False,
                "date_booked": when.date() if result == "appointment" else False,
                "date_came": repair.date_in.date() if repair else False,
                "repair_id": repair.id,
                "notified": True,
            }
        )
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_service.demo_followup_{number:02d}",
                    "record": followup,
                    "noupdate": True,
                }
            ]
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE auto_followup SET create_date = %s WHERE id = %s",
                when,
                followup.id,
            )
        )

    @api.model
    def _demo_call(self, rule, plate, answers, result, note):
        """Ring a customer whose car was returned."""
        followup = rule.followup_ids.filtered(
            lambda one: one.vehicle_id.license_plate == plate and one.is_open
        )[:1]
        if not followup:
            return
        caller = followup.user_id or self.env.user
        wizard = (
            self.env["auto.followup.close"]
            .with_user(caller)
            .with_context(allowed_company_ids=followup.company_id.ids)
            .create({"followup_id": followup.id, "result": result, "note": note})
        )
        for line, answer in zip(wizard.answer_ids, answers, strict=False):
            line.answer = answer
        wizard.action_confirm()
