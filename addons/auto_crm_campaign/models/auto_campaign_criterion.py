from odoo import fields, models


class AutoCampaignCriterion(models.Model):
    """What a campaign is marked on afterwards: the place, the staff, the gifts."""

    _name = "auto.campaign.criterion"
    _description = "Criterion of a campaign's evaluation"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "There is already a criterion with this name."
    )
