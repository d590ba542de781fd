from odoo import fields, models


class AutoModelPhoto(models.Model):
    """A picture of a model, for the buying guide."""

    _name = "auto.model.photo"
    _description = "Picture of a model"
    _order = "sequence, id"

    name = fields.Char(
        string="What it shows",
        required=True,
        translate=True,
        help="Read to those who do not see it.",
    )
    sequence = fields.Integer(default=10)
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Model",
        required=True,
        index=True,
        ondelete="cascade",
    )
    image = fields.Image(
        string="Picture", required=True, max_width=1600, max_height=1200
    )
    image_256 = fields.Image(
        string="Small picture",
        related="image",
        max_width=256,
        max_height=256,
        store=True,
    )
