from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .auto_tradein import MANAGERS

APPROVAL_KIND = "tradein_offer"
CRON_BATCH = 200


class AutoTradein(models.Model):
    """What is offered for the car, who agrees to it, and what the customer says."""

    _inherit = "auto.tradein"

    offer_amount = fields.Monetary(
        string="Offer",
        copy=False,
        tracking=True,
        help="What the customer gets for the car, taxes included.",
    )
    date_offer = fields.Date(string="Offered on", readonly=True, copy=False)
    date_valid = fields.Date(string="Valid until", copy=False, tracking=True)
    date_accepted = fields.Date(string="Accepted on", readonly=True, copy=False)
    needs_approval = fields.Boolean(
        compute="_compute_needs_approval",
        compute_sudo=True,
        help="The offer is above what the car is worth as it stands, or above what is "
        "free of approval.",
    )
    can_decide = fields.Boolean(compute="_compute_can_decide")
    decline_reason = fields.Char(string="Why declined", copy=False, tracking=True)

    _valid_idx = models.Index("(date_valid) WHERE state = 'offered'")

    @api.depends("offer_amount", "limit_amount")
    def _compute_needs_approval(self):
        kinds = self.env["auto.approval.kind"].search(
            [("code", "=", APPROVAL_KIND)], limit=1
        )
        for tradein in self:
            tradein.needs_approval = bool(kinds) and (
                tradein.offer_amount > tradein.limit_amount
                or (
                    bool(kinds.amount_free) and tradein.offer_amount > kinds.amount_free
                )
            )

    @api.depends("approval_ids.state")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        decidable = self._decidable(APPROVAL_KIND)
        for tradein in self:
            tradein.can_decide = tradein._origin in decidable

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_appraise(self):
        """Close the appraisal: the car is known, inspected and valued.

        :raise UserError: that says what is missing
        """
        self.check_access("write")
        for tradein in self:
            tradein._check_step("draft")
            tradein._check_known()
            missing = tradein._missing_for_appraisal()
            if missing:
                raise UserError(
                    self.env._(
                        "%(tradein)s is not appraised yet:\n%(missing)s",
                        tradein=tradein.name,
                        missing="\n".join(f"– {sentence}" for sentence in missing),
                    )
                )
        for tradein in self:
            today = fields.Date.context_today(tradein)
            tradein._complete_car()
            tradein.vehicle_id._record_odometer(
                tradein.odometer,
                tradein.date_appraisal or today,
                "inspection",
                document=tradein,
            )
            tradein._set_state(
                {
                    "state": "appraised",
                    "appraiser_id": tradein.appraiser_id.id or self.env.uid,
                    "date_appraisal": tradein.date_appraisal or today,
                }
            )
            tradein.vehicle_id._log_event(
                "tradein",
                self.env._("Appraised for a trade-in"),
                document=tradein,
                partner=tradein.partner_id,
                company=tradein.company_id,
            )
        return True

    def _missing_for_appraisal(self):
        """Return the sentences that say what the appraisal lacks."""
        self.ensure_one()
        missing = []
        if not self.model_id:
            missing.append(self.env._("the model is not known"))
        if not self.checklist_id or self.checklist_id.state in ("open", "cancelled"):
            missing.append(self.env._("the inspection is not finished"))
        if self.odometer <= 0:
            missing.append(self.env._("the odometer is not read"))
        if self.market_value <= 0:
            missing.append(self.env._("the market value is not known"))
        if self.has_lien and not self.lien_amount:
            missing.append(self.env._("the amount to pay off is not known"))
        if self.has_accident and not (self.accident_note or "").strip():
            missing.append(self.env._("nobody says what the accident did"))
        return missing

    def action_offer(self):
        """Offer the price to the customer, or ask for the approval that it needs.

        :raise UserError: without an amount, or with a day that is past
        """
        self.check_access("write")
        for tradein in self:
            tradein._check_step("appraised")
            if tradein.offer_amount <= 0:
                raise UserError(
                    self.env._(
                        "%(tradein)s: enter what is offered for the car.",
                        tradein=tradein.name,
                    )
                )
            if tradein.has_lien and tradein.lien_amount > tradein.offer_amount:
                raise UserError(
                    self.env._(
                        "%(tradein)s: more is to be paid off than the car brings.",
                        tradein=tradein.name,
                    )
                )
            if tradein.date_valid and tradein.date_valid < fields.Date.context_today(
                tradein
            ):
                raise UserError(self.env._("The offer would have expired already."))
            if tradein.needs_approval:
                tradein._ask_for_offer()
            else:
                tradein._make_offer()
        return True

    def action_approve(self):
        """Approve the offers that wait for the current user."""
        for tradein in self:
            tradein._approvals_to_decide(APPROVAL_KIND).action_approve()
        return True

    def action_refuse(self):
        """Open the window that asks why the offer is refused."""
        self.ensure_one()
        return self._approvals_to_decide(APPROVAL_KIND).action_open_refuse()

    def action_reappraise(self):
        """Take the offer back, to change the appraisal or the price."""
        self.check_access("write")
        self._check_step("appraised", "offered", "accepted", "declined", "expired")
        self._cancel_approvals(self.env._("The offer is made anew."))
        self._set_state(
            {
                "state": "appraised",
                "date_offer": False,
                "date_valid": False,
                "date_accepted": False,
            }
        )
        self._sync_due()
        return True

    def action_accept(self):
        """The customer takes the offer: its amount pays part of the contract.

        :raise UserError: when the offer has expired
        """
        self.check_access("write")
        today = fields.Date.context_today(self)
        for tradein in self:
            tradein._check_step("offered")
            if tradein.date_valid and tradein.date_valid < today:
                raise UserError(
                    self.env._(
                        "The offer of %(tradein)s was valid until %(date)s. Offer it "
                        "anew.",
                        tradein=tradein.name,
                        date=tradein.date_valid,
                    )
                )
        self._set_state({"state": "accepted", "date_accepted": today})
        self._sync_due()
        return True

    def action_decline(self):
        """The customer does not want the offer.

        :raise UserError: without the reason
        """
        self.check_access("write")
        for tradein in self:
            tradein._check_step("offered", "accepted")
            if not (tradein.decline_reason or "").strip():
                raise UserError(
                    self.env._("Please enter why the customer declined the offer.")
                )
        self._set_state({"state": "declined"})
        self._sync_due()
        return True

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _check_step(self, *states):
        """Refuse a step that does not follow from where the trade-in is."""
        names = dict(self._fields["state"]._description_selection(self.env))
        for tradein in self:
            if tradein.state not in states:
                raise UserError(
                    self.env._(
                        "%(tradein)s is “%(state)s”: this step does not follow.",
                        tradein=tradein.name,
                        state=names[tradein.state],
                    )
                )

    def _ask_for_offer(self):
        self.ensure_one()
        money = self.currency_id.format
        self._request_approval(
            APPROVAL_KIND,
            lambda one: one.env._(
                "Offer %(amount)s for %(car)s",
                amount=money(one.offer_amount),
                car=one.vehicle_id.display_name,
            ),
            self.offer_amount,
            detail=self.env._(
                "Market value %(market)s, reconditioning %(cost)s: worth %(limit)s as "
                "it stands.",
                market=money(self.market_value),
                cost=money(self.reconditioning_cost),
                limit=money(self.limit_amount),
            ),
        )

    def _make_offer(self):
        """Let the offer stand from today on."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        days = self.company_id.auto_tradein_days
        self._set_state(
            {
                "state": "offered",
                "date_offer": today,
                "date_valid": self.date_valid or today + timedelta(days=days),
                "decline_reason": False,
            }
        )

    def _approval_granted(self, approval):
        result = super()._approval_granted(approval)
        if approval.kind_id.code == APPROVAL_KIND:
            self._check_step("appraised")
            self._make_offer()
        return result

    @api.model
    def _cron_expire(self, batch_size=CRON_BATCH):
        """End the offers whose last day has passed, and tell who made them."""
        domain = Domain("state", "=", "offered") & Domain(
            "date_valid", "<", fields.Date.context_today(self)
        )
        cron = self.env["ir.cron"]
        due = self.search(domain, limit=batch_size, order="date_valid, id")
        cron._commit_progress(remaining=self.search_count(domain))
        for tradein in due:
            tradein = tradein.try_lock_for_update().filtered_domain(domain)
            if tradein:
                tradein._set_state({"state": "expired"})
                tradein._remind(
                    self.env._("The offer has expired: ask the customer"),
                    tradein.user_id,
                )
            if not cron._commit_progress(1):
                break

    def _remind(self, summary, user):
        """Give somebody something to do about the trade-in."""
        self.ensure_one()
        # The task may be another's than who causes it.
        self.sudo().activity_schedule(
            "auto_crm_sale.mail_activity_tradein",
            summary=summary,
            user_id=(user or self.user_id or self.env.user).id,
        )

    def _manager(self):
        """Return the store's sales manager, or who else decides there."""
        self.ensure_one()
        return self._first_of(*(f"auto_crm_base.group_{role}" for role in MANAGERS))

    def _cashier(self):
        """Return who posts bills in the store, or else who decides there."""
        self.ensure_one()
        return self._first_of("account.group_account_invoice") or self._manager()

    def _first_of(self, *groups):
        """Return the first user of the store who has one of these rights."""
        rules = self.env["auto.followup.rule"]
        store = self.company_id.id
        for xmlid in groups:
            users = rules._users_by_store(self.env.ref(xmlid), {store})
            if users.get(store):
                return self.env["res.users"].browse(users[store][0])
        return self.env["res.users"]
