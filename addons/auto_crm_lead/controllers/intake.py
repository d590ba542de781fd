import hashlib
import hmac
import json
import logging
import random
import time
from contextlib import contextmanager

import psycopg2

from odoo import SUPERUSER_ID, fields, http
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools.translate import LazyTranslate

from ..tools import adf
from .outage import unavailable
from .reading import MAX_BODY

_logger = logging.getLogger(__name__)
_lt = LazyTranslate(__name__)

#: How far the sender's clock may be off, and how long a signature is good.
MAX_AGE = 600
#: Calls a minute from one address with a token that no door has.
UNKNOWN_LIMIT = 60
#: Bodies that one door keeps in quarantine, so that nobody fills the disk.
MAX_QUARANTINE = 2000
LOCK_SECONDS = 20
TRIES = 8


class Refusal(Exception):
    """An answer of 400 or more.

    :param int status: the HTTP status
    :param str code: for programs; these never change
    :param message: for people: a lazy translation, or a text that is translated
    :param bool keep: whether the body goes into quarantine
    """

    def __init__(self, status, code, message, keep=False, retry_after=None):
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.keep = keep
        self.retry_after = retry_after

    def in_words(self, env):
        """Return the message in the language of ``env``."""
        message = self.message
        return message if isinstance(message, str) else env._(message)


class Busy(Exception):
    """The same person's other deliveries take too long to wait for."""


@contextmanager
def serialised(env, numbers):
    """Let deliveries of the same persons pass one at a time.

    Odoo's transactions see the database as it was at their first statement
    (REPEATABLE READ). A lock that is awaited inside the transaction therefore
    comes too late: the one who waited does not see what the other made. So the
    locks belong to the connection (session level), the transaction that asked
    for them is ended, and the work starts on a fresh snapshot, which sees all
    that was committed before the locks were given. Being held by the connection,
    they go away with it if the process dies.

    This makes 50 deliveries of one person at once orderly and quick; that there
    can never be two prospects is guaranteed elsewhere, by the unique index of
    ``auto.lead.identity``. Session locks need a connection of one's own: a
    pooler in front of PostgreSQL must run in session mode.

    :param numbers: sorted lock numbers, so that no two wait in a circle
    """
    cr = env.cr
    locked = []
    try:
        cr.execute("SELECT set_config('lock_timeout', %s, true)", [f"{LOCK_SECONDS}s"])
        for number in numbers:
            try:
                cr.execute(
                    "SELECT pg_advisory_lock(%s)", [number], log_exceptions=False
                )
            except psycopg2.errors.LockNotAvailable as error:
                raise Busy from error
            locked.append(number)
        start_again(env)
        yield
    finally:
        if not cr.closed:
            start_again(env)
            for number in locked:
                cr.execute("SELECT pg_advisory_unlock(%s)", [number])
            # The unlocking transaction must not give the response an old snapshot.
            start_again(env)


def start_again(env):
    """End the transaction and forget what it read."""
    env.cr.rollback()
    env.transaction.reset()
    env.registry.reset_changes()


# How a route is that takes a signed delivery of another system.
SIGNED = {
    "type": "http",
    "auth": "none",
    "methods": ["POST"],
    "csrf": False,
    "save_session": False,
    "readonly": False,
    "auto_intake": True,
}


