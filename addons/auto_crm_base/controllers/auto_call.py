from odoo import http
from odoo.http import request

from odoo.addons.web.controllers.home import Home


class AutoCall(Home):
    @http.route("/odoo/auto-call", type="http", auth="user")
    def auto_call(self, number=None, ref=None, direction="in", **kwargs):
        """Open the call screen for a caller; telephone systems call this.

        :param number: the caller's number in any spelling; empty when withheld
        :param ref: the call's id in the telephone system
        :param direction: ``in`` (default) or ``out``
        :return: a redirect to the call, or the plain call screen without number

        A second request of the same call, as a telephone system repeats one or a
        person reloads the page, opens the same screen again.
        """
        calls = request.env["auto.call"]
        if number is None or not calls.has_access("create"):
            return self.web_client("auto-call", **kwargs)
        call = calls._start(number, external_ref=ref, direction=direction)
        return request.redirect(f"/odoo/auto-call/{call.id}")
