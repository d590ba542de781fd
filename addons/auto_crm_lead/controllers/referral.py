import secrets
import time

from odoo import http
from odoo.http import request

from .prospect_form import ProspectForm

FIELDS = ("name", "phone", "email", "message", "consent", "marketing")


class ReferralForm(ProspectForm, http.Controller):
    """The page to which a customer's link leads: a friend asks to be called.

    It tells nothing of the customer, not even the name.
    """

    _stamp_scope = "auto_crm_lead-referral"
    _form_prefix = "refer"

    @http.route(
        "/auto/refer/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show(self, token, lang=None, thanks="", **_params):
        _referrer, door = self._opened(token)
        self._set_language(lang)
        reference = request.session.get("auto_enquiry_ref") if thanks else None
        return self._render(token, door, thanks=bool(thanks), reference=reference)

    @http.route(
        "/auto/refer/<string:token>",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        max_content_length=128 * 1024,
    )
    def submit(self, token, lang=None, **params):
        referrer, door = self._opened(token)
        self._set_language(lang)
        typed = {name: str(params.get(name) or "").strip() for name in FIELDS}
        # Only a robot fills in what nobody sees; it is told nothing.
        honeypot = str(params.get("website") or "")[:200]
        error = self._check(door, typed, params)
        if not error:
            error = self._take_in(referrer, door, typed, params, honeypot)
        if error and not honeypot:
            return self._render(token, door, typed=typed, error=error)
        if honeypot:
            return self._render(token, door, thanks=True)
        return request.redirect(
            f"/auto/refer/{token}?lang={request.env.lang}&thanks=1", code=303
        )

    def _opened(self, token):
        """Return the customer and the door of a link, as superuser, else 404."""
        partners = request.env["res.partner"]
        referrer = partners._by_referral_token(token)
        door = referrer and partners._referral_door(
            referrer.auto_store_id or referrer.store_ids[:1]
        )
        if not door:
            raise request.not_found()
        return referrer, door

    def _take_in(self, referrer, door, typed, params, honeypot):
        def keep(result):
            request.env["auto.referral"]._note_recommendation(referrer, result, "link")

        model = request.env["fleet.vehicle.model"]
        if door.has_guide:
            number = str(params.get("model") or "")
            wanted = int(number) if number.isdecimal() and len(number) < 10 else 0
            model = door._guide_models().filtered(lambda one: one.id == wanted)
        values = {
            "name": typed["name"],
            "phone": typed["phone"],
            "email": typed["email"],
            "message": typed["message"],
            "honeypot": honeypot,
        }
        if model:
            values["vehicle"] = {"brand": model.brand_id.name, "model": model.name}
        return self._deliver(
            door,
            values,
            self._wordings(door, typed),
            params["nonce"],
            channel="referral",
            keep=keep,
        )

    def _render(self, token, door, typed=None, error="", thanks=False, reference=None):
        moment = str(int(time.time()))
        nonce = secrets.token_urlsafe(16)
        store = door.company_id.with_env(request.env(su=True))
        return request.render(
            "auto_crm_lead.referral_page",
            {
                "token": token,
                "store": store,
                "res_company": store,
                "guide_url": door.has_guide and f"/auto/guide/{door.guide_token}",
                "models": door._guide_models() if door.has_guide else (),
                "typed": typed or {},
                "error": error,
                "thanks": thanks,
                "reference": reference,
                "moment": moment,
                "nonce": nonce,
                "stamp": self._stamp(door, moment, nonce),
                "consent_text": self._consent_text(door),
                "marketing_text": self._marketing_text(door),
                "languages": self._languages(),
            },
            headers={"Cache-Control": "no-store"},
        )
