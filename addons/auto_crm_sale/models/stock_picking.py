from odoo import fields, models


class StockPicking(models.Model):
    _inherit = "stock.picking"

    auto_transfer_id = fields.Many2one(
        comodel_name="auto.vehicle.transfer",
        string="Transfer between stores",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
