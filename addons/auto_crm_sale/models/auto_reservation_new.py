from odoo import api, models
from odoo.tools import format_datetime


class AutoReservation(models.Model):
    """Reserving from a car, a prospect or a proposed car."""

    _inherit = "auto.reservation"

    @api.model
    def _action_new(self, values):
        """Return the window in which a car is reserved, filled with ``values``."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reserve"),
            "res_model": "auto.reservation",
            "views": [
                (
                    self.env.ref("auto_crm_sale.auto_reservation_view_form_new").id,
                    "form",
                )
            ],
            "target": "new",
            "context": {f"default_{name}": value for name, value in values.items()},
        }

    def action_confirm_new(self):
        """Reserve, and open the reservation."""
        self.action_confirm()
        return self._get_records_action()

    def action_queue_new(self):
        """Wait in line, and open the reservation."""
        self.action_queue()
        return self._get_records_action()

    def _holder_words(self):
        """Say in a few words who has the car until when."""
        self.ensure_one()
        if self.company_id not in self.env.companies:
            return self.env._("Taken by another store")
        name = self.user_id.name or self.company_id.name
        if not self.date_expiry:
            return name
        until = format_datetime(self.env, self.date_expiry, dt_format="short")
        return self.env._("%(name)s until %(date)s", name=name, date=until)
