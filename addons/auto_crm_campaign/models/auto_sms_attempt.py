from contextlib import contextmanager

from psycopg2.errors import SerializationFailure

from odoo import SUPERUSER_ID, api, fields, models


class AutoSmsAttempt(models.Model):
    """The ledger of what is sent to providers: one line for each message's key.

    Requests to SMS gateways and other providers, and bulk e-mails to the mail server.

    It is written on a connection of its own and committed before and after the
    request. A worker that dies, or a transaction that is rolled back or repeated,
    finds here what has gone out already.
    """

    _name = "auto.sms.attempt"
    _description = "Request to an SMS gateway"
    _order = "id desc"
    _rec_name = "key"

    key = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("open", "No answer yet"),
            ("accepted", "Accepted"),
            ("failed", "Not accepted"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
    )
    tries = fields.Integer(readonly=True)
    date = fields.Datetime(readonly=True)
    answer = fields.Char(readonly=True)

    _key_uniq = models.UniqueIndex("(key)", "Each message has one line.")

    @contextmanager
    def _ledger(self):
        """Give the ledger on a connection of its own, committed at the end."""
        with self.env.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})[self._name]

    @api.model
    def _begin(self, key, repeatable, seconds):
        """Say whether the message may be requested now.

        :param bool repeatable: whether the gateway knows a key again
        :param int seconds: how long a request may be under way
        :return: ``go``, or ``accepted``, ``refused``, ``unknown`` or ``busy``
        """
        try:
            with self._ledger() as ledger:
                return ledger._note_begin(key, repeatable, seconds)
        except SerializationFailure:
            # Another worker has noted it in this very moment.
            return "busy"

    @api.model
    def _note_begin(self, key, repeatable, seconds):
        """Note that a message is requested, unless it may not be; see above."""
        self.env.cr.execute(
            """
            INSERT INTO auto_sms_attempt (key, state, tries, date, create_date)
            VALUES (%s, 'open', 1, now() AT TIME ZONE 'UTC',
                    now() AT TIME ZONE 'UTC')
            ON CONFLICT (key) DO NOTHING
            """,
            [key],
        )
        if self.env.cr.rowcount:
            return "go"
        self.env.cr.execute(
            """
            SELECT state, date > (now() AT TIME ZONE 'UTC') - %s * interval '1s'
              FROM auto_sms_attempt WHERE key = %s FOR UPDATE
            """,
            [seconds, key],
        )
        state, recent = self.env.cr.fetchone()
        if state in ("accepted", "refused"):
            return state
        if state == "open" and recent:
            return "busy"
        if state == "open" and not repeatable:
            return "unknown"
        self.env.cr.execute(
            """
            UPDATE auto_sms_attempt
               SET state = 'open', tries = tries + 1,
                   date = now() AT TIME ZONE 'UTC'
             WHERE key = %s
            """,
            [key],
        )
        return "go"

    @api.model
    def _end(self, key, state, answer):
        """Keep what came of the request; ``open`` when no answer came."""
        with self._ledger() as ledger:
            ledger.env.cr.execute(
                "UPDATE auto_sms_attempt SET state = %s, answer = %s,"
                " date = CASE WHEN %s = 'open' THEN date - interval '1h' ELSE date END"
                " WHERE key = %s",
                [state, (answer or "")[:500], state, key],
            )

    @api.model
    def _forget(self, keys):
        """Let messages go out again that may have gone out, as a person decided."""
        with self._ledger() as ledger:
            ledger.env.cr.execute(
                "DELETE FROM auto_sms_attempt WHERE key = ANY(%s)", [list(keys)]
            )

    @api.autovacuum
    def _gc_attempts(self):
        """Forget what was accepted or refused a year ago."""
        limit = fields.Datetime.subtract(fields.Datetime.now(), years=1)
        self.search(
            [("date", "<", limit), ("state", "!=", "open")], limit=5000
        ).unlink()
