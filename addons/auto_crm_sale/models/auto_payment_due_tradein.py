from odoo import fields, models


class AutoPaymentDue(models.Model):
    """What a car taken in part payment pays."""

    _inherit = "auto.payment.due"

    tradein_id = fields.Many2one(
        comodel_name="auto.tradein",
        string="Trade-in",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
