from odoo import fields, models


class AutoSeries(models.Model):
    """A line of models of one brand, as makers group and advertise them."""

    _name = "auto.series"
    _description = "Vehicle series"
    _order = "brand_id, sequence, name"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    brand_id = fields.Many2one(
        comodel_name="fleet.vehicle.model.brand",
        string="Brand",
        required=True,
        index=True,
        ondelete="restrict",
    )
    model_ids = fields.One2many(
        comodel_name="fleet.vehicle.model", inverse_name="series_id", string="Models"
    )
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "UNIQUE (brand_id, name)", "This brand has a series of that name already."
    )
