from odoo import api, fields, models
from odoo.exceptions import UserError

from .auto_sale_addon import SYNC

AMOUNT_FIELDS = frozenset({"price_unit", "discount", "product_uom_qty", "product_id"})


class SaleOrderLine(models.Model):
    """The line by which an add-on is charged."""

    _inherit = "sale.order.line"

    addon_id = fields.Many2one(
        comodel_name="auto.sale.addon",
        string="Add-on",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    _addon_uniq = models.UniqueIndex(
        "(addon_id) WHERE addon_id IS NOT NULL",
        "This add-on is on the contract already.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if not self._from_addon():
            # Whatever a client sends: the add-on makes its line itself.
            vals_list = [{**vals, "addon_id": False} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        if "addon_id" in vals and not self._from_addon():
            raise UserError(self.env._("An add-on makes its line itself."))
        result = super().write(vals)
        if AMOUNT_FIELDS & vals.keys() and not self._from_addon():
            # Who may change the contract's line changes the add-on with it.
            for line in self.sudo().filtered("addon_id"):
                line.addon_id.with_context(auto_addon_sync=SYNC).write(
                    {"product_id": line.product_id.id, "amount": line._addon_amount()}
                )
        return result

    def unlink(self):
        addons = self.sudo().addon_id if not self._from_addon() else None
        result = super().unlink()
        if addons:
            addons.exists().with_context(auto_addon_sync=SYNC).write(
                {"is_charged": False}
            )
        return result

    def _from_addon(self):
        return self.env.context.get("auto_addon_sync") is SYNC

    def _addon_amount(self):
        """Return what the customer pays for the add-on by this line."""
        self.ensure_one()
        return max(self._net_price() * self.product_uom_qty, 0)
