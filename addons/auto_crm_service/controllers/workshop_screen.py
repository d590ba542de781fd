from odoo import http
from odoo.http import request

from odoo.addons.bus.websocket import WebsocketConnectionHandler

HEADERS = [
    ("Cache-Control", "no-store"),
    # The address is the key: it is told to nobody.
    ("Referrer-Policy", "no-referrer"),
    ("X-Robots-Tag", "noindex"),
]


class WorkshopScreen(http.Controller):
    """The electronic board on the wall, without a login."""

    @http.route(
        "/auto/board/<string:token>",
        type="http",
        auth="public",
        methods=["GET"],
        sitemap=False,
    )
    def show(self, token, **_params):
        screen = self._screen(token)
        return request.make_response(
            request.env["ir.qweb"]
            .sudo()  # a screen reads no views
            ._render(
                "auto_crm_service.workshop_screen_page",
                {
                    "name": screen.name,
                    "token": screen.token,
                    "version": WebsocketConnectionHandler._VERSION,
                },
            ),
            headers=[("Content-Type", "text/html; charset=utf-8"), *HEADERS],
        )

    @http.route(
        "/auto/board/<string:token>/data",
        type="http",
        auth="public",
        methods=["GET"],
        readonly=True,
        sitemap=False,
    )
    def data(self, token, **_params):
        return request.make_json_response(self._screen(token)._board(), headers=HEADERS)

    def _screen(self, token):
        """Return the screen of a token as superuser, else 404."""
        screen = request.env["auto.workshop.screen"]._by_token(token)
        if not screen:
            raise request.not_found()
        return screen
