from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

# Only the methods of comebacks pass this object.
STEP = object()
# Done again when it is due, not because it was done badly.
NOT_COUNTED = ("maintenance", "preparation")


class AutoRepairComeback(models.Model):
    """A car that came back with what a workshop of the group had repaired.

    Found by the same fault, causal part or operation within the days and kilometres
    of the store's settings, at whichever store. Both stores see it; what the other
    store charged is not here.
    """

    _name = "auto.repair.comeback"
    _description = "Comeback"
    _order = "date desc, id desc"

    job_id = fields.Many2one(
        comodel_name="auto.repair.job",
        string="Job now",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    earlier_job_id = fields.Many2one(
        comodel_name="auto.repair.job",
        string="Job before",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    vehicle_id = fields.Many2one(
        related="job_id.vehicle_id", store=True, index="btree_not_null"
    )
    repair_id = fields.Many2one(
        related="job_id.repair_id", store=True, index=True, string="Repair order now"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Came back to",
        required=True,
        readonly=True,
        index=True,
    )
    earlier_company_id = fields.Many2one(
        comodel_name="res.company",
        string="Repaired by store",
        required=True,
        readonly=True,
        index=True,
    )
    earlier_store = fields.Char(
        related="earlier_company_id.name", string="Repaired by the store"
    )
    technician_id = fields.Many2one(
        comodel_name="res.users",
        string="Repaired by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    operation_id = fields.Many2one(
        comodel_name="auto.labour.operation",
        string="Operation",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    date = fields.Date(string="Came back on", required=True, readonly=True)
    match = fields.Selection(
        selection=[
            ("fault", "Same fault code"),
            ("part", "Same causal part"),
            ("operation", "Same operation"),
        ],
        string="Found by",
        required=True,
        readonly=True,
    )
    days = fields.Integer(string="Days between", readonly=True, aggregator="avg")
    distance = fields.Integer(string="Km between", readonly=True, aggregator="avg")
    concern = fields.Text(related="job_id.concern", string="Concern now")
    earlier_concern = fields.Text(
        related="earlier_job_id.concern", string="Concern before"
    )
    earlier_correction = fields.Text(
        related="earlier_job_id.correction", string="Done before"
    )
    state = fields.Selection(
        selection=[
            ("suspected", "To judge"),
            ("confirmed", "Comeback"),
            ("dismissed", "Something else"),
        ],
        required=True,
        readonly=True,
        default="suspected",
        index=True,
    )
    rework_id = fields.Many2one(
        comodel_name="auto.repair.rework",
        string="Rework record",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    judged_by_id = fields.Many2one(
        comodel_name="res.users", string="Judged by", readonly=True
    )

    _pair_uniq = models.UniqueIndex(
        "(job_id, earlier_job_id)", "This comeback is known already."
    )

    @api.depends("vehicle_id", "date")
    def _compute_display_name(self):
        for comeback in self:
            car = comeback.vehicle_id.sudo()  # its plate is on both orders
            comeback.display_name = f"{car.license_plate or car.vin} · {comeback.date}"

    def write(self, vals):
        if self.env.context.get("auto_comeback") is not STEP:
            raise UserError(self.env._("A comeback is judged by its buttons."))
        return super().write(vals)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_confirm(self):
        """Open the window that says why it came back, and keeps the rework."""
        self.ensure_one()
        self._check_may_judge()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Why did it come back?"),
            "res_model": "auto.repair.comeback.judge",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_comeback_id": self.id},
        }

    def action_dismiss(self):
        """It has nothing to do with the work before."""
        self._check_may_judge()
        self._step("dismissed")
        return True

    def _check_may_judge(self):
        self.check_access("write")
        if any(comeback.state != "suspected" for comeback in self):
            raise UserError(self.env._("This comeback was judged already."))

    def _step(self, state, **values):
        """Bring the comebacks to a state; the only way to do so."""
        # Either store judges; the job before may be the other's.
        comebacks = self.sudo()
        comebacks.with_context(auto_comeback=STEP).write(
            {"state": state, "judged_by_id": self.env.uid, **values}
        )
        comebacks.earlier_job_id._compute_came_back()

    # ------------------------------------------------------------------
    # Detection
    # ------------------------------------------------------------------

    @api.model
    def _detect(self, jobs):
        """Find what these jobs bring back, at any store of the group.

        :param jobs: ``auto.repair.job`` of one or more orders
        :return: the new comebacks, as superuser
        """
        found = self.sudo()  # the work before may be another store's
        jobs = jobs.sudo().filtered(
            lambda job: (
                job.vehicle_id and job.kind not in ("maintenance", "preparation")
            )
        )
        ids = []
        for company, theirs in jobs.grouped("company_id").items():
            if company.auto_comeback_days:
                ids += self._insert(theirs, company)
        if not ids:
            return found
        found = found.browse(ids)
        jobs.invalidate_recordset(["comeback_ids"], flush=False)
        found.earlier_job_id._compute_came_back()
        return found

    def _insert(self, jobs, company):
        for name in ("auto.repair.job", "auto.repair.line", "repair.order"):
            self.env[name].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO auto_repair_comeback
                       (job_id, earlier_job_id, vehicle_id, repair_id, company_id,
                        earlier_company_id, technician_id, operation_id, date, match,
                        days, distance, state, create_uid, create_date, write_uid,
                        write_date)
                SELECT now_job.id, old_job.id, now_order.vehicle_id, now_order.id,
                       now_order.company_id, old_order.company_id,
                       old_job.technician_id, old_job.operation_id,
                       now_order.date_in::date, found.match,
                       EXTRACT(DAY FROM now_order.date_in - found.ended)::int,
                       CASE WHEN now_order.odometer_in > 0 AND old_order.odometer_in > 0
                            THEN now_order.odometer_in - old_order.odometer_in END,
                       'suspected', %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM auto_repair_job now_job
                  JOIN repair_order now_order ON now_order.id = now_job.repair_id
                  JOIN repair_order old_order
                    ON old_order.vehicle_id = now_order.vehicle_id
                   AND old_order.id != now_order.id
                   AND old_order.service_state != 'cancelled'
                  JOIN auto_repair_job old_job
                    ON old_job.repair_id = old_order.id AND old_job.is_done
                   AND old_job.kind NOT IN %(not_counted)s
            CROSS JOIN LATERAL (
                SELECT COALESCE(old_order.date_out, old_order.date_ready,
                                old_order.date_in) AS ended,
                       CASE
                       WHEN lower(btrim(now_job.fault_code))
                            = lower(btrim(old_job.fault_code))
                            AND btrim(now_job.fault_code) != '' THEN 'fault'
                       WHEN now_job.causal_part_id = old_job.causal_part_id
                            OR EXISTS (
                                SELECT 1 FROM auto_repair_line line
                                 WHERE (line.job_id = old_job.id
                                        AND line.decision = 'approved'
                                        AND line.product_id = now_job.causal_part_id)
                                    OR (line.job_id = now_job.id
                                        AND line.decision != 'declined'
                                        AND line.product_id = old_job.causal_part_id))
                            THEN 'part'
                       WHEN EXISTS (
                                SELECT 1 FROM auto_repair_line old_line
                                  JOIN auto_repair_line now_line
                                    ON now_line.operation_id = old_line.operation_id
                                 WHERE old_line.job_id = old_job.id
                                   AND old_line.decision = 'approved'
                                   AND now_line.job_id = now_job.id
                                   AND now_line.decision != 'declined')
                            THEN 'operation' END AS match) AS found
                 WHERE now_job.id IN %(jobs)s AND found.match IS NOT NULL
                   AND found.ended <= now_order.date_in
                   AND found.ended
                       >= now_order.date_in - make_interval(days => %(days)s)
                   AND (%(km)s = 0 OR COALESCE(now_order.odometer_in, 0) = 0
                        OR COALESCE(old_order.odometer_in, 0) = 0
                        OR now_order.odometer_in - old_order.odometer_in <= %(km)s)
                ON CONFLICT (job_id, earlier_job_id) DO NOTHING
                RETURNING id
                """,
                uid=self.env.uid,
                now=self.env.cr.now(),
                jobs=tuple(jobs.ids),
                not_counted=NOT_COUNTED,
                days=company.auto_comeback_days,
                km=company.auto_comeback_km,
            )
        )
        return [id_ for (id_,) in rows]
