import secrets
import time

from odoo import http
from odoo.http import request

from .prospect_form import ProspectForm

FIELDS = (
    "name",
    "phone",
    "email",
    "city",
    "model",
    "horizon",
    "message",
    "consent",
    "marketing",
)


class EnquiryForm(ProspectForm, http.Controller):
    """The public page by which a customer asks about a car."""

    _stamp_scope = "auto_crm_lead-enquiry"

    @http.route(
        "/auto/enquiry/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show(self, token, lang=None, **_params):
        door = self._door(token)
        self._set_language(lang)
        return self._render(door)

    @http.route(
        "/auto/enquiry/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        max_content_length=256 * 1024,
    )
    def submit(self, token, lang=None, **params):
        door = self._door(token)
        self._set_language(lang)
        typed = {name: str(params.get(name) or "").strip() for name in FIELDS}
        # Only a robot fills in what nobody sees: a sign for the rules, which set its
        # enquiry apart. It is told nothing.
        honeypot = str(params.get("website") or "")[:200]
        error = self._check(door, typed, params)
        if not error:
            error = self._take_in(door, typed, params["nonce"], honeypot)
        if honeypot:
            return self._render(door, thanks=True)
        if error:
            return self._render(door, typed=typed, error=error)
        return request.redirect(
            f"/auto/enquiry/{token}/thanks?lang={request.env.lang}", code=303
        )

    @http.route(
        "/auto/enquiry/<string:token>/thanks",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def thanks(self, token, lang=None, **_params):
        door = self._door(token)
        self._set_language(lang)
        return self._render(
            door, thanks=True, reference=request.session.get("auto_enquiry_ref")
        )

    def _door(self, token):
        # The visitor is nobody in Odoo; the token in the address opens the page.
        door = request.env["auto.intake.source"].sudo()._by_token(token)
        if not door.active or not door.has_form:
            raise request.not_found()
        return door

    def _take_in(self, door, typed, nonce, honeypot=""):
        """Take the enquiry in; return what is wrong, in words, else ``""``."""
        values = {
            "name": typed["name"],
            "phone": typed["phone"],
            "email": typed["email"],
            "message": typed["message"],
            "purchase_horizon": typed["horizon"],
            "city": typed["city"],
            "vehicle": {"model": typed["model"]},
            "honeypot": honeypot,
        }
        return self._deliver(door, values, self._wordings(door, typed), nonce)

    def _render(self, door, typed=None, error="", thanks=False, reference=None):
        moment = str(int(time.time()))
        nonce = secrets.token_urlsafe(16)
        # A visitor may know the name of the store and the choices of the form.
        env = request.env(su=True)
        store = door.company_id.with_env(env)
        models = env["fleet.vehicle.model"].search(
            [("vehicle_type", "=", "car")], limit=200
        )
        return request.render(
            "auto_crm_lead.enquiry_page",
            {
                "door": door,
                "store": store,
                "typed": typed or {},
                "error": error,
                "thanks": thanks,
                "reference": reference,
                "moment": moment,
                "nonce": nonce,
                "stamp": self._stamp(door, moment, nonce),
                "horizons": env["auto.lead.horizon"].search([], order="months"),
                "models": models,
                "consent_text": self._consent_text(door),
                "marketing_text": self._marketing_text(door),
                "languages": self._languages(),
                "res_company": store,
            },
            headers={"Cache-Control": "no-store"},
        )
