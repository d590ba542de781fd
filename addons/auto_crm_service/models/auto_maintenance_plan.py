from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

INTERVAL_FIELDS = ("months", "distance", "first_months", "first_distance")


class AutoMaintenancePlan(models.Model):
    """How often cars of a brand or a model come for maintenance.

    The most exact plan counts: of the model, else of the brand, else the one of all
    cars. A time and a distance: whichever comes first.
    """

    _name = "auto.maintenance.plan"
    _description = "Maintenance interval"
    _order = "sequence, id"
    _rec_name = "name"

    name = fields.Char(compute="_compute_name")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    brand_id = fields.Many2one(
        comodel_name="fleet.vehicle.model.brand",
        string="Brand",
        ondelete="cascade",
        index="btree_not_null",
        help="Empty: cars of all brands.",
    )
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Model",
        ondelete="cascade",
        index="btree_not_null",
        domain="[('brand_id', '=?', brand_id)]",
        help="Empty: all models of the brand.",
    )
    months = fields.Integer(
        string="Every (months)", default=12, help="0: not by time.", aggregator=None
    )
    distance = fields.Integer(
        string="Every (km)",
        default=10000,
        help="0: not by distance.",
        aggregator=None,
    )
    first_months = fields.Integer(
        string="First after (months)",
        help="The first service of a new car, counted from its delivery. 0: as later.",
        aggregator=None,
    )
    first_distance = fields.Integer(
        string="First after (km)", help="0: as later.", aggregator=None
    )

    _interval_check = models.Constraint(
        "CHECK (months BETWEEN 0 AND 120 AND first_months BETWEEN 0 AND 120"
        " AND distance BETWEEN 0 AND 200000 AND first_distance BETWEEN 0 AND 200000"
        " AND months + distance > 0)",
        "A service comes within 120 months and 200,000 km, by time or by distance.",
    )
    _one_each = models.UniqueIndex(
        "(COALESCE(model_id, 0), COALESCE(brand_id, 0)) WHERE active",
        "There is an interval for these cars already.",
    )

    @api.depends("brand_id.name", "model_id.name")
    @api.depends_context("lang")
    def _compute_name(self):
        for plan in self:
            plan.name = (
                plan.model_id.display_name
                or plan.brand_id.name
                or self.env._("All cars")
            )

    @api.constrains("brand_id", "model_id")
    def _check_model(self):
        for plan in self:
            if plan.model_id and plan.brand_id not in (
                plan.model_id.brand_id,
                self.env["fleet.vehicle.model.brand"],
            ):
                raise ValidationError(
                    self.env._(
                        "%(model)s is not made by %(brand)s.",
                        model=plan.model_id.name,
                        brand=plan.brand_id.name,
                    )
                )

    @api.model
    def _by_vehicle(self, vehicles):
        """Return ``{vehicle: plan}``, with an empty plan where none is for the car."""
        plans = self.search_fetch([], ["model_id", "brand_id", *INTERVAL_FIELDS])
        models_, brands, general = {}, {}, self.browse()
        for plan in plans:
            if plan.model_id:
                models_.setdefault(plan.model_id, plan)
            elif plan.brand_id:
                brands.setdefault(plan.brand_id, plan)
            else:
                general = general or plan
        return {
            vehicle: models_.get(vehicle.model_id)
            or brands.get(vehicle.model_id.brand_id)
            or general
            for vehicle in vehicles
        }

    def _next(self, date, odometer, is_first=False):
        """Return when the next service is due, as values of a car.

        :param date: the day of the last service, or of the delivery
        :param int odometer: what the meter showed then, in km
        :param bool is_first: the car is new
        """
        self.ensure_one()
        months = (is_first and self.first_months) or self.months
        distance = (is_first and self.first_distance) or self.distance
        return {
            "next_service_date": months and date + relativedelta(months=months),
            "next_service_odometer": distance and min(odometer + distance, 2_000_000),
        }
