from odoo import api, fields, models

from odoo.addons.auto_crm_base.tools import vin as vin_tools


class AutoReception(models.TransientModel):
    """Recalls are found as soon as the VIN is entered."""

    _inherit = "auto.reception"

    vin_recalls = fields.Text(string="Open recalls", compute="_compute_vin_recalls")

    @api.depends("new_vin")
    def _compute_vin_recalls(self):
        for reception in self:
            vin = vin_tools.normalise(reception.new_vin)
            problems = not vin or vin_tools.validate(vin, with_check_digit=False)
            # What the numbers of a car say holds for every store.
            recalls = self.env["auto.recall"].sudo()
            recalls = recalls if problems else recalls._for_vin(vin)
            reception.vin_recalls = (
                "\n".join(recall._note_text() for recall in recalls) or False
            )

    def _take(self, vehicle):
        # The numbers may have been published since the car was here last.
        vehicle._match_recalls()
        return super()._take(vehicle)
