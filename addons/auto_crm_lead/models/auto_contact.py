from odoo import fields, models


class AutoContact(models.Model):
    _inherit = "auto.contact"

    lead_id = fields.Many2one(
        comodel_name="crm.lead", string="Prospect", index="btree_not_null"
    )
