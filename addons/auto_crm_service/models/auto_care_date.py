from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class AutoCareDate(models.Model):
    """The date of an occasion in a year, for all stores or for some."""

    _name = "auto.care.date"
    _description = "Date of an occasion"
    _order = "date, id"
    _rec_name = "date"

    occasion_id = fields.Many2one(
        comodel_name="auto.care.occasion",
        string="Occasion",
        required=True,
        index=True,
        ondelete="cascade",
    )
    date = fields.Date(required=True)
    repeat_yearly = fields.Boolean(
        string="Every year",
        help="On the same day of every later year. A festival of the moon calendar has "
        "a line for each year instead.",
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        relation="auto_care_date_company_rel",
        column1="date_id",
        column2="company_id",
        string="Stores",
        help="Empty: all stores. Winter comes earlier in the north.",
    )
    state_ids = fields.Many2many(
        comodel_name="res.country.state",
        relation="auto_care_date_state_rel",
        column1="date_id",
        column2="state_id",
        string="Provinces",
        help="Of the customers' addresses. Empty: all.",
    )

    @api.depends("occasion_id.name", "date")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.occasion_id.name} {line.date or ''}"

    def _coming(self, today):
        """Return the next time from ``today`` on, or False."""
        self.ensure_one()
        if not self.date or self.date >= today:
            return self.date
        if not self.repeat_yearly:
            return False
        years = today.year - self.date.year
        date = self.date + relativedelta(years=years)
        return date if date >= today else self.date + relativedelta(years=years + 1)
