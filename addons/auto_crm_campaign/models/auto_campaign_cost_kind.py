from odoo import fields, models


class AutoCampaignCostKind(models.Model):
    """What money of a campaign is spent on: the stand, advertising, gifts."""

    _name = "auto.campaign.cost.kind"
    _description = "Kind of campaign cost"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "There is already a kind of cost with this name."
    )
