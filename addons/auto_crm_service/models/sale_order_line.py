from odoo import fields, models


class SaleOrderLine(models.Model):
    """Names the line of the repair order that it settles."""

    _inherit = "sale.order.line"

    auto_repair_line_id = fields.Many2one(
        comodel_name="auto.repair.line",
        string="Repair line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    def _action_launch_stock_rule(self, **kwargs):
        # The workshop has issued the parts already.
        others = self.filtered(lambda line: not line.auto_repair_line_id)
        return super(SaleOrderLine, others)._action_launch_stock_rule(**kwargs)

    def _prepare_qty_delivered(self):
        settled = self.filtered("auto_repair_line_id")
        quantities = super(SaleOrderLine, self - settled)._prepare_qty_delivered()
        quantities.update({line: line.product_uom_qty for line in settled})
        return quantities
