from odoo import api, fields, models
from odoo.exceptions import UserError


class SaleOrderLine(models.Model):
    """The price of an agreement applies by itself."""

    _inherit = "sale.order.line"

    agreement_line_id = fields.Many2one(
        comodel_name="auto.group.agreement.line",
        string="Agreement",
        compute="_compute_agreement_line_id",
        store=True,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="The agreement of the customer that gives the price.",
    )

    @api.depends("product_id", "order_id.partner_id", "order_id.company_id")
    def _compute_agreement_line_id(self):
        today = fields.Date.context_today(self)
        agreements = self.env["auto.group.agreement"]
        found = {}
        for line in self:
            order = line.order_id
            key = order.partner_id, order.company_id
            if not line.product_id or not all(key):
                line.agreement_line_id = False
                continue
            if key not in found:
                found[key] = agreements._valid_lines(
                    order.partner_id, order.company_id, today
                )
            ranked = [
                (rank, one.id)
                for one in found[key]
                if (rank := one._rank(line.product_id))
            ]
            line.agreement_line_id = max(ranked)[1] if ranked else False

    @api.depends("agreement_line_id")
    def _compute_price_unit(self):
        return super()._compute_price_unit()

    @api.depends("agreement_line_id")
    def _compute_discount(self):
        agreed = self.filtered("agreement_line_id")
        result = super(SaleOrderLine, self - agreed)._compute_discount()
        for line in agreed:
            line.discount = 0
        return result

    @api.model_create_multi
    def create(self, vals_list):
        # Whatever a client sends: the agreement is found, not chosen.
        vals_list = [
            {name: value for name, value in vals.items() if name != "agreement_line_id"}
            for vals in vals_list
        ]
        # To take a default out of the context, it is given anew.
        clean = dict(self.env.context)
        clean.pop("default_agreement_line_id", None)
        plain = self.with_context(clean)  # pylint: disable=context-overridden
        lines = super(SaleOrderLine, plain).create(vals_list)
        return lines.with_env(self.env)

    def write(self, vals):
        if "agreement_line_id" in vals:
            raise UserError(
                self.env._("The agreement follows from the customer and the product.")
            )
        return super().write(vals)

    def _get_display_price(self):
        return (
            self._agreed_price()
            if self.agreement_line_id
            else super()._get_display_price()
        )

    def _reference_price(self):
        """What an agreement promises needs no approval on each contract."""
        price = super()._reference_price()
        return min(price, self._agreed_price()) if self.agreement_line_id else price

    def _agreed_price(self):
        """Return the unit price of the agreement, in the contract's currency."""
        self.ensure_one()
        # Prices hold whoever writes the contract.
        line = self.agreement_line_id.sudo()
        list_price = self._list_price()
        if line.price_kind == "discount":
            return line._price(list_price)
        currency = self.currency_id or self.company_id.currency_id
        return line.currency_id._convert(
            line.price, currency, self.company_id, fields.Date.context_today(self)
        )
