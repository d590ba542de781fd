from odoo import api, fields, models

#: What a factory may say about a car; where it is in our stock, stock says.
FACTORY_STATES = (
    "planned",
    "in_production",
    "factory_stock",
    "in_transit",
    "dealer_stock",
)


class AutoFactoryStatusCode(models.Model):
    """A word by which a maker calls the state of a car on order, and what we call it.

    Codes are compared without blanks and case.
    """

    _name = "auto.factory.status.code"
    _inherit = ["auto.kept.mixin"]
    _description = "Factory status code"
    _order = "sequence, code, id"
    _rec_name = "code"

    code = fields.Char(required=True, help="As it comes in the maker's messages.")
    name = fields.Char(
        string="Meaning", translate=True, help="What the maker means by it, in words."
    )
    supply_state = fields.Selection(
        selection=lambda self: [
            (key, label)
            for key, label in self.env["auto.vehicle"]
            ._fields["supply_state"]
            ._description_selection(self.env)
            if key in FACTORY_STATES
        ],
        string="Supply",
        required=True,
        help="The state that a car gets by a message with this code.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    _code_uniq = models.UniqueIndex(
        "(upper(code)) WHERE active", "This status code is there already."
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for record in self:
            record.display_name = " · ".join(filter(None, (record.code, record.name)))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._clean(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._clean(vals))

    @api.model
    def _clean(self, vals):
        if vals.get("code"):
            vals = {**vals, "code": "".join(vals["code"].split())}
        return vals

    @api.model
    def _by_code(self):
        """Return all codes, capitals without blanks → record."""
        return {
            record.code.upper(): record
            for record in self.search([("active", "=", True)])
        }
