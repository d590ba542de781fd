import hashlib
import hmac
import json
import logging
import re
import secrets
import time
from urllib.parse import urlsplit

import requests

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import consteq

_logger = logging.getLogger(__name__)

PLACEHOLDER = re.compile(r"\{(number|local|text|key|time|signature|account|secret)\}")
STOP_WORDS = frozenset(
    ("t", "td", "n", "stop", "unsubscribe", "退订", "退", "取消", "拒收", "回t", "r")
)
MAX_TEXT = 2000


class AutoSmsGateway(models.Model):
    """How the SMS of a store go out by a provider with an HTTP interface."""

    _name = "auto.sms.gateway"
    _inherit = ["mail.thread"]
    _description = "SMS gateway"
    _order = "company_id"

    name = fields.Char(required=True, tracking=True)
    active = fields.Boolean(default=True, tracking=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    url = fields.Char(string="Address", required=True, tracking=True)
    account = fields.Char(tracking=True)
    secret = fields.Char(string="Kept secret", copy=False, groups=fields.NO_ACCESS)
    secret_new = fields.Char(
        string="Secret",
        compute="_compute_secret_new",
        inverse="_inverse_secret_new",
        help="Can be set, not read.",
    )
    has_secret = fields.Boolean(compute="_compute_has_secret", compute_sudo=True)
    content_type = fields.Selection(
        selection=[("json", "JSON"), ("form", "Form")], required=True, default="json"
    )
    body_template = fields.Text(
        string="Request",
        required=True,
        default='{"account": "{account}", "phone": "{number}", "text": "{text}", '
        '"id": "{key}", "time": "{time}", "sign": "{signature}"}',
        help="A JSON object. Replaced are {number}, {local} (the number without "
        "prefix), {text}, {key} (the message's own, the same each time it is tried), "
        "{time}, {account}, {secret} and {signature}.",
    )
    header_template = fields.Text(
        string="Headers", default='{"Idempotency-Key": "{key}"}', help="A JSON object."
    )
    sign_kind = fields.Selection(
        selection=[
            ("none", "None"),
            ("hmac", "HMAC-SHA256 with the secret"),
            ("sha256", "SHA-256 of the signed text"),
            ("md5", "MD5 of the signed text"),
        ],
        string="Signature",
        required=True,
        default="hmac",
    )
    sign_template = fields.Char(
        string="Signed text",
        default="{time}{key}{number}{text}",
        help="With the same placeholders; without HMAC it should have {secret}.",
    )
    sign_name = fields.Char(
        string="Signature of the sender",
        help="Put in front of each text, as domestic providers ask: 【Huaxing】.",
    )
    success_path = fields.Char(
        string="Where the answer tells success",
        help="A path in the JSON answer, such as code or result.status; empty: any "
        "answer with an HTTP status of 200 to 299.",
    )
    success_value = fields.Char(string="What it says then")
    retry_values = fields.Char(
        string="What it says when busy",
        help="Values, with commas, after which the message is tried again later.",
    )
    timeout = fields.Integer(string="Timeout (s)", required=True, default=10)
    is_repeatable = fields.Boolean(
        string="Knows a repeated key",
        help="The provider sends a message with a key it has had already no second "
        "time. Otherwise a message without answer is not tried again: a person looks "
        "whether it went out.",
    )
    token = fields.Char(
        copy=False,
        required=True,
        readonly=True,
        default=lambda self: secrets.token_urlsafe(24),
        groups="auto_crm_base.group_config,base.group_system",
        help="The provider sends answers of customers to /auto_sms/ and this.",
    )
    number_key = fields.Char(string="Sender is in", required=True, default="number")
    text_key = fields.Char(string="Text is in", required=True, default="text")
    ref_key = fields.Char(string="Reference is in", required=True, default="id")

    _company_uniq = models.UniqueIndex(
        "(company_id) WHERE active", "This store has an SMS gateway already."
    )
    _token_uniq = models.UniqueIndex("(token)", "This address is in use.")
    _timeout_range = models.Constraint(
        "CHECK (timeout BETWEEN 1 AND 60)", "The timeout is between 1 and 60 seconds."
    )

    def _compute_secret_new(self):
        self.secret_new = False

    def _inverse_secret_new(self):
        for gateway in self.filtered("secret_new"):
            # Nobody reads it; whoever may change the gateway sets it.
            gateway.sudo().secret = gateway.secret_new

    @api.depends("secret")
    def _compute_has_secret(self):
        for gateway in self:
            gateway.has_secret = bool(gateway.secret)

    @api.constrains("url", "body_template", "header_template")
    def _check_request(self):
        for gateway in self:
            parts = urlsplit(gateway.url or "")
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValidationError(
                    self.env._("“%(url)s” is no address of a gateway.", url=gateway.url)
                )
            for name in ("body_template", "header_template"):
                gateway._template(name)

    def _template(self, name):
        """Return a template as an object.

        :raise ValidationError: when it is none
        """
        try:
            value = json.loads(self[name] or "{}")
        except ValueError:
            value = None
        if not isinstance(value, dict):
            raise ValidationError(
                self.env._(
                    "“%(field)s” must be a JSON object.",
                    field=self._fields[name]._description_string(self.env),
                )
            )
        return value

    # ------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------

    @api.model
    def _of(self, company):
        """Return the gateway by which a store sends, as the system, if it has one."""
        # The secret and the address are the system's to use.
        return self.sudo().search([("company_id", "=", company.id)], limit=1)

    def _fill(self, value, values):
        """Return ``value`` with the placeholders in its texts filled in."""
        if isinstance(value, str):
            return PLACEHOLDER.sub(lambda found: values[found[1]], value)
        if isinstance(value, dict):
            return {key: self._fill(item, values) for key, item in value.items()}
        if isinstance(value, list):
            return [self._fill(item, values) for item in value]
        return value

    def _request(self, key, number, text):
        """Return what is posted for one message, as arguments for ``requests``."""
        number = number or ""
        code = self.company_id.country_id.phone_code
        prefix = f"+{code}" if code else ""
        local = number.removeprefix(prefix) if prefix else number
        values = {
            "number": number,
            "local": local,
            "text": f"{self.sign_name or ''}{text}",
            "key": key,
            "time": str(int(time.time())),
            "account": self.account or "",
            "secret": self.secret or "",
            "signature": "",
        }
        values["signature"] = self._sign(self._fill(self.sign_template or "", values))
        headers = self._fill(self._template("header_template"), values)
        body = self._fill(self._template("body_template"), values)
        arguments = {"headers": {str(k): str(v) for k, v in headers.items()}}
        arguments["json" if self.content_type == "json" else "data"] = body
        return arguments

    def _sign(self, text):
        data = text.encode()
        if self.sign_kind == "hmac":
            return hmac.new((self.secret or "").encode(), data, "sha256").hexdigest()
        if self.sign_kind == "sha256":
            return hashlib.sha256(data).hexdigest()
        if self.sign_kind == "md5":
            # What the provider asks for; it protects nothing of ours.
            return hashlib.md5(data, usedforsecurity=False).hexdigest()
        return ""

    def _deliver(self, key, number, text):
        """Request one message, unless it was accepted before.

        :return: tuple of a state of ``SmsApiGateway`` and the reason in words
        """
        self.ensure_one()
        ledger = self.env["auto.sms.attempt"]
        may = ledger._begin(key, self.is_repeatable, self.timeout * 2 + 10)
        if may == "accepted":
            return "success", None
        if may == "refused":
            return "gateway_refused", self.env._("The gateway refused it before.")
        if may == "busy":
            return "gateway_down", self.env._("Another worker is sending it.")
        if may == "unknown":
            return "gateway_unknown", self._unknown()
        state, reason = self._post(key, number, text)
        kept = {"success": "accepted", "gateway_refused": "refused"}
        ledger._end(
            key, kept.get(state, "open" if reason is None else "failed"), reason
        )
        if state == "gateway_down" and reason is None and not self.is_repeatable:
            return "gateway_unknown", self._unknown()
        return state, reason or self.env._("The gateway did not answer.")

    def _unknown(self):
        return self.env._(
            "The gateway did not answer: it may have sent the message. Ask the "
            "provider before you send it again."
        )

    def _post(self, key, number, text):
        """Return the state, and what the gateway said; None without an answer."""
        try:
            answer = requests.post(
                self.url,
                timeout=self.timeout,
                allow_redirects=False,
                **self._request(key, number, text),
            )
        except requests.exceptions.ConnectTimeout:
            return "gateway_down", "no connection"
        except requests.exceptions.ConnectionError as error:
            # Without a connection nothing was sent; one that broke may have.
            broke = "NewConnectionError" not in repr(error)
            return "gateway_down", None if broke else "no connection"
        except requests.exceptions.RequestException:
            return "gateway_down", None
        said = answer.text[:200]
        if answer.status_code in (408, 425, 429) or answer.status_code >= 500:
            # A gateway that is down may fail before or after it took the message.
            known = answer.status_code in (425, 429, 503)
            return "gateway_down", f"HTTP {answer.status_code}" if known else None
        if not 200 <= answer.status_code < 300:
            return "gateway_refused", f"HTTP {answer.status_code}: {said}"
        return self._judge(answer, said)

    def _judge(self, answer, said):
        """Return what the body of an answer with a good HTTP status means."""
        if not self.success_path:
            return "success", said
        try:
            value = answer.json()
            for step in self.success_path.split("."):
                value = value[int(step)] if isinstance(value, list) else value[step]
        except (ValueError, KeyError, IndexError, TypeError):
            return "gateway_refused", said
        told = str(value).lower() if isinstance(value, bool) else str(value)
        if told == (self.success_value or ""):
            return "success", said
        if told in [one.strip() for one in (self.retry_values or "").split(",") if one]:
            return "gateway_down", said
        return "gateway_refused", said

    # ------------------------------------------------------------
    # Answers of customers
    # ------------------------------------------------------------

    @api.model
    def _by_token(self, token):
        """Return the gateway that a provider's address names, empty for none."""
        # The provider is nobody's user; the token is what it proves itself by.
        gateway = self.sudo().search([("token", "=", token)], limit=1)
        return gateway if gateway and consteq(gateway.token, token) else self.browse()

    def _receive(self, number, text, ref):
        """Keep the answer of a customer; the same delivery twice counts once.

        :param str number: of the customer
        :param str text: what was written
        :param str ref: of the message at the provider
        :return: the ``auto.contact``
        """
        self.ensure_one()
        gateway = self.with_company(self.company_id)
        contacts = gateway.env["auto.contact"]
        ref = f"sms:{self.id}:{ref}"[:200]
        text = text[:MAX_TEXT]
        # Two deliveries of one answer come one after the other.
        self.env.cr.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [ref])
        known = contacts.search([("external_ref", "=", ref)], limit=1)
        if known:
            return known
        stop = text.strip().strip("。.!！").lower() in STOP_WORDS
        people = gateway.env["res.partner"]._find_customer(phone=number)
        lines = gateway.env["auto.bulk.recipient"]._latest_of(people, "sms")
        if lines:
            line = lines.sorted("date")[-1]
            line.trace_id.with_context(auto_bulk_answered=True).set_replied()
            return line._log_answer("sms", text, stop, ref, number)
        person = people.filtered(lambda one: self.company_id in one.store_ids)[:1]
        return contacts.create(
            {
                "partner_id": person.id,
                "company_id": self.company_id.id,
                "user_id": False,
                "channel": "sms",
                "direction": "in",
                "summary": text,
                "result": "opt_out" if stop else False,
                "external_ref": ref,
                "number": number,
            }
        )

    def action_test(self):
        """Send one message to the user's own number, and say what came of it."""
        self.ensure_one()
        self.check_access("write")
        number = self.env.user.partner_id.phone_sanitized
        if not number:
            raise UserError(self.env._("Your own user has no phone number."))
        key = secrets.token_hex(16)
        text = self.env._("A test of the SMS gateway.")
        # As the jobs do: the secret is the system's to use.
        state, reason = self.sudo()._deliver(key, number, text)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.name,
                "message": self.env._("The gateway took it.")
                if state == "success"
                else reason,
                "type": "success" if state == "success" else "danger",
            },
        }
