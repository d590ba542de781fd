from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.auto_crm_base.tools.phone import mask_phone


class AutoSatisfactionCall(models.TransientModel):
    """Asks the questions in a call, and takes the answers down once."""

    _name = "auto.satisfaction.call"
    _inherit = ["auto.window.mixin"]
    _description = "Survey by phone"
    _document_field = "satisfaction_id"

    satisfaction_id = fields.Many2one(
        comodel_name="auto.satisfaction", required=True, ondelete="cascade"
    )
    customer = fields.Char(compute="_compute_customer")
    phone = fields.Char(compute="_compute_customer")
    reached = fields.Selection(
        selection=[("yes", "Answers"), ("no", "Not reached"), ("refused", "Refuses")],
        string="The customer",
        required=True,
        default="yes",
    )
    line_ids = fields.One2many(
        comodel_name="auto.satisfaction.call.line",
        inverse_name="wizard_id",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )

    @api.depends("satisfaction_id")
    def _compute_customer(self):
        for wizard in self:
            # Whoever was given the call sees whom to ring.
            partner = wizard._request().partner_id
            wizard.customer = partner.name
            calls = self.env.user.has_group("auto_crm_base.group_callcentre")
            wizard.phone = partner.phone if calls else mask_phone(partner.phone or "")

    @api.depends("satisfaction_id")
    def _compute_line_ids(self):
        for wizard in self:
            questions = wizard._request().survey_id.question_ids
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create(
                        {
                            "question_id": question.id,
                            "name": question.title,
                            "question_type": question.question_type,
                            "limits": f"{question.scale_min}–{question.scale_max}"
                            if question.question_type == "scale"
                            else "",
                        }
                    )
                    for question in questions
                ),
            ]

    def _request(self):
        """Return what is to be asked, for those who may read it.

        :raise AccessError: for the others
        """
        self.satisfaction_id.check_access("read")
        # The questionnaire and the customer's number are no concern of others.
        return self.satisfaction_id._own()

    def action_confirm(self):
        """Keep the answers, or that nobody was reached."""
        self.ensure_one()
        request = self._request()
        if not self.env.user.has_groups(
            "auto_crm_base.group_callcentre,auto_crm_base.group_head_office"
        ):
            raise AccessError(self.env._("The call centre asks the customers."))
        request.lock_for_update()
        if request.state != "to_call":
            raise UserError(self.env._("This customer was asked already."))
        if self.reached == "yes":
            self._keep(request)
        elif self.reached == "no":
            request._not_reached()
        else:
            request.write({"state": "expired"})
        return {"type": "ir.actions.act_window_close"}

    def _keep(self, request):
        user_input = request.user_input_id
        lines = self.line_ids.filtered(lambda line: line._is_given())
        if not lines:
            raise UserError(self.env._("Take down at least one answer."))
        if lines.question_id - request.survey_id.question_ids:
            raise UserError(self.env._("These are not the questions of the survey."))
        user_input._mark_in_progress()
        for line in lines:
            user_input._save_lines(line.question_id.sudo(), line._value())
        user_input._mark_done()


class AutoSatisfactionCallLine(models.TransientModel):
    """One question in a call."""

    _name = "auto.satisfaction.call.line"
    _description = "Question in a survey by phone"

    wizard_id = fields.Many2one(
        comodel_name="auto.satisfaction.call", required=True, ondelete="cascade"
    )
    question_id = fields.Many2one(
        comodel_name="survey.question", required=True, ondelete="cascade"
    )
    name = fields.Char(string="What to ask", readonly=True)
    question_type = fields.Char(readonly=True)
    limits = fields.Char(string="From – to", readonly=True)
    value = fields.Selection(
        # Odoo's scales lie within.
        selection=[(str(points), str(points)) for points in range(11)],
        string="Points",
    )
    text = fields.Char(string="Words")

    def _is_given(self):
        self.ensure_one()
        if self.question_id.sudo().question_type == "scale":
            return bool(self.value)
        return bool((self.text or "").strip())

    def _value(self):
        """Return the answer as Odoo's survey takes it.

        :raise UserError: when it is not one of the possible answers
        """
        self.ensure_one()
        question = self.question_id.sudo()  # whoever asks it may know it
        if question.question_type == "scale":
            if not question.scale_min <= int(self.value) <= question.scale_max:
                raise UserError(
                    self.env._(
                        "“%(question)s”: from %(low)s to %(high)s.",
                        question=question.title,
                        low=question.scale_min,
                        high=question.scale_max,
                    )
                )
            return self.value
        if question.question_type in ("simple_choice", "multiple_choice"):
            chosen = question.suggested_answer_ids.filtered(
                lambda one: one.value == self.text
            )
            if not chosen:
                raise UserError(
                    self.env._(
                        "“%(question)s”: one of %(answers)s.",
                        question=question.title,
                        answers=", ".join(
                            question.suggested_answer_ids.mapped("value")
                        ),
                    )
                )
            return chosen[:1].id
        return self.text
