from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# What a call to the owner means for the recalls of the car.
RESULTS = {
    "reached": "contacted",
    "call_back": "contacted",
    "appointment": "contacted",
    "visited": "contacted",
    "no_answer": "unreachable",
    "wrong_number": "unreachable",
    "not_interested": "refused",
    "opt_out": "refused",
}


class AutoFollowupRule(models.Model):
    """Owners are called about the open recalls of their cars."""

    _inherit = "auto.followup.rule"

    trigger = fields.Selection(
        selection_add=[("recall", "An open recall of the car")],
        ondelete={"recall": lambda rules: rules._turn_occasions()},
    )

    @api.constrains("trigger", "target")
    def _check_recall_target(self):
        for rule in self:
            if rule.trigger == "recall" and rule.target != "vehicle":
                raise ValidationError(
                    self.env._("“%(rule)s” can only be for cars.", rule=rule.name)
                )

    def _flush_sources(self):
        self.env["auto.recall"].flush_model()
        self.env["auto.recall.vehicle"].flush_model()
        return super()._flush_sources()

    def _source_recall_sql(self, since, until):
        offset = self._offset_sql()
        return SQL(
            """
            SELECT t.id AS target_id, t.owner_id AS partner_id, t.id AS vehicle_id,
                   t.company_id,
                   MAX(GREATEST(row.date_matched, recall.date_published) + %(offset)s)
                       ::date AS date_due,
                   'auto.recall.vehicle'::varchar AS res_model,
                   (array_agg(row.id ORDER BY row.date_matched DESC, row.id DESC))[1]
                       AS res_id
              FROM auto_recall_vehicle row
              JOIN auto_recall recall ON recall.id = row.recall_id
               AND recall.state = 'active' AND recall.kind IN ('recall', 'campaign')
              JOIN auto_vehicle t ON t.id = row.vehicle_id
             WHERE t.active AND t.owner_id IS NOT NULL
               AND row.state IN ('open', 'unreachable')
               AND row.date_matched <= %(until)s::date + 3
          GROUP BY t.id
            """,
            offset=offset,
            until=until,
        )


class AutoFollowup(models.Model):
    _inherit = "auto.followup"

    def _close(self, state, result, note, contact=None):
        outcome = super()._close(state, result, note, contact)
        step = RESULTS.get(result)
        if state == "done" and step:
            # Whoever called goes on with the recalls, seen by them or not.
            rows = (
                self.filtered(lambda one: one.rule_id.sudo().trigger == "recall")
                .vehicle_id.sudo()
                .recall_row_ids.filtered(
                    lambda row: row.is_pending and row.state != "booked"
                )
            )
            rows._step(
                step,
                note=(note or "")[:200],
                date_contacted=fields.Date.context_today(self)
                if step != "unreachable"
                else False,
            )
        return outcome
