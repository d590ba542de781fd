from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import float_compare, formatLang


class AutoContractVersion(models.Model):
    """The terms of a contract as they were approved or confirmed once."""

    _name = "auto.contract.version"
    _inherit = ["auto.append.only.mixin"]
    _description = "Contract version"
    _order = "order_id, number desc"

    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Contract",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    number = fields.Integer(string="Version", required=True, readonly=True)
    reason = fields.Selection(
        selection=[
            ("approved", "Approved"),
            ("confirmed", "Confirmed"),
            ("changed", "Changed"),
        ],
        string="Kept when",
        required=True,
        readonly=True,
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        required=True,
        readonly=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_total = fields.Monetary(string="Total", readonly=True)
    terms = fields.Char(string="Key of the terms", required=True, readonly=True)
    snapshot = fields.Json(
        string="Contract as it was",
        required=True,
        readonly=True,
        help="customer, currency, total, and lines with id, product, vehicle, "
        "quantity, price, discount, taxes and total.",
    )
    difference = fields.Json(
        string="Differences as data",
        readonly=True,
        help="Against the version before: a list of [what, line, old, new].",
    )
    snapshot_html = fields.Html(string="Terms", compute="_compute_html", sanitize=False)
    difference_html = fields.Html(
        string="Difference", compute="_compute_html", sanitize=False
    )

    _number_uniq = models.Constraint(
        "UNIQUE(order_id, number)", "This version of the contract is kept already."
    )

    @api.depends("order_id", "number")
    def _compute_display_name(self):
        for version in self:
            version.display_name = self.env._(
                "%(contract)s, version %(number)s",
                contract=version.order_id.sudo().name,
                number=version.number,
            )

    @api.depends("snapshot", "difference")
    @api.depends_context("lang")
    def _compute_html(self):
        for version in self:
            version.snapshot_html = version._snapshot_table()
            version.difference_html = version._difference_table()

    @api.model
    def _labels(self):
        return {
            "customer": self.env._("Customer"),
            "currency": self.env._("Currency"),
            "total": self.env._("Total"),
            "added": self.env._("Added"),
            "removed": self.env._("Removed"),
            "product": self.env._("Product"),
            "vehicle": self.env._("Car"),
            "quantity": self.env._("Quantity"),
            "price": self.env._("Unit price"),
            "discount": self.env._("Discount %"),
            "taxes": self.env._("Taxes"),
        }

    def _show(self, value):
        if isinstance(value, float | int):
            return formatLang(self.env, value, digits=2)
        return value or "—"

    def _snapshot_table(self):
        self.ensure_one()
        labels = self._labels()
        names = ("product", "vehicle", "quantity", "price", "discount", "total")
        head = Markup("").join(Markup("<th>%s</th>") % labels[name] for name in names)
        rows = Markup("").join(
            Markup("<tr>%s</tr>")
            % Markup("").join(
                Markup("<td>%s</td>") % self._show(line[name]) for name in names
            )
            for line in self.snapshot["lines"]
        )
        return Markup(
            "<p>%s: %s · %s: %s %s</p><table class='table table-sm'>"
            "<thead><tr>%s</tr></thead><tbody>%s</tbody></table>"
        ) % (
            labels["customer"],
            self.snapshot["customer"],
            labels["total"],
            self._show(self.snapshot["total"]),
            self.snapshot["currency"],
            head,
            rows,
        )

    def _difference_table(self):
        self.ensure_one()
        if not self.difference:
            return (
                Markup("<p>%s</p>") % self.env._("No other terms.")
                if self.number > 1
                else Markup("<p>%s</p>") % self.env._("The first version.")
            )
        return self._rows_html(self.difference)

    def _rows_html(self, difference):
        """Return differences (see :meth:`_compare`) as a table in safe HTML."""
        labels = self._labels()
        rows = Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td><td>%s</td><td>%s</td></tr>")
            % (labels[what], line or "", self._show(old), self._show(new))
            for what, line, old, new in difference
        )
        return Markup(
            "<table class='table table-sm text-wrap'><thead><tr><th>%s</th>"
            "<th>%s</th><th>%s</th><th>%s</th></tr></thead><tbody>%s</tbody></table>"
        ) % (
            self.env._("What"),
            self.env._("Line"),
            self.env._("Before"),
            self.env._("Now"),
            rows,
        )

    @api.model
    def _compare(self, old, new):
        """Return what differs between two snapshots.

        :return: list of ``[what, line, old, new]``
        """
        rows = [
            [name, "", old[name], new[name]]
            for name in ("customer", "currency")
            if old[name] != new[name]
        ]
        before = {line["id"]: line for line in old["lines"]}
        now = {line["id"]: line for line in new["lines"]}
        for key, line in now.items():
            if key not in before:
                rows.append(["added", self._line_name(line), "", line["total"]])
        for key, line in before.items():
            if key not in now:
                rows.append(["removed", self._line_name(line), line["total"], ""])
                continue
            other = now[key]
            names = ("product", "vehicle", "quantity", "price", "discount", "taxes")
            rows += [
                [name, self._line_name(other), line[name], other[name]]
                for name in names
                if line[name] != other[name]
                and not (name == "product" and self._is_same_product(line, other))
            ]
        if float_compare(old["total"], new["total"], precision_digits=2):
            rows.append(["total", "", old["total"], new["total"]])
        return rows

    @api.model
    def _is_same_product(self, old, new):
        """Return whether a product has only got another name since."""
        return bool(old.get("product_id")) and (
            old["product_id"] == new.get("product_id")
        )

    @api.model
    def _line_name(self, line):
        return " · ".join(filter(None, (line["product"], line["vehicle"])))
