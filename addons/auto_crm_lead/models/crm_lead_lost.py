from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    competitor_id = fields.Many2one(
        comodel_name="auto.competitor",
        string="Bought from",
        index="btree_not_null",
        tracking=True,
        help="The competitor who got, or may get, this customer.",
    )
    competitor_model_id = fields.Many2one(
        comodel_name="auto.competitor.model",
        string="Their model",
        domain="[('competitor_id', '=', competitor_id)]",
        index="btree_not_null",
    )
