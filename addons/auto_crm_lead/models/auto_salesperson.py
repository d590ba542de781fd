from datetime import datetime, time

from pytz import timezone, utc

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain


class AutoSalesperson(models.Model):
    """The file of a consultant in a store: brands, capacity, presence, workload.

    Consultants without such a record take everything, without limit.
    """

    _name = "auto.salesperson"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Salesperson"
    _order = "company_id, user_id, id"
    _rec_name = "user_id"

    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Consultant",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    photo = fields.Image(related="user_id.avatar_128")
    phone = fields.Char(related="user_id.phone")
    email = fields.Char(related="user_id.email")
    function = fields.Char(related="user_id.partner_id.function", string="Job title")
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Team",
        compute="_compute_team_id",
        compute_sudo=True,
        store=True,
        index="btree_not_null",
        help="The sales team of the store that the person belongs to.",
    )
    date_start = fields.Date(string="In the store since", tracking=True)
    note = fields.Text()
    qualification_ids = fields.One2many(
        comodel_name="auto.salesperson.qualification",
        inverse_name="salesperson_id",
        string="Qualifications",
    )

    # Capacity and presence
    available = fields.Boolean(
        string="Takes new prospects",
        default=True,
        tracking=True,
        help="Switch off to give no new prospects for the time being.",
    )
    away_until = fields.Date(
        tracking=True,
        help="No new prospects before the day after this one. Leave that is known "
        "before is better entered below.",
    )
    leave_ids = fields.One2many(
        comodel_name="auto.salesperson.leave",
        inverse_name="salesperson_id",
        string="Leave",
    )
    is_away = fields.Boolean(
        string="Away today", compute="_compute_is_away", search="_search_is_away"
    )
    back_on = fields.Date(
        string="Away until",
        compute="_compute_is_away",
        help="The last day of the absence that lasts today.",
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        string="Brands",
        help="Prospects of other brands go to others; empty: all brands.",
    )
    max_per_day = fields.Integer(string="New a day, at most", help="0: without limit.")
    max_open = fields.Integer(string="Open, at most", help="0: without limit.")
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working hours",
        help="When empty, the working hours of the person, else of the store.",
    )

    # Workload
    open_leads = fields.Integer(string="Open prospects", compute="_compute_workload")
    overdue_leads = fields.Integer(
        string="Overdue follow-ups",
        compute="_compute_workload",
        help="Open prospects whose next follow-up should have been before today.",
    )
    new_today = fields.Integer(
        compute="_compute_workload", help="Prospects that the person was given today."
    )
    load = fields.Float(
        string="Load %",
        compute="_compute_workload",
        help="Open prospects, of those that the person takes at most.",
    )

    _user_company_uniq = models.Constraint(
        "UNIQUE(user_id, company_id)", "This consultant is already in the list."
    )
    _capacity_positive = models.Constraint(
        "CHECK(max_per_day >= 0 AND max_open >= 0)", "A capacity cannot be negative."
    )

    @api.constrains("user_id", "company_id")
    def _check_store(self):
        for person in self:
            if person.company_id not in person.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(store)s.",
                        user=person.user_id.name,
                        store=person.company_id.name,
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        for person in self:
            if person.leave_ids or person.qualification_ids or person.open_leads:
                raise UserError(
                    self.env._(
                        "The file of %s has leave, certificates or open prospects: "
                        "archive it instead.",
                        person.user_id.name,
                    )
                )

    @api.depends(
        "company_id",
        "user_id.crm_team_member_ids.active",
        "user_id.crm_team_member_ids.crm_team_id.company_id",
    )
    def _compute_team_id(self):
        for person in self:
            teams = person.user_id.crm_team_member_ids.filtered("active").crm_team_id
            of_store = teams.filtered_domain(
                [("company_id", "=", person.company_id.id)]
            )
            person.team_id = (
                of_store or teams.filtered_domain([("company_id", "=", False)])
            )[:1]

    @api.depends("away_until", "leave_ids.date_from", "leave_ids.date_to")
    @api.depends_context("tz")
    def _compute_is_away(self):
        today = fields.Date.context_today(self)
        for person in self:
            ends = person.leave_ids.filtered(
                lambda leave: (
                    leave.date_from
                    and leave.date_to
                    and leave.date_from <= today <= leave.date_to
                )
            ).mapped("date_to")
            if person.away_until and person.away_until >= today:
                ends.append(person.away_until)
            person.is_away = bool(ends)
            person.back_on = max(ends, default=False)

    def _search_is_away(self, operator, value):
        if operator != "in":
            return NotImplemented
        today = fields.Date.context_today(self)
        away = Domain("away_until", ">=", today) | Domain(
            "leave_ids",
            "any",
            [("date_from", "<=", today), ("date_to", ">=", today)],
        )
        domain = Domain.FALSE
        if True in value:
            domain |= away
        if False in value:
            domain |= ~away
        return domain

    @api.depends("user_id", "company_id", "max_open")
    @api.depends_context("uid", "allowed_company_ids", "tz")
    def _compute_workload(self):
        figures = {}
        for name, model, domain in (
            ("open", "crm.lead", self._open_domain()),
            ("overdue", "crm.lead", self._overdue_domain()),
            ("today", "auto.lead.assignment", self._today_domain()),
        ):
            figures[name] = {
                (user.id, company.id): number
                for user, company, number in self.env[model]._read_group(
                    domain
                    & Domain("user_id", "in", self.user_id.ids)
                    & Domain("company_id", "in", self.company_id.ids),
                    ["user_id", "company_id"],
                    ["__count"],
                )
            }
        for person in self:
            key = person.user_id.id, person.company_id.id
            person.open_leads = figures["open"].get(key, 0)
            person.overdue_leads = figures["overdue"].get(key, 0)
            person.new_today = figures["today"].get(key, 0)
            person.load = (
                person.open_leads / person.max_open * 100 if person.max_open else 0
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_open(self):
        """Open the open prospects of the person."""
        return self._action_leads(
            self.env._("Open prospects: %s", self.display_name), self._open_domain()
        )

    def action_view_overdue(self):
        """Open the prospects of the person whose follow-up is overdue."""
        return self._action_leads(
            self.env._("Overdue follow-ups: %s", self.display_name),
            self._overdue_domain(),
        )

    def action_view_today(self):
        """Open what the person was given today."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_lead_assignment_action"
        )
        action["name"] = self.env._("New today: %s", self.display_name)
        action["domain"] = list(self._today_domain() & self._own_domain())
        action["context"] = {}
        return action

    def _action_leads(self, name, domain):
        """Return the action that opens prospects of the person.

        :param str name: what the screen is called
        :param Domain domain: which of the person's prospects
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.crm_lead_action"
        )
        action["name"] = name
        action["domain"] = list(domain & self._own_domain())
        action["context"] = {"active_test": False}
        return action

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    def _own_domain(self):
        """Return the domain of what is the person's in the store."""
        self.ensure_one()
        return Domain("user_id", "=", self.user_id.id) & Domain(
            "company_id", "=", self.company_id.id
        )

    @api.model
    def _open_domain(self):
        """Return the domain of prospects that count for the capacity."""
        return Domain("active", "=", True) & Domain("won_status", "=", "pending")

    @api.model
    def _overdue_domain(self):
        today = fields.Date.context_today(self)
        return self._open_domain() & Domain("next_followup_date", "<", today)

    @api.model
    def _today_domain(self):
        zone = timezone(self.env.context.get("tz") or self.env.user.tz or "UTC")
        today = datetime.combine(fields.Date.context_today(self), time.min)
        start = zone.localize(today).astimezone(utc).replace(tzinfo=None)
        return Domain("date", ">=", start)
