"""Computing the commissions of a store's month.

A sale belongs to the month in which the car was delivered. Where the statement of
that month stands already, it goes to the first month that is still open; so does what
is taken back because the car came back.
"""

from collections import Counter, defaultdict
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .auto_commission_line import COMPUTE
from .auto_commission_rule import FIXED_BASES
from .auto_commission_statement import MANAGERS

# The last months that the nightly job keeps up to date, the current one with them.
JOB_MONTHS = 3


class Source(NamedTuple):
    """A car that was delivered, or an add-on of it that is finished."""

    key: tuple  # ("car" or "addon", id)
    order_id: int
    line_id: int  # of the car
    vehicle_id: int
    addon_id: int | None
    user_id: int
    day: date
    is_live: bool

    @property
    def month(self):
        return self.day.replace(day=1)


def split_exactly(units, weights):
    """Divide so many smallest coins by weight, without losing one.

    The coins left over go to the largest fractions; of equal ones to the first.

    :param int units: what is divided; may be negative
    :param weights: list of non-negative numbers, not all zero
    :return: list of int, whose sum is ``units``
    """
    parts = [Fraction(str(weight)) for weight in weights]
    total = sum(parts)
    sign = -1 if units < 0 else 1
    exact = [abs(units) * part / total for part in parts]
    shares = [int(share) for share in exact]
    left = abs(units) - sum(shares)
    order = sorted(
        range(len(parts)), key=lambda index: (shares[index] - exact[index], index)
    )
    for index in order[:left]:
        shares[index] += 1
    return [sign * share for share in shares]


