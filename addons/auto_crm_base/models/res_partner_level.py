from odoo import api, fields, models
from odoo.fields import Domain

from .auto_customer_level_rule import BY_RULE


class ResPartner(models.Model):
    _inherit = "res.partner"

    auto_level_by = fields.Selection(
        selection=[("rule", "By rule"), ("person", "By a person")],
        string="Level given",
        readonly=True,
        copy=False,
        help="A level that a person chose, or took away, is left alone by the rules.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._level_values(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._level_values(vals))

    @api.model
    def _level_values(self, vals):
        """Return ``vals`` with whose choice the level in them is."""
        if "auto_level_id" not in vals:
            return vals
        by_rule = self.env.context.get("auto_level_by") is BY_RULE
        if not by_rule and not vals["auto_level_id"] and not self:
            return vals  # created without a level: nobody chose anything
        return dict(vals, auto_level_by="rule" if by_rule else "person")

    @api.model
    def _level_by_rule_domain(self):
        """Return the domain of the customers whose level is left to the rules."""
        return Domain("is_auto_customer", "=", True) & (
            Domain("auto_level_by", "=", "rule")
            | (
                Domain("auto_level_by", "=", False)
                & Domain("auto_level_id", "=", False)
            )
        )
