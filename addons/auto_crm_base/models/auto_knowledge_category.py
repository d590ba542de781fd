from odoo import fields, models


class AutoKnowledgeCategory(models.Model):
    """What articles of the knowledge base are about."""

    _name = "auto.knowledge.category"
    _inherit = ["auto.kept.mixin"]
    _description = "Category of articles"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    area = fields.Selection(
        selection=[
            ("sales", "Sales"),
            ("service", "Service"),
            ("general", "Everybody"),
        ],
        required=True,
        default="general",
        help="Whom its articles are offered to first.",
    )
