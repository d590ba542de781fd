from odoo import api, fields, models
from odoo.tools import SQL


class AutoAppointmentDay(models.Model):
    """Lets those who book on one day of a store do so one after another.

    Each booking counts up the row of its day. Of two at once the second waits for the
    first and is then repeated by Odoo on a fresh view of the database, since
    PostgreSQL refuses to change a row that it has not seen; so it sees what the first
    one took.
    """

    _name = "auto.appointment.day"
    _description = "Turn of a day's bookings"
    _log_access = False

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, ondelete="cascade"
    )
    day = fields.Date(required=True)
    count = fields.Integer(required=True, default=1)

    _day_uniq = models.UniqueIndex("(company_id, day)")

    @api.model
    def _take_turns(self, company, days):
        """Wait until nobody else books on these days.

        :param company: the store
        :param days: dates, in the calendar of the store
        """
        days = sorted(set(days))
        if days:
            self.env.execute_query(
                SQL(
                    "INSERT INTO auto_appointment_day AS d (company_id, day, count)"
                    " SELECT %s, unnest(%s), 1"
                    " ON CONFLICT (company_id, day) DO UPDATE SET count = d.count + 1"
                    " RETURNING id",
                    company.id,
                    days,
                )
            )

    @api.autovacuum
    def _gc_days(self):
        self.env.execute_query(
            SQL(
                "DELETE FROM auto_appointment_day"
                " WHERE day < CURRENT_DATE - 7 RETURNING id"
            )
        )
