from odoo import fields, models


class FleetVehicleModel(models.Model):
    """What strangers see of a model in the buying guide."""

    _inherit = "fleet.vehicle.model"

    guide_published = fields.Boolean(
        string="In the buying guide",
        help="Strangers see the model, its pictures and its specifications on the "
        "pages of the stores that sell its brand.",
    )
    guide_summary = fields.Char(string="In one line", translate=True)
    guide_text = fields.Html(string="Description", translate=True)
    photo_ids = fields.One2many(
        comodel_name="auto.model.photo", inverse_name="model_id", string="Pictures"
    )
