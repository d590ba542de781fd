from odoo import api, fields, models
from odoo.exceptions import ValidationError

from odoo.addons.auto_crm_base.tools import vin as vin_tools

PREFIX_LENGTH = 8  # maker code and description; the check digit follows


class AutoRecallRange(models.Model):
    """Numbers from … to of the cars that a recall concerns."""

    _name = "auto.recall.range"
    _description = "Range of a recall"
    _order = "recall_id, sequence, id"

    recall_id = fields.Many2one(
        comodel_name="auto.recall",
        string="Recall",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[
            ("vin", "VIN from … to"),
            ("serial", "Serial number from … to"),
            ("model", "Every car of the models"),
        ],
        string="Cars named by",
        required=True,
        default="serial",
        help="The check digit (the ninth character) of whole VINs is left out of the "
        "comparison, since it does not count up.",
    )
    prefix = fields.Char(
        string="VIN begins with",
        help="Up to eight characters: the maker code and the description.",
    )
    number_from = fields.Char(string="From")
    number_to = fields.Char(string="To")
    model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model",
        string="Only models",
        help="Cars whose model is not known count by their number alone.",
    )
    year_from = fields.Integer(string="Model year from", aggregator=False)
    year_to = fields.Integer(string="to year", aggregator=False)

    _years_check = models.Constraint(
        "CHECK (COALESCE(year_to, 0) = 0 OR COALESCE(year_from, 0) <= year_to)",
        "The last model year is before the first.",
    )

    @api.constrains("kind", "prefix", "number_from", "number_to", "model_ids")
    def _check_numbers(self):
        for one in self:
            problem = one._problem()
            if problem:
                raise ValidationError(problem)

    def _problem(self):
        """Return in words what is wrong with the range, else ``""``."""
        self.ensure_one()
        if self.kind == "model":
            return "" if self.model_ids else self.env._("Please say which models.")
        first, last = self.number_from or "", self.number_to or ""
        for text in (first, last, self.prefix or ""):
            if not all(map(vin_tools.is_vin_character, text)):
                return self.env._(
                    "“%(text)s” cannot be part of a VIN: digits and letters without "
                    "I, O and Q.",
                    text=text,
                )
        if not first or len(first) != len(last):
            return self.env._("The first and the last number have the same length.")
        is_vin = self.kind == "vin"
        ends = [self._key(end) if is_vin else end for end in (first, last)]
        if ends != sorted(ends):
            return self.env._("The last number is before the first.")
        return self._vin_problem(first) if is_vin else self._serial_problem(first)

    def _vin_problem(self, number):
        if len(number) != vin_tools.LENGTH:
            return self.env._("A whole VIN has 17 characters.")
        return ""

    def _serial_problem(self, number):
        if len(number) > vin_tools.LENGTH - PREFIX_LENGTH:
            return self.env._("A serial number has at most nine characters.")
        if len(self.prefix or "") > PREFIX_LENGTH:
            return self.env._("At most eight characters come before the check digit.")
        if not self.prefix and not self.model_ids:
            return self.env._(
                "Serial numbers repeat from maker to maker: say how the VIN begins, or "
                "which models."
            )
        return ""

    @api.model
    def _key(self, vin):
        """Return a VIN without its check digit, as ranges compare it."""
        return vin[:PREFIX_LENGTH] + vin[PREFIX_LENGTH + 1 :]

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._tidy(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._tidy(vals))

    @api.model
    def _tidy(self, vals):
        """Return the values with the numbers as VINs are written."""
        numbers = {
            name: vin_tools.normalise(vals[name]) or False
            for name in ("prefix", "number_from", "number_to")
            if name in vals
        }
        return {**vals, **numbers}
