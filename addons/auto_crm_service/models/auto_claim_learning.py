from collections import defaultdict
from datetime import timedelta

from odoo import fields, models

from .auto_claim_line import FINAL


class AutoClaim(models.Model):
    """What decisions on earlier claims say about the next one like them."""

    _inherit = "auto.claim"

    def _judge_refused_before(self, check):
        """Warn of operations and parts that this payer often did not pay in full."""
        found = []
        for name in ("operation_id", "product_id"):
            figures = self._past_decisions(name, check.days)
            for item, (total, cut) in figures.items():
                if cut < max(check.minimum, 1) or 100 * cut < check.share * total:
                    continue
                reason = self._usual_reason(name, item, check.days)
                text = self.env._(
                    "%(cut)s of %(total)s claims for %(item)s were cut or refused in "
                    "the last %(days)s days.",
                    cut=cut,
                    total=total,
                    item=item.display_name,
                    days=check.days,
                )
                if reason:
                    text = self.env._(
                        "%(text)s Mostly: %(reason)s.", text=text, reason=reason.name
                    )
                found.append({"message": text, "advice": reason.advice})
        return found

    def _past_domain(self, days):
        since = fields.Date.context_today(self) - timedelta(days=days)
        return [
            ("claim_id", "!=", self.id),
            ("claim_kind", "=", self.kind),
            ("partner_id", "=", self.partner_id.id),
            ("decision", "in", FINAL),
            ("date_decided", ">=", since),
        ]

    def _past_decisions(self, name, days):
        """Return how often what is claimed here was decided, and not paid in full.

        :param str name: ``operation_id`` or ``product_id`` of the lines
        :return: dict of the operation or part to ``(lines decided, lines cut)``
        """
        items = self.line_ids[name]
        if not items:
            return {}
        figures = defaultdict(lambda: [0, 0])
        for item, decision, count in self.env["auto.claim.line"]._read_group(
            [*self._past_domain(days), (name, "in", items.ids)],
            [name, "decision"],
            ["__count"],
        ):
            figures[item][0] += count
            if decision != "approved":
                figures[item][1] += count
        return figures

    def _usual_reason(self, name, item, days):
        """Return the reason given most often for not paying this in full."""
        groups = self.env["auto.claim.line"]._read_group(
            [
                *self._past_domain(days),
                (name, "=", item.id),
                ("reason_id", "!=", False),
            ],
            ["reason_id"],
            ["__count"],
            order="__count desc",
            limit=1,
        )
        return groups[0][0] if groups else self.env["auto.claim.reason"]
