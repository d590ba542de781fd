from odoo import fields, models


class AutoArchiveImportLine(models.TransientModel):
    """A row of an imported archive that was not taken in, and why."""

    _name = "auto.archive.import.line"
    _description = "Bad row of an imported archive"
    _order = "line, id"

    import_id = fields.Many2one(
        comodel_name="auto.archive.import",
        required=True,
        index=True,
        ondelete="cascade",
    )
    line = fields.Integer(string="Row", required=True, readonly=True, aggregator=None)
    reason = fields.Char(required=True, readonly=True)
    cells = fields.Json(readonly=True)
    text = fields.Char(string="What it says", readonly=True)
