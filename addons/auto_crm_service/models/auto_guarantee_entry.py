from odoo import fields, models


class AutoGuaranteeEntry(models.Model):
    """One repair that counts towards a limit, of whatever store of the group."""

    _name = "auto.guarantee.entry"
    _description = "Repair counted for the three guarantees"
    _order = "date desc, id desc"

    count_id = fields.Many2one(
        comodel_name="auto.guarantee.count",
        string="Count",
        required=True,
        index=True,
        ondelete="cascade",
    )
    repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Repair order",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="repair_id.company_id", string="Store")
    date = fields.Date()
    odometer = fields.Integer(string="Odometer (km)", aggregator=None)
    quantity = fields.Integer(string="Counts", help="Repairs, pieces or days.")
    name = fields.Char(string="What was done")
