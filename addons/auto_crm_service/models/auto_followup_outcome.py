from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.auto_crm_base.models.auto_followup import CLOSE


class AutoFollowup(models.Model):
    """What came of a follow-up: the customer reached, booked, in the workshop."""

    _inherit = "auto.followup"

    date_contacted = fields.Date(
        string="First talked on",
        readonly=True,
        copy=False,
        help="The first attempt that reached the customer, or the message.",
    )
    date_booked = fields.Date(
        string="Booked on",
        readonly=True,
        copy=False,
        help="An appointment was made after it.",
    )
    date_came = fields.Date(
        string="Came on",
        readonly=True,
        copy=False,
        help="The car came to the workshop after it.",
    )
    repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Repair order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    answer_ids = fields.One2many(
        comodel_name="auto.followup.answer",
        inverse_name="followup_id",
        string="Answers",
        readonly=True,
    )

    @api.model
    def _closed_fields(self):
        return super()._closed_fields() | {
            "answer_ids",
            "complaint_id",
            "date_booked",
            "date_came",
            "date_contacted",
            "repair_id",
        }

    def _log_result(self, result, note="", channel="phone"):
        contact = super()._log_result(result, note, channel)
        if result not in ("no_answer", "wrong_number"):
            self._note(date_contacted=fields.Date.context_today(self))
        if result == "appointment":
            self._note(date_booked=fields.Date.context_today(self))
        return contact

    def _log_message(self, rule):
        result = super()._log_message(rule)
        self._note(date_contacted=fields.Date.context_today(self))
        return result

    def _done(self, result, note="", channel="phone"):
        contact = super()._done(result, note, channel)
        if result == "unhappy" and not self.complaint_id:
            self._complain(note or self.env._("Reached, not satisfied"))
        return contact

    def _note(self, **values):
        """Write what came of the follow-ups, each thing once."""
        for name, value in values.items():
            fresh = self.filtered(lambda one, name=name: not one[name])
            fresh.with_context(auto_followup_close=CLOSE).write({name: value})

    @api.model
    def _note_outcome(self, vehicle, step, date, repair=None):
        """Note that a car was booked or came, on the follow-ups that asked for it.

        The only place that measures what reminders lead to. A follow-up counts during
        the days that its rule gives it, from the talk (or, where nobody was reached,
        from when it was due).

        :param vehicle: the car
        :param str step: ``booked`` or ``came``
        :param date: the day on which it happened
        :param repair: the repair order, when it came
        """
        name = f"date_{step}"
        # The follow-ups of other stores had the same effect on the customer.
        candidates = self.sudo().search(
            [
                ("vehicle_id", "=", vehicle.id),
                ("rule_id.visit_days", ">", 0),
                ("date_occurrence", "<=", date + timedelta(days=1)),
                ("date_occurrence", ">=", date - timedelta(days=800)),
                (name, "=", False),
            ]
        )
        counted = candidates.filtered(lambda one: one._counts_on(date))
        counted._note(**{name: date})
        if repair:
            counted._note(repair_id=repair.id)

    def _counts_on(self, date):
        """Return whether a visit on this day is owed to the follow-up."""
        self.ensure_one()
        made = fields.Date.context_today(self, self.create_date)
        start = self.date_contacted or self.date_occurrence
        return (
            made <= date <= max(start, made) + timedelta(days=self.rule_id.visit_days)
        )

    def action_open_repair(self):
        """Open the repair order that it led to."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "repair.order",
            "res_id": self.repair_id.id,
            "views": [
                (
                    self.env.ref("auto_crm_service.repair_order_view_form_service").id,
                    "form",
                )
            ],
        }
