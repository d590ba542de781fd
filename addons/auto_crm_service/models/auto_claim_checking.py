from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import format_amount, format_date

from .auto_claim import OPEN_STEPS

DONE_STATES = ("ready", "settled", "returned")


class AutoClaim(models.Model):
    """The checks of a claim before it is submitted.

    Each ``_judge_<code>`` belongs to the check of that code and returns what it finds,
    as dicts with ``message`` and, where it applies, ``job`` and ``advice``.
    """

    _inherit = "auto.claim"

    result_ids = fields.One2many(
        comodel_name="auto.claim.check.result",
        inverse_name="claim_id",
        string="Checks",
        readonly=True,
    )
    check_state = fields.Selection(
        selection=[
            ("unchecked", "Not checked"),
            ("blocked", "To do"),
            ("warned", "With warnings"),
            ("passed", "In order"),
        ],
        string="Check",
        required=True,
        readonly=True,
        default="unchecked",
        copy=False,
        help="Of the last check.",
    )
    date_checked = fields.Datetime(string="Checked on", readonly=True, copy=False)
    todo = fields.Text(
        string="What the checks found",
        compute="_compute_todo",
        help="With what to do about it.",
    )
    eligibility = fields.Text(
        string="Warranty says",
        compute="_compute_eligibility",
        compute_sudo=True,
        help="Worked out from the delivery, the odometer and the part that failed.",
    )

    @api.depends("result_ids.outcome", "result_ids.message", "result_ids.advice")
    def _compute_todo(self):
        for claim in self:
            found = claim.result_ids.filtered(lambda one: one.outcome == "failed")
            claim.todo = "\n".join(
                f"• {one.message} → {one.advice}" for one in found.sorted("severity")
            )

    def _compute_eligibility(self):
        for claim in self:
            words = []
            if claim.kind == "warranty":
                words = [claim._job_warranty(job)[1] for job in claim.job_ids]
            claim.eligibility = "\n".join(dict.fromkeys(words))

    def _job_warranty(self, job):
        """Return whether a job is under warranty (None: not known), and why."""
        return self.vehicle_id._warranty_words(
            fields.Date.context_today(self, self.date_in or None),
            self.odometer_in,
            job.causal_part_id,
        )

    def action_check(self):
        """Bring the lines in step and run every check.

        :return: True; the findings are on the claim
        """
        self.check_access("read")
        self._check_open()
        self.check_access("write")
        self._take_lines()
        self._run_checks()
        return True

    def _run_checks(self):
        """Run the checks of open claims and keep what they find, instead of before."""
        # Findings are written by nobody by hand; what the checks look at lies in
        # every store.
        checks = self.env["auto.claim.check"].sudo().search([("active", "=", True)])
        claims = self.sudo().filtered(lambda one: one.step in OPEN_STEPS)
        claims.result_ids.unlink()
        vals_list = []
        states = {}
        for claim in claims:
            failed = set()
            for check in checks:
                if check.kind and check.kind != claim.kind:
                    continue
                found = getattr(claim, f"_judge_{check.code}")(check)
                if found:
                    failed.add(check.severity)
                vals_list += claim._result_values(check, found)
            states[claim] = (
                "blocked"
                if "block" in failed
                else "warned"
                if "warn" in failed
                else "passed"
            )
        self.env["auto.claim.check.result"].sudo().create(vals_list)
        now = fields.Datetime.now()
        for claim, state in states.items():
            claim._set({"check_state": state, "date_checked": now})

    def _result_values(self, check, found):
        """Return the values of the findings of one check on this claim."""
        common = {
            "claim_id": self.id,
            "check_id": check.id,
            "sequence": check.sequence,
            "severity": check.severity,
        }
        if not found:
            return [{**common, "outcome": "passed", "message": check.name}]
        return [
            {
                **common,
                "outcome": "failed",
                "message": finding["message"],
                "advice": finding.get("advice") or check.advice,
                "job_id": finding["job"].id if finding.get("job") else False,
            }
            for finding in found
        ]

    def _lines_of(self, job):
        return self.line_ids.filtered(lambda line: line.job_id == job)

    # ------------------------------------------------------------------
    # The checks
    # ------------------------------------------------------------------

    def _judge_three_c(self, _check):
        found = []
        for job in self.job_ids:
            missing = [
                job._fields[name]._description_string(self.env)
                for name in ("concern", "cause", "correction")
                if not (job[name] or "").strip()
            ]
            if missing:
                text = self.env._(
                    "“%(job)s”: not written: %(missing)s.",
                    job=job.concern,
                    missing=", ".join(missing),
                )
                found.append({"message": text, "job": job})
        return found

    def _judge_odometer(self, _check):
        if self.odometer_in > 0:
            return []
        return [{"message": self.env._("No odometer was read at reception.")}]

    def _judge_odometer_plausible(self, _check):
        if not self.odometer_in:
            return []
        day = fields.Date.context_today(self, self.date_in or None)
        higher = self.env["auto.odometer.reading"].search(
            [
                ("vehicle_id", "=", self.vehicle_id.id),
                ("is_mistake", "=", False),
                ("date", "<", day),
                ("offset", "=", self.vehicle_id.odometer_offset),
                ("value", ">", self.odometer_in),
            ],
            order="value desc",
            limit=1,
        )
        if not higher:
            return []
        text = self.env._(
            "The odometer at reception (%(now)s km) is below the reading of %(date)s "
            "(%(before)s km).",
            now=self.odometer_in,
            before=higher.value,
            date=format_date(self.env, higher.date),
        )
        return [{"message": text}]

    def _judge_eligible(self, _check):
        found = []
        for job in self.job_ids:
            eligible, words = self._job_warranty(job)
            if not eligible:
                found.append({"message": words, "job": job})
        return found

    def _judge_causal_part(self, _check):
        return [
            {
                "message": self.env._("“%(job)s”: no causal part.", job=job.concern),
                "job": job,
            }
            for job in self.job_ids
            if not job.causal_part_id
        ]

    def _judge_part_fits(self, _check):
        found = []
        for job in self.job_ids.filtered("causal_part_id"):
            lines = self._lines_of(job)
            part = job.causal_part_id
            parts = lines.product_id
            if parts and part not in parts:
                text = self.env._(
                    "“%(job)s”: the causal part %(part)s is not among the parts "
                    "claimed.",
                    job=job.concern,
                    part=part.display_name,
                )
                found.append({"message": text, "job": job})
            for operation in lines.operation_id.filtered("part_categ_ids"):
                # A category stands for those below it.
                path = (part.categ_id.parent_path or "").split("/")
                if not {str(one) for one in operation.part_categ_ids.ids} & set(path):
                    text = self.env._(
                        "“%(operation)s” is no operation for %(part)s.",
                        operation=operation.display_name,
                        part=part.display_name,
                    )
                    found.append({"message": text, "job": job})
        return found

    def _judge_time_clocked(self, _check):
        found = []
        for job in self.job_ids:
            labour = self._lines_of(job).filtered(lambda line: line.kind == "labour")
            hours = sum(labour.mapped("quantity"))
            if round(job.clocked_hours, 2) < round(hours, 2):
                text = self.env._(
                    "“%(job)s”: %(clocked)s hours clocked, %(claimed)s claimed.",
                    job=job.concern,
                    clocked=f"{job.clocked_hours:.2f}",
                    claimed=f"{hours:.2f}",
                )
                found.append({"message": text, "job": job})
        return found

    def _judge_attachments(self, check):
        if self.amount_expected < check.amount:
            return []
        count = self.env["ir.attachment"].search_count(
            [
                "|",
                "&",
                ("res_model", "=", "auto.claim"),
                ("res_id", "=", self.id),
                "&",
                ("res_model", "=", "repair.order"),
                ("res_id", "=", self.repair_id.id),
            ]
        )
        if count >= check.minimum:
            return []
        text = self.env._(
            "%(there)s photos or papers are attached, %(needed)s are needed.",
            there=count,
            needed=check.minimum,
        )
        return [{"message": text}]

    def _judge_authorisation(self, check):
        sublet = self.line_ids.filtered(lambda line: line.kind == "sublet")
        if self.amount_expected < check.amount and not sublet:
            return []
        valid = self.authorisation_ids.filtered("is_valid")
        amount = sum(valid.mapped("amount"))
        if not self.authorisation_ids:
            text = self.env._("No pre-authorisation.")
        elif not valid:
            last = max(self.authorisation_ids.mapped("date_expiry"))
            text = self.env._(
                "The pre-authorisation ended on %(date)s.",
                date=format_date(self.env, last),
            )
        elif self.currency_id.compare_amounts(amount, self.amount_expected) < 0:
            text = self.env._(
                "Pre-authorised are %(granted)s, claimed %(claimed)s.",
                granted=format_amount(self.env, amount, self.currency_id),
                claimed=format_amount(self.env, self.amount_expected, self.currency_id),
            )
        else:
            return []
        return [{"message": text}]

    def _judge_duplicate(self, check):
        since = self._now() - timedelta(days=check.days)
        others = self.env["auto.claim.line"].search(
            [
                ("vehicle_id", "=", self.vehicle_id.id),
                ("claim_id", "!=", self.id),
                ("claim_id.kind", "=", self.kind),
                ("claim_id.step", "not in", ("draft", "cancelled")),
                ("claim_id.date_submitted", ">=", since),
                ("decision", "!=", "refused"),
                "|",
                ("operation_id", "in", self.line_ids.operation_id.ids),
                ("product_id", "in", self.line_ids.product_id.ids),
            ]
        )
        return [
            {
                "message": self.env._(
                    "%(line)s was claimed for this car with %(claim)s on %(date)s.",
                    line=line.name,
                    claim=line.claim_id.name,
                    date=format_date(self.env, line.claim_id.date_submitted),
                )
            }
            for line in others
        ]

    def _judge_work_done(self, _check):
        undone = self.line_ids.repair_line_id.filtered(
            lambda line: line.decision != "approved"
        )
        if self.repair_id.service_state in DONE_STATES and not undone:
            return []
        return [{"message": self.env._("The work is not done and checked yet.")}]

    def _judge_deadline(self, check):
        if not self.date_ready:
            return []
        last = self.date_ready + timedelta(days=check.days)
        if self._now() <= last:
            return []
        text = self.env._(
            "The work was done on %(date)s; the payer takes claims for %(days)s days.",
            date=format_date(self.env, self.date_ready),
            days=check.days,
        )
        return [{"message": text}]

    def _judge_payer_ref(self, _check):
        if (self.payer_ref or "").strip():
            return []
        return [{"message": self.env._("The insurer's case number is missing.")}]

    def _judge_policy(self, _check):
        if not self.policy_id:
            return [{"message": self.env._("No insurance policy is named.")}]
        day = fields.Date.context_today(
            self, self.date_accident or self.date_in or None
        )
        policy = self.policy_id
        if policy.insurer_id != self.partner_id:
            text = self.env._(
                "Policy %(policy)s is another insurer's.", policy=policy.number
            )
        elif not policy.date_start <= day <= policy.date_end:
            text = self.env._(
                "Policy %(policy)s was not in force on %(date)s.",
                policy=policy.number,
                date=format_date(self.env, day),
            )
        else:
            return []
        return [{"message": text}]
