from collections import Counter, defaultdict
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import SQL

from .crm_lead_intake import INTAKE

REASSIGN_ROLES = frozenset({"sales_manager", "store_manager", "head_office"})
#: Passed by the methods of this file alone, so that no client hides an assignment.
ALLOCATION = object()
#: What Odoo would work out again for who gets a consultant and a team: the store and
#: the stage stay, and its nightly job brings the probability up to date.
KEPT_FIELDS = ("company_id", "stage_id", "probability", "automated_probability")
#: Capacity that counts for a consultant without a limit, to compare free shares.
OPEN_CAPACITY = 100
#: Open prospects are counted up to here; beyond, who waited longest is next.
OPEN_COUNTED = 1000


class CrmLead(models.Model):
    _inherit = "crm.lead"

    assignment_ids = fields.One2many(
        comodel_name="auto.lead.assignment",
        inverse_name="lead_id",
        string="Assignments",
        readonly=True,
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor",
    )
    recall_rule_id = fields.Many2one(
        comodel_name="auto.allocation.rule",
        string="Taken back by",
        readonly=True,
        copy=False,
        help="The rule that takes this prospect back when its consultant does not "
        "make contact in time; empty once contact was made.",
    )
    recall_count = fields.Integer(string="Times taken back", readonly=True, copy=False)

    _recall_idx = models.Index("(recall_rule_id) WHERE recall_rule_id IS NOT NULL")
    _open_of_user_idx = models.Index(
        "(user_id, company_id) WHERE active AND won_status = 'pending'"
    )
    _unallocated_idx = models.Index(
        "(company_id, id) WHERE active AND user_id IS NULL AND won_status = 'pending'"
    )

    def write(self, vals):
        if "user_id" not in vals or self._is_allocating():
            return super().write(vals)
        former = {lead: lead.user_id for lead in self}
        result = super().write(vals)
        changed = self.filtered(lambda lead: lead.user_id != former[lead])
        changed._log_manual_assignment(former)
        return result

    def _is_allocating(self):
        return self.env.context.get("auto_allocation") is ALLOCATION

    def _check_company(self, fnames=None):
        # Candidates and their teams are of the prospect's store.
        if self._is_allocating():
            return None
        return super()._check_company(fnames)

    def _clock_assignment(self, users):
        # Written for all at once, see _give_to.
        return None if self._is_allocating() else super()._clock_assignment(users)

    def _sync_reminders(self):
        return None if self._is_allocating() else super()._sync_reminders()

    def _log_manual_assignment(self, former):
        """Write down that somebody gave these leads to somebody, by hand."""
        if not self:
            return
        # Nobody has the right to write assignments, so that none is invented.
        self.env["auto.lead.assignment"].sudo().create(
            [
                {
                    "lead_id": lead.id,
                    "company_id": (lead.company_id or self.env.company).id,
                    "kind": "manual",
                    "user_id": lead.user_id.id,
                    "former_user_id": former[lead].id,
                    "done_by": self.env.uid,
                }
                for lead in self
            ]
        )
        watched = self.sudo().filtered("recall_rule_id")
        if watched:
            watched.write({"recall_rule_id": False})

    def action_reassign(self, user_id):
        """Give these prospects to another consultant.

        :param int user_id: id of the ``res.users``, who must work in their store
        :raise AccessError: when the current user is no manager
        :raise UserError: when the consultant does not work in the store
        """
        if not (self.env.su or self.env.user._auto_roles() & REASSIGN_ROLES):
            raise AccessError(self.env._("Only managers give prospects to others."))
        self.check_access("write")
        # Which stores a colleague works for is not private.
        user = self.env["res.users"].browse(user_id).sudo()
        for company in self.company_id:
            if company not in user.company_ids:
                raise UserError(
                    self.env._(
                        "%(user)s does not work in %(store)s.",
                        user=user.name,
                        store=company.name,
                    )
                )
        for company, leads in self.grouped("company_id").items():
            # The store stays what it is, whoever gets the lead.
            leads.write({"user_id": user_id, "company_id": company.id})
        return True

    # ------------------------------------------------------------
    # By rule
    # ------------------------------------------------------------

    def _allocate(self):
        """Give those of these leads that have no consultant to one, by rule.

        The number of queries does not depend on the number of leads. Doubtful
        enquiries and closed leads are left alone. What no rule applies to, or
        nobody can take now, stays without consultant and is tried again by a job.

        :return: the leads that have a consultant now
        """
        if self.env.context.get("auto_intake") is INTAKE:
            return self.filtered("user_id")  # chosen before the prospect was written
        # Who registers a prospect need not see whom it goes to.
        leads = self.sudo().filtered(
            lambda lead: (
                lead.active
                and not lead.user_id
                and not lead.is_spam
                and lead.won_status == "pending"
                and lead.company_id
            )
        )
        return leads._allocate_to_candidates("auto")

    def _allocate_to_candidates(self, kind, exclude=None):
        """Choose a consultant for each lead and write it down.

        :param str kind: ``auto`` or ``recall``
        :param dict exclude: for each lead, the ids of the users who had it
        :return: the leads that got a consultant
        """
        if not self:
            return self
        by_region = self.env["auto.allocation.rule"]._asks_for_region()
        wished = []  # read for all leads, once somebody asks for it
        requests = [
            {
                "company": lead.company_id.id,
                "state": by_region and lead._region_for_allocation().id,
                "channel": lead.intake_channel_id.id,
                "horizon": lead.horizon_id.id,
                "brands": lambda lead=lead: self._brands_wished(wished)[lead.id],
                "exclude": (exclude or {}).get(lead, ()),
            }
            for lead in self
        ]
        choices = self._choose_consultants(requests)
        vals_list = [
            {
                **choice["assignment"],
                "kind": kind,
                "lead_id": lead.id,
                "former_user_id": lead.user_id.id,
            }
            for lead, choice in zip(self, choices, strict=True)
            if choice["user"] or kind == "auto"
        ]
        changes = self._allocation_changes(vals_list)
        self.env["auto.lead.assignment"]._log_many(changes)
        assigned = self._give_to(choices)
        self._tell_new_consultants(choices)
        return assigned

    def _give_to(self, choices):
        """Write the consultants of these leads, and what follows from it, at once.

        :param choices: from :meth:`_choose_consultants`, one for each lead
        :return: the leads that got one
        """
        chosen = defaultdict(list)
        for lead, choice in zip(self, choices, strict=True):
            if choice["user"]:
                key = choice["user"], choice["team"], choice["recall_rule"]
                chosen[key].append(lead.id)
        assigned = self.browse(id_ for ids in chosen.values() for id_ in ids)
        former = {lead: lead.user_id for lead in assigned}
        # Read for all at once what each write below would look for again.
        assigned.mapped("test_drive_ids")
        kept = [self._fields[name] for name in KEPT_FIELDS]
        with self.env.protecting(kept, assigned):
            for (user_id, team_id, recall_rule), ids in chosen.items():
                self.browse(ids).with_context(
                    auto_allocation=ALLOCATION,
                    tracking_disable=True,
                    mail_notrack=True,
                ).write(
                    {
                        "user_id": user_id,
                        "team_id": team_id,
                        "recall_rule_id": recall_rule,
                    }
                )
        assigned._clock_assignment(former)
        assigned._sync_reminders()
        return assigned

    def _intake_create_leads(self, slots):
        """Choose the consultant before the prospect is written, and write once."""
        items = [slot["item"] for slot in slots]
        open_items = [
            item for item in items if not item.get("user") and not item.get("doubtful")
        ]
        catalogue = {}

        def brands(item):
            vehicle = item["values"]["vehicle"]
            key = (vehicle.get("brand"), vehicle.get("model"))
            if key not in catalogue:
                catalogue[key] = self._intake_match_catalogue(*key)[0].ids
            return set(catalogue[key])

        horizons = {}
        if any(item["values"]["purchase_horizon"] for item in open_items):
            horizons = self._intake_horizons()
        by_region = self.env["auto.allocation.rule"]._asks_for_region()
        places = {}
        choices = self._choose_consultants(
            [
                {
                    "company": item["company"].id,
                    "state": by_region
                    and self._intake_state(item, places, guess=True).id,
                    "channel": item["channel_id"],
                    "horizon": horizons.get(item["values"]["purchase_horizon"]),
                    "brands": lambda item=item: brands(item),
                    "exclude": (),
                }
                for item in open_items
            ]
        )
        for item, choice in zip(open_items, choices, strict=True):
            item["choice"] = choice
            if choice["user"]:
                item["user"] = self.env["res.users"].browse(choice["user"])
        result = super()._intake_create_leads(slots)
        chosen = [slot for slot in slots if slot["item"].get("choice")]
        self.env["auto.lead.assignment"]._log_many(
            [
                {
                    **slot["item"]["choice"]["assignment"],
                    "kind": "auto",
                    "lead_id": slot["lead"].id,
                }
                for slot in chosen
            ]
        )
        self._tell_new_consultants(choices)
        return result

    @api.model
    def _intake_lead_values(self, item, customer, cache):
        vals = super()._intake_lead_values(item, customer, cache)
        choice = item.get("choice")
        if choice and choice["user"]:
            vals["recall_rule_id"] = choice["recall_rule"]
            vals["team_id"] = choice["team"]
        elif not item.get("user"):
            # Said, so that Odoo does not look for the team of nobody.
            vals["team_id"] = False
        return vals

    @api.model
    def _choose_consultants(self, requests):
        """Choose a consultant for each of several prospects, fairly among them.

        :param requests: list of dicts: ``company``, ``state``, ``channel``,
            ``horizon`` (ids or False), ``brands`` (a function that returns a set of
            ids), ``exclude`` (ids of users who cannot have it)
        :return: for each a dict ``user``, ``team``, ``recall_rule`` (id or False
            each), ``assignment`` (values of ``auto.lead.assignment``)
        """
        if not requests:
            return []
        rule_for = self.env["auto.allocation.rule"]._rule_for
        rules = [rule_for(request) for request in requests]
        candidates = self._allocation_candidates(
            {request["company"] for request in requests},
            {user for rule in rules if rule for user in rule["users"]},
        )
        choices = []
        for turn, (request, rule) in enumerate(zip(requests, rules, strict=True), 1):
            winner, considered = None, []
            if rule:
                winner, considered = self._choose_candidate(
                    rule,
                    request["brands"],
                    candidates.get(request["company"], []),
                    request["exclude"],
                )
            if winner:
                winner["open"] += 1
                winner["today"] += 1
                winner["last"] = (1, turn)
            choices.append(
                {
                    "user": winner["user"] if winner else False,
                    "partner": winner["partner"] if winner else False,
                    "lang": winner["lang"] if winner else False,
                    "team": winner["team"] if winner else False,
                    "recall_rule": rule["id"]
                    if winner and rule["recall_minutes"]
                    else False,
                    "assignment": {
                        "company_id": request["company"],
                        "rule_id": rule["id"] if rule else False,
                        "rule_name": rule["name"] if rule else False,
                        "method": rule["method"] if rule else False,
                        "user_id": winner["user"] if winner else False,
                        "candidates": considered,
                    },
                }
            )
        return choices

    def _allocation_changes(self, vals_list):
        """Leave out the repeated note that nobody could take a lead."""
        nobody = [vals["lead_id"] for vals in vals_list if not vals["user_id"]]
        if not nobody:
            return vals_list
        noted = {
            lead.id
            for (lead,) in self.env["auto.lead.assignment"]._read_group(
                [("lead_id", "in", nobody), ("user_id", "=", False)], ["lead_id"]
            )
        }
        return [v for v in vals_list if v["user_id"] or v["lead_id"] not in noted]

    def _brands_wished(self, memory):
        """Return the brands that each of these leads wishes for, in one query.

        :param list memory: empty at first; keeps the answer for the next call
        :return: dict from lead id to a set of ids
        """
        if memory:
            return memory[0]
        brand_rel = self._fields["need_brand_ids"]
        model_rel = self._fields["need_model_ids"]
        brands = defaultdict(set)
        self.flush_model(["need_brand_ids", "need_model_ids"])
        for lead_id, brand_id in self.env.execute_query(
            SQL(
                "SELECT %(b_lead)s, %(b_brand)s FROM %(b_rel)s"
                " WHERE %(b_lead)s IN %(ids)s"
                " UNION SELECT r.%(m_lead)s, m.brand_id FROM %(m_rel)s r"
                " JOIN fleet_vehicle_model m ON m.id = r.%(m_model)s"
                " WHERE r.%(m_lead)s IN %(ids)s",
                b_rel=SQL.identifier(brand_rel.relation),
                b_lead=SQL.identifier(brand_rel.column1),
                b_brand=SQL.identifier(brand_rel.column2),
                m_rel=SQL.identifier(model_rel.relation),
                m_lead=SQL.identifier(model_rel.column1),
                m_model=SQL.identifier(model_rel.column2),
                ids=tuple(self.ids),
            )
        ):
            brands[lead_id].add(brand_id)
        memory.append(brands)
        return brands

    @api.model
    def _allocation_candidates(self, company_ids, named):
        """Return who may get prospects in some stores, in one query.

        :param company_ids: ids of the stores
        :param named: ids of users whom rules name, consultants or not
        :return: dict from company id to a list of dicts ``user``, ``name``,
            ``open``, ``today``, ``last``, ``on_duty``, ``max_open``, ``max_per_day``,
            ``available``, ``away``, ``brands``, ``consultant``, ``team`` (as Odoo
            chooses it: the first of the store that one belongs to, else the first)
        """
        self.flush_model(["user_id", "company_id", "active", "won_status"])
        self.env["auto.salesperson"].flush_model()
        self.env["auto.salesperson.leave"].flush_model()
        self.env["auto.lead.assignment"].flush_model()
        self.env["crm.team"].flush_model()
        self.env["crm.team.member"].flush_model()
        group_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "auto_crm_base.group_consultant"
        )
        now = fields.Datetime.now()
        week = int((now.toordinal() - 1) / 7) % 2
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, u.id, p.name, p.id, p.lang, g.uid IS NOT NULL,
                       COALESCE(s.available AND s.active, TRUE),
                       s.away_until >= %(now)s::date
                           OR EXISTS (SELECT FROM auto_salesperson_leave w
                                       WHERE w.salesperson_id = s.id
                                         AND t.local::date BETWEEN w.date_from
                                                               AND w.date_to),
                       COALESCE(s.max_open, 0), COALESCE(s.max_per_day, 0),
                       ARRAY(SELECT b.fleet_vehicle_model_brand_id
                               FROM auto_salesperson_fleet_vehicle_model_brand_rel b
                              WHERE b.auto_salesperson_id = s.id),
                       (SELECT count(*) FROM (
                           SELECT FROM crm_lead l
                            WHERE l.user_id = u.id AND l.company_id = c.id
                              AND l.active AND l.won_status = 'pending'
                            LIMIT %(counted)s) mine),
                       (SELECT count(*) FROM auto_lead_assignment i
                         WHERE i.user_id = u.id AND i.company_id = c.id
                           AND i.date >= date_trunc('day', t.local)
                                         AT TIME ZONE COALESCE(k.tz, 'UTC')
                                         AT TIME ZONE 'UTC'),
                       (SELECT i.id FROM auto_lead_assignment i
                         WHERE i.user_id = u.id AND i.company_id = c.id
                         ORDER BY i.date DESC, i.id DESC LIMIT 1),
                       k.id IS NULL OR (
                           EXISTS (
                               SELECT FROM resource_calendar_attendance a
                                WHERE a.calendar_id = k.id
                                  AND a.display_type IS NULL
                                  AND a.day_period != 'lunch'
                                  AND (a.week_type IS NULL OR a.week_type = %(week)s)
                                  AND a.dayofweek
                                      = (extract(isodow FROM t.local) - 1)::int::text
                                  AND extract(epoch FROM t.local::time) / 3600
                                      BETWEEN a.hour_from AND a.hour_to)
                           AND NOT EXISTS (
                               SELECT FROM resource_calendar_leaves f
                                 LEFT JOIN resource_resource h ON h.id = f.resource_id
                                WHERE %(now)s BETWEEN f.date_from AND f.date_to
                                  AND (f.resource_id IS NOT NULL AND h.user_id = u.id
                                       OR f.resource_id IS NULL
                                       AND (f.calendar_id = k.id
                                            OR f.calendar_id IS NULL
                                            AND f.company_id = c.id)))
                       ),
                       (SELECT m.id FROM crm_team m
                         WHERE m.active
                           AND (m.company_id = c.id OR m.company_id IS NULL)
                         ORDER BY m.user_id IS NOT DISTINCT FROM u.id
                               OR EXISTS (SELECT FROM crm_team_member e
                                           WHERE e.crm_team_id = m.id AND e.active
                                             AND e.user_id = u.id) DESC,
                               m.sequence, m.create_date DESC, m.id DESC
                         LIMIT 1)
                  FROM res_company c
                  JOIN res_company_users_rel r ON r.cid = c.id
                  JOIN res_users u ON u.id = r.user_id AND u.active AND NOT u.share
                  JOIN res_partner p ON p.id = u.partner_id
                  LEFT JOIN res_groups_users_rel g ON g.uid = u.id AND g.gid = %(group)s
                  LEFT JOIN auto_salesperson s
                         ON s.user_id = u.id AND s.company_id = c.id
                  LEFT JOIN LATERAL (
                      SELECT calendar_id FROM resource_resource
                       WHERE user_id = u.id AND active AND calendar_id IS NOT NULL
                       ORDER BY company_id = c.id DESC LIMIT 1) own ON TRUE
                  LEFT JOIN resource_calendar k ON k.id = COALESCE(
                      s.calendar_id, own.calendar_id, c.resource_calendar_id)
                  CROSS JOIN LATERAL (
                      SELECT %(now)s::timestamp AT TIME ZONE 'UTC'
                             AT TIME ZONE COALESCE(k.tz, 'UTC') AS local) t
                 WHERE c.id IN %(companies)s
                   AND (g.uid IS NOT NULL OR u.id = ANY(%(named)s))
                 ORDER BY c.id, u.id
                """,
                now=now,
                week=str(week),
                group=group_id,
                counted=OPEN_COUNTED,
                companies=tuple(company_ids),
                named=list(named),
            )
        )
        candidates = defaultdict(list)
        for row in rows:
            candidates[row[0]].append(
                {
                    "user": row[1],
                    "name": row[2],
                    "partner": row[3],
                    "lang": row[4],
                    "consultant": row[5],
                    "available": row[6],
                    "away": bool(row[7]),
                    "max_open": row[8],
                    "max_per_day": row[9],
                    "brands": set(row[10]),
                    "open": row[11],
                    "today": row[12],
                    "last": (0, row[13] or 0),
                    "on_duty": row[14],
                    "team": row[15] or False,
                }
            )
        return candidates

    @api.model
    def _choose_candidate(self, rule, brands, candidates, exclude):
        """Return the winner among ``candidates`` and all who were considered.

        :param brands: function that returns the ids of the brands wished for
        :return: ``(candidate or None, list of what is kept of each)``
        """
        fit, considered = [], []
        for candidate in candidates:
            if not self._is_candidate(rule, candidate):
                continue
            out = self._candidate_out(rule, brands, candidate, exclude)
            considered.append(
                {
                    "user": candidate["user"],
                    "name": candidate["name"],
                    "open": candidate["open"],
                    "today": candidate["today"],
                    "on_duty": candidate["on_duty"],
                    "cap": candidate["max_open"],
                    **({"out": out} if out else {}),
                }
            )
            if not out:
                fit.append((candidate, considered[-1]))
        if rule["working_hours"] == "prefer" and any(c["on_duty"] for c, _kept in fit):
            for candidate, kept in fit:
                if not candidate["on_duty"]:
                    kept["out"] = "off_duty"
            fit = [pair for pair in fit if pair[0]["on_duty"]]
        if not fit:
            return None, considered
        for candidate, kept in fit:
            kept["score"] = self._candidate_score(rule["method"], candidate)
        winner, _kept = min(
            fit, key=lambda p: (p[1]["score"], p[0]["last"], p[0]["user"])
        )
        return winner, considered

    @api.model
    def _is_candidate(self, rule, candidate):
        """Tell whether a rule looks at a person at all."""
        if rule["users"]:
            return candidate["user"] in rule["users"]
        return candidate["consultant"]

    @api.model
    def _candidate_out(self, rule, brands, candidate, exclude):
        """Return why a candidate cannot get the lead, or None."""
        if not candidate["available"]:
            return "unavailable"
        if candidate["away"]:
            return "away"
        if candidate["user"] in exclude:
            return "former"
        if candidate["brands"]:
            wished = brands()
            if wished and not wished & candidate["brands"]:
                return "brand"
        if candidate["max_open"] and candidate["open"] >= candidate["max_open"]:
            return "max_open"
        if candidate["max_per_day"] and candidate["today"] >= candidate["max_per_day"]:
            return "max_per_day"
        if rule["working_hours"] == "require" and not candidate["on_duty"]:
            return "off_duty"
        return None

    @api.model
    def _candidate_score(self, method, candidate):
        """Return by what the method ranks; the lowest wins, then the longest wait."""
        if method == "least":
            return candidate["open"]
        if method == "capacity":
            capacity = candidate["max_open"] or OPEN_CAPACITY
            return round(100 * candidate["open"] / capacity, 1)
        return 0

    @api.model
    def _tell_new_consultants(self, choices):
        """Show a note on the screen of each consultant who gets prospects.

        :param choices: from :meth:`_choose_consultants`
        """
        counts = Counter(
            (choice["partner"], choice["lang"]) for choice in choices if choice["user"]
        )
        for (partner_id, lang), count in counts.items():
            env = self.with_context(lang=lang).env
            self.env["res.partner"].browse(partner_id)._bus_send(
                "simple_notification",
                {
                    "type": "info",
                    "title": env._("New prospects"),
                    "message": env._("%s new prospects were given to you.", count)
                    if count > 1
                    else env._("A new prospect was given to you."),
                },
            )

    @api.model
    def _cron_allocate(self, batch_size=500):
        """Give waiting prospects without consultant to somebody, by rule."""
        domain = (
            Domain("user_id", "=", False)
            & Domain("won_status", "=", "pending")
            & Domain("is_spam", "=", False)
            & Domain("company_id", "!=", False)
        )
        if not self.env["auto.allocation.rule"]._conditions():
            return
        cron = self.env["ir.cron"]
        last_id = 0
        while True:
            leads = self.search(
                domain & Domain("id", ">", last_id), limit=batch_size, order="id"
            )
            if not leads:
                break
            last_id = leads[-1].id
            leads.try_lock_for_update(allow_referencing=True)._allocate()
            if not cron._commit_progress(len(leads)):
                break

    # ------------------------------------------------------------
    # Recall
    # ------------------------------------------------------------

    @api.model
    def _cron_recall(self, batch_size=500):
        """Take prospects back that nobody contacted in time.

        The time runs in the working hours of the store. The dates of the prospect
        stay as they are; the former and the new consultant and the managers of the
        store are told.
        """
        cron = self.env["ir.cron"]
        groups = self._read_group(
            [("recall_rule_id", "!=", False)], ["recall_rule_id", "company_id"]
        )
        late = {
            (rule, company): self._late_domain(rule, company)
            for rule, company in groups
        }
        cron._commit_progress(remaining=self.search_count(Domain.OR(late.values())))
        for (rule, _company), domain in late.items():
            leads = self.search(domain, limit=batch_size, order="date_open, id")
            leads = leads.try_lock_for_update(allow_referencing=True)
            leads._recall(rule)
            if not cron._commit_progress(len(leads)):
                break

    @api.model
    def _late_domain(self, rule, company):
        """Return the domain of the prospects that ``rule`` takes back by now."""
        late = self._recall_threshold(company, rule.recall_minutes)
        return (
            Domain("recall_rule_id", "=", rule.id)
            & Domain("company_id", "=", company.id)
            & Domain("date_open", "<=", late)
        )

    @api.model
    def _recall_threshold(self, company, minutes):
        """Return the moment that lies ``minutes`` of working time before now.

        :param company: the store, whose calendar counts
        :return: naive UTC datetime
        """
        now = self.env.cr.now()
        calendar = company.resource_calendar_id
        if not calendar:
            return now - timedelta(minutes=minutes)
        start = calendar.plan_hours(
            -minutes / 60, pytz.utc.localize(now), compute_leaves=True
        )
        if not start:
            return now - timedelta(minutes=minutes)
        return start.astimezone(pytz.utc).replace(tzinfo=None)

    def _contacted_since_assignment(self):
        """Return those of these leads whose consultant has made contact."""
        since = dict(
            self.env["auto.contact"]._read_group(
                [("lead_id", "in", self.ids), ("user_id", "in", self.user_id.ids)],
                ["lead_id"],
                ["date:max"],
            )
        )
        return self.filtered(
            lambda lead: since.get(lead) and since[lead] >= lead.date_open
        )

    def _recall(self, rule):
        """Take these leads back and give them to the next candidate."""
        settled = self._contacted_since_assignment() | self.filtered(
            lambda lead: lead.won_status != "pending" or not lead.user_id
        )
        quiet = {"auto_allocation": ALLOCATION, "tracking_disable": True}
        untouched = self - settled
        spent = untouched.filtered(lambda lead: lead.recall_count >= rule.recall_max)
        recalled = untouched - spent
        former = {lead: lead.user_id for lead in untouched}
        had_it = defaultdict(set)
        for lead, users in self.env["auto.lead.assignment"]._read_group(
            [("lead_id", "in", recalled.ids)], ["lead_id"], ["user_id:recordset"]
        ):
            had_it[lead] = set(users.ids)
        for lead in recalled:
            had_it[lead].add(lead.user_id.id)
        moved = recalled._allocate_to_candidates("recall", exclude=had_it)
        for count, leads in moved.grouped("recall_count").items():
            leads.with_context(**quiet).write({"recall_count": count + 1})
        stuck = spent | (recalled - moved)
        (settled | stuck).with_context(**quiet).write({"recall_rule_id": False})
        moved._tell_recall(former)
        stuck._tell_stuck()

    def _store_managers(self):
        """Return the managers to tell, for each store of these leads."""
        groups = [
            self.env.ref(f"auto_crm_base.group_{role}").id
            for role in ("sales_manager", "store_manager")
        ]
        users = self.env["res.users"].search(
            [
                ("all_group_ids", "in", groups),
                ("company_id", "in", self.company_id.ids),
            ]
        )
        return users.grouped("company_id")

    def _tell_recall(self, former):
        """Tell the former and the new consultant and the managers of the store."""
        managers = self._store_managers()
        for lead in self:
            users = former[lead] | lead.user_id
            users |= managers.get(lead.company_id, users.browse())
            lead.message_notify(
                partner_ids=users.partner_id.ids,
                subject=lead.display_name,
                body=self.env._(
                    "Taken back from %(former)s, who had not made contact in time, and "
                    "given to %(user)s.",
                    former=former[lead].name,
                    user=lead.user_id.name,
                ),
            )

    def _tell_stuck(self):
        """Tell the managers that nobody else can take these leads."""
        managers = self._store_managers()
        for lead in self:
            users = managers.get(lead.company_id)
            if users:
                lead.message_notify(
                    partner_ids=users.partner_id.ids,
                    subject=lead.display_name,
                    body=self.env._(
                        "Still not contacted by %s, and there is nobody else to give "
                        "it to. Please look after it.",
                        lead.user_id.name,
                    ),
                )

    def _merge_history_models(self):
        return {
            **super()._merge_history_models(),
            "auto.lead.assignment": "lead_id",
        }
