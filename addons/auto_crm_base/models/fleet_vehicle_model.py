from odoo import api, fields, models
from odoo.exceptions import ValidationError


class FleetVehicleModel(models.Model):
    _inherit = "fleet.vehicle.model"

    series_id = fields.Many2one(
        comodel_name="auto.series",
        string="Series",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('brand_id', '=', brand_id)]",
    )
    trim_ids = fields.One2many(
        comodel_name="auto.trim", inverse_name="model_id", string="Trims"
    )
    auto_vehicle_count = fields.Integer(
        string="Cars", compute="_compute_auto_vehicle_count"
    )

    @api.constrains("series_id", "brand_id")
    def _check_series(self):
        for model in self.filtered("series_id"):
            if model.series_id.brand_id != model.brand_id:
                raise ValidationError(
                    self.env._(
                        "The series “%(series)s” is not one of %(brand)s.",
                        series=model.series_id.name,
                        brand=model.brand_id.name,
                    )
                )

    def _compute_vehicle_count(self):
        # Fleet counts the company's own cars, which our roles may not read.
        if not self.env["fleet.vehicle"].has_access("read"):
            self.vehicle_count = 0
            return
        super()._compute_vehicle_count()

    def _compute_auto_vehicle_count(self):
        vehicle = self.env["auto.vehicle"]
        counts = {}
        if vehicle.has_access("read"):
            counts = dict(
                vehicle._read_group(
                    [("model_id", "in", self.ids)], ["model_id"], ["__count"]
                )
            )
        for model in self:
            model.auto_vehicle_count = counts.get(model._origin, 0)

    def action_open_auto_vehicles(self):
        """Open the vehicles of this model."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_base.auto_vehicle_action"
        )
        action["domain"] = [("model_id", "=", self.id)]
        action["context"] = {"default_model_id": self.id}
        return action
