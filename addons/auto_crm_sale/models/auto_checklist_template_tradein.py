from odoo import fields, models


class AutoChecklistTemplate(models.Model):
    """What is looked at on a car that may be bought."""

    _inherit = "auto.checklist.template"

    kind = fields.Selection(
        selection_add=[("tradein", "Used-car inspection")],
        ondelete={"tradein": "cascade"},
    )
