from odoo import api, models
from odoo.exceptions import UserError


class AutoDerivedMixin(models.AbstractModel):
    """Documents whose figures follow from others: nobody writes those by hand.

    Odoo keeps a client from changing a stored computed field on the screen only.
    """

    _name = "auto.derived.mixin"
    _description = "Figures that follow from others"

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            derived = self._derived_fields()
            vals_list = [
                {name: value for name, value in vals.items() if name not in derived}
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            for name in self._derived_fields() & vals.keys():
                self._check_same(self._fields[name], vals[name])
        return super().write(vals)

    @api.model
    def _derived_fields(self):
        """Return the names of the fields of ours that are computed and kept."""
        return {
            name
            for name, field in self._fields.items()
            if field.compute
            and field.store
            and field.readonly
            and not field.inverse
            and any(module.startswith("auto_crm_") for module in field._modules)
        }

    def _check_same(self, field, value):
        """Refuse a value that a record of these has not already.

        :raise UserError: naming the field
        """
        for record in self:
            cached = field.convert_to_cache(value, record)
            if record[field.name] != field.convert_to_record(cached, record):
                raise UserError(
                    self.env._(
                        "“%(field)s” follows from other figures and cannot be changed "
                        "by hand.",
                        field=field._description_string(self.env),
                    )
                )
