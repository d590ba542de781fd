from odoo import fields, models


class AutoLeadImportLine(models.Model):
    """A row of an imported list that could not be taken in, and why."""

    _name = "auto.lead.import.line"
    _description = "Bad row of an imported list"
    _order = "line, id"

    import_id = fields.Many2one(
        comodel_name="auto.lead.import",
        required=True,
        index=True,
        ondelete="cascade",
    )
    line = fields.Integer(string="Row", required=True, readonly=True, aggregator=None)
    reason = fields.Char(required=True, readonly=True)
    cells = fields.Json(readonly=True)
    text = fields.Char(string="What it says", readonly=True)
