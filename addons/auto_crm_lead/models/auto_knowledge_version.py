from odoo import fields, models


class AutoKnowledgeVersion(models.Model):
    _inherit = "auto.knowledge.version"

    for_customers = fields.Boolean(
        help="Text and files of this version may be sent to customers."
    )
    file_ids = fields.Many2many(
        comodel_name="ir.attachment",
        relation="auto_knowledge_version_file_rel",
        string="Files",
    )
