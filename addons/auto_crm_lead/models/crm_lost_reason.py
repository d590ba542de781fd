from odoo import fields, models


class CrmLostReason(models.Model):
    _inherit = "crm.lost.reason"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    needs_competitor = fields.Boolean(
        string="Ask for the competitor",
        help="A loss for this reason is only accepted with the competitor's name.",
    )
