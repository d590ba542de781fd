from itertools import product

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import float_round

# By so many cents a unit price may move, that the sum is exact.
STEPS = 12


class AutoServicePackage(models.Model):
    """Work and parts that are sold together, added to an order with one click."""

    _name = "auto.service.package"
    _inherit = ["auto.kept.mixin"]
    _description = "Service package"
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name"]

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True)
    name = fields.Char(
        required=True,
        translate=True,
        help="As the customer reads it: 10,000 km service.",
    )
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index=True,
        help="Only for this store and its branches; empty: for all stores.",
    )
    kind = fields.Selection(
        selection="_selection_kind", required=True, default="maintenance"
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        string="Only for brands",
        help="Empty: for all.",
    )
    model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model",
        string="Only for models",
        help="Empty: for all.",
    )
    pricing = fields.Selection(
        selection=[
            ("sum", "Sum of what it holds"),
            ("package", "Price of the package"),
        ],
        required=True,
        default="sum",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    price = fields.Monetary(
        string="Price",
        help="For the whole package, with or without tax as the prices of its parts "
        "are. It takes the place of discounts.",
    )
    line_ids = fields.One2many(
        comodel_name="auto.service.package.line",
        inverse_name="package_id",
        string="What it holds",
        copy=True,
    )
    hours = fields.Float(string="Hours", compute="_compute_hours", digits=(8, 2))
    note = fields.Text(string="What it includes")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "There is such a package already."
    )
    _price_check = models.Constraint(
        "CHECK (price >= 0 AND price <= 100000000)",
        "A price is between 0 and 100,000,000.",
    )

    @api.model
    def _selection_kind(self):
        field = self.env["auto.repair.job"]._fields["kind"]
        return field._description_selection(self.env)

    @api.depends("line_ids.quantity", "line_ids.operation_id")
    def _compute_hours(self):
        for package in self:
            package.hours = sum(
                line.quantity for line in package.line_ids if line.operation_id
            )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for package in self:
            parts = (package.code and f"[{package.code}]", package.name)
            package.display_name = " ".join(part for part in parts if part)

    @api.model
    def _domain_for(self, vehicle, company):
        """Return the domain of the packages that fit a car in a store.

        :param vehicle: the ``auto.vehicle``
        :param company: the store
        """
        return (
            (
                Domain("company_id", "=", False)
                | Domain("company_id", "parent_of", company.ids)
            )
            & (
                Domain("brand_ids", "=", False)
                | Domain("brand_ids", "in", vehicle.brand_id.ids)
            )
            & (
                Domain("model_ids", "=", False)
                | Domain("model_ids", "in", vehicle.model_id.ids)
            )
        )

    # ------------------------------------------------------------------
    # Onto a repair order
    # ------------------------------------------------------------------

    def action_add(self):
        """Add these packages to the repair order from which they are looked at."""
        repair = self.env["repair.order"].browse(self.env.context.get("auto_repair_id"))
        if not repair.exists():
            raise UserError(self.env._("Please add packages from a repair order."))
        self._add_to(repair)
        return {"type": "ir.actions.act_window_close"}

    def _add_to(self, repair):
        """Make a job of each of these packages, with its labour and parts.

        :param repair: the ``repair.order``
        :return: the jobs
        :raise UserError: for packages of other stores or cars, or empty ones
        """
        repair.ensure_one()
        repair.check_access("write")
        repair._check_not_over()
        fits = self._domain_for(repair.vehicle_id, repair.company_id)
        for package in self:
            if package.filtered_domain(fits) != package or not package.line_ids:
                raise UserError(
                    self.env._(
                        "%(package)s does not fit this car.", package=package.name
                    )
                )
        jobs = self.env["auto.repair.job"].create(
            [
                {
                    "repair_id": repair.id,
                    "kind": package.kind,
                    "concern": package.name,
                    "package_id": package.id,
                    "line_ids": [
                        Command.create(line._job_line_values())
                        for line in package.line_ids
                    ],
                }
                for package in self
            ]
        )
        for job in jobs.filtered(lambda one: one.package_id.pricing == "package"):
            job.package_id._price_lines(job.line_ids)
        return jobs

    def _price_lines(self, lines):
        """Share the price of the package among its lines, by what they cost alone.

        :param lines: the ``auto.repair.line`` of a job; their untaxed amounts, before
            tax as their prices are, add up to the price
        """
        self.ensure_one()
        currency = lines.currency_id or self.currency_id
        price = self.currency_id._convert(
            self.price, currency, lines.company_id, fields.Date.today()
        )
        # Small quantities come last: they take what rounding leaves.
        lines = lines.filtered("quantity").sorted(lambda line: -line.quantity)
        total = sum(line.price_unit * line.quantity for line in lines)
        digits = self.env["decimal.precision"].precision_get("Product Price")
        units = [
            float_round(
                price * line.price_unit / total
                if total
                else price / len(lines) / line.quantity,
                precision_digits=digits,
            )
            for line in lines
        ]
        units = self._exact_units(
            units, lines.mapped("quantity"), price, currency, digits
        )
        for line, unit in zip(lines, units, strict=True):
            line.write({"price_unit": unit, "discount": 0})
            # The package is the house's own price list.
            line.sudo().price_list = unit

    @api.model
    def _exact_units(self, units, quantities, price, currency, digits):
        """Return unit prices near these whose amounts add up to a price.

        Nothing but the last two changes, by some cents; where no such prices exist,
        the nearest are returned.
        """
        cent = 10**-digits
        fixed = sum(
            currency.round(unit * quantity)
            for unit, quantity in zip(units[:-2], quantities[:-2], strict=True)
        )

        def moved(steps):
            return [
                max(float_round(unit + step * cent, precision_digits=digits), 0)
                for unit, step in zip(units[-2:], steps, strict=True)
            ]

        def fault(last):
            amounts = (
                currency.round(unit * quantity)
                for unit, quantity in zip(last, quantities[-2:], strict=True)
            )
            return abs(currency.round(price - fixed - sum(amounts)))

        steps = sorted(
            product(range(-STEPS, STEPS + 1), repeat=len(units[-2:])),
            key=lambda step: sum(map(abs, step)),
        )
        best = moved(steps[0])
        for step in steps:
            if not fault(best):
                break
            best = min(best, moved(step), key=fault)
        return units[:-2] + best
