from odoo import models
from odoo.exceptions import UserError

from .auto_repair_line import ASKED_PAYERS


class AutoRepairLine(models.Model):
    """Which lines wait for a word, and which may be worked on."""

    _inherit = "auto.repair.line"

    def _to_decide(self):
        """Return the lines on which the customer has not decided yet."""
        return self.filtered(
            lambda line: line.decision == "proposed" and line.pay_type in ASKED_PAYERS
        )

    def _check_approved(self):
        """Refuse work that nobody agreed to.

        :raise UserError: when a line is not approved
        """
        for line in self:
            if line.decision != "approved":
                raise UserError(
                    self.env._("“%(line)s” is not approved yet.", line=line.name)
                )

    def action_propose_again(self):
        """Offer once more what the customer declined."""
        for line in self:
            if line.decision != "declined":
                raise UserError(
                    self.env._("“%(line)s” was not declined.", line=line.name)
                )
        self.repair_id._check_not_over()
        self.check_access("write")
        self._decide("proposed", self.env["auto.repair.approval"])
        return True
