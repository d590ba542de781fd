"""Claims of the demo workshops, in every state, and a car close to a limit.

Older visits are added to the two weeks of the workshop; everything goes through the
methods of the documents and is dated back afterwards. Nothing here runs unless demo
data is loaded.
"""

import base64
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.auto_labour_time import CLOCK
from .repair_order_story import BATTERY, BUMPER, CAMERA, STRUT

# Number of the order, plate, store, days ago, job, payer.
VISITS = (
    (41, "浙AD18830", 1, 76, STRUT, "warranty"),
    (42, "川A8V05Y", 2, 52, STRUT, "warranty"),
    (43, "浙AD18830", 1, 43, STRUT, "warranty"),
    (44, "浙A11L10", 1, 41, BUMPER, "insurance"),
    (45, "浙A60B31", 1, 33, BATTERY, "warranty"),
    (46, "浙A00H88", 1, 29, CAMERA, "warranty"),
    (47, "浙A5D66L", 1, 24, CAMERA, "warranty"),
    (48, "浙AD18830", 1, 9, STRUT, "warranty"),
)  # fmt: skip
# Number of the order: how far its claim has come, and what was decided on labour and
# part: decision, share paid, reason.
CLAIMS = (
    (41, "closed", (("approved",), ("approved",))),
    (42, "submitted", ()),
    (43, "paid", (("approved",), ("approved",))),
    (44, "returned", (("approved",), ("returned", 0, "old_damage"))),
    (45, "paid", (("reduced", 0.6, "time"), ("approved",))),
    (46, "borne", (("approved",), ("refused", 0, "evidence"))),
    (47, "decided", (("approved",), ("refused", 0, "evidence"))),
    (48, "submitted", ()),
    (3, "draft", ()),
    (5, "draft", ()),
    (11, "submitted", ()),
    (16, "draft", ()),
)
GROUPS = {
    "part_pads_front": "part_group_wear",
    "part_pads_rear": "part_group_wear",
    "part_oil_filter": "part_group_wear",
    "part_air_filter": "part_group_wear",
    "part_cabin_filter": "part_group_wear",
}
PHOTO = base64.b64encode(
    base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9"
        "awAAAABJRU5ErkJggg=="
    )
)


class AutoClaim(models.Model):
    _inherit = "auto.claim"

    @api.model
    def _load_demo_claims(self):
        """Tell the story of the claims, once."""
        if self.env.ref("auto_crm_service.demo_repair_41", raise_if_not_found=False):
            return
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        for part, group in GROUPS.items():
            self.env.ref(f"auto_crm_service.{part}").auto_part_group_id = self.env.ref(
                f"auto_crm_service.{group}"
            )
        insurer = self.env.ref("auto_crm_base.demo_insurer_taihe")
        repairs = quiet.env["repair.order"]
        # Clocks that run today are set aside while the past is told.
        running = self.env["auto.labour.time"].search([("stop", "=", False)])
        running = running.with_context(auto_clock=CLOCK)
        for time in running:
            time.stop = time.start
        running.flush_recordset()
        for number, plate, store, days, job, payer in VISITS:
            jobs = ((job, payer),)
            repairs._demo_repair(
                number, insurer, plate, store, days, "returned", jobs, ()
            )
        running.stop = False
        for number, step, decisions in CLAIMS:
            repair = self.env.ref(
                f"auto_crm_service.demo_repair_{number:02d}", raise_if_not_found=False
            )
            if repair:
                quiet._demo_claim(repair, step, decisions)
        self.env["repair.order"].search(
            [("vehicle_id.delivery_date", "!=", False)]
        ).vehicle_id._guarantee_refresh()

    @api.model
    def _demo_claim(self, repair, step, decisions):
        repair = repair.with_context(**self.env.context)
        for job in repair.job_ids.filtered(lambda one: one.pay_type == "warranty"):
            job.causal_part_id = job.line_ids.product_id[:1]
            for time in job.time_ids.filtered("stop"):
                stop = time.start + timedelta(hours=job.standard_hours + 0.1)
                time.with_context(auto_clock=CLOCK).stop = stop
        kind = "insurance" if repair.amount_insurance else "warranty"
        then = (repair.date_ready or fields.Datetime.now()) + timedelta(hours=1)
        claims = self.with_context(auto_claim_now=then)
        claim = claims.create({"repair_id": repair.id, "kind": kind})
        if kind == "insurance":
            claim._demo_insurance(then)
        elif step == "draft" and not repair.date_ready:
            claim._demo_authorisation("YSQ-20817", 1500, 3)
        if step == "draft":
            claim._run_checks()
            return
        claim.action_submit()
        if claim.step != "submitted":
            return
        if decisions:
            claim._demo_decide(decisions, then)
        if step in ("closed", "paid", "borne") and claim._payer_invoices():
            claim._demo_money(step)
        claim._demo_date_back(then)

    def _demo_insurance(self, then):
        """Add what an insurer asks for."""
        self.write(
            {
                "payer_ref": f"TH-{then:%y%m}-{self.id:04d}",
                "date_accident": self.date_in - timedelta(days=1),
                "accident_place": "杭州市文三路",
            }
        )
        self._demo_authorisation(f"DS-{self.id:05d}", self.amount_expected, 60)
        self.env["ir.attachment"].create(
            {
                "name": "damage-front-left.png",
                "datas": PHOTO,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _demo_authorisation(self, number, amount, days):
        today = fields.Date.today()
        self.env["auto.claim.authorisation"].create(
            {
                "claim_id": self.id,
                "number": number,
                "amount": amount,
                "date": fields.Date.subtract(today, days=45),
                "date_expiry": fields.Date.add(today, days=days),
            }
        )

    def _demo_decide(self, decisions, then):
        """Let the payer have decided some days later."""
        reasons = {
            name: self.env.ref(f"auto_crm_service.claim_reason_{name}")
            for name in ("time", "evidence", "old_damage")
        }
        self._record_decision(
            [
                {
                    "line": line,
                    "decision": decision[0],
                    "amount": line.amount * decision[1] if len(decision) > 1 else 0,
                    "reason": reasons[decision[2]] if len(decision) > 2 else None,
                }
                for line, decision in zip(self.line_ids, decisions, strict=False)
            ],
            fields.Date.to_date(then) + timedelta(days=6 + self.id % 9),
            f"SP{then:%Y%m}-{self.id:03d}",
        )

    def _demo_money(self, step):
        """Say who bears the rest, and let the payer have paid."""
        if self.amount_unborne:
            lines = self.line_ids._is_unborne()
            self._bear(dict.fromkeys(lines, "internal"), "No photo was taken.")
        if step == "borne":
            return
        invoice = self._payer_invoices()
        till = self.env["account.journal"].search(
            [("type", "in", ("bank", "cash")), ("company_id", "=", self.company_id.id)],
            limit=1,
        )
        if not till:
            return
        invoice.action_post()
        self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        ).create({"journal_id": till.id})._create_payments()
        if step == "closed":
            self.action_close()

    def _demo_date_back(self, then):
        # The timeline refuses every write: its lines are dated where they lie.
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE auto_vehicle_event SET date = %s"
                " WHERE res_model = 'auto.claim' AND res_id = %s",
                then,
                self.id,
            )
        )
        self.env["auto.vehicle.event"].invalidate_model(["date"])
