from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command


class RepairOrder(models.Model):
    """The recalls of the car that is in the workshop."""

    _inherit = "repair.order"

    recall_row_ids = fields.Many2many(
        comodel_name="auto.recall.vehicle",
        string="Recalls to do",
        compute="_compute_recall_row_ids",
    )
    recall_text = fields.Char(
        string="Recalls of this car", compute="_compute_recall_text"
    )
    bulletin_text = fields.Char(
        string="Technical bulletins", compute="_compute_recall_text"
    )
    has_stop_drive = fields.Boolean(related="vehicle_id.has_stop_drive")

    @api.depends("vehicle_id", "service_state", "job_ids.recall_row_id")
    def _compute_recall_row_ids(self):
        rows = self.env["auto.recall.vehicle"]
        found = {}
        if rows.has_access("read"):
            found = dict(
                rows._read_group(
                    [
                        ("vehicle_id", "in", self.vehicle_id.ids),
                        ("is_pending", "=", True),
                        ("recall_id.state", "=", "active"),
                    ],
                    ["vehicle_id"],
                    ["id:recordset"],
                )
            )
        for repair in self:
            repair.recall_row_ids = found.get(repair.vehicle_id, rows).filtered(
                lambda row, repair=repair: row.job_id.repair_id != repair
            )

    @api.depends("recall_row_ids")
    def _compute_recall_text(self):
        for repair in self:
            recalls = repair.recall_row_ids.recall_id
            bulletins = recalls.filtered(lambda one: one.kind == "bulletin")
            for name, some in (
                ("recall_text", recalls - bulletins),
                ("bulletin_text", bulletins),
            ):
                texts = [recall._note_text() for recall in some]
                repair[name] = " · ".join(texts) or False

    def action_add_recalls(self):
        """Add the work of all open recalls and campaigns of the car.

        :raise UserError: when there is none
        """
        self.ensure_one()
        rows = self.recall_row_ids.filtered(
            lambda row: row.kind != "bulletin" and not row.job_id
        )
        if not rows:
            raise UserError(self.env._("No recall is open on this car."))
        for row in rows:  # one or two
            self._add_recall(row)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _add_recall(self, row):
        """Add the job of a recall with its operations and parts; the maker pays.

        :param row: one ``auto.recall.vehicle`` of the car
        :return: the job
        :raise UserError: when it is on an order already, or nothing is to be done
        """
        self.ensure_one()
        self.check_access("write")
        self._check_not_over()
        if row.vehicle_id != self.vehicle_id or not row.is_pending:
            raise UserError(self.env._("This car has no such recall to be done."))
        if row.job_id:
            raise UserError(
                self.env._(
                    "The recall is on %(order)s already.",
                    order=row.sudo().repair_id.display_name,
                )
            )
        recall = row.recall_id
        job = self.env["auto.repair.job"].create(
            {
                "repair_id": self.id,
                "kind": "recall",
                "pay_type": "warranty",
                "concern": recall.display_name,
                "cause": recall.risk,
                "recall_row_id": row.id,
                "line_ids": [
                    Command.create(values)
                    for values in recall.line_ids._repair_line_values()
                ],
            }
        )
        row._booked(job)
        return job

    def action_repair_cancel(self):
        result = super().action_repair_cancel()
        self.filtered("vehicle_id").job_ids.recall_row_id._unbooked()
        return result


class AutoRepairJob(models.Model):
    _inherit = "auto.repair.job"

    recall_row_id = fields.Many2one(
        comodel_name="auto.recall.vehicle",
        string="Of the recall",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def write(self, vals):
        if "recall_row_id" in vals and not self.env.su:
            raise UserError(self.env._("A recall is added by its button."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_frees_recall(self):
        self.recall_row_id._unbooked()

    def action_finish(self):
        result = super().action_finish()
        for job in self.filtered("recall_row_id"):
            job.recall_row_id._done(job)
        return result

    def _again(self):
        result = super()._again()
        for job in self.filtered("recall_row_id"):
            job.recall_row_id._step("booked", date_done=False, done_company_id=False)
        return result
