from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

# A policy runs a year; several at once are known, a century is a slip.
MAX_YEARS = 10

# No two policies of a kind with a day in common: said with ranges, which need no
# extension of PostgreSQL. Deferred, so that `_check_overlap` can first say it in
# words; the database decides when two people enter a policy at the same moment.
NO_OVERLAP = (
    "EXCLUDE USING gist (int4range(vehicle_id, vehicle_id, '[]') WITH &&,"
    " daterange(date_start, date_end, '[]') WITH &&)"
    " WHERE (active AND kind = '{kind}') DEFERRABLE INITIALLY DEFERRED"
)


class AutoInsurancePolicy(models.Model):
    """An insurance policy of a vehicle, sold by us or known to us."""

    _name = "auto.insurance.policy"
    _inherit = ["mail.thread"]
    _description = "Insurance policy"
    _order = "date_end desc, id desc"
    _rec_name = "number"
    _rec_names_search = ["number", "vehicle_id.vin", "vehicle_id.license_plate"]

    number = fields.Char(string="Policy number", required=True, tracking=True)
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Vehicle",
        required=True,
        index=True,
        ondelete="restrict",
    )
    insurer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Insurer",
        required=True,
        index=True,
        ondelete="restrict",
        domain=[("is_company", "=", True)],
        tracking=True,
    )
    kind = fields.Selection(
        selection=[
            ("compulsory", "Compulsory liability"),
            ("commercial", "Commercial"),
            ("warranty", "Extended warranty"),
            ("performance", "Performance bond"),
            ("other", "Other"),
        ],
        required=True,
        default="commercial",
        tracking=True,
    )
    date_start = fields.Date(
        string="From",
        required=True,
        default=fields.Date.context_today,
        tracking=True,
    )
    date_end = fields.Date(
        string="Until",
        required=True,
        compute="_compute_date_end",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
        help="The last day of cover.",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    premium = fields.Monetary(tracking=True)
    is_sold_by_us = fields.Boolean(string="Sold by us", tracking=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Entered by",
        default=lambda self: self.env.user,
    )
    note = fields.Text()
    active = fields.Boolean(default=True, help="Archive a policy that was cancelled.")
    state = fields.Selection(
        selection=[
            ("future", "Begins later"),
            ("running", "Running"),
            ("ending", "Ends within 30 days"),
            ("ended", "Ended"),
        ],
        compute="_compute_state",
    )

    _number_uniq = models.UniqueIndex(
        "(insurer_id, number)", "This insurer's policy is entered already."
    )
    _dates_check = models.Constraint(
        "CHECK (date_end >= date_start)", "A policy cannot end before it begins."
    )
    _premium_check = models.Constraint(
        "CHECK (premium IS NULL OR premium >= 0)", "A premium cannot be negative."
    )

    _compulsory_overlap = models.Constraint(
        NO_OVERLAP.format(kind="compulsory"),
        "The car has another compulsory policy on some of these days.",
    )
    _commercial_overlap = models.Constraint(
        NO_OVERLAP.format(kind="commercial"),
        "The car has another commercial policy on some of these days.",
    )

    @api.depends("date_start")
    def _compute_date_end(self):
        for policy in self:
            policy.date_end = policy.date_start and (
                policy.date_start + relativedelta(years=1, days=-1)
            )

    @api.depends("date_start", "date_end")
    def _compute_state(self):
        today = fields.Date.context_today(self)
        soon = today + relativedelta(days=30)
        for policy in self:
            if not policy.date_start or policy.date_start > today:
                policy.state = "future"
            elif policy.date_end < today:
                policy.state = "ended"
            else:
                policy.state = "ending" if policy.date_end <= soon else "running"

    @api.depends("number", "kind", "insurer_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for policy in self:
            policy.display_name = f"{kinds.get(policy.kind, '')} {policy.number or ''}"

    @api.constrains("date_start", "date_end")
    def _check_dates(self):
        today = fields.Date.context_today(self)
        latest = today + relativedelta(years=MAX_YEARS)
        for policy in self:
            if policy.date_start.year < 1950 or policy.date_end > latest:
                raise ValidationError(
                    self.env._(
                        "Policy %(number)s cannot run from %(start)s until %(end)s.",
                        number=policy.number,
                        start=policy.date_start,
                        end=policy.date_end,
                    )
                )

    @api.constrains("vehicle_id", "kind", "date_start", "date_end", "active")
    def _check_overlap(self):
        counting = self.filtered(
            lambda policy: policy.active and policy.kind in self._kinds_that_count()
        )
        if not counting:
            return
        # Another store's policy covers the car just the same; only its days are told.
        others = self.sudo().search(
            [
                ("vehicle_id", "in", counting.vehicle_id.ids),
                ("kind", "in", list(self._kinds_that_count())),
            ]
        )
        by_vehicle = others.grouped("vehicle_id")
        for policy in counting.sudo():
            for other in by_vehicle.get(policy.vehicle_id, others.browse()):
                if (
                    other != policy
                    and other.kind == policy.kind
                    and other.date_start <= policy.date_end
                    and policy.date_start <= other.date_end
                ):
                    raise ValidationError(
                        self.env._(
                            "%(vehicle)s has another policy of this kind from "
                            "%(start)s until %(end)s.",
                            vehicle=policy.vehicle_id.display_name,
                            start=other.date_start,
                            end=other.date_end,
                        )
                    )
        self._check_overlap_now()

    def _check_overlap_now(self):
        """Let the database compare with what other connections are writing."""
        constraints = SQL(", ").join(
            SQL.identifier(f"{self._table}_{kind}_overlap")
            for kind in self._kinds_that_count()
        )
        for moment in (SQL("IMMEDIATE"), SQL("DEFERRED")):
            self.env.cr.execute(SQL("SET CONSTRAINTS %s %s", constraints, moment))

    @api.model_create_multi
    def create(self, vals_list):
        policies = super().create(vals_list)
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        self.env["auto.vehicle"]._log_events(
            [
                {
                    "vehicle_id": policy.vehicle_id.id,
                    "kind": "insurance",
                    "name": self.env._(
                        "Insured: %(kind)s, %(start)s until %(end)s",
                        kind=kinds[policy.kind],
                        start=policy.date_start,
                        end=policy.date_end,
                    ),
                    "res_model": policy._name,
                    "res_id": policy.id,
                    "company_id": policy.company_id.id,
                }
                for policy in policies
            ]
        )
        return policies

    @api.model
    def _kinds_that_count(self):
        """Return the kinds without which a car is not insured, one at a time.

        Each has its constraint in the database, see ``NO_OVERLAP``.
        """
        return ("compulsory", "commercial")
