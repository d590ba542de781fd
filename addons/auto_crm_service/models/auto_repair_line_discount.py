from odoo import api, fields, models
from odoo.tools import float_compare

# Written by the approval alone.
OFF_FIELDS = frozenset({"price_list", "off_asked", "off_agreed"})
# Another work or part has another price: what was agreed for it is void.
SUBJECT_FIELDS = frozenset({"kind", "operation_id", "product_id"})


class AutoRepairLine(models.Model):
    """How much of a line's list price is given away, and how much may be."""

    _inherit = "auto.repair.line"

    price_list = fields.Float(
        string="List price",
        compute="_compute_price_list",
        store=True,
        digits="Product Price",
        help="Of one hour or piece, before anybody changed it.",
    )
    off_asked = fields.Float(
        string="Discount asked for (%)", readonly=True, copy=False, aggregator=False
    )
    off_agreed = fields.Float(
        string="Discount agreed to (%)",
        readonly=True,
        copy=False,
        aggregator=False,
        help="Below the list price, by whoever may approve it.",
    )

    @api.depends("kind", "operation_id", "product_id", "pay_type")
    def _compute_price_list(self):
        for line, price in self._price_now():
            line.price_list = price

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._without_off(vals) for vals in vals_list])

    def write(self, vals):
        vals = self._without_off(vals)
        if vals.keys() & SUBJECT_FIELDS:
            vals = {**vals, "off_asked": 0, "off_agreed": 0}
        return super().write(vals)

    @api.model
    def _without_off(self, vals):
        """Return the values without what only an approval writes."""
        if self.env.su or OFF_FIELDS.isdisjoint(vals):
            return vals
        return {name: vals[name] for name in vals if name not in OFF_FIELDS}

    def _off_list(self):
        """Return how far the price lies below the list price, in per cent."""
        self.ensure_one()
        # Nobody has a list of what is done outside.
        listed = self.price_unit if self.kind == "sublet" else self.price_list
        if not listed:
            return self.discount
        net = self.price_unit * (1 - self.discount / 100)
        return max(100 * (1 - net / listed), 0)

    def _given_away(self):
        """Return what these lines lie below their list prices, without tax."""
        return sum(
            line._off_list()
            / 100
            * line.quantity
            * (line.price_unit if line.kind == "sublet" else line.price_list)
            for line in self
        )

    def _too_cheap(self):
        """Return the lines of customers that need an approval as they are.

        An adviser gives what the store lets everybody give, or what the customer has
        as a member. Called as superuser.
        """
        found = self.browse()
        for line in self:
            if line.pay_type != "customer" or line.decision == "declined":
                continue
            off = line._off_list()
            free = max(line.company_id.auto_service_discount_free, line.off_agreed)
            if float_compare(off, free, precision_digits=1) > 0:
                member = line._member_discount()
                if float_compare(off, member, precision_digits=1) > 0:
                    found |= line
        return found
