import hmac
import secrets

from odoo import api, fields, models
from odoo.exceptions import UserError


class ResPartner(models.Model):
    """Customers who recommend us."""

    _inherit = "res.partner"

    referral_token = fields.Char(
        copy=False,
        readonly=True,
        groups="base.group_system",
        help="Names the customer in the link to recommend us, and says nothing else.",
    )
    referral_count = fields.Integer(
        string="Recommended by this customer", compute="_compute_referral_count"
    )

    _referral_token_uniq = models.UniqueIndex(
        "(referral_token) WHERE referral_token IS NOT NULL",
        "Another customer has this token already.",
    )

    def _compute_referral_count(self):
        counts = {}
        referrals = self.env["auto.referral"]
        if referrals.has_access("read"):
            counts = dict(
                referrals._read_group(
                    [("referrer_id", "in", self.ids), ("state", "!=", "void")],
                    ["referrer_id"],
                    ["__count"],
                )
            )
        for partner in self:
            partner.referral_count = counts.get(partner._origin, 0)

    def _auto_360_tiles(self):
        tiles = super()._auto_360_tiles()
        tile = self._auto_360_tile(
            "referrals",
            self.env._("Recommended us to"),
            "fa-bullhorn",
            "auto.referral",
            [
                ("referrer_id", "in", self._auto_360_family()),
                ("state", "!=", "void"),
            ],
        )
        return [*tiles, tile] if tile else tiles

    def action_open_referrals(self):
        """Open whom this customer recommended us to."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_referral_action"
        )
        return action | {"domain": [("referrer_id", "=", self.id)], "context": {}}

    def action_referral_link(self):
        """Open the link, and its code, that this customer gives to friends."""
        self.ensure_one()
        window = self.env["auto.referral.link"].create({"partner_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Link to recommend us"),
            "res_model": window._name,
            "res_id": window.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_recommend_friend(self):
        """Take down a friend whom this customer tells us of."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_intake_wizard_action"
        )
        channel = self.env.ref("auto_crm_lead.channel_referral", False)
        return action | {
            "context": {
                "default_referrer_id": self.id,
                "default_channel_id": channel.id if channel else False,
            }
        }

    def _referral_url(self):
        """Return the link by which this customer recommends the store.

        :raise UserError: when the store has no open page
        """
        self.ensure_one()
        self.check_access("read")
        # The token is the system's; it opens nothing but a form.
        partner = self.sudo()
        door = self._referral_door(partner.auto_store_id or self.env.company)
        if not door:
            raise UserError(
                self.env._(
                    "The store has no page for prospects yet: open a door with an "
                    "enquiry form or a buying guide."
                )
            )
        if not partner.referral_token:
            partner.referral_token = secrets.token_urlsafe(12)
        base = partner.env["ir.config_parameter"].get_param("web.base.url")
        return f"{base}/auto/refer/{partner.referral_token}"

    @api.model
    def _referral_door(self, company):
        """Return the door by which recommended friends come in, as superuser."""
        doors = self.env["auto.intake.source"].sudo()  # the link's, not the user's
        return doors.search(
            [
                ("company_id", "=", company.id),
                "|",
                ("has_guide", "=", True),
                ("has_form", "=", True),
            ],
            order="has_guide DESC, id",
            limit=1,
        )

    @api.model
    def _by_referral_token(self, token):
        """Return the customer of a link, as superuser, else an empty record."""
        # The visitor is nobody in Odoo; nothing of the customer is shown.
        partners = self.sudo()
        if not token or len(token) > 60 or "\x00" in token:
            return partners.browse()
        partner = partners.search([("referral_token", "=", token)], limit=1)
        same = hmac.compare_digest(
            (partner.referral_token or "").encode(), token.encode()
        )
        return partner if same and partner.active else partners.browse()
