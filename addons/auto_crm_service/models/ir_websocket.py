from odoo import models

from .res_company_workshop import CHANNEL

BOARD = f"{CHANNEL}_"
SCREEN = "auto_screen_"


class IrWebsocket(models.AbstractModel):
    """Who may hear that something has changed in a workshop."""

    _inherit = "ir.websocket"

    def _build_bus_channel_list(self, channels):
        return super()._build_bus_channel_list(self._auto_channels(channels))

    def _auto_channels(self, channels):
        """Return the channels, with those of the workshops that may be heard.

        :param list channels: what the client asked for
        """
        heard = []
        for channel in channels:
            if not isinstance(channel, str):
                heard.append(channel)
            elif channel.startswith(SCREEN):
                screens = self.env["auto.workshop.screen"]
                screen = screens._by_token(channel[len(SCREEN) :])
                heard += [(store, CHANNEL) for store in screen.company_id]
            elif channel.startswith(BOARD):
                number = channel[len(BOARD) :]
                heard += [
                    (store, CHANNEL)
                    for store in self.env.user.company_ids
                    if str(store.id) == number and self.env.user._is_internal()
                ]
            else:
                heard.append(channel)
        return heard
