from odoo import api, fields, models
from odoo.exceptions import UserError


class RepairOrder(models.Model):
    """The repair order in the workshop: work, quality check, ready."""

    _inherit = "repair.order"

    standard_hours = fields.Float(
        compute="_compute_hours", store=True, digits=(8, 2), help="Sold hours."
    )
    clocked_hours = fields.Float(
        compute="_compute_hours", store=True, digits=(8, 2), help="Hours worked."
    )
    technician_ids = fields.Many2many(
        comodel_name="res.users",
        string="Technicians",
        compute="_compute_technician_ids",
        search="_search_technician_ids",
    )
    quality_user_id = fields.Many2one(
        comodel_name="res.users", string="Checked by", readonly=True, copy=False
    )
    rework_ids = fields.One2many(
        comodel_name="auto.repair.rework",
        inverse_name="repair_id",
        string="Rework",
        readonly=True,
    )

    @api.depends("job_ids.standard_hours", "job_ids.clocked_hours")
    def _compute_hours(self):
        for repair in self:
            repair.standard_hours = sum(repair.job_ids.mapped("standard_hours"))
            repair.clocked_hours = sum(repair.job_ids.mapped("clocked_hours"))

    @api.depends("job_ids.technician_id")
    def _compute_technician_ids(self):
        for repair in self:
            repair.technician_ids = repair.job_ids.technician_id

    def _search_technician_ids(self, operator, value):
        return [("job_ids.technician_id", operator, value)]

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_quality_passed(self):
        """The car is checked and ready for the customer.

        :raise UserError: when work, parts or decisions are open
        """
        self._check_may_judge()
        for repair in self:
            if repair.service_state != "quality":
                raise UserError(
                    self.env._(
                        "%(order)s is not at the quality check.",
                        order=repair.display_name,
                    )
                )
            repair._check_all_done()
        # Stock is moved by the system: who checks has no right on it.
        self.filtered(
            lambda one: one.state == "under_repair"
        ).sudo().action_repair_end()
        self._set_service_state(
            "ready", quality_user_id=self.env.uid, date_ready=fields.Datetime.now()
        )
        for repair in self:
            repair.vehicle_id._log_event(
                "repair",
                self.env._("Repaired: %(jobs)s", jobs=repair._jobs_text()),
                document=repair,
                partner=repair.partner_id,
                company=repair.company_id,
            )
        return True

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _check_may_judge(self):
        """Refuse to let those who did the work check it.

        :raise UserError: for a technician of the order
        """
        self.check_access("write")
        for repair in self:
            worked = repair.sudo().job_ids.time_ids.user_id
            if self.env.user in worked and not self.env.user.has_group(
                "auto_crm_base.group_service_manager"
            ):
                raise UserError(
                    self.env._("Somebody who did not do the work checks it.")
                )

    def _check_all_done(self):
        self.ensure_one()
        if self.line_ids._to_decide():
            raise UserError(
                self.env._("The customer has not decided on all of the estimate.")
            )
        undone = self.job_ids.filtered(
            lambda job: (
                not job.is_done
                and any(line.decision == "approved" for line in job.line_ids)
            )
        )
        if undone:
            raise UserError(
                self.env._(
                    "Not done yet: %(jobs)s", jobs=", ".join(undone.mapped("concern"))
                )
            )
        missing = self.line_ids.filtered(
            lambda line: (
                line.kind == "part"
                and line.decision == "approved"
                and line._compare(line.quantity, line.qty_issued) > 0
            )
        )
        if missing:
            raise UserError(
                self.env._(
                    "Not issued: %(parts)s. Issue the parts, or correct the quantity.",
                    parts=", ".join(missing.mapped("name")),
                )
            )

    def _work_started(self):
        """Follow the first clock that starts."""
        for repair in self:
            if repair.state == "confirmed":
                # Technicians have no right on stock.
                repair.sudo().action_repair_start()
        # Sent back when it was ready: it is not, and nobody has checked it yet.
        self.sudo()._set_service_state(
            "working", date_ready=False, quality_user_id=False
        )
        # Whoever works does not wait for parts any more.
        self.sudo().filtered("parts_reason").write(
            {"parts_reason": False, "parts_expected": False, "parts_told": False}
        )

    def _jobs_done(self):
        """Go to the quality check when every approved job is done."""
        for repair in self:
            approved = repair.job_ids.filtered(
                lambda job: any(line.decision == "approved" for line in job.line_ids)
            )
            if approved and all(job.is_done for job in approved):
                if repair.state == "confirmed":
                    # As above: a job may be done without a clock.
                    repair.sudo().action_repair_start()
                repair.sudo()._set_service_state("quality")

    def _stop_clocks(self):
        self.job_ids._stop_clocks("parts")

    def _jobs_text(self):
        """Return in words what was done."""
        return ", ".join(
            (job.correction or job.concern).strip().splitlines()[0]
            for job in self.job_ids
            if job.is_done
        )

    def action_repair_cancel(self):
        result = super().action_repair_cancel()
        of_cars = self.filtered("vehicle_id")
        of_cars.job_ids._stop_clocks()
        of_cars._set_service_state("cancelled")
        return result

    def action_cancel_service(self):
        """Give up the order; what was issued must be back in stock first.

        :raise UserError: when parts are out, or the order is settled
        """
        self.check_access("write")
        self._check_not_over()
        if any(line.qty_issued for line in self.line_ids):
            raise UserError(self.env._("Parts were issued: give them back first."))
        # Stock is moved by the system: advisers have no right on it.
        self.sudo().action_repair_cancel()
        return True
