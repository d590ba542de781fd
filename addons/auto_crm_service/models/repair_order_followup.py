from odoo import fields, models


class RepairOrder(models.Model):
    """What brought the car, and when it comes again."""

    _inherit = "repair.order"

    followup_ids = fields.One2many(
        comodel_name="auto.followup",
        inverse_name="repair_id",
        string="Follow-ups that led to it",
        readonly=True,
    )
    followup_count = fields.Integer(compute="_compute_followup_count")

    def _compute_followup_count(self):
        counts = {}
        followups = self.env["auto.followup"]
        if followups.has_access("read"):
            counts = dict(
                followups._read_group(
                    [("repair_id", "in", self.ids)], ["repair_id"], ["__count"]
                )
            )
        for repair in self:
            repair.followup_count = counts.get(repair._origin, 0)

    def _received(self):
        result = super()._received()
        followups = self.env["auto.followup"]
        for repair in self:
            followups._note_outcome(
                repair.vehicle_id,
                "came",
                fields.Date.context_today(repair, repair.date_in),
                repair=repair,
            )
        return result

    def action_return_car(self):
        result = super().action_return_car()
        for repair in self:
            repair.vehicle_id._after_workshop(
                fields.Date.context_today(repair, repair.date_out),
                repair.odometer_out or repair.odometer_in,
                repair._is_maintained(),
            )
        return result

    def _is_maintained(self):
        """Return whether a service was done on this order."""
        self.ensure_one()
        return any(
            job.kind == "maintenance"
            and any(line.decision == "approved" for line in job.line_ids)
            for job in self.job_ids
        )

    def action_open_followups(self):
        """Open the follow-ups that led to this order."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_base.auto_followup_action_all"
        )
        return {**action, "domain": [("repair_id", "=", self.id)], "context": {}}
