from odoo import fields, models
from odoo.tools import SQL


class AutoContact(models.Model):
    _inherit = "auto.contact"

    result = fields.Selection(
        selection_add=[
            ("unhappy", "Reached, not satisfied"),
            ("no_answer",),
        ],
        ondelete={"unhappy": lambda contacts: contacts._turn_into_reached()},
    )

    def _turn_into_reached(self):
        """Keep what was said when the addon goes; follow-ups have the same result."""
        if self:
            # The log refuses every write; its words stay as they are.
            for table in ("auto_contact", "auto_followup"):
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET result = 'reached' WHERE result = 'unhappy'",
                        SQL.identifier(table),
                    )
                )
            self.env.invalidate_all()
