from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .auto_labour_rate import PAY_TYPES
from .repair_order import WRITERS

# What technicians write on their jobs; the rest is the adviser's.
TECHNICIAN_FIELDS = {"cause", "correction", "causal_part_id", "fault_code"}


class AutoRepairJob(models.Model):
    """One job of a repair order: concern, cause and correction."""

    _name = "auto.repair.job"
    _inherit = ["auto.derived.mixin"]
    _description = "Repair job"
    _order = "repair_id, sequence, id"
    _rec_name = "concern"

    repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Repair order",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="repair_id.company_id", store=True, index=True)
    vehicle_id = fields.Many2one(
        related="repair_id.vehicle_id", store=True, index="btree_not_null"
    )
    currency_id = fields.Many2one(related="repair_id.currency_id")
    service_state = fields.Selection(related="repair_id.service_state")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[
            ("maintenance", "Maintenance"),
            ("repair", "Repair"),
            ("accident", "Accident"),
            ("recall", "Recall"),
            ("preparation", "Preparation for sale"),
            ("rework", "Rework"),
        ],
        required=True,
        default="repair",
        index=True,
    )
    pay_type = fields.Selection(
        selection=PAY_TYPES,
        string="Paid by",
        required=True,
        default="customer",
        help="Who pays for what is added to this job; each line can say otherwise.",
    )
    concern = fields.Text(required=True, help="What the customer says, in their words.")
    cause = fields.Text(help="What the technician found.")
    correction = fields.Text(help="What was done about it.")
    causal_part_id = fields.Many2one(
        comodel_name="product.product",
        string="Causal part",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('type', '=', 'consu')]",
        help="The part that failed and made the others necessary.",
    )
    fault_code = fields.Char(help="As the diagnosis reads it, e.g. P0301.")
    technician_id = fields.Many2one(
        comodel_name="res.users",
        string="Technician",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    bay_id = fields.Many2one(
        comodel_name="auto.bay",
        string="Bay",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('company_id', '=', company_id)]",
    )
    line_ids = fields.One2many(
        comodel_name="auto.repair.line",
        inverse_name="job_id",
        string="Labour and parts",
        copy=True,
    )
    package_id = fields.Many2one(
        comodel_name="auto.service.package",
        string="Package",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="The service package from which this job was made.",
    )
    photo_ids = fields.One2many(
        comodel_name="auto.repair.photo", inverse_name="job_id", string="Photos"
    )
    standard_hours = fields.Float(compute="_compute_amounts", store=True, digits=(8, 2))
    amount_total = fields.Monetary(
        string="Amount", compute="_compute_amounts", store=True
    )
    is_done = fields.Boolean(string="Done", readonly=True, copy=False)
    may_plan = fields.Boolean(
        compute="_compute_may_plan", help="Technicians write what they found."
    )

    @api.depends("line_ids.price_total", "line_ids.quantity", "line_ids.decision")
    def _compute_amounts(self):
        for job in self:
            lines = job.line_ids.filtered(lambda line: line.decision != "declined")
            labour = lines.filtered(lambda line: line.kind == "labour")
            job.standard_hours = sum(labour.mapped("quantity"))
            job.amount_total = sum(lines.mapped("price_total"))

    @api.depends_context("uid")
    def _compute_may_plan(self):
        self.may_plan = self.env.user.has_groups(WRITERS)

    @api.constrains("bay_id", "technician_id")
    def _check_store(self):
        for job in self:
            if job.bay_id and job.bay_id.company_id != job.company_id:
                raise ValidationError(
                    self.env._(
                        "%(bay)s is not in this store.", bay=job.bay_id.display_name
                    )
                )
            # Whoever plans may not read the other stores of a technician.
            technician = job.technician_id.sudo()
            if technician and job.company_id not in technician.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in this store.", user=technician.name
                    )
                )

    @api.model
    def _field_needs(self):
        return {**super()._field_needs(), "time_ids": "auto.labour.time"}

    @api.model_create_multi
    def create(self, vals_list):
        jobs = super().create(vals_list)
        jobs.repair_id._check_not_over()
        return jobs

    def write(self, vals):
        if "repair_id" in vals and any(
            job.repair_id.id != vals["repair_id"] for job in self
        ):
            raise UserError(self.env._("A job stays with its repair order."))
        if not self.env.su:
            if vals.keys() - TECHNICIAN_FIELDS:
                self.repair_id._check_writer()
            self.filtered(
                lambda job: not job._only_adds(vals)
            ).repair_id._check_not_over()
        return super().write(vals)

    def _only_adds(self, vals):
        """Return whether this says only what was left out of a job done.

        A claim that asks for it is often made after the bill.
        """
        self.ensure_one()
        return self.service_state != "cancelled" and not any(
            name not in TECHNICIAN_FIELDS or self[name] for name in vals
        )

    @api.constrains("concern")
    def _check_concern(self):
        if any(not (job.concern or "").strip() for job in self):
            raise ValidationError(self.env._("Please write what the customer says."))

    @api.ondelete(at_uninstall=False)
    def _unlink_except_begun(self):
        self.repair_id._check_not_over()
        if self.line_ids.filtered(lambda line: line.decision != "proposed"):
            raise UserError(
                self.env._(
                    "A job on which somebody has decided is kept; decline its lines."
                )
            )
