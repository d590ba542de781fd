import secrets
import time

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.auto_crm_base.controllers.public_form import PublicForm

FIELDS = ("name", "phone", "email", "plate", "category", "description", "consent")


class ComplaintForm(PublicForm, http.Controller):
    """The public page by which a customer complains to a store."""

    _stamp_scope = "auto_crm_service-complaint"

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

    def _check_rate(self, door):
        if self._seconds_to_wait(f"complaint:{door.id}", door.rate_limit):
            return request.env._("Too many at once; please try again in a minute.")
        return ""

    def _check_matter(self, typed):
        if not typed["description"]:
            return request.env._("Please tell us what happened.")
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
                "languages": self._languages(),
                "res_company": door.company_id.with_env(env),
            },
            headers={"Cache-Control": "no-store"},
        )
