from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .auto_vehicle import EARLIEST_YEAR, LATEST_YEARS_AHEAD


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    production_date = fields.Date(string="Built on")
    delivery_date = fields.Date(string="Delivered on", copy=False, tracking=True)
    warranty_end_date = fields.Date(
        string="Warranty until", copy=False, index=True, tracking=True
    )
    insurance_end_date = fields.Date(
        string="Insured until",
        compute="_compute_insurance_end_date",
        store=True,
        readonly=False,
        copy=False,
        index=True,
        help="From the insurance policies; can be entered for a car whose policy is "
        "not known.",
    )
    inspection_due_date = fields.Date(
        string="Annual inspection due", copy=False, index=True, tracking=True
    )
    next_service_date = fields.Date(
        string="Next service on", copy=False, index=True, tracking=True
    )
    next_service_odometer = fields.Integer(
        string="Next service at (km)", copy=False, tracking=True, aggregator=False
    )
    policy_ids = fields.One2many(
        comodel_name="auto.insurance.policy",
        inverse_name="vehicle_id",
        string="Insurance policies",
    )

    _next_service_odometer_check = models.Constraint(
        "CHECK (next_service_odometer >= 0 AND next_service_odometer <= 2000000)",
        "The next service must be due between 0 and 2,000,000 km.",
    )

    @api.depends("policy_ids.date_end", "policy_ids.active", "policy_ids.kind")
    def _compute_insurance_end_date(self):
        for vehicle in self:
            ends = {}
            # A policy is its store's own; its end concerns whoever sees the car.
            for policy in vehicle.sudo().policy_ids:
                if policy.active and policy.kind in policy._kinds_that_count():
                    ends[policy.kind] = max(
                        ends.get(policy.kind, policy.date_end), policy.date_end
                    )
            # The kind that ends first must be renewed first.
            vehicle.insurance_end_date = (
                min(ends.values()) if ends else vehicle.insurance_end_date
            )

    @api.constrains(
        "production_date",
        "delivery_date",
        "warranty_end_date",
        "insurance_end_date",
        "inspection_due_date",
        "next_service_date",
    )
    def _check_dates(self):
        today = fields.Date.context_today(self)
        latest = today + relativedelta(years=LATEST_YEARS_AHEAD)
        names = (
            "production_date",
            "delivery_date",
            "warranty_end_date",
            "insurance_end_date",
            "inspection_due_date",
            "next_service_date",
        )
        for vehicle in self:
            for name in names:
                date = vehicle[name]
                if date and not (date.year >= EARLIEST_YEAR and date <= latest):
                    raise ValidationError(
                        self.env._(
                            "%(vehicle)s: “%(field)s” cannot be %(date)s.",
                            vehicle=vehicle.display_name,
                            field=self._fields[name]._description_string(self.env),
                            date=date,
                        )
                    )
            if vehicle.delivery_date and vehicle.delivery_date > today + timedelta(1):
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s cannot have been delivered in the future "
                        "(%(date)s).",
                        vehicle=vehicle.display_name,
                        date=vehicle.delivery_date,
                    )
                )
            if (
                vehicle.delivery_date
                and vehicle.production_date
                and vehicle.delivery_date < vehicle.production_date
            ):
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s cannot be delivered (%(delivered)s) before it was "
                        "built (%(built)s).",
                        vehicle=vehicle.display_name,
                        delivered=vehicle.delivery_date,
                        built=vehicle.production_date,
                    )
                )
