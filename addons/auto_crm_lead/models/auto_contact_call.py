from odoo import fields, models


class AutoContact(models.Model):
    """What a call was about, and the call list that it was made for."""

    _inherit = "auto.contact"

    call_reason_id = fields.Many2one(
        comodel_name="auto.call.reason",
        string="Reason for the call",
        index="btree_not_null",
        ondelete="restrict",
    )
    call_entry_id = fields.Many2one(
        comodel_name="auto.call.list.entry",
        string="Call list",
        index="btree_not_null",
        ondelete="set null",
    )

    _calls_idx = models.Index("(company_id, date) WHERE channel = 'phone'")
