from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools.image import image_data_uri

from odoo.addons.portal.controllers.portal import CustomerPortal

#: The latest are on the page; more interest nobody there.
SHOWN = 50


class ReferralPortal(CustomerPortal):
    """A customer's own page: the link for friends, and what became of them."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "referral_count" in counters:
            values["referral_count"] = (
                # Customers have no right on it; the search names the customer.
                request.env["auto.referral"].sudo().search_count(self._domain_of_mine())
            )
        return values

    def _domain_of_mine(self):
        partner = request.env.user.partner_id
        return [("referrer_id", "=", partner.id), ("state", "!=", "void")]

    @http.route(
        "/my/recommendations", type="http", auth="user", website=True, methods=["GET"]
    )
    def portal_my_recommendations(self, **_params):
        # As above; of a friend the page shows the first letter.
        referrals = request.env["auto.referral"].sudo()
        referrals = referrals.search(self._domain_of_mine(), limit=SHOWN)
        partner = request.env.user.partner_id
        try:
            # The link is the customer's own, whoever keeps the token.
            url = partner.sudo().with_context(lang=request.env.lang)._referral_url()
        except UserError:
            url = ""
        doors = request.env["auto.intake.source"].sudo()  # draws the picture only
        code = url and image_data_uri(doors._link_code(url))
        values = self._prepare_portal_layout_values()
        values.update(
            lines=[
                {
                    "date": referral.date,
                    "friend": (referral.friend_id.name or "")[:1] + "…",
                    "bought": referral.state == "bought",
                    "reward": referral.reward_name or "",
                    "reward_state": referral.reward_state,
                }
                for referral in referrals
            ],
            url=url,
            code=code,
            page_name="recommendation",
        )
        return request.render("auto_crm_sale.portal_my_recommendations", values)
