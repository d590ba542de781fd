from odoo import api, fields, models


class AutoLeadImportColumn(models.Model):
    """What one column of an imported list means."""

    _name = "auto.lead.import.column"
    _description = "Column of an imported list"
    _order = "position, id"

    import_id = fields.Many2one(
        comodel_name="auto.lead.import",
        required=True,
        index=True,
        ondelete="cascade",
    )
    position = fields.Integer(required=True, readonly=True)
    header = fields.Char(string="Column", readonly=True)
    sample = fields.Char(string="First rows", readonly=True)
    target = fields.Selection(
        selection=[
            ("name", "Name"),
            ("phone", "Phone"),
            ("email", "E-mail"),
            ("social_id", "WeChat or other account"),
            ("brand", "Brand wanted"),
            ("model", "Model wanted"),
            ("condition", "New or used"),
            ("horizon", "Purchase horizon"),
            ("message", "Remarks"),
            ("campaign", "Campaign or event"),
            ("channel", "Channel"),
            ("source", "Source"),
            ("city", "City"),
            ("region", "Province or region"),
            ("street", "Street"),
            ("zip", "Postcode"),
            ("date", "Date"),
        ],
        string="Meaning",
        help="Empty: the column is not taken over.",
    )

    @api.model
    def _target_labels(self):
        """Return what a list calls the values of ``crm.lead._intake_normalise``."""
        labels = dict(self._fields["target"]._description_selection(self.env))
        return labels | {
            "purchase_horizon": labels["horizon"],
            "vehicle.brand": labels["brand"],
            "vehicle.model": labels["model"],
            "vehicle.condition": labels["condition"],
        }
