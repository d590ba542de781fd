import base64
import secrets
import time

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.auto_crm_base.controllers.public_form import PublicForm

from .appointment_pages import AppointmentPages

FIELDS = ("name", "phone", "email", "plate", "concern", "consent")
#: How often a minute one address may change appointments by their links.
CHANGES_A_MINUTE = 20


class AppointmentForm(AppointmentPages, PublicForm, http.Controller):
    """The public page of a store, on which a customer books a time."""

    _stamp_scope = "auto_crm_service-appointment"

    @http.route(
        "/auto/appointment/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show(self, token, lang=None, **params):
        setting = self._setting(token)
        self._set_language(lang)
        return self._render_page(setting, params)

    @http.route(
        "/auto/appointment/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        max_content_length=64 * 1024,
    )
    def submit(self, token, lang=None, **params):
        setting = self._setting(token)
        self._set_language(lang)
        typed = {name: str(params.get(name) or "").strip() for name in FIELDS}
        error = self._check(setting, typed, params)
        # Only a robot fills in what nobody sees; it is told nothing.
        if str(params.get("website") or ""):
            return self._render_page(setting, {}, thanks=True)
        if error:
            return self._render_page(setting, params, typed=typed, error=error)
        appointment, error = self._take_in(setting, typed, params)
        if error:
            # What was free may be gone: the times are shown anew.
            shown = {name: params[name] for name in ("type", "day") if name in params}
            return self._render_page(setting, shown, typed=typed, error=error)
        return request.redirect(
            f"/auto/appointment/mine/{appointment.access_token}?lang={request.env.lang}",
            code=303,
        )

    def _setting(self, token):
        setting = request.env["auto.appointment.setting"]._by_token(token)
        if not setting:
            raise request.not_found()
        return setting

    def _check_rate(self, setting):
        key = f"appointment:{setting.id}"
        if self._seconds_to_wait(key, setting.rate_limit):
            return request.env._("Too many at once; please try again in a minute.")
        return ""

    def _check_matter(self, typed):
        if not typed["plate"]:
            return request.env._("Please give the license plate or the VIN.")
        return ""

    def _take_in(self, setting, typed, params):
        """Book it; return the appointment, and what is wrong in words or ``""``."""
        kinds = self._public_types()
        kind = kinds.filtered(lambda one: one.id == self._number(params.get("type")))
        # The visitor has no rights; the page has a store.
        appointments = request.env["auto.appointment"].sudo()
        appointments = appointments.with_company(setting.company_id)
        ref = f"form:{params['nonce']}"[:200]
        known = appointments._by_external_ref("web", ref)
        try:
            with request.env.cr.savepoint():
                appointment = appointments._book(
                    {
                        "company_id": setting.company_id.id,
                        "name": typed["name"],
                        "phone": typed["phone"],
                        "email": typed["email"],
                        "plate": typed["plate"],
                        "vin": typed["plate"],
                        "concern": typed["concern"],
                        "type_id": kind.id,
                        "start": self._moment(params.get("start")),
                        "channel": "web",
                        "external_ref": ref,
                    }
                )
                if not known:
                    self._keep_consent(setting, appointment, params["nonce"])
        except UserError as error:
            return appointments.browse(), str(error)
        return appointment, ""

    def _keep_consent(self, setting, appointment, nonce):
        """Keep what the customer agreed to, with the words that were shown.

        It lifts no earlier refusal: anybody can type somebody's number.
        """
        proof = self._proof_text(nonce, f"Appointment: {appointment.name}")
        request.env["auto.consent"].sudo().create(  # the visitor has no rights
            {
                "partner_id": appointment.partner_id.id,
                "channel": "all",
                "purpose": "enquiry",
                "state": "given",
                "wording": self._consent_text(setting),
                "proof": base64.b64encode(proof.encode()),
                "source": "web",
                "user_id": False,
                "company_id": setting.company_id.id,
            }
        )

    def _consent_text(self, setting):
        return setting.with_context(
            lang=request.env.lang
        ).consent_text or request.env._(
            "I agree that the dealer keeps my data and contacts me about my "
            "appointment."
        )

    def _render_page(self, setting, params, typed=None, error="", thanks=False):
        company = setting.company_id
        kinds = self._public_types()
        kind = kinds.filtered(lambda one: one.id == self._number(params.get("type")))
        start = self._moment(params.get("start")) if kind else None
        moment = str(int(time.time()))
        nonce = secrets.token_urlsafe(16)
        day = self._day(params.get("day"))
        values = {
            "token": setting.token,
            "store": company,
            "kinds": kinds,
            "kind": kind,
            "day": day,
            "start": start and start.isoformat(timespec="minutes"),
            "when": self._when(company, start),
            "free": (
                self._free_days(company, kind, day) if kind and not start else None
            ),
            "typed": typed or {},
            "error": error,
            "thanks": thanks,
            "moment": moment,
            "nonce": nonce,
            "stamp": self._stamp(setting, moment, nonce),
            "consent_text": self._consent_text(setting),
            "languages": self._languages(),
            "res_company": company,
        }
        return request.render(
            "auto_crm_service.appointment_page",
            values,
            headers={"Cache-Control": "no-store"},
        )

    # ------------------------------------------------------------------
    # By the link in the letter
    # ------------------------------------------------------------------

    @http.route(
        "/auto/appointment/mine/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def mine(self, token, lang=None, move="", day="", **_params):
        appointment = self._mine(token)
        self._set_language(lang or appointment.partner_id.lang)
        return self._render_mine(appointment, move=bool(move), day=day)

    @http.route(
        "/auto/appointment/mine/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        max_content_length=16 * 1024,
    )
    def mine_change(self, token, lang=None, **params):
        appointment = self._mine(token)
        self._set_language(lang)
        if self._seconds_to_wait("appointment:mine", CHANGES_A_MINUTE):
            error = request.env._("Too many at once; please try again in a minute.")
        else:
            error = self._change(
                appointment.with_context(lang=request.env.lang), params
            )
        if error:
            move = params.get("what") == "move"
            return self._render_mine(appointment, error, move, params.get("day"))
        return request.redirect(
            f"/auto/appointment/mine/{token}?lang={request.env.lang}", code=303
        )

    @http.route(
        "/auto/appointment/mine/<string:token>/calendar.ics",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def mine_calendar(self, token, **_params):
        return self._calendar_response(self._mine(token))

    def _mine(self, token):
        appointment = request.env["auto.appointment"]._by_access_token(token)
        if not appointment:
            raise request.not_found()
        return appointment

    def _render_mine(self, appointment, error="", move=False, day=None):
        # In the language of the page.
        appointment = appointment.with_env(request.env(su=True))
        url = f"/auto/appointment/mine/{appointment.access_token}"
        values = self._detail_values(appointment, url, error, move, day)
        values.update(languages=self._languages(), res_company=appointment.company_id)
        return request.render(
            "auto_crm_service.appointment_mine_page",
            values,
            headers={"Cache-Control": "no-store"},
        )
