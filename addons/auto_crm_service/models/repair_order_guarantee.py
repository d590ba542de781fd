from datetime import timedelta

from odoo import api, fields, models

# Orders on which nothing was done yet do not count; the stay does.
WORKED = ("quality", "ready", "settled", "returned")
DAY = timedelta(days=1)


class RepairOrder(models.Model):
    """The three guarantees beside the repair order."""

    _inherit = "repair.order"

    guarantee_note = fields.Text(
        string="Three guarantees", compute="_compute_guarantee_note"
    )

    @api.depends("vehicle_id")
    def _compute_guarantee_note(self):
        notes = self.vehicle_id._guarantee_notes()
        for repair in self:
            repair.guarantee_note = "\n".join(notes.get(repair.vehicle_id.id, ()))

    def _set_service_state(self, state, **values):
        result = super()._set_service_state(state, **values)
        if state in ("ready", "returned", "cancelled"):
            self._guarantee_refresh()
        return result

    def _guarantee_refresh(self):
        """Count the three guarantees of the cars anew."""
        self.vehicle_id._guarantee_refresh()

    def _guarantee_counts(self, rule):
        """Return whether this repair lies in the period of a rule."""
        delivery = self.vehicle_id.delivery_date
        day = fields.Date.context_today(self, self.date_in)
        return delivery <= day <= rule._last_day(delivery) and not (
            rule.km and self.odometer_in > rule.km
        )

    def _guarantee_days(self):
        """Return the days of this stay: each begun day of 24 hours is one."""
        end = self.date_ready or self.date_out or fields.Datetime.now()
        return max(-((self.date_in - end) // DAY), 1)

    def _guarantee_faults(self):
        """Return what counts here: ``{kind: {key: (what, count, words)}}``."""
        jobs = self.job_ids.filtered("is_quality_fault")
        days = self._guarantee_days()
        words = ", ".join(job.concern.strip().splitlines()[0] for job in jobs)
        faults = {"days": {"": (False, days, words)}}
        faults["stay"] = {"": (self.name, days, words)}
        if self.service_state not in WORKED:
            return faults
        problem, safety = {}, {}
        unit, early, main = {}, {}, {}
        for job in jobs:
            text = (job.correction or job.concern).strip().splitlines()[0]
            part, fault = job.causal_part_id, (job.fault_code or "").strip().upper()
            if part:
                problem[f"part:{part.id}"] = (part.display_name, 1, text)
            elif fault:
                problem[f"fault:{fault}"] = (fault, 1, text)
            if job.is_safety_fault:
                safety["safety"] = (False, 1, text)
            for line in job.line_ids.filtered(
                lambda line: line.kind == "part" and line.qty_issued
            ):
                product = line.product_id
                group = product.auto_part_group_id
                key, value = f"part:{product.id}", (product.display_name, 1, text)
                if group.kind == "unit":
                    unit[f"group:{group.id}"] = (group.name, 1, text)
                if group.kind in ("unit", "unit_part"):
                    early[key] = value
                if group.kind in ("unit_part", "main"):
                    # A unit that was replaced is not counted among parts again.
                    main[key] = value
        return {**faults, "problem": problem, "safety": safety} | {
            "unit": unit,
            "early": early,
            "main": main,
        }
