from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tools import float_compare, float_round

from .sale_order_approval import WATCHED


class SaleOrderLine(models.Model):
    """What a line agrees, and what it gives away."""

    _inherit = "sale.order.line"

    list_price = fields.Float(
        string="List price",
        digits="Product Price",
        compute="_compute_list_price",
        help="The price without any discount, in the contract's currency.",
    )

    @api.depends("product_id", "vehicle_id", "product_uom_id", "currency_id")
    def _compute_list_price(self):
        for line in self:
            line.list_price = line._list_price()

    @api.constrains("price_unit", "discount", "vehicle_id", "product_id")
    def _check_car_price(self):
        for line in self:
            if line.is_vehicle and (line.price_unit < 0 or line.discount > 100):
                raise ValidationError(
                    self.env._(
                        "The price of %(car)s cannot be negative.",
                        car=line.vehicle_id.display_name or line.product_id.name,
                    )
                )

    @api.depends("vehicle_id")
    def _compute_name(self):
        return super()._compute_name()

    def _get_sale_order_line_multiline_description_sale(self):
        """Name the car, on every paper that shows the line."""
        description = super()._get_sale_order_line_multiline_description_sale()
        # Named on the contract of whoever sells it.
        vehicle = self.vehicle_id.sudo()
        if vehicle.vin:
            description += "\n" + self.env._("VIN: %s", vehicle.vin)
        elif vehicle.production_number:
            description += "\n" + self.env._(
                "Production number: %s", vehicle.production_number
            )
        return description

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        with orders._watch_terms() as watched:
            lines = super(SaleOrderLine, self.with_env(watched.env)).create(vals_list)
        lines = lines.with_env(self.env)
        if self.env.context.get("auto_terms_watched") is not WATCHED:
            for order in lines.order_id - orders:  # named by a default
                order._terms_touched(None)
        return lines

    def write(self, vals):
        orders = self.order_id
        if vals.get("order_id"):
            orders |= orders.browse(vals["order_id"])
        with orders._watch_terms() as watched:
            return super(SaleOrderLine, self.with_env(watched.env)).write(vals)

    def unlink(self):
        with self.order_id._watch_terms() as watched:
            return super(SaleOrderLine, self.with_env(watched.env)).unlink()

    def _terms(self):
        """Return what the line agrees, comparable and as JSON."""
        self.ensure_one()
        return [
            self.product_id._origin.id or 0,
            self.vehicle_id._origin.id or 0,
            f"{self.product_uom_qty:.3f}",
            self.product_uom_id._origin.id or 0,
            f"{self.price_unit:.4f}",
            f"{self.discount:.4f}",
            sorted(self.tax_ids.ids),
        ]

    def _list_price(self):
        """Return the unit price without any discount, in the contract's currency."""
        self.ensure_one()
        if not self.product_id or self.display_type:
            return 0.0
        line = self.with_company(self.company_id)
        product = line.product_id.with_context(**line._get_product_price_context())
        price = product._price_compute(
            "list_price",
            uom=line.product_uom_id,
            currency=line.currency_id or line.company_id.currency_id,
            company=line.company_id,
            date=line._get_order_date() or fields.Date.context_today(self),
        )[product.id]
        if not price and line.vehicle_id:
            price = line.vehicle_id.sudo().list_price
        return price

    def _reference_price(self):
        """Return the unit price to which nobody needs to say yes.

        :return: the list price, or what was approved elsewhere in its place
        """
        return self._list_price()

    def _net_price(self):
        self.ensure_one()
        return self.price_unit * (1 - (self.discount or 0) / 100)

    def _discount_below_list(self):
        """Return what the line gives away, in the contract's currency.

        Other addons return 0 for lines that are no discount, such as the offset of
        a car taken in part payment.
        """
        self.ensure_one()
        given = (self._reference_price() - self._net_price()) * self.product_uom_qty
        return max(float_round(given, precision_digits=2), 0.0)

    def _floor_price(self):
        """Return the floor price, 0 when there is none. To be called as superuser."""
        self.ensure_one()
        price = self.vehicle_id.floor_price or self.product_id.floor_price
        if not price:
            return 0.0
        currency = self.product_id.currency_id
        return currency._convert(
            price,
            self.currency_id or currency,
            self.company_id,
            fields.Date.context_today(self),
        )

    def _is_below_floor(self):
        """Return whether a car is sold for less than its floor price.

        What the contract gives away on other lines counts against its cars.
        """
        self.ensure_one()
        floor = self.is_vehicle and self.product_uom_qty and self._floor_price()
        if not floor:
            return False
        floor = min(floor, self._reference_price() or floor)
        lines = self.order_id._term_lines()
        cars = sum(lines.filtered("is_vehicle").mapped("product_uom_qty")) or 1
        given = sum(
            line._discount_below_list() for line in lines if not line.is_vehicle
        )
        net = self._net_price() - given / cars
        return float_compare(net, floor, precision_digits=2) < 0

    @api.model
    def _contract_line_vals(self, vehicle, product=None):
        """Return the command that puts a car, or a configuration, on a contract."""
        product = vehicle.product_id or product
        return Command.create({"product_id": product.id, "vehicle_id": vehicle.id})
