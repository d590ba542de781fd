from odoo import api, models
from odoo.exceptions import UserError


class AutoKeptMixin(models.AbstractModel):
    """Configuration that cannot be deleted while records use it.

    Links of the record's own parts, which go with it, do not count.
    """

    _name = "auto.kept.mixin"
    _description = "Kept while it is used"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for field in self._using_fields():
            # Other stores' records count, seen by the user or not.
            users = self.env[field.model_name].sudo().with_context(active_test=False)
            using = users.search([(field.name, "in", self.ids)], limit=1)
            if using:
                raise UserError(
                    self.env._(
                        "%(name)s is used by %(model)s: archive it instead.",
                        name=", ".join(
                            (using[field.name] & self).mapped("display_name")
                        ),
                        model=self.env["ir.model"]._get(field.model_name).name,
                    )
                )

    @api.model
    def _using_fields(self):
        """Return the stored fields, of whatever model, that name such a record."""
        return [
            field
            for model in self.env.values()
            if model._auto and not model._abstract and not model._transient
            for field in model._fields.values()
            if field.comodel_name == self._name
            and field.store
            and not field.company_dependent
            and (
                field.type == "many2many"
                or (field.type == "many2one" and field.ondelete != "cascade")
            )
        ]
