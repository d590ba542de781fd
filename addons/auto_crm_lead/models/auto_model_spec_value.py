from odoo import api, fields, models


class AutoModelSpecValue(models.Model):
    """What a model of ours, or of a competitor, has in one line of the sheet."""

    _name = "auto.model.spec.value"
    _description = "Value of a specification"
    _order = "sequence, spec_id, id"

    spec_id = fields.Many2one(
        comodel_name="auto.model.spec",
        string="Specification",
        required=True,
        index=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(related="spec_id.sequence", store=True)
    unit = fields.Char(related="spec_id.unit")
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Model of ours",
        index="btree_not_null",
        ondelete="cascade",
    )
    competitor_model_id = fields.Many2one(
        comodel_name="auto.competitor.model",
        string="Competitor's model",
        index="btree_not_null",
        ondelete="cascade",
    )
    value = fields.Char(required=True, translate=True)

    _one_model = models.Constraint(
        "CHECK (num_nonnulls(model_id, competitor_model_id) = 1)",
        "A value belongs to one model, of ours or of a competitor.",
    )
    _ours_uniq = models.UniqueIndex(
        "(model_id, spec_id) WHERE model_id IS NOT NULL",
        "This line of the sheet is filled in already.",
    )
    _theirs_uniq = models.UniqueIndex(
        "(competitor_model_id, spec_id) WHERE competitor_model_id IS NOT NULL",
        "This line of the sheet is filled in already.",
    )

    @api.depends("spec_id", "value", "unit")
    def _compute_display_name(self):
        for line in self:
            text = " ".join(filter(None, (line.value, line.unit)))
            line.display_name = f"{line.spec_id.name}: {text}"
