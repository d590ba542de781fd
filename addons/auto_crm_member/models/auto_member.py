from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

# What a person may change by hand.
FREE_FIELDS = frozenset({"company_id", "date_end", "date_joined", "note"})


class AutoMember(models.Model):
    """A customer's membership in a programme.

    The points are those of the customer's ``loyalty.card`` of the programme, which
    Odoo's orders earn and spend. A member belongs to the group, as the customer
    does: who sees the customer sees the membership.
    """

    _name = "auto.member"
    _inherit = [
        "auto.numbered.mixin",
        "auto.partner.guard.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Member"
    _order = "date_joined desc, id desc"
    _rec_names_search = ["name", "partner_id.complete_name", "card_id.code"]
    _guarded_partner_fields = ("partner_id",)
    _mail_post_access = "read"

    name = fields.Char(string="Member number", tracking=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("is_auto_customer", "=", True)],
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("is_member_program", "=", True)],
        default=lambda self: self.env["loyalty.program"]._member_programs(
            self.env.company
        )[:1],
    )
    state = fields.Selection(
        selection=[("active", "Member"), ("expired", "Expired"), ("ended", "Left")],
        required=True,
        readonly=True,
        copy=False,
        default="active",
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Joined at",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        tracking=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Enrolled by",
        readonly=True,
        default=lambda self: self.env.user,
    )
    date_joined = fields.Date(
        string="Member since",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
    )
    date_end = fields.Date(
        string="Until",
        tracking=True,
        index="btree_not_null",
        help="The last day of the membership; empty: it does not end.",
    )
    end_reason = fields.Char(string="Left because", readonly=True, copy=False)
    note = fields.Text()

    # Points
    card_id = fields.Many2one(
        comodel_name="loyalty.card",
        string="Card",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    points = fields.Float(
        related="card_id.points", string="Points", store=True, aggregator="sum"
    )
    points_expiring = fields.Float(
        readonly=True, copy=False, help="Points that expire next.", aggregator="sum"
    )
    points_expiry_date = fields.Date(
        string="Points expire on", readonly=True, copy=False
    )
    points_told_date = fields.Date(
        readonly=True, copy=False, help="For which day the member was told."
    )
    opening_points = fields.Float(
        readonly=True,
        copy=False,
        help="Points brought over from another system when the member was imported.",
    )

    # Tier
    tier_id = fields.Many2one(
        comodel_name="auto.member.tier",
        string="Tier",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('program_id', '=', program_id)]",
    )
    tier_color = fields.Integer(related="tier_id.color")
    tier_since = fields.Date(string="In the tier since", readonly=True, copy=False)
    tier_until = fields.Date(
        string="Tier kept until",
        readonly=True,
        copy=False,
        help="Until then the member cannot fall back.",
    )
    currency_id = fields.Many2one(related="program_id.currency_id")
    spend = fields.Monetary(
        string="Spent",
        readonly=True,
        copy=False,
        aggregator="sum",
        help="Net of tax, in the months that the member's tier counts; looked at "
        "once a day.",
    )
    visits = fields.Integer(
        readonly=True,
        copy=False,
        aggregator="sum",
        help="Days with an invoice, in the months that the member's tier counts.",
    )
    next_tier_id = fields.Many2one(
        comodel_name="auto.member.tier",
        string="Next tier",
        compute="_compute_next_tier",
    )
    next_tier_text = fields.Char(
        string="To the next tier", compute="_compute_next_tier"
    )
    history_ids = fields.One2many(
        comodel_name="auto.member.tier.history",
        inverse_name="member_id",
        string="Tier history",
        readonly=True,
    )
    use_ids = fields.One2many(
        comodel_name="auto.member.benefit.use",
        inverse_name="member_id",
        string="Benefits used",
        readonly=True,
    )
    # Raised by each use, so that two uses at once meet in the database.
    use_serial = fields.Integer(readonly=True, copy=False, aggregator=False)

    _active_uniq = models.UniqueIndex(
        "(partner_id, program_id) WHERE state = 'active'",
        "This customer is a member of the programme already.",
    )
    _name_uniq = models.UniqueIndex(
        "(name)", "This member number is given to somebody else."
    )
    _card_idx = models.UniqueIndex(
        "(card_id) WHERE state = 'active'", "A card belongs to one member."
    )
    _dates_check = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_joined)",
        "A membership cannot end before it begins.",
    )
    _opening_check = models.Constraint(
        "CHECK (COALESCE(opening_points, 0) >= 0)", "Points cannot be negative."
    )

    # ------------------------------------------------------------
    # Compute and check
    # ------------------------------------------------------------

    @api.depends("name", "partner_id")
    def _compute_display_name(self):
        for member in self:
            parts = (member.name, member.partner_id.name)
            member.display_name = " · ".join(part for part in parts if part)

    @api.depends("tier_id", "spend", "visits", "program_id.tier_ids")
    def _compute_next_tier(self):
        for member in self:
            tiers = member.program_id.tier_ids.sorted("sequence")
            higher = tiers.filtered(
                lambda tier, own=member.tier_id: tier.sequence > own.sequence
            )[:1]
            member.next_tier_id = higher
            member.next_tier_text = member._missing_for(higher) if higher else False

    def _missing_for(self, tier):
        """Say what the member still lacks for a higher tier."""
        self.ensure_one()
        parts = []
        missing = tier.spend_min - self.spend
        if tier.spend_min and missing > 0:
            parts.append(self.currency_id.format(missing))
        visits = tier.visits_min - self.visits
        if tier.visits_min and visits > 0:
            parts.append(self.env._("%(count)s visits", count=visits))
        if not parts:
            return tier.name
        joint = self.env._(" and ") if tier.match == "all" else self.env._(" or ")
        return f"{tier.name}: {joint.join(parts)}"

    @api.constrains("partner_id", "program_id")
    def _check_program(self):
        for member in self:
            if not member.program_id.is_member_program:
                raise ValidationError(
                    self.env._(
                        "“%(program)s” is not a programme for members.",
                        program=member.program_id.name,
                    )
                )
            if not member.program_id.sudo().tier_ids:
                raise ValidationError(
                    self.env._(
                        "“%(program)s” has no tier yet: give it one first.",
                        program=member.program_id.name,
                    )
                )

    @api.constrains("partner_id")
    def _check_partner(self):
        for member in self:
            if not member.partner_id.is_auto_customer:
                raise ValidationError(
                    self.env._(
                        "%(name)s is not a customer of a store.",
                        name=member.partner_id.display_name,
                    )
                )

    @api.constrains("date_joined")
    def _check_date_joined(self):
        today = fields.Date.context_today(self)
        latest = fields.Date.add(today, days=1)
        for member in self:
            if member.date_joined.year < 1980 or member.date_joined > latest:
                raise ValidationError(
                    self.env._(
                        "Nobody is a member since %(date)s.", date=member.date_joined
                    )
                )

    # ------------------------------------------------------------
    # Create, write
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        manages = self._may_manage()
        prepared = []
        for values in vals_list:
            vals = {
                name: value
                for name, value in values.items()
                if name in self._create_fields(manages)
            }
            vals["state"] = "active"
            if not vals.get("name"):
                vals["name"] = "/"
            program = self.env["loyalty.program"].browse(vals.get("program_id"))
            months = program.sudo().membership_months
            if months and "date_end" not in vals:
                start = fields.Date.to_date(vals.get("date_joined"))
                start = start or fields.Date.context_today(self)
                vals["date_end"] = fields.Date.subtract(
                    fields.Date.add(start, months=months), days=1
                )
            prepared.append(vals)
        tiers = [vals.pop("tier_id", False) for vals in prepared]
        # Who has just ended a membership may begin another.
        self.flush_model(["state"])
        members = super().create(prepared)
        members._begin(tiers)
        return members

    def write(self, vals):
        if not self.env.su:
            closed = vals.keys() - FREE_FIELDS - self._chatter_fields()
            if closed:
                raise UserError(
                    self.env._(
                        "Points, tier and state of a membership are changed by its "
                        "buttons."
                    )
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A membership is ended, not deleted."))

    @api.model
    def _chatter_fields(self):
        return {
            name
            for name in self._fields
            if name.startswith(("message_", "activity_", "website_message"))
        }

    @api.model
    def _create_fields(self, manages):
        """Return the names that may be given with a new member.

        :param bool manages: whether the user manages members; then also the
            number, tier and points brought over from another system
        """
        names = {"partner_id", "program_id", *FREE_FIELDS, *self._chatter_fields()}
        if manages:
            names |= {"name", "tier_id", "opening_points", "user_id"}
        return names

    @api.model
    def _may_manage(self):
        return self.env.su or self.env.user.has_group(
            "auto_crm_member.group_member_points"
        )

    def _check_may_manage(self):
        """Check that the user manages these members.

        :raise AccessError: otherwise
        """
        self.check_access("write")
        if not self._may_manage():
            raise AccessError(
                self.env._(
                    "Only the managers of a store correct points and tiers of members."
                )
            )

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import template for members"),
                "template": "/auto_crm_member/static/xls/members.csv",
            }
        ]

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def _open_wizard(self, model, title):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": model,
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_member_id": self.id},
        }

    def action_use_benefit(self):
        """Open the dialog that takes down the use of a benefit."""
        return self._open_wizard("auto.member.use", self.env._("Use a benefit"))

    def action_correct_points(self):
        """Open the dialog that corrects the points."""
        self._check_may_manage()
        return self._open_wizard("auto.member.points", self.env._("Correct points"))

    def action_change_tier(self):
        """Open the dialog that gives another tier."""
        self._check_may_manage()
        return self._open_wizard("auto.member.tier.change", self.env._("Change tier"))

    def action_end(self):
        """Open the dialog that ends the membership."""
        self._check_may_manage()
        return self._open_wizard("auto.member.end", self.env._("End the membership"))

    def action_renew(self):
        """Make somebody whose membership expired or ended a member again.

        Points that were left are there again.
        """
        self._check_may_manage()
        today = fields.Date.context_today(self)
        for member in self.filtered(lambda member: member.state != "active"):
            months = member.program_id.membership_months
            # The checks of the one active membership are the database's.
            member.card_id.sudo().active = True
            member._set(
                {
                    "state": "active",
                    "end_reason": False,
                    "date_end": months
                    and fields.Date.subtract(
                        fields.Date.add(today, months=months), days=1
                    ),
                }
            )

    def action_open_points(self):
        """Open the history of the points."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_member.loyalty_history_action"
        )
        action["domain"] = [("card_id", "=", self.card_id.id)]
        return action

    def action_open_uses(self):
        """Open the benefits used."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_member.auto_member_benefit_use_action"
        )
        action["domain"] = [("member_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_send_card(self):
        """Open an e-mail with the member's card."""
        self.ensure_one()
        template = self.env.ref(
            "auto_crm_member.mail_template_member_card", raise_if_not_found=False
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send the card"),
            "res_model": "mail.compose.message",
            "views": [(False, "form")],
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template and template.id,
                "default_composition_mode": "comment",
                "force_email": True,
            },
        }

    # ------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------

    def _is_member(self):
        """Return whether the membership runs today.

        The daily job ends those whose last day is over; until then they are over,
        too.
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        return self.state == "active" and not (self.date_end and self.date_end < today)

    def _badge(self):
        """Return tier and points in a few words."""
        self.ensure_one()
        values = self.sudo()  # names of the configuration
        return self.env._(
            "%(tier)s · %(points)s %(unit)s",
            tier=values.tier_id.name or "",
            points=f"{int(values.points):,}",
            unit=values.program_id.portal_point_name or self.env._("points"),
        )

    def _set(self, vals):
        """Write what only the methods of memberships write."""
        # The caller has checked who may do it.
        return self.sudo().write(vals)

    def _end(self, state, reason):
        """End the memberships; the card, and with it the points, rests.

        :param str state: expired or ended
        :param str reason: why, in words
        """
        self._set({"state": state, "end_reason": reason})
        self.sudo().card_id.action_archive()
        for member in self:
            member._message_log(body=reason)
