import json

from odoo import http
from odoo.http import request

MAX_BODY = 16 * 1024
#: Answers a minute from one address.
LIMIT = 300


class SmsIncoming(http.Controller):
    """Takes the answers of customers from SMS providers."""

    @http.route(
        "/auto_sms/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        csrf=False,
        save_session=False,
    )
    def incoming(self, token, **params):
        """Keep one answer: JSON or a form, with number, text and reference.

        :return: 200 with ``ok``; 400 for a body that says nothing, 404 for a wrong
            address, 413 for too long a body, 429 for too many
        """
        # Counting the calls of an address is ours, whoever calls.
        hits = request.env["auto.intake.hit"].sudo()
        address = request.httprequest.remote_addr
        if hits._seconds_to_wait(f"auto_sms:{address}", LIMIT):
            return self._answer(429, "too many")
        gateway = request.env["auto.sms.gateway"]._by_token(token)
        if not gateway:
            return self._answer(404, "unknown address")
        if (request.httprequest.content_length or 0) > MAX_BODY:
            return self._answer(413, "too long")
        if request.httprequest.mimetype == "application/json":
            try:
                params = json.loads(request.httprequest.get_data(as_text=True))
            except ValueError:
                params = None
        if not isinstance(params, dict):
            return self._answer(400, "no object")
        number, text, ref = (
            str(params.get(key) or "").replace("\x00", "").strip()
            for key in (gateway.number_key, gateway.text_key, gateway.ref_key)
        )
        if not number or not text or not ref or len(number) > 32:
            return self._answer(400, "number, text or reference is missing")
        gateway._receive(number, text, ref)
        return self._answer(200, "ok")

    def _answer(self, status, text):
        return request.make_json_response({"result": text}, status=status)
