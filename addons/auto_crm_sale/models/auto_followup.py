from odoo import models


class AutoFollowup(models.Model):
    _inherit = "auto.followup"

    def _done(self, result, note="", channel="phone"):
        contact = super()._done(result, note, channel)
        if result == "unhappy" and self.vehicle_id:
            # The handover is found whoever asks.
            handovers = self.env["auto.handover"].sudo()
            handovers.search(
                [
                    ("vehicle_id", "=", self.vehicle_id.id),
                    ("partner_id", "child_of", self.partner_id.ids),
                    ("state", "=", "done"),
                ],
                limit=1,
            )._say_unhappy(note)
        return contact
