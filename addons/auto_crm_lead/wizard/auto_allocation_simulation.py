import heapq
from collections import Counter, defaultdict
from datetime import datetime, time

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

from ..models.crm_lead_allocation import REASSIGN_ROLES

# So many prospects are played through at once.
LIMIT = 5000


class AutoAllocationSimulation(models.TransientModel):
    """What if a rule had been another one: past prospects given out again, on paper.

    The prospects that rules gave to consultants in a period go through the same
    choice once more: by the rules in use, and with one rule changed. Open prospects,
    days and turns are counted as they would have been then; who takes prospects,
    limits and wishes are those of today. Only this window is written.
    """

    _name = "auto.allocation.simulation"
    _description = "Trial of an allocation rule"
    _rec_name = "company_id"

    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        default=lambda self: self._default_company_id(),
    )
    date_from = fields.Date(
        string="From",
        required=True,
        default=lambda self: fields.Date.start_of(
            fields.Date.subtract(fields.Date.context_today(self), months=1), "month"
        ),
    )
    date_to = fields.Date(
        string="To",
        required=True,
        default=lambda self: fields.Date.end_of(
            fields.Date.subtract(fields.Date.context_today(self), months=1), "month"
        ),
    )
    rule_id = fields.Many2one(
        comodel_name="auto.allocation.rule",
        string="Rule to change",
        required=True,
        default=lambda self: self.env["auto.allocation.rule"].search([], limit=1),
        context={"active_test": False},
    )
    rule_active = fields.Boolean(string="In use")
    method = fields.Selection(
        selection=lambda self: (
            self.env["auto.allocation.rule"]
            ._fields["method"]
            ._description_selection(self.env)
        ),
    )
    working_hours = fields.Selection(
        selection=lambda self: (
            self.env["auto.allocation.rule"]
            ._fields["working_hours"]
            ._description_selection(self.env)
        ),
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="auto_allocation_simulation_user_rel",
        string="Consultants",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: all consultants of the store.",
    )
    channel_ids = fields.Many2many(
        comodel_name="auto.intake.channel",
        relation="auto_allocation_simulation_channel_rel",
        string="Channels",
        help="Empty: any.",
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        relation="auto_allocation_simulation_brand_rel",
        string="Brands wished for",
        help="Empty: any.",
    )
    state_ids = fields.Many2many(
        comodel_name="res.country.state",
        relation="auto_allocation_simulation_state_rel",
        string="Regions",
        help="Empty: anywhere.",
    )
    horizon_ids = fields.Many2many(
        comodel_name="auto.lead.horizon",
        relation="auto_allocation_simulation_horizon_rel",
        string="Purchase horizons",
        help="Empty: any.",
    )
    line_ids = fields.One2many(
        comodel_name="auto.allocation.simulation.line",
        inverse_name="simulation_id",
        string="By consultant",
        readonly=True,
    )
    case_ids = fields.One2many(
        comodel_name="auto.allocation.simulation.case",
        inverse_name="simulation_id",
        string="Prospects",
        readonly=True,
    )
    is_run = fields.Boolean(readonly=True)
    case_count = fields.Integer(string="Prospects played", readonly=True)
    moved_count = fields.Integer(string="Would go to somebody else", readonly=True)
    agreement = fields.Float(
        string="Rules in use explain (%)",
        readonly=True,
        help="Of the prospects, those for which today's rules choose who really got "
        "them. The lower, the less the trial says: rules or people have changed since.",
    )

    @api.model
    def _default_company_id(self):
        """Return the current store; of a group, one that gives prospects out."""
        assignments = self.env["auto.lead.assignment"].sudo()  # that there are some
        found = assignments._read_group(
            [("company_id", "in", self.env.companies.ids), ("kind", "=", "auto")],
            ["company_id"],
        )
        stores = self.env.companies.filtered(
            lambda store: store.id in {company.id for (company,) in found}
        )
        current = self.env.company
        return stores[:1] if stores and current not in stores else current

    @api.model_create_multi
    def create(self, vals_list):
        rules = self.env["auto.allocation.rule"]
        default = self.default_get(["rule_id"]).get("rule_id")
        return super().create(
            [
                {
                    **self._rule_values(rules.browse(vals.get("rule_id") or default)),
                    **vals,
                }
                for vals in vals_list
            ]
        )

    @api.onchange("rule_id")
    def _onchange_rule_id(self):
        if self.rule_id:
            self.update(self._rule_values(self.rule_id))

    @api.model
    def _rule_values(self, rule):
        """Return what can be changed of a rule, as it is."""
        return {
            "rule_active": True,
            "method": rule.method,
            "working_hours": rule.working_hours,
            "user_ids": [Command.set(rule.user_ids.ids)],
            "channel_ids": [Command.set(rule.channel_ids.ids)],
            "brand_ids": [Command.set(rule.brand_ids.ids)],
            "state_ids": [Command.set(rule.state_ids.ids)],
            "horizon_ids": [Command.set(rule.horizon_ids.ids)],
        }

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_run(self):
        """Play the period through and show the difference.

        :raise UserError: when nothing was given out by rule then
        """
        self.ensure_one()
        self._check_may_run()
        if self.date_to < self.date_from:
            raise UserError(self.env._("The period ends before it begins."))
        given = self._given()
        if not given:
            raise UserError(
                self.env._("No prospect was given out by a rule in this period.")
            )
        in_use = self.env["auto.allocation.rule"]._conditions()
        now = self._play(given, in_use)
        trial = self._play(given, self._changed_rules())
        self._keep(given, now, trial)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Trial of an allocation rule"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }

    def action_open_moved(self):
        """Open the prospects that would go to somebody else."""
        return self._action_cases([("is_moved", "=", True)])

    def action_open_cases(self):
        """Open all prospects that were played through."""
        return self._action_cases([])

    def _action_cases(self, domain):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Prospects of the trial"),
            "res_model": "auto.allocation.simulation.case",
            "views": [(False, "list"), (False, "form")],
            "domain": [("simulation_id", "=", self.id), *domain],
        }

    def _check_may_run(self):
        if not self.env.su and not self.env.user._auto_roles() & REASSIGN_ROLES:
            raise AccessError(self.env._("Managers try allocation rules."))
        if self.company_id not in self.env.companies:
            raise AccessError(self.env._("This store is not yours."))

    # ------------------------------------------------------------
    # Playing
    # ------------------------------------------------------------

    def _zone(self):
        return pytz.timezone(self.company_id.resource_calendar_id.tz or "UTC")

    def _moment(self, date, clock):
        """Return a local moment of the store as naive UTC."""
        local = self._zone().localize(datetime.combine(date, clock))
        return local.astimezone(pytz.utc).replace(tzinfo=None)

    def _given(self):
        """Return the first assignment by rule of each prospect of the period."""
        # The rules of the store's assignments are those of its managers.
        found = (
            self.env["auto.lead.assignment"]
            .sudo()
            .search(
                [
                    ("company_id", "=", self.company_id.id),
                    ("kind", "=", "auto"),
                    ("user_id", "!=", False),
                    ("date", ">=", self._moment(self.date_from, time.min)),
                    ("date", "<=", self._moment(self.date_to, time.max)),
                ],
                order="date, id",
                limit=LIMIT + 1,
            )
        )
        if len(found) > LIMIT:
            raise UserError(
                self.env._("More than %s prospects: choose a shorter period.", LIMIT)
            )
        first = {}
        for assignment in found:
            first.setdefault(assignment.lead_id.id, assignment.id)
        return found.browse(first.values())

    def _changed_rules(self):
        """Return the rules in use with the one changed, as plain data."""
        # As allocation itself: the rules are the same for all.
        rules = self.env["auto.allocation.rule"].sudo().with_context(active_test=False)
        conditions = []
        for rule in rules.search([]):  # pylint: disable=no-search-all
            if rule != self.rule_id:
                if rule.active:
                    conditions.append(rule._condition())
            elif self.rule_active:
                conditions.append(
                    rule._condition(
                        method=self.method,
                        working_hours=self.working_hours,
                        users=frozenset(self.user_ids.ids),
                        channel=frozenset(self.channel_ids.ids),
                        brands=frozenset(self.brand_ids.ids),
                        state=frozenset(self.state_ids.ids),
                        horizon=frozenset(self.horizon_ids.ids),
                    )
                )
        return conditions

    def _play(self, given, rules):
        """Give the prospects out once more, in their order.

        :param given: the assignments
        :param rules: as of ``auto.allocation.rule._conditions``
        :return: for each assignment ``(user id or False, candidates, rule or None)``
        """
        leads = given.lead_id
        candidates = self._candidates_then(given, rules)
        by_user = {one["user"]: one for one in candidates}
        closing = self._closings_then(by_user, leads)
        region = any(rule["state"] for rule in rules)
        wished = []
        day, results = None, []
        for turn, assignment in enumerate(given, 1):
            lead, moment = assignment.lead_id, assignment.date
            while closing and closing[0][0] <= moment:
                _date, user_id = heapq.heappop(closing)
                if user_id in by_user:
                    by_user[user_id]["open"] -= 1
            local = pytz.utc.localize(moment).astimezone(self._zone()).date()
            for one in candidates:
                one["today"] = one["today"] if local == day else 0
                one["on_duty"] = _within(one["hours"], moment)
                one["away"] = any(start <= local <= end for start, end in one["leave"])
            day = local

            def brands(lead=lead):
                return leads._brands_wished(wished)[lead.id]

            rule = self.env["auto.allocation.rule"]._rule_for(
                {
                    "company": self.company_id.id,
                    "state": region and lead._region_for_allocation().id,
                    "channel": lead.intake_channel_id.id,
                    "horizon": lead.horizon_id.id,
                    "brands": brands,
                },
                rules,
            )
            winner, considered = None, []
            if rule:
                winner, considered = lead._choose_candidate(
                    rule, brands, candidates, ()
                )
            if winner:
                winner["open"] += 1
                winner["today"] += 1
                winner["last"] = (1, turn)
                if lead.won_status != "pending" and lead.date_closed:
                    heapq.heappush(closing, (lead.date_closed, winner["user"]))
            results.append((winner["user"] if winner else False, considered, rule))
        return results

    def _candidates_then(self, given, rules):
        """Return who could get prospects, as they stood when the period began."""
        company = self.company_id
        # As allocation itself, which everybody's registering starts.
        leads = self.env["crm.lead"].sudo()
        named = {user for rule in rules for user in rule["users"]}
        candidates = leads._allocation_candidates({company.id}, named)[company.id]
        users = self.env["res.users"].sudo().browse(one["user"] for one in candidates)
        start, end = given[0].date, given[-1].date
        opened = dict(
            leads.with_context(active_test=False)._read_group(
                Domain("user_id", "in", users.ids)
                & Domain("company_id", "=", company.id)
                & Domain("date_open", "<", start)
                & Domain("id", "not in", given.lead_id.ids)
                & (
                    Domain("won_status", "=", "pending") & Domain("active", "=", True)
                    | Domain("date_closed", ">=", start)
                ),
                ["user_id"],
                ["__count"],
            )
        )
        last = dict(
            given._read_group(
                [
                    ("user_id", "in", users.ids),
                    ("company_id", "=", company.id),
                    ("date", "<", start),
                ],
                ["user_id"],
                ["id:max"],
            )
        )
        people = (
            self.env["auto.salesperson"]
            .sudo()
            .search([("user_id", "in", users.ids), ("company_id", "=", company.id)])
            .grouped("user_id")
        )
        hours = {}
        for one, user in zip(candidates, users, strict=True):
            person = people.get(user, self.env["auto.salesperson"])
            own = user.resource_ids.filtered("calendar_id")[:1]
            calendar = person.calendar_id or own.calendar_id
            calendar = calendar or company.resource_calendar_id
            key = (calendar, own)
            if key not in hours:
                hours[key] = _work_hours(calendar, own, start, end)
            one.update(
                open=opened.get(user, 0),
                today=0,
                last=(0, last.get(user, 0)),
                hours=hours[key],
                leave=[
                    (leave.date_from, leave.date_to)
                    for leave in person.sudo().leave_ids
                ],
            )
        return candidates

    def _closings_then(self, by_user, leads):
        """Return when prospects that were open before were closed, as a heap."""
        closed = (
            self.env["crm.lead"]
            .sudo()
            .with_context(active_test=False)
            .search_fetch(
                [
                    ("user_id", "in", list(by_user)),
                    ("company_id", "=", self.company_id.id),
                    ("date_closed", ">=", self._moment(self.date_from, time.min)),
                    ("won_status", "!=", "pending"),
                    ("id", "not in", leads.ids),
                    ("date_open", "<", self._moment(self.date_from, time.min)),
                ],
                ["date_closed", "user_id"],
            )
        )
        heap = [(lead.date_closed, lead.user_id.id) for lead in closed]
        heapq.heapify(heap)
        return heap

    def _keep(self, given, now, trial):
        """Write what came out: a line for each consultant, a case for each prospect."""
        self.line_ids.unlink()
        self.case_ids.unlink()
        figures = defaultdict(Counter)
        cases = []
        moved = agreed = 0
        for assignment, (today, _who, _rule), (other, considered, rule) in zip(
            given, now, trial, strict=True
        ):
            actual = assignment.user_id.id
            figures[actual]["actual"] += 1
            figures[today]["now"] += 1
            figures[other]["trial"] += 1
            agreed += actual == today
            moved += today != other
            cases.append(
                Command.create(
                    {
                        "lead_id": assignment.lead_id.id,
                        "date": assignment.date,
                        "actual_user_id": actual,
                        "now_user_id": today,
                        "trial_user_id": other,
                        "is_moved": today != other,
                        "rule_name": rule["name"] if rule else False,
                        "method": rule["method"] if rule else False,
                        "candidates": considered,
                    }
                )
            )
        lines = [
            Command.create({"user_id": user_id, **dict(counts)})
            for user_id, counts in figures.items()
        ]
        self.write(
            {
                "line_ids": lines,
                "case_ids": cases,
                "is_run": True,
                "case_count": len(given),
                "moved_count": moved,
                "agreement": 100 * agreed / len(given),
            }
        )


def _work_hours(calendar, resource, start, end):
    """Return the working hours of a period as pairs of naive UTC, None: always."""
    if not calendar:
        return None
    intervals = calendar._work_intervals_batch(
        pytz.utc.localize(datetime.combine(start.date(), time.min)),
        pytz.utc.localize(datetime.combine(end.date(), time.max)),
        resources=resource or None,
    )[resource.id or False]
    return [
        tuple(
            edge.astimezone(pytz.utc).replace(tzinfo=None) for edge in (one[0], one[1])
        )
        for one in intervals
    ]


def _within(hours, moment):
    return hours is None or any(start <= moment <= end for start, end in hours)
