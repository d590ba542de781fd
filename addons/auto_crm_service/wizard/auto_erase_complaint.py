from odoo import api, models
from odoo.fields import Domain


class AutoErasePerson(models.TransientModel):
    _inherit = "auto.erase.person"

    @api.model
    def _erase_models(self, persons):
        complaints = (
            self.env["auto.complaint"]
            .sudo()  # erasing is for the whole group
            .search([("partner_id", "in", persons.ids)])
        )
        erased = self.env._("(erased)")
        on_thread = Domain("model", "=", "auto.complaint") & Domain(
            "res_id", "in", complaints.ids
        )
        return [
            {
                "model": "auto.complaint.task",
                "domain": Domain("complaint_id", "in", complaints.ids),
                "label": self.env._("Tasks of complaints whose text is removed"),
                "values": {"name": erased, "result": False},
            },
            {
                "model": "auto.complaint.event",
                "domain": Domain("complaint_id", "in", complaints.ids),
                "label": self.env._("Lines of complaints whose text is removed"),
                "values": {"note": False, "external_ref": False},
            },
            {
                "model": "mail.message",
                "domain": on_thread,
                "label": self.env._("Messages about complaints deleted"),
                "delete": True,
            },
            {
                "model": "auto.complaint",
                "domain": Domain("id", "in", complaints.ids),
                "label": self.env._("Complaints whose text is removed"),
                "values": {
                    "subject": erased,
                    "description": erased,
                    "car_text": False,
                    "solution": False,
                    "closing_reason": False,
                },
            },
            *super()._erase_models(persons),
        ]
