from odoo import api, models
from odoo.exceptions import UserError


class SurveyUserInput(models.Model):
    """Answers about satisfaction: given once, changed by nobody."""

    _inherit = "survey.user_input"

    def _mark_done(self):
        result = super()._mark_done()
        # The customer who answers has no rights; the answer has its record.
        requests = self.env["auto.satisfaction"].sudo()
        for user_input in self:
            requests.search([("user_input_id", "=", user_input.id)])._take_answer()
        return result

    def write(self, vals):
        self._check_satisfaction()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_satisfaction(self):
        self._check_satisfaction(even_system=True)

    def _check_satisfaction(self, even_system=False):
        """Refuse to change answers about satisfaction.

        :raise UserError: for those
        """
        if self.env.su and not even_system:
            return
        if any(one.survey_id.auto_kind and not one.test_entry for one in self.sudo()):
            raise UserError(
                self.env._("Answers about satisfaction are kept as they were given.")
            )


class SurveyUserInputLine(models.Model):
    _inherit = "survey.user_input.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.user_input_id._check_satisfaction()
        return lines

    def write(self, vals):
        self.user_input_id._check_satisfaction()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_satisfaction(self):
        self.user_input_id._check_satisfaction()
