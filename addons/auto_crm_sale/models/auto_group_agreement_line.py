from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AutoGroupAgreementLine(models.Model):
    """The price and the volume of one product, or of all cars of a model."""

    _name = "auto.group.agreement.line"
    _description = "Line of a group agreement"
    _order = "agreement_id desc, sequence, id"

    agreement_id = fields.Many2one(
        comodel_name="auto.group.agreement",
        string="Agreement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    product_tmpl_id = fields.Many2one(
        comodel_name="product.template",
        string="Product",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('sale_ok', '=', True)]",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Variant",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('product_tmpl_id', '=?', product_tmpl_id)]",
        help="Only this variant of the product.",
    )
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Model",
        index="btree_not_null",
        ondelete="restrict",
        help="All cars of the model, unless a line names their product.",
    )
    price_kind = fields.Selection(
        selection=[("fixed", "Price"), ("discount", "Discount")],
        string="Agreed",
        required=True,
        default="discount",
    )
    price = fields.Monetary()
    discount = fields.Float(string="Discount %")
    volume = fields.Integer(string="Volume agreed")
    contracted = fields.Integer(
        compute="_compute_execution", help="On confirmed contracts."
    )
    delivered = fields.Integer(compute="_compute_execution")
    remaining = fields.Integer(compute="_compute_execution")
    execution = fields.Float(
        string="Executed %",
        compute="_compute_execution",
        help="Contracted, of the volume agreed.",
    )
    company_id = fields.Many2one(related="agreement_id.company_id", store=True)
    currency_id = fields.Many2one(related="agreement_id.currency_id")
    partner_id = fields.Many2one(related="agreement_id.partner_id", store=True)
    date_end = fields.Date(related="agreement_id.date_end", store=True)
    state = fields.Selection(related="agreement_id.state", store=True)
    sale_line_ids = fields.One2many(
        comodel_name="sale.order.line",
        inverse_name="agreement_line_id",
        string="Contract lines",
    )

    _what_check = models.Constraint(
        "CHECK(product_tmpl_id IS NOT NULL OR product_id IS NOT NULL"
        " OR model_id IS NOT NULL)",
        "A line of an agreement is for a product or for a model.",
    )
    _discount_check = models.Constraint(
        "CHECK(discount IS NULL OR discount BETWEEN 0 AND 100)",
        "A discount is from 0 to 100 %.",
    )
    _price_check = models.Constraint(
        "CHECK((price IS NULL OR price >= 0) AND (volume IS NULL OR volume >= 0))",
        "Price and volume cannot be negative.",
    )

    @api.depends("volume", "sale_line_ids.product_uom_qty", "sale_line_ids.state")
    def _compute_execution(self):
        # Figures only, over all contracts that used the line.
        groups = (
            self.env["sale.order.line"]
            .sudo()
            ._read_group(
                [("agreement_line_id", "in", self.ids), ("state", "=", "sale")],
                ["agreement_line_id"],
                ["product_uom_qty:sum", "qty_delivered:sum"],
            )
        )
        figures = {line.id: sums for line, *sums in groups}
        for line in self:
            contracted, delivered = figures.get(line._origin.id, (0, 0))
            line.contracted = contracted
            line.delivered = delivered
            line.remaining = max(line.volume - contracted, 0)
            line.execution = contracted / line.volume * 100 if line.volume else 0

    @api.depends("agreement_id.name", "product_id", "product_tmpl_id", "model_id")
    def _compute_display_name(self):
        for line in self:
            what = line.product_id or line.product_tmpl_id or line.model_id
            line.display_name = f"{line.agreement_id.name}: {what.display_name or ''}"

    @api.constrains("price_kind", "price")
    def _check_price(self):
        for line in self:
            if line.price_kind == "fixed" and not line.price:
                raise ValidationError(self.env._("Please give the price agreed."))

    @api.constrains("agreement_id", "product_id", "product_tmpl_id", "model_id")
    def _check_once(self):
        for agreement in self.agreement_id:
            keys = [line._key() for line in agreement.line_ids]
            if len(keys) != len(set(keys)):
                raise ValidationError(
                    self.env._("A product or a model is on the agreement twice.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines.agreement_id._check_draft()
        return lines

    def write(self, vals):
        self.agreement_id._check_draft()
        result = super().write(vals)
        self.agreement_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_force(self):
        self.agreement_id._check_draft()

    def action_view_orders(self):
        """Open the contracts that used the line."""
        self.ensure_one()
        action = self.agreement_id.action_view_orders()
        action["domain"] = [
            ("order_line.agreement_line_id", "=", self.id),
            ("state", "!=", "cancel"),
        ]
        return action

    def _key(self):
        self.ensure_one()
        return self.product_id.id, self.product_tmpl_id.id, self.model_id.id

    def _rank(self, product):
        """Return how closely the line names a product: 3 to 1, 0 when it does not."""
        self.ensure_one()
        if self.product_id:
            return 3 if self.product_id == product else 0
        if self.product_tmpl_id:
            return 2 if self.product_tmpl_id == product.product_tmpl_id else 0
        model = product.product_tmpl_id.vehicle_model_id
        return 1 if product.is_vehicle and self.model_id == model else 0

    def _list_price(self):
        self.ensure_one()
        if self.product_id or self.product_tmpl_id:
            return self.product_id.lst_price or self.product_tmpl_id.list_price
        products = self.env["product.template"].search(
            [("vehicle_model_id", "=", self.model_id.id)]
        )
        return max(products.mapped("list_price"), default=0)

    def _price(self, list_price):
        """Return the price agreed, in the agreement's currency.

        :param float list_price: of which a discount is taken
        """
        self.ensure_one()
        if self.price_kind == "fixed":
            return self.price
        return list_price * (1 - self.discount / 100)
