from odoo import api, fields, models
from odoo.fields import Domain


class ResPartner(models.Model):
    """Members: what reception sees of a customer."""

    _inherit = "res.partner"

    member_ids = fields.One2many(
        comodel_name="auto.member",
        inverse_name="partner_id",
        string="Memberships",
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "auto_crm_base.group_adviser,auto_crm_base.group_service_manager,"
        "auto_crm_base.group_complaint,auto_crm_base.group_callcentre,"
        "base.group_system",
    )
    member_id = fields.Many2one(
        comodel_name="auto.member",
        string="Membership",
        compute="_compute_member_id",
        search="_search_member_id",
        compute_sudo=False,
        help="The customer's, or that of the company to which the customer belongs.",
    )
    member_badge = fields.Char(
        string="Member",
        compute="_compute_member_id",
        compute_sudo=False,
    )
    member_color = fields.Integer(
        compute="_compute_member_id",
        compute_sudo=False,
    )
    member_benefits_html = fields.Html(
        string="Benefits",
        compute="_compute_member_benefits_html",
        sanitize=False,
        compute_sudo=False,
    )
    may_enrol = fields.Boolean(
        compute="_compute_may_enrol",
        compute_sudo=False,
    )

    @api.depends("member_ids.state", "member_ids.date_end", "parent_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_member_id(self):
        members = self._origin._members_by_partner()
        for partner in self:
            member = members.get(partner._origin.id, self.env["auto.member"])
            partner.member_id = member
            partner.member_color = member.tier_id.color
            partner.member_badge = member._badge() if member else False

    def _search_member_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        members = self.env["auto.member"]
        if not members.has_access("read"):
            return Domain.FALSE
        domain = Domain.FALSE
        if False in value:
            domain |= ~Domain("member_ids", "any", [("state", "=", "active")])
        ids = [item for item in value if item and item is not True]
        if ids:
            domain |= Domain("member_ids", "in", ids)
        return domain

    @api.depends("member_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_member_benefits_html(self):
        for partner in self:
            partner.member_benefits_html = partner.member_id.benefits_html

    @api.depends("member_id", "is_auto_customer")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_may_enrol(self):
        allowed = self.env["auto.member"].has_access("create")
        for partner in self:
            partner.may_enrol = bool(
                allowed
                and partner._origin
                and partner.is_auto_customer
                and not partner.member_id
            )

    def _members_by_partner(self):
        """Return the active membership of each customer, as far as the user sees it.

        A customer's own comes before that of the company, and a higher tier before
        a lower one.

        :return: dict partner id → ``auto.member``
        """
        members = self.env["auto.member"]
        if not self or not members.has_access("read"):
            return {}
        # To which company a contact belongs is told by the contact.
        families = {
            partner.id: partner.commercial_partner_id.id for partner in self.sudo()
        }
        found = members.search(
            [
                ("partner_id", "in", [*families, *families.values()]),
                ("state", "=", "active"),
            ]
        ).filtered(lambda member: member._is_member())
        # Tiers are configuration that everybody who sees members reads.
        ordered = found.sorted(lambda member: member.sudo().tier_id.sequence)
        best = {member.partner_id.id: member for member in ordered}
        return {
            partner_id: best.get(partner_id) or best[family_id]
            for partner_id, family_id in families.items()
            if partner_id in best or family_id in best
        }

    def _member_benefits(self):
        """Return what reception shows of customers who are members.

        :return: dict partner id → dict ``member`` (``auto.member``), ``number``,
            ``program``, ``tier``, ``points``, ``point_name``, ``until`` (date or
            False) and ``benefits`` as of ``auto.member._benefit_states()``;
            without the customers who are no members
        """
        members = self._members_by_partner()
        active = self.env["auto.member"].union(*members.values())
        states = active._benefit_states()
        result = {}
        for partner_id, member in members.items():
            values = member.sudo()  # names of the configuration
            result[partner_id] = {
                "member": member,
                "number": values.name,
                "program": values.program_id.name,
                "tier": values.tier_id.name,
                "points": values.points,
                "point_name": values.program_id.portal_point_name,
                "until": values.date_end,
                "benefits": states.get(member.id, []),
            }
        return result

    def _auto_360_tiles(self):
        tiles = super()._auto_360_tiles()
        member = self.member_id
        label = member._badge() if member else self.env._("Memberships")
        own = Domain("partner_id", "in", self._auto_360_family())
        mine = [
            self._auto_360_tile(
                "member",
                label,
                "fa-id-badge",
                "auto.member",
                own | Domain("id", "=", member.id),
            ),
            self._auto_360_tile(
                "benefits",
                self.env._("Benefits used"),
                "fa-gift",
                "auto.member.benefit.use",
                (own | Domain("member_id", "=", member.id))
                & Domain("state", "=", "used"),
            ),
        ]
        return [*tiles, *(tile for tile in mine if tile)]

    def action_enrol_member(self):
        """Open the dialog that makes the customer a member."""
        self.ensure_one()
        self.env["auto.member"].check_access("create")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Make a member"),
            "res_model": "auto.member.enrol",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_partner_id": self.id},
        }

    def action_open_member(self):
        """Open the customer's membership."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.member",
            "res_id": self.member_id.id,
            "views": [(False, "form")],
            "target": "current",
        }
