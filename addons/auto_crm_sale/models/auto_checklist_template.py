from odoo import api, fields, models

KINDS = [
    ("receipt", "Receipt"),
    ("pdi", "PDI"),
    ("handover", "Handover inspection"),
    ("delivery", "Things handed over"),
]


class AutoChecklistTemplate(models.Model):
    """What is looked at when a car comes, before it leaves and at its handover."""

    _name = "auto.checklist.template"
    _inherit = ["auto.kept.mixin"]
    _description = "Checklist template"
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    kind = fields.Selection(selection=KINDS, required=True, index=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index=True,
        help="Only for this store and its branches; empty: for all stores.",
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        string="Only for brands",
        help="Empty: for all.",
    )
    model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model",
        string="Only for models",
        help="A checklist for the model goes before one for the brand, and that "
        "before one for all.",
    )
    line_ids = fields.One2many(
        comodel_name="auto.checklist.template.line",
        inverse_name="template_id",
        string="Points",
        copy=True,
    )

    @api.model
    def _find(self, kind, vehicle, company):
        """Return the template that fits best, or an empty record.

        :param str kind: a key of :attr:`kind`
        :param vehicle: the ``auto.vehicle``
        :param company: the store
        """
        model = vehicle.model_id
        # The templates of the store serve whoever works there.
        templates = self.sudo().search(
            [
                ("kind", "=", kind),
                "|",
                ("company_id", "=", False),
                ("company_id", "parent_of", company.ids),
                "|",
                ("model_ids", "=", False),
                ("model_ids", "in", model.ids),
                "|",
                ("brand_ids", "=", False),
                ("brand_ids", "in", model.brand_id.ids),
            ]
        )
        best = templates.sorted(
            lambda one: (
                not one.model_ids,
                not one.brand_ids,
                not one.company_id,
                one.sequence,
                one.id,
            )
        )[:1]
        return best.with_env(self.env)
