from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

POSITION = "auto_crm_member.tier_last_member_id"


class AutoMember(models.Model):
    """Tiers, by what members spent and how often they came."""

    _inherit = "auto.member"

    # ------------------------------------------------------------
    # What counts: other addons add theirs
    # ------------------------------------------------------------

    def _spend_lines(self, since):
        """Return what the members spent, day by day.

        In this addon: posted invoices and credit notes of the customer and of the
        customer's company, net of tax; cars only where the programme counts them.
        Other addons add what is not invoiced.

        :param since: a date
        :return: list of (member, date, amount in the programme's currency)
        """
        lines = []
        by_family = self._by_family()
        for count_cars in set(self.program_id.mapped("count_cars")):
            members = self.filtered(
                lambda member, wanted=count_cars: member.program_id.count_cars == wanted
            )
            domain = Domain(
                [
                    ("partner_id", "in", members.partner_id.commercial_partner_id.ids),
                    ("parent_state", "=", "posted"),
                    ("display_type", "=", "product"),
                    ("date", ">=", since),
                    (
                        "move_id.move_type",
                        "in",
                        ("out_invoice", "out_refund", "out_receipt"),
                    ),
                ]
            )
            if not count_cars:
                domain &= Domain("product_id", "=", False) | Domain(
                    "product_id.is_vehicle", "=", False
                )
            # What was spent in another store of the group counts, too.
            rows = (
                self.env["account.move.line"]
                .sudo()
                ._read_group(
                    domain,
                    ["partner_id", "date:day", "company_currency_id", "company_id"],
                    ["balance:sum"],
                )
            )
            for partner, day, currency, company, balance in rows:
                for member in by_family[partner.id] & members:
                    amount = currency._convert(
                        -balance, member.currency_id or currency, company, day
                    )
                    lines.append((member, day, amount))
        return lines

    def _visits(self, since):
        """Return the days on which the members came to a store.

        In this addon: the days of their invoices. Other addons add days; a day
        counts once, by however many things it is known.

        :param since: a date
        :return: set of (member, date)
        """
        by_family = self._by_family()
        # Visits to other stores of the group count, too.
        rows = (
            self.env["account.move"]
            .sudo()
            ._read_group(
                [
                    (
                        "commercial_partner_id",
                        "in",
                        self.partner_id.commercial_partner_id.ids,
                    ),
                    ("state", "=", "posted"),
                    ("move_type", "in", ("out_invoice", "out_receipt")),
                    ("invoice_date", ">=", since),
                ],
                ["commercial_partner_id", "invoice_date:day"],
            )
        )
        return {
            (member, day) for partner, day in rows for member in by_family[partner.id]
        }

    def _by_family(self):
        """Return the members by the id of their customer's company or person."""
        by_family = defaultdict(self.browse)
        for member in self:
            by_family[member.partner_id.commercial_partner_id.id] |= member
        return by_family

    # ------------------------------------------------------------
    # Tiers by the rules
    # ------------------------------------------------------------

    @api.model
    def _cron_tiers(self, batch_size=500):
        """Give members the tier that they have reached; goes on where it stopped."""
        cron = self.env["ir.cron"]
        parameters = self.env["ir.config_parameter"].sudo()
        members = self.sudo()  # the job belongs to no store
        last = int(parameters.get_param(POSITION, 0))
        domain = Domain("state", "=", "active")
        cron._commit_progress(
            remaining=members.search_count(domain & Domain("id", ">", last))
        )
        while batch := members.search(
            domain & Domain("id", ">", last), order="id", limit=batch_size
        ):
            batch._set_tiers()
            last = batch[-1].id
            parameters.set_param(POSITION, last)
            if not cron._commit_progress(len(batch)):
                return
        parameters.set_param(POSITION, 0)

    def _set_tiers(self):
        """Give the members the tier of the rules.

        Up at once; down, or back to it for another while, only when the time for
        which the tier is kept is over.
        """
        today = fields.Date.context_today(self)
        members = self.sudo().filtered(lambda member: member.state == "active")
        totals = members._tier_totals()
        changes = defaultdict(self.browse)
        for member in members:
            tiers = member.program_id.tier_ids.sorted("sequence", reverse=True)
            reached = next(
                (
                    tier
                    for tier in tiers
                    if tier._is_reached(*totals[member, tier.period_months])
                ),
                member.tier_id,
            )
            member._note_totals(totals)
            up = reached.sequence > member.tier_id.sequence
            over = not member.tier_until or member.tier_until < today
            if up or not member.tier_id or (over and reached):
                changes[reached] |= member
        for tier, group in changes.items():
            stay = group.filtered(lambda member, tier=tier: member.tier_id == tier)
            if stay:
                stay._set(
                    {"tier_until": fields.Date.add(today, months=tier.keep_months)}
                )
            (group - stay)._give_tier(tier, totals=totals)

    def _tier_totals(self):
        """Return spend and visits of the members for each period that a tier counts.

        :return: dict (member, months) → (spend, visits)
        """
        today = fields.Date.context_today(self)
        periods = set(self.program_id.tier_ids.mapped("period_months"))
        totals = {(member, months): [0.0, 0] for member in self for months in periods}
        if not totals:
            return totals
        starts = {
            months: fields.Date.subtract(today, months=months) for months in periods
        }
        since = min(starts.values())
        for member, day, amount in self._spend_lines(since):
            for months, start in starts.items():
                if day >= start:
                    totals[member, months][0] += amount
        for member, day in self._visits(since):
            for months, start in starts.items():
                if day >= start:
                    totals[member, months][1] += 1
        return totals

    def _note_totals(self, totals):
        """Keep on the member what was counted for the member's own tier."""
        self.ensure_one()
        spend, visits = totals.get((self, self.tier_id.period_months), (0.0, 0))
        currency = self.currency_id
        if self.visits != visits or currency.compare_amounts(self.spend, spend):
            self._set({"spend": currency.round(spend), "visits": visits})

    def _give_tier(self, tier, reason=False, until=None, totals=None):
        """Give the members a tier; kept in the history and said in the chatter.

        :param tier: one ``auto.member.tier`` of their programme
        :param str reason: why, when a person decides; empty: by the rules
        :param until: the day until which it is kept; by the tier when left out
        :param dict totals: as of :meth:`_tier_totals`, for the history
        """
        today = fields.Date.context_today(self)
        until = until or fields.Date.add(today, months=tier.keep_months)
        history = []
        risen = self.browse()
        bodies = {}
        for member in self.sudo():
            before = member.tier_id
            up = tier.sequence > before.sequence
            spend, visits = (totals or {}).get(
                (member, tier.period_months), (member.spend, member.visits)
            )
            history.append(
                {
                    "member_id": member.id,
                    "old_tier_id": before.id,
                    "tier_id": tier.id,
                    "direction": "up" if up else "down",
                    "reason": reason,
                    "spend": spend,
                    "visits": visits,
                }
            )
            sentence = (
                self.env._("Up: %(before)s → %(tier)s, kept until %(until)s.")
                if up
                else self.env._("Down: %(before)s → %(tier)s, kept until %(until)s.")
            )
            body = sentence % {
                "before": before.name or "—",
                "tier": tier.name,
                "until": until,
            }
            bodies[member.id] = f"{body} {reason}" if reason else body
            if up and before:
                risen |= member
        self._set({"tier_id": tier.id, "tier_since": today, "tier_until": until})
        # The history is written by the system only.
        self.env["auto.member.tier.history"].sudo().create(history)
        self.sudo()._message_log_batch(bodies=bodies)
        risen._congratulate()

    def _congratulate(self):
        """Tell members who rose: by e-mail or, without one, by their consultant.

        Only whom the store may contact; it is advertising.
        """
        template = self.env.ref(
            "auto_crm_member.mail_template_tier_up", raise_if_not_found=False
        )
        for company, members in self.sudo().grouped("company_id").items():
            partners = members.partner_id.with_company(company)
            by_mail = partners.filtered("email")._may_contact("email") & partners
            by_phone = partners.filtered("phone")._may_contact("phone") - by_mail
            for member in members:
                if template and member.partner_id in by_mail:
                    template.send_mail(member.id)
                elif member.partner_id in by_phone and member.partner_id.user_id:
                    member.activity_schedule(
                        "auto_crm_member.mail_activity_congratulate",
                        summary=self.env._(
                            "Congratulate: now %(tier)s", tier=member.tier_id.name
                        ),
                        user_id=member.partner_id.user_id.id,
                    )

    def _change_tier(self, tier, reason, until=None):
        """Give another tier by a person's decision.

        :param tier: one ``auto.member.tier``
        :param str reason: why; required
        :param until: kept until that day; by the tier when left out
        :raise AccessError: without the right
        :raise UserError: for a tier of another programme, without a reason, for a
            day in the past
        """
        self._check_may_manage()
        if any(member.program_id != tier.program_id for member in self):
            raise UserError(self.env._("This tier belongs to another programme."))
        if any(member.state != "active" for member in self):
            raise UserError(self.env._("The membership has ended."))
        if not (reason or "").strip():
            raise UserError(self.env._("Please say why the tier changes."))
        if until and until < fields.Date.context_today(self):
            raise UserError(self.env._("The tier is kept until today or later."))
        changing = self.filtered(lambda member: member.tier_id != tier)
        changing._give_tier(tier, reason=reason.strip(), until=until)
        (self - changing)._set({"tier_until": until} if until else {})