class IntakeController(http.Controller):
    """The doors for other systems; see docs/developer for what they accept."""

    @http.route("/auto_crm/intake/<string:token>/json", **SIGNED)
    def receive_json(self, token, **_params):
        """Take in one prospect as JSON, signed.

        Answers ``{"lead": "<public reference>", "created": true|false}`` with
        201 for a new prospect and 200 for a known one or a repeat, else
        ``{"error": code, "message": text}``.
        """
        return self._receive(token, "json")

    @http.route("/auto_crm/intake/<string:token>/adf", **SIGNED)
    def receive_adf(self, token, **_params):
        """Take in the prospects of an ADF 1.0 message; answers in JSON."""
        return self._receive(token, "adf")

    def _receive(self, token, body_format):
        # The sender is no user of Odoo: the door's token and signature let him in.
        request.update_env(user=SUPERUSER_ID)
        env = request.env
        source = env["auto.intake.source"].browse()
        body = b""
        try:
            source = env["auto.intake.source"]._by_token(token)
            # What goes into quarantine is read by people of the store.
            source = source.with_context(lang=source._language())
            env = source.env
            self._check_rate(env, source)
            body = self._body()
            self._check_sender(source, body, body_format)
            values_list = self._parse(body, body_format)
            return self._take_in(env, source, body, body_format, values_list)
        except Refusal as refusal:
            message = refusal.in_words(env)
            if refusal.keep and source:
                start_again(env)
                self._quarantine(env, source, body, body_format, message)
            return self._answer(
                {"error": refusal.code, "message": message},
                refusal.status,
                refusal.retry_after,
            )

    # ------------------------------------------------------------
    # What comes in
    # ------------------------------------------------------------

    def _check_rate(self, env, source):
        caller = f"{source.id or 0}:{request.httprequest.remote_addr}"
        limit = source.rate_limit if source else UNKNOWN_LIMIT
        wait = env["auto.intake.hit"]._seconds_to_wait(caller, limit)
        if wait:
            raise Refusal(
                429,
                "too_many",
                _lt("Too many deliveries in this minute; send it again later."),
                retry_after=wait,
            )

    def _body(self):
        length = request.httprequest.content_length
        if length is None or length <= MAX_BODY:
            body = request.httprequest.get_data(cache=True, parse_form_data=False)
            if len(body) <= MAX_BODY:
                return body
        raise Refusal(413, "too_large", _lt("The body is longer than 1 MiB."))

    def _check_sender(self, source, body, body_format):
        """Check token, signature and time.

        :raise Refusal: 401 when it is not proven who sends, 403 when the door is
            shut or the signature too old
        """
        if not source:
            raise Refusal(401, "unknown_source", _lt("No door has this token."))
        if not source.active:
            raise Refusal(403, "closed", _lt("This door is shut."))
        headers = request.httprequest.headers
        timestamp = (headers.get("X-AutoCrm-Timestamp") or "").strip()
        signature = (headers.get("X-AutoCrm-Signature") or "").strip()
        if (
            body_format == "adf"
            and source.allow_unsigned_adf
            and not timestamp
            and not signature
        ):
            return
        if not timestamp or not signature:
            raise Refusal(
                401,
                "unsigned",
                _lt("X-AutoCrm-Timestamp and X-AutoCrm-Signature are required."),
                keep=True,
            )
        if not timestamp.isascii() or not timestamp.isdigit() or len(timestamp) > 12:
            raise Refusal(
                401,
                "bad_timestamp",
                _lt("The timestamp must be in Unix seconds."),
                keep=True,
            )
        expected = hmac.new(
            source.secret.encode(),
            timestamp.encode("latin-1", "replace") + b"." + body,
            hashlib.sha256,
        ).hexdigest()
        given = signature.lower().encode("latin-1", "replace")
        if not hmac.compare_digest(f"sha256={expected}".encode(), given):
            raise Refusal(
                401,
                "bad_signature",
                _lt("The signature is not that of the body."),
                keep=True,
            )
        if abs(time.time() - int(timestamp)) > MAX_AGE:
            raise Refusal(
                403,
                "expired",
                _lt(
                    "The timestamp is more than 10 minutes off the clock of the server."
                ),
                keep=True,
            )

    def _parse(self, body, body_format):
        """Return the list of values in ``body``.

        :raise Refusal: 400 saying what is wrong
        """
        if not body.strip():
            raise Refusal(400, "empty", _lt("The body is empty."))
        if body_format == "adf":
            try:
                return adf.parse(body)
            except adf.AdfError as error:
                raise Refusal(400, "bad_adf", error.args[0], keep=True) from error
        try:
            text = body.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            raise Refusal(
                400, "bad_encoding", _lt("The body is not in UTF-8."), keep=True
            ) from error
        try:
            values = json.loads(text, parse_constant=self._refuse_constant)
        except (ValueError, RecursionError) as error:
            raise Refusal(
                400, "bad_json", _lt("The body is not JSON: %s", error), keep=True
            ) from error
        if not isinstance(values, dict):
            raise Refusal(
                400, "bad_json", _lt("The body must be an object."), keep=True
            )
        return [values]

    @staticmethod
    def _refuse_constant(name):
        raise ValueError(f"{name} is no JSON value")

    # ------------------------------------------------------------
    # What becomes of it
    # ------------------------------------------------------------

    def _take_in(self, env, source, body, body_format, values_list):
        body_hash = hashlib.sha256(body).hexdigest()
        key = self._delivery_key(values_list, body_hash)
        lead_model = env["crm.lead"].with_company(source.company_id)
        numbers = lead_model._intake_lock_numbers(
            values_list, source.company_id, f"{source.id}:{key}" if key else ""
        )
        for attempt in range(TRIES):
            try:
                with serialised(env, numbers):
                    return self._take_in_locked(
                        lead_model,
                        source,
                        body,
                        body_hash,
                        body_format,
                        values_list,
                        key,
                    )
            except (ValidationError, UserError) as error:
                raise Refusal(400, "invalid", str(error), keep=True) from error
            except Busy:
                break
            except (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY) as error:
                _logger.info("Intake repeated (%s): %s", attempt + 1, error)
                start_again(env)
                time.sleep(random.uniform(0, 0.05 * 2**attempt))  # noqa: S311
        return unavailable()

    def _delivery_key(self, values_list, body_hash):
        """Return the sender's key, else one that the same body has on one day."""
        key = (request.httprequest.headers.get("Idempotency-Key") or "").strip()
        if len(key) > 200:
            raise Refusal(
                400, "bad_key", _lt("Idempotency-Key is longer than 200."), keep=True
            )
        if key:
            return key
        if all(values.get("external_ref") for values in values_list):
            return None
        return f"body:{fields.Date.today()}:{body_hash}"

    def _take_in_locked(
        self, lead_model, source, body, body_hash, body_format, values_list, key
    ):
        known = lead_model.env["auto.lead.intake"]
        if key:
            known = known.search(
                [
                    ("source_id", "=", source.id),
                    ("idempotency_key", "=", key),
                    ("state", "in", ("done", "spam", "replayed")),
                ],
                limit=1,
            )
        if known and known.body_hash != body_hash:
            raise Refusal(
                409,
                "key_reused",
                _lt("This key came with another body before."),
                keep=True,
            )
        if known:
            return self._answer({"lead": known.public_ref, "created": False}, 200)
        results = lead_model._intake_process(
            [
                {
                    "values": values,
                    "channel": source.channel_id.code,
                    "external_ref": lead_model._intake_text(
                        values.get("external_ref"), "external_ref"
                    ),
                    "source": source,
                    "raw": body if index == 0 else None,
                    "format": body_format if index == 0 else "values",
                    "idempotency_key": key if index == 0 else None,
                    "body_hash": body_hash if index == 0 else None,
                    "remote_addr": request.httprequest.remote_addr,
                }
                for index, values in enumerate(values_list)
            ]
        )
        answers = [
            {"lead": result["public_ref"], "created": result["created"]}
            for result in results
        ]
        # Committed while the locks are held: the next in line must see it.
        lead_model.env.flush_all()
        lead_model.env.cr.commit()
        status = 201 if any(answer["created"] for answer in answers) else 200
        answer = answers[0]
        if len(answers) > 1:
            answer = {**answer, "leads": answers}
        return self._answer(answer, status)

    def _quarantine(self, env, source, body, body_format, error):
        """Keep a refused body for a person to look at; the same one only once."""
        intake_model = env["auto.lead.intake"]
        body_hash = hashlib.sha256(body).hexdigest()
        waiting = [("source_id", "=", source.id), ("state", "=", "quarantined")]
        if intake_model.search_count(
            [*waiting, ("body_hash", "=", body_hash)], limit=1
        ):
            return
        if intake_model.search_count(waiting, limit=MAX_QUARANTINE) >= MAX_QUARANTINE:
            _logger.warning("The quarantine of door %s is full", source.id)
            return
        intake_model.create(
            {
                "channel_id": source.channel_id.id,
                "source_id": source.id,
                "company_id": source.company_id.id,
                "state": "quarantined",
                "error": error,
                "body_hash": body_hash,
                "body_format": body_format,
                "remote_addr": request.httprequest.remote_addr,
                **intake_model._raw_values(body),
            }
        )

    def _answer(self, data, status, retry_after=None):
        headers = [("Cache-Control", "no-store")]
        if retry_after:
            headers.append(("Retry-After", str(retry_after)))
        return request.make_json_response(data, headers=headers, status=status)
