from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# So many days between two rules' dates are the same service of a car.
SAME_SERVICE_DAYS = 90


class AutoFollowupRule(models.Model):
    """Follow-ups on occasions: festivals and seasons, by store and province."""

    _inherit = "auto.followup.rule"

    trigger = fields.Selection(
        selection_add=[("occasion", "A festival or season")],
        ondelete={"occasion": lambda rules: rules._turn_occasions()},
    )
    occasion_id = fields.Many2one(
        comodel_name="auto.care.occasion", string="Occasion", ondelete="restrict"
    )
    visit_days = fields.Integer(
        string="Counts for (days)",
        help="A visit to the workshop within so many days after it is owed to the "
        "follow-up. 0: visits are not counted.",
    )
    question_ids = fields.One2many(
        comodel_name="auto.followup.question",
        inverse_name="rule_id",
        string="Questions",
        copy=True,
    )

    _visit_days_check = models.Constraint(
        "CHECK (visit_days BETWEEN 0 AND 366)", "Visits count for up to 366 days."
    )

    @api.constrains("trigger", "occasion_id")
    def _check_occasion(self):
        for rule in self:
            if rule.trigger == "occasion" and not rule.occasion_id:
                raise ValidationError(
                    self.env._("“%(rule)s” needs its occasion.", rule=rule.name)
                )

    def _turn_occasions(self):
        """Keep the rules when the addon goes, switched off: they have follow-ups."""
        names = {"vehicle": "delivery_date", "customer": "birthday"}
        for rule in self:
            field = self.env["ir.model.fields"]._get(
                rule._target_model(), names[rule.target]
            )
            rule.write({"active": False, "trigger": "date", "date_field_id": field.id})

    def _flush_sources(self):
        self.env["auto.care.date"].flush_model()
        self.env["auto.appointment"].flush_model(["state", "stop", "vehicle_id"])
        return super()._flush_sources()

    def _source_occasion_sql(self, since, until):
        """Every customer, or car, of the stores where the occasion comes up."""
        person = SQL("t.owner_id" if self.target == "vehicle" else "t.id")
        store = SQL("t.company_id" if self.target == "vehicle" else "t.auto_store_id")
        return SQL(
            """
            SELECT t.id AS target_id, %(person)s AS partner_id,
                   %(vehicle)s AS vehicle_id, %(store)s AS company_id,
                   occasion.due AS date_due,
                   NULL::varchar AS res_model, NULL::int AS res_id
              FROM (SELECT d.id,
                           (d.date + make_interval(years => k.years) + %(offset)s)::date
                               AS due
                      FROM auto_care_date d
                CROSS JOIN generate_series(
                           0, CASE WHEN d.repeat_yearly THEN 120 ELSE 0 END) k(years)
                     WHERE d.occasion_id = %(occasion)s
                   ) AS occasion
              JOIN %(table)s t ON t.active AND %(only)s
             WHERE occasion.due BETWEEN %(since)s AND %(until)s
               AND (NOT EXISTS (SELECT 1 FROM auto_care_date_company_rel rel
                                 WHERE rel.date_id = occasion.id)
                    OR EXISTS (SELECT 1 FROM auto_care_date_company_rel rel
                                WHERE rel.date_id = occasion.id
                                  AND rel.company_id = %(store)s))
               AND (NOT EXISTS (SELECT 1 FROM auto_care_date_state_rel rel
                                 WHERE rel.date_id = occasion.id)
                    OR EXISTS (SELECT 1 FROM auto_care_date_state_rel rel
                                 JOIN res_partner address
                                   ON address.state_id = rel.state_id
                                WHERE rel.date_id = occasion.id
                                  AND address.id = %(person)s))
            """,
            person=person,
            store=store,
            vehicle=SQL("t.id" if self.target == "vehicle" else "NULL::int"),
            table=SQL.identifier(self._target_records()._table),
            only=SQL(
                "t.owner_id IS NOT NULL"
                if self.target == "vehicle"
                else "t.is_auto_customer AND t.auto_store_id IS NOT NULL"
            ),
            offset=self._offset_sql(),
            occasion=self.occasion_id.id,
            since=since,
            until=until,
        )

    def _not_made_sql(self):
        """A service that is due by date and by distance is spoken of once.

        Nobody is asked to come who has an appointment.
        """
        condition = super()._not_made_sql()
        if self.visit_days and self.target == "vehicle":
            condition = SQL(
                """%s AND NOT EXISTS (
                    SELECT 1 FROM auto_appointment coming
                     WHERE coming.vehicle_id = src.target_id
                       AND coming.state IN ('booked', 'confirmed')
                       AND coming.stop >= %s)""",
                condition,
                fields.Datetime.now(),
            )
        if self.subject != "maintenance" or self.target != "vehicle":
            return condition
        return SQL(
            """%(condition)s AND NOT EXISTS (
                SELECT 1 FROM auto_followup spoken
                  JOIN auto_followup_rule about ON about.id = spoken.rule_id
                 WHERE spoken.vehicle_id = src.target_id
                   AND about.subject = 'maintenance' AND about.id != %(rule)s
                   AND (spoken.state IN ('open', 'escalated')
                        OR spoken.date_occurrence
                           BETWEEN src.date_due - %(days)s AND src.date_due + %(days)s
                        AND spoken.result IS DISTINCT FROM 'void'))""",
            condition=condition,
            rule=self.id,
            days=SAME_SERVICE_DAYS,
        )
