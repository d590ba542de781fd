from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Domain

# Criterion, and the date of the car that comes within so many days.
DUE_DATES = {
    "warranty_days": "warranty_end_date",
    "insurance_days": "insurance_end_date",
    "inspection_days": "inspection_due_date",
    "service_days": "next_service_date",
}


class AutoSegment(models.Model):
    """Criteria of the car that the person drives; one car meets all of them."""

    _inherit = "auto.segment"

    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        relation="auto_segment_brand_rel",
        string="Brands driven",
    )
    model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model",
        relation="auto_segment_model_rel",
        string="Models driven",
    )
    car_age_min = fields.Integer(
        string="Car's age from (years)",
        help="Since delivery; where that is not known, by the model year.",
    )
    car_age_max = fields.Integer(string="Car's age to (years)")
    odometer_min = fields.Integer(string="Mileage from (km)")
    odometer_max = fields.Integer(string="Mileage to (km)")
    warranty_state = fields.Selection(
        selection=[("running", "Still running"), ("over", "Over")], string="Warranty"
    )
    warranty_days = fields.Integer(string="Warranty ends within (days)")
    insurance_days = fields.Integer(string="Insurance ends within (days)")
    inspection_days = fields.Integer(string="Inspection due within (days)")
    service_days = fields.Integer(string="Service due within (days)")

    @api.model
    def _criteria_fields(self):
        return [
            *super()._criteria_fields(),
            "brand_ids",
            "model_ids",
            "car_age_min",
            "car_age_max",
            "odometer_min",
            "odometer_max",
            "warranty_state",
            *DUE_DATES,
        ]

    def _criteria(self):
        criteria = super()._criteria()
        today = fields.Date.context_today(self)
        domains = criteria["vehicle"]
        if self.brand_ids:
            domains.append(Domain("brand_id", "in", self.brand_ids.ids))
        if self.model_ids:
            domains.append(Domain("model_id", "in", self.model_ids.ids))
        domains += self._car_age_criteria(today)
        if self.odometer_min:
            domains.append(Domain("odometer", ">=", self.odometer_min))
        if self.odometer_max:
            domains.append(Domain("odometer", "<=", self.odometer_max))
        if self.warranty_state == "running":
            domains.append(Domain("warranty_end_date", ">=", today))
        elif self.warranty_state == "over":
            domains.append(Domain("warranty_end_date", "<", today))
        for name, date in DUE_DATES.items():
            if self[name]:
                domains.append(Domain(date, ">=", today))
                domains.append(
                    Domain(date, "<=", today + relativedelta(days=self[name]))
                )
        return criteria

    def _car_age_criteria(self, today):
        """Return the conditions on the car's age, in full years."""
        domains = []
        if self.car_age_min:
            latest = today - relativedelta(years=self.car_age_min)
            domains.append(
                Domain("delivery_date", "<=", latest)
                | (
                    Domain("delivery_date", "=", False)
                    & Domain("model_year", ">", 0)
                    & Domain("model_year", "<=", latest.year)
                )
            )
        if self.car_age_max:
            earliest = today - relativedelta(years=self.car_age_max + 1)
            domains.append(
                Domain("delivery_date", ">", earliest)
                | (
                    Domain("delivery_date", "=", False)
                    & Domain("model_year", ">", earliest.year)
                )
            )
        return domains
