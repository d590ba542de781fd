from odoo import api, fields, models
from odoo.tools import frozendict, ormcache


class AutoProtectionRule(models.Model):
    """How long the store that knew a person first keeps its claim."""

    _name = "auto.protection.rule"
    _inherit = ["auto.rule.mixin"]
    _description = "Protection of prospects between stores"

    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        string="Brands wished for",
        help="Empty: whatever the brand.",
    )
    days = fields.Integer(
        default=90,
        help="Days from the first store's intake during which the prospect is its "
        "own; 0: no protection.",
    )

    _days_positive = models.Constraint(
        "CHECK(days >= 0)", "The days cannot be negative."
    )

    @api.model
    @ormcache()
    def _rules(self):
        return tuple(
            frozendict(days=rule.days, brands=frozenset(rule.brand_ids.ids))
            # The claim is the same for whoever looks.
            for rule in self.sudo().search([])
        )

    @api.model
    def _days_for(self, brands):
        """Return how many days a prospect that wishes for ``brands`` is protected.

        :param brands: a set of ids of ``fleet.vehicle.model.brand``
        """
        for rule in self._rules():
            if not rule["brands"] or rule["brands"] & set(brands):
                return rule["days"]
        return 0
