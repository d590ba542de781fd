from odoo.addons.survey.controllers.main import Survey


class AnonymousSurvey(Survey):
    """An anonymous answer is nobody's, whoever is logged in with that browser."""

    def _check_validity(
        self,
        survey_sudo,
        answer_sudo,
        answer_token,
        ensure_token=True,
        check_partner=True,
    ):
        if survey_sudo and survey_sudo.auto_is_anonymous:
            check_partner = False
        return super()._check_validity(
            survey_sudo,
            answer_sudo,
            answer_token,
            ensure_token=ensure_token,
            check_partner=check_partner,
        )
