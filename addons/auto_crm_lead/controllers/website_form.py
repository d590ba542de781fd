import secrets
import time

from odoo import fields, http
from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.auto_crm_base.controllers.public_form import PublicForm

from .intake import Busy, serialised, start_again

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


class EnquiryForm(PublicForm, http.Controller):
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

    def _check_rate(self, door):
        if self._seconds_to_wait(f"form:{door.id}", min(door.rate_limit or 20, 20)):
            return request.env._("Too many enquiries; please try again in a minute.")
        return ""

    def _take_in(self, door, typed, nonce, honeypot=""):
        """Take the enquiry in; return what is wrong, in words, else ``""``."""
        # As _door: the visitor has no rights, the door says where it goes.
        lead_model = request.env["crm.lead"].sudo().with_company(door.company_id)
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
        wordings = {"enquiry": self._consent_text(door)}
        if typed["marketing"] and door.marketing_text:
            wordings["marketing"] = self._marketing_text(door)
        values["consents"] = wordings
        numbers = lead_model._intake_lock_numbers([values], door.company_id, nonce)
        for _attempt in range(5):
            try:
                with serialised(request.env, numbers):
                    [result] = lead_model._intake_process(
                        [
                            {
                                "values": values,
                                "channel": door.channel_id.code,
                                "external_ref": f"form:{nonce}"[:200],
                                "source": door,
                                "remote_addr": request.httprequest.remote_addr,
                            }
                        ]
                    )
                    if not result["repeated"] and not honeypot:
                        door._keep_consents(
                            result["lead"], wordings, self._proof(result, nonce)
                        )
                    request.session["auto_enquiry_ref"] = result["public_ref"]
                    request.env.flush_all()
                    request.env.cr.commit()
                    return ""
            except ValidationError:
                return request.env._(
                    "Please look at the phone number and the e-mail address again."
                )
            except UserError as error:
                return str(error)
            except Busy:
                break
            except (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                start_again(request.env)
        return request.env._("We are busy right now; please send it again.")

    def _proof(self, result, nonce):
        """Return what shows how the customer agreed, as kept with the consents."""
        http_request = request.httprequest
        return "\n".join(
            (
                f"Page: {http_request.base_url}",
                f"Time (UTC): {fields.Datetime.now()}",
                f"Language: {request.env.lang}",
                f"Address: {http_request.remote_addr}",
                f"Browser: {http_request.user_agent.string[:300]}",
                f"Form: {nonce}",
                f"Prospect: {result['public_ref']}",
            )
        )

    def _marketing_text(self, door):
        return door.with_context(lang=request.env.lang).marketing_text or ""

    def _consent_text(self, door):
        return door.with_context(lang=request.env.lang).privacy_text or request.env._(
            "I agree that the dealer keeps my data and contacts me about my enquiry."
        )

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
