from odoo import fields, models

from .auto_labour_rate import PAY_TYPES


class SaleOrder(models.Model):
    """The settlement of a repair order with one of its payers."""

    _inherit = "sale.order"

    auto_repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Settles",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The repair order that this order settles with one of its payers.",
    )
    auto_pay_type = fields.Selection(
        selection=PAY_TYPES, string="Paid by", readonly=True, copy=False
    )

    _auto_payer_uniq = models.UniqueIndex(
        "(auto_repair_id, auto_pay_type)"
        " WHERE auto_repair_id IS NOT NULL AND state != 'cancel'",
        "The repair order is settled with this payer already.",
    )
