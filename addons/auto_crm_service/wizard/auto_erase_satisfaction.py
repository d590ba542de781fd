from odoo import api, models
from odoo.fields import Domain


class AutoErasePerson(models.TransientModel):
    _inherit = "auto.erase.person"

    @api.model
    def _erase_models(self, persons):
        answers = (
            self.env["auto.satisfaction"]
            .sudo()  # erasing is for the whole group
            .search([("partner_id", "in", persons.ids)])
        )
        return [
            {
                "model": "survey.user_input.line",
                "domain": Domain("user_input_id", "in", answers.user_input_id.ids)
                & Domain("answer_type", "in", ("text_box", "char_box")),
                "label": self.env._("Words in surveys removed"),
                "delete": True,
            },
            {
                "model": "auto.satisfaction",
                "domain": Domain("id", "in", answers.ids),
                "label": self.env._(
                    "Answers about satisfaction whose words are removed"
                ),
                "values": {"words": False},
            },
            *super()._erase_models(persons),
        ]
