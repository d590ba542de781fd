from odoo import api, models
from odoo.exceptions import UserError

from .auto_claim import OPEN_STEPS


class AutoRepairLine(models.Model):
    """What of a repair order is claimed from a maker or an insurer."""

    _inherit = "auto.repair.line"

    def _claimable(self, kind):
        """Return the lines that such a claim takes.

        :param str kind: ``warranty`` or ``insurance``
        """
        return self.filtered(
            lambda line: line.pay_type == kind and line.decision != "declined"
        )

    def _claim_values(self):
        """Return the values of the line of a claim."""
        self.ensure_one()
        return {
            "repair_line_id": self.id,
            "job_id": self.job_id.id,
            "kind": self.kind,
            "operation_id": self.operation_id.id if self.kind == "labour" else False,
            "product_id": self.product_id.id if self.kind == "part" else False,
            "name": self.name,
            "quantity": self.quantity,
            "amount": self.price_total,
        }

    def _check_not_worked(self, names):
        self._check_not_claimed()
        return super()._check_not_worked(names)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_claimed(self):
        self._check_not_claimed()

    def _check_not_claimed(self):
        """Refuse to change what the payer has before them.

        :raise UserError: when a line is on a claim that was submitted
        """
        # Whoever works on the order need not read claims.
        claimed = (
            self.env["auto.claim.line"]
            .sudo()
            .search(
                [
                    ("repair_line_id", "in", self.ids),
                    ("claim_id.step", "not in", (*OPEN_STEPS, "cancelled")),
                ],
                limit=1,
            )
        )
        if claimed:
            raise UserError(
                self.env._(
                    "“%(line)s” is on claim %(claim)s, which was submitted.",
                    line=claimed.name,
                    claim=claimed.claim_id.name,
                )
            )
