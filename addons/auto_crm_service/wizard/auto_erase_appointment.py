from odoo import api, models
from odoo.fields import Domain


class AutoErasePerson(models.TransientModel):
    _inherit = "auto.erase.person"

    @api.model
    def _erase_models(self, persons):
        appointments = (
            self.env["auto.appointment"]
            .sudo()  # erasing is for the whole group
            .search([("partner_id", "in", persons.ids)])
        )
        on_thread = Domain("model", "=", "auto.appointment") & Domain(
            "res_id", "in", appointments.ids
        )
        return [
            {
                "model": "mail.message",
                "domain": on_thread,
                "label": self.env._("Messages about appointments deleted"),
                "delete": True,
            },
            {
                "model": "auto.appointment",
                "domain": Domain("id", "in", appointments.ids),
                "label": self.env._("Appointments whose text is removed"),
                "values": {
                    "concern": False,
                    "car_text": False,
                    "reason_note": False,
                    "external_ref": False,
                    "access_token": False,
                },
            },
            *super()._erase_models(persons),
        ]
