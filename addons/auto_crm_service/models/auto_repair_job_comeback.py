from odoo import api, fields, models
from odoo.tools import format_date

# A change of these may bring back what was repaired.
TOLD = {"fault_code", "causal_part_id", "line_ids", "kind"}


class AutoRepairJob(models.Model):
    """Jobs tell what they bring back, and whether they came back themselves."""

    _inherit = "auto.repair.job"

    operation_id = fields.Many2one(
        comodel_name="auto.labour.operation",
        string="Main operation",
        compute="_compute_operation_id",
        store=True,
        index="btree_not_null",
        help="The first labour operation of the job.",
    )
    comeback_ids = fields.One2many(
        comodel_name="auto.repair.comeback",
        inverse_name="job_id",
        string="Brings back",
        readonly=True,
    )
    came_back = fields.Float(
        string="Came back (%)",
        readonly=True,
        copy=False,
        default=0.0,
        aggregator="avg",
        help="100 when the car came back with it: the average is the rate.",
    )

    @api.depends("line_ids.operation_id", "line_ids.sequence")
    def _compute_operation_id(self):
        for job in self:
            job.operation_id = job.line_ids.operation_id[:1]

    def _compute_came_back(self):
        """Bring the rate of these jobs in step with what came back of them."""
        # The job may be another store's; only the system writes the rate.
        jobs = self.sudo()
        back = (
            self.env["auto.repair.comeback"]
            .sudo()
            .search([("earlier_job_id", "in", jobs.ids), ("state", "!=", "dismissed")])
            .earlier_job_id
        )
        for share, some in ((100.0, back), (0.0, jobs - back)):
            some.filtered(lambda job, s=share: job.came_back != s).came_back = share

    @api.model_create_multi
    def create(self, vals_list):
        jobs = super().create(
            [
                {name: vals[name] for name in vals if name != "came_back"}
                for vals in vals_list
            ]
        )
        self.env["auto.repair.comeback"]._detect(jobs)
        return jobs

    def write(self, vals):
        if "came_back" in vals and not self.env.su:
            vals = {name: vals[name] for name in vals if name != "came_back"}
        result = super().write(vals)
        if vals.keys() & TOLD:
            self.env["auto.repair.comeback"]._detect(self)
        return result


class RepairOrder(models.Model):
    _inherit = "repair.order"

    comeback_text = fields.Char(string="Comeback", compute="_compute_comeback_text")

    @api.model
    def _field_needs(self):
        return {**super()._field_needs(), "comeback_text": "auto.repair.comeback"}

    @api.depends("job_ids.comeback_ids.state")
    def _compute_comeback_text(self):
        for repair in self:
            comebacks = repair.job_ids.comeback_ids.filtered(
                lambda one: one.state != "dismissed"
            )
            repair.comeback_text = " · ".join(
                self.env._(
                    "“%(job)s”: repaired %(days)s days ago at %(store)s (%(work)s)",
                    job=one.concern,
                    days=one.days,
                    store=one.earlier_store,
                    work=one.earlier_correction or one.earlier_concern,
                )
                for one in comebacks
            )

    def action_open_comebacks(self):
        """Open what the jobs of this order bring back."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.auto_repair_comeback_action"
        )
        return {**action, "domain": [("repair_id", "in", self.ids)], "context": {}}


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    def _comeback_notes(self):
        """Return what any store of the group repaired within the comeback days."""
        self.ensure_one()
        company = self.env.company
        days = company.auto_comeback_days
        if not days:
            return []
        since = fields.Datetime.subtract(fields.Datetime.now(), days=days)
        # The technical history is whole; prices and persons stay with the store.
        jobs = (
            self.env["auto.repair.job"]
            .sudo()
            .search(
                [
                    ("vehicle_id", "=", self.id),
                    ("is_done", "=", True),
                    ("kind", "not in", ("maintenance", "preparation")),
                    ("repair_id.service_state", "in", ("ready", "settled", "returned")),
                    ("repair_id.date_in", ">=", since),
                ],
                order="id desc",
                limit=3,
            )
        )
        return [
            self.env._(
                "Repaired on %(date)s at %(store)s: %(work)s. The same again is a "
                "comeback.",
                date=format_date(self.env, job.repair_id.date_in),
                store=job.company_id.name,
                work=(job.correction or job.concern).strip().splitlines()[0],
            )
            for job in jobs
        ]

    def _counter_notes(self):
        return [*self._comeback_notes(), *super()._counter_notes()]
