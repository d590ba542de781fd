from datetime import timedelta

from markupsafe import Markup

from odoo import fields, models
from odoo.exceptions import UserError

from .auto_claim import OPEN_STEPS
from .auto_claim_line import DECISIONS, FINAL


class AutoClaim(models.Model):
    """Submission of a claim, the payer's decision line by line, and its end."""

    _inherit = "auto.claim"

    date_submitted = fields.Datetime(
        string="Submitted on", readonly=True, copy=False, tracking=True
    )
    submitted_by_id = fields.Many2one(
        comodel_name="res.users", string="Submitted by", readonly=True, copy=False
    )
    round = fields.Integer(
        string="Times submitted", readonly=True, copy=False, aggregator=None
    )
    date_answer_due = fields.Date(
        string="Answer due",
        readonly=True,
        copy=False,
        help="By when the payer should have decided.",
    )
    is_overdue = fields.Boolean(
        string="Answer overdue", compute="_compute_is_overdue", search="_search_overdue"
    )
    date_decided = fields.Date(
        string="Decided on", readonly=True, copy=False, tracking=True
    )
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Decision recorded by",
        readonly=True,
        copy=False,
    )
    decision_ref = fields.Char(
        string="Decision number", readonly=True, copy=False, tracking=True
    )
    decision_days = fields.Integer(
        string="Days to decision", readonly=True, copy=False, aggregator="avg"
    )
    date_closed = fields.Date(string="Closed on", readonly=True, copy=False)

    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for claim in self:
            claim.is_overdue = bool(
                claim.step == "submitted"
                and claim.date_answer_due
                and claim.date_answer_due < today
            )

    def _search_overdue(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [
            ("step", "=", "submitted"),
            ("date_answer_due", "<", fields.Date.context_today(self)),
        ]

    # ------------------------------------------------------------------
    # Submission
    # ------------------------------------------------------------------

    def action_submit(self):
        """Check the claim and submit it, unless a check blocks it.

        What blocks is kept on the claim, with what to do; nothing is submitted then.

        :return: a notification when something blocks, else True
        :raise UserError: when it was submitted already
        """
        self.ensure_one()
        self.check_access("read")
        if self.step not in OPEN_STEPS:
            raise UserError(
                self.env._("%(claim)s was submitted already.", claim=self.name)
            )
        self.check_access("write")
        self._take_lines()
        if not self.line_ids:
            raise UserError(
                self.env._("Nothing is left to claim on %(claim)s.", claim=self.name)
            )
        self._run_checks()
        if self.check_state == "blocked":
            return self._tell_blocked()
        now = self._now()
        today = fields.Date.context_today(self, now)
        days = self.company_id.sudo().auto_claim_answer_days
        for line in self.line_ids.filtered(lambda one: one.decision == "returned"):
            line._set({"decision": False, "reason_id": False, "reason_note": False})
        self._set(
            {
                "step": "submitted",
                "date_submitted": now,
                "submitted_by_id": self.env.uid,
                "round": self.round + 1,
                "date_answer_due": today + timedelta(days=days),
                "reminded_on": False,
            }
        )
        self._done_activities()
        self._log_vehicle(self._kind_words(self.env._("Claim submitted")))
        return True

    def _kind_words(self, text):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        return f"{kinds[self.kind]}: {text}"

    def _tell_blocked(self):
        """Tell what blocks a claim, without losing the findings."""
        found = self.result_ids.filtered(
            lambda one: one.outcome == "failed" and one.severity == "block"
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger",
                "title": self.env._("Not submitted: %s to do", len(found)),
                "message": " ".join(filter(None, found.mapped("message"))),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_cancel(self):
        """Give the claim up, as long as nothing was decided.

        :raise UserError: when something was
        """
        for claim in self:
            if claim.step in OPEN_STEPS:
                claim.check_access("write")
            else:
                claim._check_manager()
            if claim.step not in (*OPEN_STEPS, "submitted") or any(
                line.decision in FINAL for line in claim.line_ids
            ):
                raise UserError(
                    self.env._(
                        "On %(claim)s the payer has decided: it is not cancelled.",
                        claim=claim.name,
                    )
                )
            claim._set({"step": "cancelled"})
            # Another claim of the order may follow at once.
            claim.flush_recordset(["step"])
            # The invoice stays, and belongs to the next claim of the order.
            claim.sudo().move_ids.write({"auto_claim_id": False})
            claim._done_activities()
        return True

    def _done_activities(self):
        """Take back what the system asked for."""
        self.sudo().activity_ids.filtered("automated").unlink()

    # ------------------------------------------------------------------
    # Decision
    # ------------------------------------------------------------------

    def action_decide(self):
        """Record by hand what the payer decided."""
        self.ensure_one()
        self._check_manager()
        self._check_decidable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payer's decision"),
            "res_model": "auto.claim.decide",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_claim_id": self.id},
        }

    def _check_decidable(self):
        """Refuse a decision on what was not submitted, or is settled."""
        if self.step not in ("submitted", "decided"):
            raise UserError(
                self.env._(
                    "%(claim)s is not before the payer: it is not decided.",
                    claim=self.name,
                )
            )

    def _record_decision(self, rows, date=None, reference=""):
        """Keep what the payer decided on lines of this claim.

        The same decision once more changes nothing; another one corrects the first,
        until somebody has said who bears what is not paid.

        :param list rows: dicts with ``line``, ``decision`` and, where it needs them,
            ``amount``, ``reason`` (an ``auto.claim.reason``) and ``note``
        :param date: the day of the decision; today when left out
        :param str reference: the payer's number of the decision
        :return: how many lines changed
        :raise UserError: when a row is not possible; nothing is kept then
        """
        self.ensure_one()
        self._check_manager()
        date = date or fields.Date.context_today(self)
        changes = []
        for row in rows:
            values = self._decision_values(row, date)
            line = row["line"]
            if any(
                line[name]
                != (line[name].browse(value) if name == "reason_id" else value)
                for name, value in values.items()
                if name not in ("date_decided", "reason_note")
            ):
                changes.append((line, values))
        if not changes:
            return 0
        self._check_decidable()
        for line, values in changes:
            if line.bearer:
                raise UserError(
                    self.env._(
                        "“%(line)s”: somebody has said already who bears it.",
                        line=line.name,
                    )
                )
            line._set(values)
        self._after_decision(date, reference)
        return len(changes)

    def _decision_values(self, row, date):
        """Return the values of one decided line, checked."""
        line, decision = row["line"], row["decision"]
        if line not in self.line_ids:
            raise UserError(self.env._("Please choose lines of %s.", self.name))
        if decision not in dict(DECISIONS):
            raise UserError(self.env._("“%s” is no decision.", decision or ""))
        today = fields.Date.context_today(self)
        submitted = fields.Date.context_today(self, self.date_submitted or None)
        if date > today or date < submitted:
            raise UserError(
                self.env._("Decisions on %s cannot be of that day.", self.name)
            )
        currency = line.currency_id
        amount = {"approved": line.amount, "reduced": row.get("amount") or 0}.get(
            decision, 0
        )
        amount = currency.round(amount)
        reason = row.get("reason") or self.env["auto.claim.reason"]
        if decision != "approved" and not reason:
            raise UserError(
                self.env._(
                    "Please say why “%(line)s” is not paid in full.", line=line.name
                )
            )
        if decision == "reduced" and not (
            currency.compare_amounts(amount, 0) > 0
            and currency.compare_amounts(amount, line.amount) < 0
        ):
            raise UserError(
                self.env._(
                    "“%(line)s” is reduced to an amount between zero and what was "
                    "claimed.",
                    line=line.name,
                )
            )
        return {
            "decision": decision,
            "amount_decided": amount,
            "reason_id": reason.id if decision != "approved" else False,
            "reason_note": row.get("note") or False,
            "date_decided": date if decision in FINAL else False,
        }

    def _after_decision(self, date, reference):
        """Follow what was decided: sent back, decided in full, or still waiting."""
        lines = self.line_ids
        values = {"decision_ref": reference or self.decision_ref}
        if any(line.decision == "returned" for line in lines):
            values["step"] = "returned"
        elif all(line.decision in FINAL for line in lines):
            submitted = fields.Date.context_today(self, self.date_submitted)
            values |= {
                "step": "decided",
                "date_decided": date,
                "decided_by_id": self.env.uid,
                "decision_days": (date - submitted).days,
            }
        self._set(values)
        self._done_activities()
        self._tell_decision(lines)

    def _tell_decision(self, lines):
        """Keep the decision in the history, and ask for what comes next."""
        names = dict(lines._fields["decision"]._description_selection(self.env))
        rows = [
            f"{line.number}. {line.name}: {names[line.decision]}"
            f" {line.amount_decided:.2f} / {line.amount:.2f}"
            + (f" ({line.reason_id.name})" if line.reason_id else "")
            for line in lines
            if line.decision
        ]
        self.sudo().message_post(
            body=Markup("<br/>").join(rows), author_id=self.env.user.partner_id.id
        )
        if self.step == "returned":
            self._remind(self.env._("Sent back: put right and submit again"))
        elif self.step == "decided":
            self._log_vehicle(self._kind_words(self.env._("Claim decided")))
            if self.amount_unborne:
                self._remind(self.env._("Not paid in full: who bears it?"))

    # ------------------------------------------------------------------
    # End
    # ------------------------------------------------------------------

    def action_close(self):
        """Close the claim: paid, and nothing left to say.

        :raise UserError: when money or a word is missing
        """
        for claim in self:
            claim._check_manager()
            if claim.step != "decided":
                raise UserError(
                    self.env._("%(claim)s is not decided.", claim=claim.name)
                )
            if claim.amount_unborne:
                raise UserError(
                    self.env._(
                        "Please say first who bears what is not paid on %(claim)s.",
                        claim=claim.name,
                    )
                )
            if claim.amount_open:
                raise UserError(
                    self.env._("%(claim)s is not paid yet.", claim=claim.name)
                )
        today = fields.Date.context_today(self)
        self._set({"step": "closed", "date_closed": today})
        self._done_activities()
        return True
