from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from .auto_declined_work import URGENCIES


class AutoFollowupRule(models.Model):
    """Customers are asked again for what they declined, by its urgency."""

    _inherit = "auto.followup.rule"

    trigger = fields.Selection(
        selection_add=[("declined", "Work that the customer declined")],
        ondelete={"declined": lambda rules: rules._turn_occasions()},
    )
    declined_urgency = fields.Selection(
        selection=URGENCIES, string="Of urgency", help="Empty: all that was declined."
    )

    @api.constrains("trigger", "target")
    def _check_declined_target(self):
        for rule in self:
            if rule.trigger == "declined" and rule.target != "vehicle":
                raise ValidationError(
                    self.env._("“%(rule)s” can only be for cars.", rule=rule.name)
                )

    def _flush_sources(self):
        self.env["auto.declined.work"].flush_model()
        self.env["repair.order"].flush_model(["service_state"])
        return super()._flush_sources()

    def _source_declined_sql(self, since, until):
        offset = self._offset_sql()
        urgency = (
            SQL("AND work.urgency = %s", self.declined_urgency)
            if self.declined_urgency
            else SQL()
        )
        return SQL(
            """
            SELECT t.id AS target_id,
                   COALESCE((array_agg(work.partner_id ORDER BY work.id DESC))[1],
                            t.owner_id) AS partner_id,
                   t.id AS vehicle_id,
                   (array_agg(work.company_id ORDER BY work.id DESC))[1] AS company_id,
                   (MAX(work.date_declined) + %(offset)s)::date AS date_due,
                   'auto.declined.work'::varchar AS res_model, MAX(work.id) AS res_id
              FROM auto_declined_work work
              JOIN auto_vehicle t ON t.id = work.vehicle_id
             WHERE t.active AND t.owner_id IS NOT NULL AND work.state = 'open'
               AND work.partner_id = t.owner_id %(urgency)s
               AND NOT EXISTS (
                   SELECT 1 FROM repair_order inside
                    WHERE inside.vehicle_id = t.id
                      AND inside.service_state NOT IN ('returned', 'cancelled'))
          GROUP BY t.id
            """,
            offset=offset,
            urgency=urgency,
        )
