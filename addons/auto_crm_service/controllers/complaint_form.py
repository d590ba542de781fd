import secrets
import time

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq
from odoo.tools.misc import hmac

#: A person needs some seconds to fill the form in; a robot does not.
MIN_SECONDS = 2
MAX_SECONDS = 24 * 3600
FIELDS = ("name", "phone", "email", "plate", "category", "description", "consent")


class ComplaintForm(http.Controller):
    """The public page by which a customer complains to a store."""

    @http.route(
        "/auto/complaint/<string:token>",
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
        "/auto/complaint/<string:token>",
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
        error = self._check(door, typed, params)
        # Only a robot fills in what nobody sees; it is told nothing.
        if str(params.get("website") or ""):
            return self._render(door, thanks=True)
        if not error:
            error = self._take_in(door, typed, params["nonce"])
        if error:
            return self._render(door, typed=typed, error=error)
        return request.redirect(
            f"/auto/complaint/{token}/thanks?lang={request.env.lang}", code=303
        )

    @http.route(
        "/auto/complaint/<string:token>/thanks",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def thanks(self, token, lang=None, **_params):
        door = self._door(token)
        self._set_language(lang)
        return self._render(door, thanks=True)

    def _door(self, token):
        door = request.env["auto.complaint.door"]._by_token(token)
        if not door:
            raise request.not_found()
        return door

    def _set_language(self, lang):
        """Use the language asked for, else the browser's, among the installed."""
        installed = dict(request.env["res.lang"].get_installed())
        short = {code[:2]: code for code in sorted(installed, reverse=True)}
        wanted = [lang or "", *request.httprequest.accept_languages.values()]
        for code in wanted:
            code = code.replace("-", "_")
            found = code if code in installed else short.get(code[:2].lower())
            if found:
                request.update_context(lang=found)
                return

    def _stamp(self, door, moment, nonce):
        return hmac(
            request.env(su=True),  # the key that signs it is the database's
            "auto_crm_service-complaint",
            f"{door.id}:{moment}:{nonce}",
        )

    def _check(self, door, typed, params):
        """Return what is wrong with a submission, in words, else ``""``."""
        wait = (
            request.env["auto.intake.hit"]
            .sudo()  # counting visitors is the system's
            ._seconds_to_wait(
                f"complaint:{door.id}:{request.httprequest.remote_addr}",
                door.rate_limit,
            )
        )
        if wait:
            return request.env._("Too many at once; please try again in a minute.")
        moment = str(params.get("moment") or "")
        nonce = str(params.get("nonce") or "")
        stamp = self._stamp(door, moment, nonce)
        # Compared as bytes, since a stranger writes any letter into it.
        told = str(params.get("stamp") or "").encode(errors="replace")
        if not moment.isdecimal() or not consteq(told, stamp.encode()):
            return request.env._("The page was open too long; please send it again.")
        age = time.time() - int(moment)
        if age < MIN_SECONDS:
            return request.env._("That was very quick; please press the button again.")
        if age > MAX_SECONDS:
            return request.env._("The page was open too long; please send it again.")
        if not typed["name"]:
            return request.env._("Please tell us your name.")
        if not typed["phone"] and not typed["email"]:
            return request.env._("Please give a phone number or an e-mail address.")
        if not typed["description"]:
            return request.env._("Please tell us what happened.")
        if not typed["consent"]:
            return request.env._("Please agree that we may contact you.")
        return ""

    def _take_in(self, door, typed, nonce):
        """Register the complaint; return what is wrong, in words, else ``""``."""
        env = request.env(su=True)  # the visitor has no rights; the door has a store
        category = env["auto.complaint.category"]
        if typed["category"].isdecimal():
            category = category.browse(int(typed["category"][:9])).exists()
        complaints = env["auto.complaint"].with_company(door.company_id)
        values = {
            "name": typed["name"],
            "phone": typed["phone"],
            "email": typed["email"],
            "plate": typed["plate"],
            "vin": typed["plate"],
            "category_id": category.id,
            "description": typed["description"],
        }
        try:
            with env.cr.savepoint():
                # Its number is told to nobody here: an old one would tell a stranger
                # that the person of that phone number has complained before.
                complaints._register_complaint(values, "web", f"form:{nonce}"[:200])
        except UserError as error:
            return str(error)
        return ""

    def _render(self, door, typed=None, error="", thanks=False):
        moment = str(int(time.time()))
        nonce = secrets.token_urlsafe(16)
        # A visitor may know the name of the store and the choices of the form.
        env = request.env(su=True)
        return request.render(
            "auto_crm_service.complaint_page",
            {
                "door": door,
                "token": door.token,
                "store": door.company_id.with_env(env),
                "typed": typed or {},
                "error": error,
                "thanks": thanks,
                "moment": moment,
                "nonce": nonce,
                "stamp": self._stamp(door, moment, nonce),
                "categories": env["auto.complaint.category"].search(
                    [("parent_id", "=", False)]
                ),
                "consent_text": door.with_env(env).consent_text
                or request.env._(
                    "I agree that the dealer keeps my data and contacts me about my "
                    "complaint."
                ),
                "languages": [
                    (code, name)
                    for code, name in request.env["res.lang"].get_installed()
                    if code[:2] in ("en", "zh")
                ],
                "res_company": door.company_id.with_env(env),
            },
            headers={"Cache-Control": "no-store"},
        )
