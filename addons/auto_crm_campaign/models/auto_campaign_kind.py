from odoo import fields, models


class AutoCampaignKind(models.Model):
    """What sort of campaign it is: an auto show, a launch, an owners' day."""

    _name = "auto.campaign.kind"
    _description = "Kind of campaign"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer()

    _name_uniq = models.Constraint(
        "UNIQUE(name)", "There is already a kind of campaign with this name."
    )
