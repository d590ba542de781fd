from odoo import http
from odoo.http import request

from odoo.addons.auto_crm_base.controllers.public_form import PublicForm
from odoo.addons.auto_crm_base.tools import vin as vin_tools

#: Checks a minute from one address: a person types slower, a list is longer.
RATE = 12


class RecallCheck(PublicForm, http.Controller):
    """The public page on which anybody sees the open recalls of a VIN.

    It tells about the car's number only: nothing about who owns it, whether we know
    it, or which store has it.
    """

    @http.route("/recall", type="http", auth="public", methods=["GET"], sitemap=False)
    def show(self, lang=None, **_params):
        self._set_language(lang)
        return self._render()

    @http.route(
        "/recall",
        type="http",
        auth="public",
        methods=["POST"],
        sitemap=False,
        max_content_length=16 * 1024,
    )
    def check(self, lang=None, vin="", **_params):
        self._set_language(lang)
        raw = str(vin or "")[:100]
        number = vin_tools.normalise(raw)
        error = self._problem(number)
        if error:
            return self._render(vin=raw, error=error)
        # A visitor has no rights: what is published of recalls is told.
        recalls = request.env["auto.recall"].sudo()._public_check(number)
        return self._render(vin=number, recalls=recalls)

    def _problem(self, number):
        """Return what is wrong with the request, in words, else ``""``."""
        if self._seconds_to_wait("recall", RATE):
            return request.env._("Too many at once; please try again in a minute.")
        if not number:
            return request.env._("Please enter the VIN.")
        for problem in vin_tools.validate(number, with_check_digit=False):
            return request.env._(problem.message)
        return ""

    def _render(self, vin="", recalls=None, error=""):
        return request.render(
            "auto_crm_service.recall_page",
            {
                "vin": vin,
                "recalls": recalls,
                "error": error,
                "languages": self._languages(),
            },
            headers={"Cache-Control": "no-store"},
        )
