from odoo import api, fields, models
from odoo.tools import SQL


class AutoIntakeHit(models.Model):
    """Calls of the public doors, counted by the minute for all workers together.

    Each call is a row of its own, so that no two calls wait for each other.
    """

    _name = "auto.intake.hit"
    _description = "Call of a public door"
    _log_access = False

    caller = fields.Char(required=True)
    minute = fields.Integer(required=True, help="Minutes since 1970.")

    _caller_idx = models.Index("(caller, minute)")
    _minute_idx = models.Index("(minute)")

    @api.model
    def _seconds_to_wait(self, caller, limit):
        """Count a call and say how long the caller must wait.

        The call counts whatever becomes of the request, so this runs in a
        transaction of its own.

        :param str caller: who calls which door
        :param int limit: calls a minute; 0 for no limit
        :return: seconds until the next minute, 0 when the call is allowed
        """
        if limit <= 0:
            return 0
        with self.env.registry.cursor() as cr:
            env = api.Environment(cr, self.env.uid, {})
            # A count that is lost when the machine fails harms nobody.
            env.cr.execute("SET LOCAL synchronous_commit TO off")
            [(now, hits)] = env.execute_query(
                SQL(
                    "WITH now AS (SELECT EXTRACT(EPOCH FROM clock_timestamp())::int AS"
                    " s), hit AS (INSERT INTO auto_intake_hit (caller, minute)"
                    " SELECT %s, s / 60 FROM now)"
                    " SELECT s, (SELECT count(*) FROM auto_intake_hit"
                    " WHERE caller = %s AND minute = s / 60) FROM now",
                    caller,
                    caller,
                )
            )
        return 60 - now % 60 if hits >= limit else 0

    @api.autovacuum
    def _gc_hits(self):
        self.env.execute_query(
            SQL(
                "DELETE FROM auto_intake_hit WHERE minute <"
                " EXTRACT(EPOCH FROM now())::int / 60 - 5 RETURNING id"
            )
        )
