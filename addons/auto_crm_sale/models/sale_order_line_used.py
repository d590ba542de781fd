from odoo import api, fields, models


class SaleOrderLine(models.Model):
    """Whether a line sells a used car, and at which price."""

    _inherit = "sale.order.line"

    is_used_car = fields.Boolean(
        string="Used car",
        compute="_compute_is_used_car",
        store=True,
        help="As the car was when it was put on the contract: a new car is used from "
        "the day of its delivery on.",
    )

    @api.depends("vehicle_id", "product_id")
    def _compute_is_used_car(self):
        for line in self:
            line.is_used_car = line._is_of_used_car()

    def _is_of_used_car(self):
        self.ensure_one()
        # Named on the contract of whoever sells it.
        car = self.vehicle_id.sudo()
        return bool(self.product_id.is_used_car or car.is_used)

    def _take_over_used(self):
        """Ask the cars of these lines again whether they are used."""
        for line in self:
            line.is_used_car = line._is_of_used_car()

    @api.onchange("vehicle_id")
    def _onchange_vehicle_id(self):
        result = super()._onchange_vehicle_id()
        if self.vehicle_id.asking_price:
            self.with_context(force_price_recomputation=True)._compute_price_unit()
        return result

    def _list_price(self):
        self.ensure_one()
        car = self.vehicle_id.sudo()
        if not car.asking_price:
            return super()._list_price()
        return car.currency_id._convert(
            car.asking_price,
            self.currency_id or self.company_id.currency_id,
            self.company_id,
            self._get_order_date() or fields.Date.context_today(self),
        )

    def _get_display_price(self):
        if self.vehicle_id.sudo().asking_price and not self.agreement_line_id:
            return self._list_price()
        return super()._get_display_price()
