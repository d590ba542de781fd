from odoo import api, fields, models


class AutoRuleMixin(models.AbstractModel):
    """Configuration that is asked for with every prospect, so kept in memory.

    Models keep what they answer with ``ormcache`` in the cache named by
    ``_rule_cache``; any change of a record empties it.
    """

    _name = "auto.rule.mixin"
    _description = "Rule kept in memory"
    _order = "sequence, id"
    _rule_cache = "default"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache(self._rule_cache)
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache(self._rule_cache)
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache(self._rule_cache)
        return super().unlink()
