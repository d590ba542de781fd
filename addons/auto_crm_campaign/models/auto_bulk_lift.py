from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import SQL

# With fewer people than this in either group a difference says nothing.
SMALL = 30


class AutoBulkMessage(models.Model):
    """What the message has moved: those who got it beside those held out."""

    _inherit = "auto.bulk.message"

    lift_html = fields.Html(
        string="Outcome", compute="_compute_lift_html", sanitize=False
    )

    def _lift(self):
        """Return the outcome of both groups.

        Counted are people, not events: who wrote, called or came, who became a
        prospect, and whose prospect was won, between the day it went out and the end of
        the days of the outcome.

        :return: dict from ``mailed`` and ``held`` to a dict of ``people``,
            ``contacts``, ``leads`` and ``orders``
        """
        self.ensure_one()
        none = dict.fromkeys(("people", "contacts", "leads", "orders"), 0)
        result = {"mailed": none, "held": none}
        if not self.date_start:
            return result
        # Nobody had it before it went out, whenever it was started.
        since = max(self.date_start, self.schedule_date or self.date_start)
        until = fields.Datetime.add(since, days=self.outcome_days)
        self.env["auto.bulk.recipient"].flush_model()
        self.env["auto.contact"].flush_model()
        self.env["crm.lead"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT line.state, COUNT(*),
                       COUNT(*) FILTER (WHERE EXISTS (
                           SELECT 1 FROM auto_contact c
                            WHERE c.partner_id = line.partner_id
                              AND c.direction = 'in'
                              AND c.result IS DISTINCT FROM 'opt_out'
                              AND c.date >= %(since)s AND c.date < %(until)s)),
                       COUNT(*) FILTER (WHERE EXISTS (
                           SELECT 1 FROM crm_lead l
                            WHERE l.partner_id = line.partner_id
                              AND l.create_date >= %(since)s
                              AND l.create_date < %(until)s)),
                       COUNT(*) FILTER (WHERE EXISTS (
                           SELECT 1 FROM crm_lead l
                            WHERE l.partner_id = line.partner_id
                              AND l.won_status = 'won'
                              AND l.date_closed >= %(since)s
                              AND l.date_closed < %(until)s))
                  FROM auto_bulk_recipient line
                 WHERE line.message_id = %(message)s
                   AND line.state IN ('queued', 'held_out')
                 GROUP BY line.state
                """,
                since=since,
                until=until,
                message=self.id,
            )
        )
        for state, people, contacts, leads, orders in rows:
            result["mailed" if state == "queued" else "held"] = {
                "people": people,
                "contacts": contacts,
                "leads": leads,
                "orders": orders,
            }
        return result

    @api.depends("recipient_ids.state", "outcome_days", "schedule_date")
    @api.depends_context("lang")
    def _compute_lift_html(self):
        labels = (
            ("contacts", self.env._("Wrote, called or came")),
            ("leads", self.env._("Became a prospect")),
            ("orders", self.env._("Prospect won")),
        )
        for message in self:
            lift = message._lift()
            mailed, held = lift["mailed"], lift["held"]
            small = min(mailed["people"], held["people"]) < SMALL
            rows = Markup("").join(
                Markup(
                    "<tr><td>%s</td><td class='text-end'>%s</td>"
                    "<td class='text-end'>%s</td><td class='text-end'>%s</td></tr>"
                )
                % (
                    label,
                    self._share(mailed[key], mailed["people"]),
                    self._share(held[key], held["people"]) if held["people"] else "–",
                    "–"
                    if small
                    else f"{self._rate(mailed, key) - self._rate(held, key):+.1f}",
                )
                for key, label in labels
            )
            message.lift_html = Markup(
                "<table class='table table-sm'><thead><tr><th>%s</th>"
                "<th class='text-end'>%s</th><th class='text-end'>%s</th>"
                "<th class='text-end'>%s</th></tr></thead><tbody>%s</tbody></table>"
                "<p class='text-muted'>%s</p>"
            ) % (
                self.env._("Within %(days)s days", days=str(message.outcome_days)),
                self.env._("Got it (%(people)s)", people=str(mailed["people"])),
                self.env._("Held out (%(people)s)", people=str(held["people"])),
                self.env._("Lift (points)"),
                rows,
                self.env._(
                    "The lift is told from %(small)s people in each group on.",
                    small=str(SMALL),
                )
                if small
                else "",
            )

    @api.model
    def _rate(self, group, key):
        return 100.0 * group[key] / group["people"]

    @api.model
    def _share(self, count, people):
        return f"{count} ({100.0 * count / people:.1f} %)" if people else str(count)
