from odoo import fields, models


class AutoContact(models.Model):
    _inherit = "auto.contact"

    complaint_id = fields.Many2one(
        comodel_name="auto.complaint",
        string="Complaint",
        index="btree_not_null",
        ondelete="restrict",
    )