class AutoCommissionPlan(models.Model):
    _inherit = "auto.commission.plan"

    # ------------------------------------------------------------------
    # Entry points
    # ------------------------------------------------------------------

    @api.model
    def _generate(self, company, month):
        """Compute the drafts of a store's month; what stands is left alone.

        :param company: the store
        :param month: any day of the month
        :return: the statements of the month, with the user's own rights
        :raise UserError: when the month has not begun
        """
        month = month.replace(day=1)
        if month > company._auto_today():
            raise UserError(self.env._("This month has not begun yet."))
        if not self.env.su:
            self._check_may_generate(company)
        # Who computes need not be allowed to read the floor prices and the contracts
        # of all that are paid.
        plans = self.sudo().with_company(company)._lock(company)
        if plans:
            plans._compute_month(company, month)
        return self.env["auto.commission.statement"].search(
            [("company_id", "=", company.id), ("month", "=", month)]
        )

    @api.model
    def _check_may_generate(self, company):
        if company not in self.env.companies or not any(
            self.env.user.has_group(group) for group in MANAGERS
        ):
            raise AccessError(
                self.env._("Commissions are computed by the managers of the store.")
            )

    @api.model
    def _cron_generate(self):
        """Keep the drafts of the last months up to date, store by store."""
        cron = self.env["ir.cron"]
        stores = self.search([("state", "!=", "draft")]).company_id
        cron._commit_progress(remaining=len(stores))
        for store in stores:
            this = store._auto_today().replace(day=1)
            for back in range(JOB_MONTHS - 1, -1, -1):
                self._generate(store, this - relativedelta(months=back))
            if not cron._commit_progress(1):
                break

    @api.model
    def _lock(self, company):
        """Let nobody else compute for this store until the transaction ends.

        Whoever comes second has the request repeated by Odoo, since what was read
        before is not valid any more.

        :return: the plans of the store that pay, as superuser
        """
        plans = self.sudo()
        plans.flush_model(["company_id", "state"])
        rows = self.env.execute_query(
            SQL(
                "UPDATE auto_commission_plan SET date_computed = %s"
                " WHERE company_id = %s AND state != 'draft' RETURNING id",
                fields.Datetime.now(),
                company.id,
            )
        )
        plans = plans.browse(sorted(row[0] for row in rows))
        plans.invalidate_recordset(["date_computed"], flush=False)
        return plans

    # ------------------------------------------------------------------
    # One month
    # ------------------------------------------------------------------

    def _compute_month(self, company, month):
        """Compute the month by these plans, all of the store that pay."""
        frozen = self._frozen_months(company)
        self._drop_drafts(company, month, frozen)
        sources = self._sources(company, month)
        paid = self._paid(sources)
        counts = Counter(
            (plan._unit(source.user_id), source.month)
            for plan, source in paid
            if not source.addon_id
        )
        new = [
            (plan, source)
            for plan, source in paid
            if not source.is_live
            and plan._open_month(source.user_id, source.month, month, frozen) == month
        ]
        # Together, so that they are read by one query each.
        cars = self.env["sale.order.line"].browse({one.line_id for _plan, one in new})
        addons = self.env["auto.sale.addon"].browse(
            {one.addon_id for _plan, one in new if one.addon_id}
        )
        vals_list = []
        for plan, source in new:
            user_id = source.user_id
            line = cars.browse(source.line_id).with_prefetch(cars.ids)
            addon = addons.browse(source.addon_id).with_prefetch(addons.ids)
            count = counts[plan._unit(user_id), source.month]
            vals_list += [
                (user_id, vals)
                for vals in plan._earned_vals(source, line, addon, count)
            ]
        vals_list += self._claw_back_vals(company, month, sources, frozen)
        self._create_lines(company, month, vals_list)
        pools = self.filtered(
            lambda plan: plan.kind == "pool" and month not in plan._frozen_of(0, frozen)
        )
        self._create_lines(company, month, pools._share_vals(month))

    def _unit(self, user_id):
        """Return who is counted and closed together: a person, or the whole pool."""
        self.ensure_one()
        return (self.id, 0 if self.kind == "pool" else user_id)

    def _frozen_months(self, company):
        """Return the months whose statements stand, by person."""
        groups = self.env["auto.commission.statement"]._read_group(
            [("company_id", "=", company.id), ("state", "!=", "draft")],
            ["user_id"],
            ["month:array_agg"],
        )
        return {user.id: set(months) for user, months in groups}

    def _frozen_of(self, user_id, frozen):
        """Return the months that are closed for this person under this plan."""
        self.ensure_one()
        if self.kind != "pool":
            return frozen.get(user_id, set())
        months = set()
        for member in self.member_ids:
            months |= frozen.get(member.user_id.id, set())
        return months

    def _open_month(self, user_id, first, last, frozen):
        """Return the first month that is open, from ``first`` on; at most ``last``."""
        closed = self._frozen_of(user_id, frozen)
        month = first
        while month <= last:
            if month not in closed:
                return month
            month += relativedelta(months=1)
        return None

    def _paid(self, sources):
        """Return which plan pays each source: the seller's on that day.

        :return: list of (plan, source), without those that no plan pays
        """
        periods = defaultdict(list)
        for plan in self:
            for member in plan.member_ids:
                periods[member.user_id.id].append(
                    (plan.date_start, plan.date_end, plan)
                )
        return [
            (plan, source)
            for source in sources
            for start, end, plan in periods.get(source.user_id, ())
            if start <= source.day and (not end or source.day <= end)
        ]

    def _drop_drafts(self, company, month, frozen):
        """Delete what was computed before on drafts of the month."""
        lines = self.env["auto.commission.line"].search(
            [
                ("company_id", "=", company.id),
                ("month", "=", month),
                ("kind", "!=", "adjustment"),
                ("statement_id.state", "=", "draft"),
            ]
        )
        closed = self.filtered(
            lambda plan: plan.kind == "pool" and month in plan._frozen_of(0, frozen)
        )
        lines = lines.filtered(lambda line: line.plan_id not in closed)
        # What was taken back and sold once more stays taken back.
        again = lines.search(
            [
                ("kind", "=", "earned"),
                ("is_reversed", "!=", True),
                ("id", "not in", lines.ids),
                "|",
                ("order_line_id", "in", lines.reversed_id.order_line_id.ids),
                ("addon_id", "in", lines.reversed_id.addon_id.ids),
            ]
        )
        lines = lines.filtered(
            lambda line: (
                not line.reversed_id
                or not again.filtered(
                    lambda one: (
                        one.addon_id == line.reversed_id.addon_id
                        and one.order_line_id == line.reversed_id.order_line_id
                    )
                )
            )
        ).with_context(auto_commission=COMPUTE)
        reversed_lines = lines.reversed_id
        lines.unlink()
        reversed_lines.is_reversed = False
        self.env.flush_all()

    # ------------------------------------------------------------------
    # What was sold
    # ------------------------------------------------------------------

    def _sources(self, company, month):
        """Return all that is delivered and stands, until the end of the month.

        A car counts from the day of its goods issue, as long as it has not come back
        and the contract is in force. An add-on counts when it is finished and the car
        is delivered.
        """
        zone = company.resource_calendar_id.tz or self.env.user.tz or "UTC"
        rows = self.env.execute_query(
            SQL(
                """
                WITH car AS (
                    SELECT l.id, l.order_id, l.vehicle_id, o.user_id,
                           max(m.date) FILTER (WHERE target.usage = 'customer')
                               AS moment
                      FROM sale_order_line l
                      JOIN sale_order o ON o.id = l.order_id
                      JOIN stock_move m ON m.sale_line_id = l.id
                      JOIN stock_location source ON source.id = m.location_id
                      JOIN stock_location target ON target.id = m.location_dest_id
                     WHERE l.vehicle_id IS NOT NULL AND o.company_id = %(company)s
                       AND o.state = 'sale' AND m.state = 'done'
                       AND m.date >= %(begin)s - INTERVAL '1 day'
                       AND (source.usage = 'customer') != (target.usage = 'customer')
                     GROUP BY l.id, o.id
                    HAVING sum(CASE WHEN target.usage = 'customer' THEN m.quantity
                                    ELSE -m.quantity END) > 0
                ), sold AS (
                    SELECT 'car' AS kind, car.id, car.order_id, car.id AS line_id,
                           car.vehicle_id, NULL::int AS addon_id, car.user_id,
                           car.moment
                      FROM car
                    UNION ALL
                    (SELECT DISTINCT ON (addon.id)
                           'addon', addon.id, addon.order_id, car.id, car.vehicle_id,
                           addon.id, car.user_id, greatest(addon.date_done, car.moment)
                      FROM auto_sale_addon addon
                      JOIN car ON car.order_id = addon.order_id
                              AND (addon.vehicle_id IS NULL
                                   OR addon.vehicle_id = car.vehicle_id)
                     WHERE addon.state = 'done'
                     ORDER BY addon.id, car.moment, car.id)
                ), dated AS (
                    SELECT sold.*,
                           (moment AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date
                               AS day
                      FROM sold
                )
                SELECT kind, id, order_id, line_id, vehicle_id, addon_id, user_id, day,
                       EXISTS (
                           SELECT 1 FROM auto_commission_line line
                            WHERE line.kind = 'earned'
                              AND line.is_reversed IS NOT TRUE
                              AND CASE dated.kind
                                  WHEN 'car' THEN line.order_line_id = dated.id
                                  ELSE line.addon_id = dated.id END
                       )
                  FROM dated
                 WHERE day < %(end)s
                 ORDER BY day, kind DESC, id
                """,
                company=company.id,
                begin=min(self.mapped("date_start")),
                zone=zone,
                end=month + relativedelta(months=1),
            )
        )
        return [Source((row[0], row[1]), *row[2:]) for row in rows]

    def _earned_vals(self, source, line, addon, count):
        """Return the values of the lines by which this plan pays a source.

        :param line: the contract's line of the car
        :param addon: the add-on; empty for the car itself
        :param int count: cars that the person or the pool delivered in the month
        """
        self.ensure_one()
        vals_list = []
        for rule, base in self.rule_ids._pick(line, addon, count):
            own = line.currency_id._convert(
                base, self.currency_id, self.company_id, source.day
            )
            value = rule._value()
            earned = self.currency_id.round(
                own * value / 100 if rule.basis not in FIXED_BASES else value
            )
            is_margin = rule.basis == "car_margin"
            vals_list.append(
                {
                    "kind": "earned",
                    "category": addon.category if addon else "car",
                    "plan_id": self.id,
                    "rule_id": rule.id,
                    "slot": rule.id if rule.is_extra else 0,
                    "order_id": source.order_id,
                    "order_line_id": None if addon else source.line_id,
                    "vehicle_id": source.vehicle_id,
                    "addon_id": source.addon_id,
                    "date": source.day,
                    "base": 0.0 if is_margin else own,
                    "margin_base": own if is_margin else 0.0,
                    "car_count": count,
                    "earned": earned,
                    "amount": 0.0 if self.kind == "pool" else earned,
                    "sequence": 20 if addon else 10,
                }
            )
        return vals_list

    def _claw_back_vals(self, company, month, sources, frozen):
        """Return what is taken back: paid for, but not delivered any more.

        :return: list of (id of the person, values)
        """
        valid = {source.key for source in sources}
        lines = self.env["auto.commission.line"].search(
            Domain("company_id", "=", company.id)
            & Domain("kind", "=", "earned")
            & Domain("is_reversed", "!=", True)
            & Domain("month", "<=", month)
            & Domain("statement_id.state", "!=", "draft")
        )
        vals_list = []
        for line in lines:
            key = ("addon", line.addon_id.id)
            if not line.addon_id:
                key = ("car", line.order_line_id.id)
            user_id = line.user_id.id
            first = line.month + relativedelta(months=1)
            if (
                key in valid
                or line.plan_id._open_month(user_id, first, month, frozen) != month
            ):
                continue
            vals_list.append(
                (
                    user_id,
                    {
                        "kind": "claw_back",
                        "category": line.category,
                        "plan_id": line.plan_id.id,
                        "rule_id": line.rule_id.id,
                        "order_id": line.order_id.id,
                        "vehicle_id": line.vehicle_id.id,
                        "addon_id": line.addon_id.id,
                        "reversed_id": line.id,
                        "date": line.date,
                        "earned": -line.earned,
                        "amount": -line.amount,
                        "sequence": 30,
                    },
                )
            )
        return vals_list

    # ------------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------------

    def _create_lines(self, company, month, vals_list):
        """Put lines on the statements of the month, making those that are missing.

        :param vals_list: list of (id of the person, values)
        """
        if not vals_list:
            return
        lines = self.env["auto.commission.line"].with_context(auto_commission=COMPUTE)
        statements = self.env["auto.commission.statement"]
        found = statements.search(
            [("company_id", "=", company.id), ("month", "=", month)]
        )
        by_user = {statement.user_id.id: statement.id for statement in found}
        missing = sorted({user_id for user_id, _vals in vals_list} - by_user.keys())
        created = statements.with_context(mail_create_nosubscribe=True).create(
            [
                {"company_id": company.id, "user_id": user_id, "month": month}
                for user_id in missing
            ]
        )
        by_user.update(zip(missing, created.ids, strict=True))
        lines = lines.create(
            [{**vals, "statement_id": by_user[user_id]} for user_id, vals in vals_list]
        )
        lines.reversed_id.is_reversed = True
        self.env.flush_all()

    def _share_vals(self, month):
        """Return the shares of these pools in what their members brought in.

        :return: list of (id of the person, values)
        """
        vals_list = []
        groups = self.env["auto.commission.line"]._read_group(
            [
                ("plan_id", "in", self.ids),
                ("month", "=", month),
                ("kind", "in", ("earned", "claw_back")),
            ],
            ["plan_id", "category"],
            ["earned:sum"],
        )
        for plan, category, total in groups:
            members = plan.member_ids.filtered("weight").sorted("user_id")
            currency = plan.currency_id
            weights = members.mapped("weight")
            units = round(total / currency.rounding)
            if units:
                shares = split_exactly(units, weights)
                vals_list += [
                    (
                        member.user_id.id,
                        {
                            "kind": "share",
                            "category": category,
                            "plan_id": plan.id,
                            "base": currency.round(total),
                            "weight": member.weight,
                            "weight_total": sum(weights),
                            "amount": currency.round(share * currency.rounding),
                            "sequence": 40,
                        },
                    )
                    for member, share in zip(members, shares, strict=True)
                ]
        return vals_list
