"""An answer for senders while the database is away.

Odoo answers 404 then, which tells a sender to give up; 503 with Retry-After
tells it to come back. Two places of Odoo are covered: a request that finds no
database at all, and one whose database goes away while it is served.
"""

import functools
import json
import logging

import psycopg2
from werkzeug.wrappers import Response

from odoo import http
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)
PREFIX = "/auto_crm/intake/"
RETRY_AFTER = 10


def unavailable():
    """Return the answer 503, to be repeated after some seconds."""
    return Response(
        json.dumps(
            {
                "error": "unavailable",
                "message": "The service is away for a moment; send it again.",
            }
        ),
        status=503,
        headers=[("Retry-After", str(RETRY_AFTER))],
        content_type="application/json",
    )


def _database_lost(error):
    while error is not None:
        if isinstance(
            error, psycopg2.OperationalError | psycopg2.InterfaceError
        ) and not isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            return True
        error = error.__cause__ or error.__context__
    return False


def _answer_without_database(serve):
    @functools.wraps(serve)
    def _serve_nodb(request):
        if request.httprequest.path.startswith(PREFIX):
            return unavailable()
        return serve(request)

    return _serve_nodb


def _answer_when_lost(serve):
    @functools.wraps(serve)
    def _serve_db(request):
        try:
            return serve(request)
        except Exception as error:
            if request.httprequest.path.startswith(PREFIX) and _database_lost(error):
                _logger.warning(
                    "Prospect not taken in, the database is away: %s", error
                )
                return unavailable()
            raise

    return _serve_db


if not hasattr(http.Request._serve_nodb, "__wrapped__"):
    http.Request._serve_nodb = _answer_without_database(http.Request._serve_nodb)
    http.Request._serve_db = _answer_when_lost(http.Request._serve_db)
