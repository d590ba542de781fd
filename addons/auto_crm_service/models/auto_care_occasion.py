from odoo import api, fields, models


class AutoCareOccasion(models.Model):
    """An occasion to think of customers: a festival, or a season's check."""

    _name = "auto.care.occasion"
    _inherit = "auto.kept.mixin"
    _description = "Occasion"
    _order = "kind, sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[("festival", "Festival"), ("season", "Season")],
        required=True,
        default="festival",
    )
    date_ids = fields.One2many(
        comodel_name="auto.care.date",
        inverse_name="occasion_id",
        string="Dates",
        copy=True,
    )
    next_date = fields.Date(string="Next", compute="_compute_next_date")

    @api.depends("date_ids.date", "date_ids.repeat_yearly")
    def _compute_next_date(self):
        today = fields.Date.context_today(self)
        for occasion in self:
            coming = [
                date
                for date in (line._coming(today) for line in occasion.date_ids)
                if date
            ]
            occasion.next_date = min(coming, default=False)
