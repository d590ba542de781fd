from odoo import fields, models
from odoo.tools import SQL


class AutoOdometerReading(models.Model):
    _inherit = "auto.odometer.reading"

    source = fields.Selection(
        selection_add=[("test_drive", "Test drive")],
        ondelete={"test_drive": lambda readings: readings._turn_into_manual()},
    )

    def _turn_into_manual(self):
        """Keep the readings as this addon goes; the ledger refuses every write."""
        if self:
            self.env.cr.execute(
                SQL(
                    "UPDATE auto_odometer_reading SET source = 'manual' WHERE id IN %s",
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["source"])
