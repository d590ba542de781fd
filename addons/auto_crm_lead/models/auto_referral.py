import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# Only the methods of this model pass this object: nobody counts, thanks or rewards by
# hand.
STEP = object()
#: What those who work with it write.
FREE_FIELDS = frozenset({"note", "user_id"})
REWARDERS = (
    "auto_crm_base.group_sales_manager,auto_crm_base.group_store_manager,"
    "auto_crm_base.group_head_office"
)


class AutoReferral(models.Model):
    """A customer recommended a friend: counted once, thanked, and rewarded once.

    It comes into being with the friend's intake. One who recommends oneself, or whom
    the store knows already, is noted as void, so that nobody wonders.
    """

    _name = "auto.referral"
    _inherit = ["auto.partner.guard.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Recommendation"
    _order = "date desc, id desc"
    _rec_name = "referrer_id"
    _guarded_partner_fields = ("referrer_id", "friend_id")

    referrer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recommended by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    friend_id = fields.Many2one(
        comodel_name="res.partner",
        string="Friend",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Thanked by",
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Who looks after the customer who recommended us.",
    )
    date = fields.Datetime(
        string="Received on", required=True, readonly=True, default=fields.Datetime.now
    )
    way = fields.Selection(
        selection=[
            ("link", "Customer's link"),
            ("portal", "Customer page"),
            ("staff", "Told to us"),
        ],
        string="How",
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        selection=[
            ("received", "Prospect"),
            ("bought", "Friend bought"),
            ("void", "Does not count"),
        ],
        required=True,
        readonly=True,
        default="received",
        index=True,
        tracking=True,
        group_expand=True,
    )
    void_reason = fields.Selection(
        selection=[
            ("self", "Recommended oneself"),
            ("known", "Open prospect already"),
            ("customer", "Customer already"),
            ("twice", "Recommended before"),
        ],
        string="Why not",
        readonly=True,
    )
    rule_id = fields.Many2one(
        comodel_name="auto.referral.rule",
        string="Rule",
        readonly=True,
        ondelete="restrict",
    )
    thanked_date = fields.Datetime(string="Thanked on", readonly=True, tracking=True)
    is_thanked = fields.Boolean(
        string="Thanked", compute="_compute_is_thanked", store=True
    )
    date_bought = fields.Datetime(string="Friend bought on", readonly=True)
    reward_state = fields.Selection(
        selection=[
            ("none", "None"),
            ("due", "To give"),
            ("given", "Given"),
            ("limit", "Limit of the year reached"),
        ],
        string="Reward",
        required=True,
        readonly=True,
        default="none",
        index=True,
        tracking=True,
    )
    reward_name = fields.Char(string="What", readonly=True)
    reward_date = fields.Datetime(string="Reward given on", readonly=True)
    reward_user_id = fields.Many2one(
        comodel_name="res.users", string="Reward given by", readonly=True
    )
    note = fields.Text()

    # The guarantee; what counts is decided before.
    _friend_uniq = models.UniqueIndex(
        "(friend_id) WHERE state <> 'void' AND friend_id IS NOT NULL",
        "This friend was recommended before.",
    )

    @api.depends("thanked_date")
    def _compute_is_thanked(self):
        for referral in self:
            referral.is_thanked = bool(referral.thanked_date)

    @api.depends("referrer_id", "friend_id")
    def _compute_display_name(self):
        hidden = self._guarded_partner_ids((self.referrer_id | self.friend_id).ids)
        label = self._guarded_partner_label()
        for referral in self:
            names = [
                label if person.id in hidden else person.sudo().name or ""
                for person in (referral.referrer_id, referral.friend_id)
            ]
            referral.display_name = " → ".join(names)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("auto_referral") is not STEP:
            raise UserError(
                self.env._("A recommendation comes in with the friend's prospect.")
            )
        return super().create(vals_list)

    def write(self, vals):
        closed = {
            name
            for name in vals
            if name in self._fields
            and "auto_crm" in (self._fields[name]._module or "")
            and name not in FREE_FIELDS
        }
        if closed and self.env.context.get("auto_referral") is not STEP:
            raise UserError(
                self.env._("Recommendations are counted and rewarded by their buttons.")
            )
        return super().write(vals)

    def _step(self, **values):
        """Write what only this model writes."""
        # Whoever works on the prospect need not have a right on this.
        self.sudo().with_context(auto_referral=STEP).write(values)

    # ------------------------------------------------------------
    # Register
    # ------------------------------------------------------------

    @api.model
    def _note_recommendation(self, referrer, result, way):
        """Note who recommended a prospect that was just taken in.

        :param referrer: ``res.partner``
        :param dict result: of ``crm.lead._intake_process``
        :param str way: a key of ``way``
        :return: the recommendation, as superuser; empty for a repeated delivery
        """
        referrals = self.sudo().with_context(auto_referral=STEP)
        lead = result["lead"].sudo()
        if result["repeated"] or not lead.partner_id:
            return referrals.browse()
        referrer = referrer.sudo()
        company = lead.company_id
        reason = self._void_reason(referrer, lead, result["created"])
        known = referrals.search(
            [
                ("referrer_id", "=", referrer.id),
                ("friend_id", "=", lead.partner_id.id),
            ],
            limit=1,
        )
        if reason and known:
            return self.sudo().browse(known.id)  # said twice is not noted twice
        keeper = referrer.user_id
        if company not in keeper.company_ids or not keeper.active:
            keeper = lead.user_id
        values = {
            "referrer_id": referrer.id,
            "friend_id": lead.partner_id.id,
            "lead_id": lead.id,
            "company_id": company.id,
            "user_id": keeper.id,
            "way": way,
        }
        if not reason:
            rule = self.env["auto.referral.rule"]._of_store(company)
            try:
                with self.env.cr.savepoint():
                    referral = referrals.create({**values, "rule_id": rule.id})
            except psycopg2.errors.UniqueViolation:
                # Another told of the same friend at the same moment, in whatever store.
                reason = "twice"
        if reason:
            values |= {"state": "void", "void_reason": reason}
            referral = referrals.create(values)
        # Without what lets this method write.
        referral = self.sudo().browse(referral.id)
        if not reason:
            referral._start_thanks()
            if lead.won_status == "won":
                referral._bought()
        return referral

    @api.model
    def _void_reason(self, referrer, lead, created):
        """Return why a recommendation does not count, or False.

        All as superuser.
        """
        friend = lead.partner_id
        same = any(
            referrer[name] and referrer[name] in (friend[name], lead_value)
            for name, lead_value in (
                ("phone_sanitized", lead.phone_sanitized),
                ("email_normalized", lead.email_normalized),
                ("social_id", lead.social_id),
            )
        )
        family = referrer | referrer.parent_id | referrer.child_ids
        if same or friend in family:
            return "self"
        if self.sudo().search_count(
            [("friend_id", "=", friend.id), ("state", "!=", "void")], limit=1
        ):
            return "twice"
        if not created:
            return "known"
        own_car = self.env["auto.vehicle.owner"].sudo()
        if own_car.search_count([("partner_id", "=", friend.id)], limit=1):
            return "customer"
        won = self.env["crm.lead"].sudo().with_context(active_test=False)
        if won.search_count(
            [
                ("partner_id", "=", friend.id),
                ("won_status", "=", "won"),
                ("id", "!=", lead.id),
            ],
            limit=1,
        ):
            return "customer"
        return False

    # ------------------------------------------------------------
    # Thanks
    # ------------------------------------------------------------

    def _start_thanks(self):
        """Thank by e-mail where the rule says so, else let a person do it."""
        template = self.env.ref(
            "auto_crm_lead.mail_template_referral_thanks", raise_if_not_found=False
        )
        for referral in self:
            rule = referral.rule_id
            partner = referral.referrer_id.with_company(referral.company_id)
            reached = partner.email_normalized and partner._may_contact(
                "email", "service"
            )
            if rule.thank == "email" and template and reached:
                template.send_mail(referral.id)
                referral._step(thanked_date=fields.Datetime.now())
            elif referral.user_id:
                referral._remind(
                    referral.env._("Thank for the recommendation"),
                    rule.thank_days if rule else 2,
                )

    def _remind(self, summary, days, user=None):
        self.ensure_one()
        user = user or self.user_id
        self.sudo().activity_schedule(
            "mail.mail_activity_data_todo",
            date_deadline=fields.Date.add(fields.Date.context_today(self), days=days),
            summary=summary,
            user_id=user.id,
        )

    def action_thanked(self):
        """Note that the customer was thanked, in the contact log too."""
        self.check_access("write")
        for referral in self:
            if referral.state == "void" or referral.thanked_date:
                continue
            # The contact is with the referrer, whoever's customer that is.
            self.env["auto.contact"].sudo().create(
                {
                    "partner_id": referral.referrer_id.id,
                    "company_id": referral.company_id.id,
                    "channel": "phone",
                    "direction": "out",
                    "result": "reached",
                    "summary": self.env._("Thanked for the recommendation."),
                    "user_id": self.env.uid,
                }
            )
            referral._step(thanked_date=fields.Datetime.now())
            # Whoever was to thank; that a reward is to be given stays open.
            tasks = referral.sudo().activity_ids
            if referral.reward_state == "due":
                # The task was written in the same moment, which took some time.
                bought = fields.Datetime.subtract(referral.date_bought, minutes=1)
                tasks = tasks.filtered_domain([("create_date", "<", bought)])
            tasks.action_done()
        return True

    # ------------------------------------------------------------
    # The friend buys
    # ------------------------------------------------------------

    @api.model
    def _friends_bought(self, leads):
        """Note that prospects became buyers, as superuser.

        A friend whose first prospect was lost and who buys by a later one counts too.
        """
        referrals = self.search([("lead_id", "in", leads.ids)])
        later = self.with_context(active_test=False).search(
            [
                ("friend_id", "in", leads.partner_id.ids),
                ("state", "=", "received"),
                ("lead_id", "not in", leads.ids),
                ("lead_id.won_status", "=", "lost"),
            ]
        )
        by_friend = {lead.partner_id: lead for lead in leads if lead.partner_id}
        for referral in later:
            referral._step(lead_id=by_friend[referral.friend_id].id)
        (referrals | later)._bought()

    def _bought(self):
        """Note that the friends bought: the reward of the rule is due."""
        for referral in self.filtered(lambda one: one.state == "received"):
            rule = referral.rule_id
            values = {"state": "bought", "date_bought": fields.Datetime.now()}
            if rule and rule.reward_kind != "none" and referral.reward_state == "none":
                values["reward_name"] = referral._reward_words()
                values["reward_state"] = "limit" if referral._over_limit() else "due"
            referral._step(**values)
            if values.get("reward_state") == "due" and (
                rewarder := referral._rewarder()
            ):
                referral._remind(
                    referral.env._("The friend bought: give the reward"), 3, rewarder
                )

    def _rewarder(self):
        """Return who is to give the reward: the keeper, or a manager who may."""
        self.ensure_one()
        keeper = self.user_id
        if keeper and keeper.has_groups(REWARDERS):
            return keeper
        return self.env["crm.lead"]._manager_of(self.company_id, "sales_manager")

    def _not_bought(self):
        """Take back what a sale that was undone had brought, unless it was given."""
        for referral in self.filtered(lambda one: one.state == "bought"):
            values = {"state": "received", "date_bought": False}
            if referral.reward_state in ("due", "limit"):
                values |= {"reward_state": "none", "reward_name": False}
            referral._step(**values)

    def _over_limit(self):
        """Return whether the referrer has had as many rewards as the rule gives."""
        self.ensure_one()
        if not self.rule_id.max_a_year:
            return False
        since = fields.Datetime.subtract(fields.Datetime.now(), months=12)
        had = self.sudo().search_count(
            [
                ("referrer_id", "=", self.referrer_id.id),
                ("reward_state", "in", ("due", "given")),
                ("date_bought", ">=", since),
            ]
        )
        return had >= self.rule_id.max_a_year

    def _reward_words(self):
        """Return what the rule gives, in words."""
        self.ensure_one()
        return self.rule_id.reward_text or self.env._("A gift")

    def action_give_reward(self):
        """Give the rewards that are due, each once.

        :raise AccessError: for those who do not manage
        :raise UserError: when nothing is due any more
        """
        self.check_access("write")
        if not self.env.su and not self.env.user.has_groups(REWARDERS):
            raise AccessError(self.env._("A manager gives rewards."))
        self.lock_for_update()
        self.invalidate_recordset(["reward_state"])
        for referral in self:
            if referral.reward_state != "due":
                raise UserError(
                    self.env._(
                        "No reward is due to %s (any more).", referral.display_name
                    )
                )
            referral._give_reward()
            referral._step(
                reward_state="given",
                reward_date=fields.Datetime.now(),
                reward_user_id=self.env.uid,
            )
            referral.sudo().activity_ids.action_done()
        return True

    def _give_reward(self):
        """Hand the reward out; addons do here what their kind of reward needs.

        :raise UserError: when it cannot be given
        """

    @api.readonly
    def action_open_lead(self):
        """Open the friend's prospect."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }
