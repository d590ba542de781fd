from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from odoo import api, fields, models


class ResCompany(models.Model):
    """When a store sends no bulk messages, so that nobody is woken by one."""

    _inherit = "res.company"

    auto_quiet_from = fields.Float(
        string="Quiet from",
        default=21,
        help="From this hour on no bulk messages go out; they wait for the morning.",
    )
    auto_quiet_to = fields.Float(
        string="Quiet until",
        default=8,
        help="The same hour twice: there are no quiet hours.",
    )

    _auto_quiet_hours = models.Constraint(
        "CHECK(COALESCE(auto_quiet_from, 0) >= 0 AND COALESCE(auto_quiet_from, 0) < 24"
        " AND COALESCE(auto_quiet_to, 0) >= 0 AND COALESCE(auto_quiet_to, 0) < 24)",
        "An hour is between 0:00 and 23:59.",
    )

    @api.model
    def _auto_hour(self, hour):
        return time(int(hour), round(hour % 1 * 60) % 60)

    def _auto_quiet_until(self, moment):
        """Return when the quiet hours of ``moment`` end, or False outside of them.

        :param datetime moment: in UTC, as the one that is returned
        """
        self.ensure_one()
        # The hours of a store are no secret to who writes for it.
        store = self.sudo()
        begin = self._auto_hour(store.auto_quiet_from)
        end = self._auto_hour(store.auto_quiet_to)
        if begin == end:
            return False
        zone = ZoneInfo(store.resource_calendar_id.tz or store.partner_id.tz or "UTC")
        local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(zone)
        now = local.time().replace(tzinfo=None)
        over_midnight = begin > end
        quiet = now >= begin or now < end if over_midnight else begin <= now < end
        if not quiet:
            return False
        day = local.date() + timedelta(days=over_midnight and now >= begin)
        morning = datetime.combine(day, end, tzinfo=zone)
        return morning.astimezone(ZoneInfo("UTC")).replace(tzinfo=None)
