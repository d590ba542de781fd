from odoo import api, models


class SaleOrderLine(models.Model):
    """Rewards on an order: they change points, which no user may do by hand.

    Whoever has the right on the order's lines is let through; the points follow.
    """

    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        costly = [vals for vals in vals_list if vals.get("points_cost")]
        if self.env.su or not costly:
            return super().create(vals_list)
        self.check_access("create")
        # Checked before for the model and after for the lines.
        lines = super(SaleOrderLine, self.sudo()).create(vals_list)
        lines = lines.with_env(self.env)
        lines.check_access("create")
        return lines

    def write(self, vals):
        if self.env.su or "points_cost" not in vals or "sale" not in self._states():
            return super().write(vals)
        self.check_access("write")
        self._check_field_access_of(vals)
        # The right on these lines and fields was checked just now.
        return super(SaleOrderLine, self.sudo()).write(vals)

    def unlink(self):
        rewards = self.filtered("reward_id")
        if self.env.su or not rewards:
            return super().unlink()
        if rewards == self and self._states() == {"cancel"}:
            self.order_id.check_access("write")
        else:
            self.check_access("unlink")
        # The right on these lines, or on their cancelled order, was checked.
        return super(SaleOrderLine, self.sudo()).unlink()

    def _states(self):
        return set(self.order_id.mapped("state"))

    def _check_field_access_of(self, vals):
        for name in vals:
            self._check_field_access(self._fields[name], "write")
