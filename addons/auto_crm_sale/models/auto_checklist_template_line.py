from odoo import fields, models


class AutoChecklistTemplateLine(models.Model):
    """One point of a checklist template."""

    _name = "auto.checklist.template.line"
    _description = "Checklist template point"
    _order = "template_id, sequence, id"

    template_id = fields.Many2one(
        comodel_name="auto.checklist.template",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    section = fields.Char(
        translate=True, help="Under this heading, such as “Outside” or “Documents”."
    )
    name = fields.Char(string="What to look at", required=True, translate=True)
    is_photo_required = fields.Boolean(string="Photo needed")
