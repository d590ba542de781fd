from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

from .auto_sale_addon_kind import CATEGORIES

# Only the computing of commissions passes this object.
COMPUTE = object()
ADJUSTMENT_FIELDS = frozenset({"name", "amount", "sequence"})


class AutoCommissionLine(models.Model):
    """One reason for which somebody is paid a commission, or gives one back."""

    _name = "auto.commission.line"
    _description = "Commission line"
    _order = "statement_id desc, sequence, date, id"

    statement_id = fields.Many2one(
        comodel_name="auto.commission.statement",
        string="Statement",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[
            ("earned", "Sale"),
            ("claw_back", "Taken back"),
            ("share", "Share of the pool"),
            ("adjustment", "Adjustment"),
        ],
        string="Line",
        required=True,
        readonly=True,
        default="adjustment",
        index=True,
    )
    category = fields.Selection(
        selection=[("car", "Car"), *CATEGORIES, ("adjustment", "Adjustment")],
        string="For",
        required=True,
        readonly=True,
        default="adjustment",
    )
    name = fields.Char(string="Reason", help="Of an adjustment.")
    author_id = fields.Many2one(
        comodel_name="res.users",
        string="Adjusted by",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        related="statement_id.user_id", string="Person", store=True, index=True
    )
    company_id = fields.Many2one(
        related="statement_id.company_id", string="Store", store=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    month = fields.Date(related="statement_id.month", store=True, index=True)
    state = fields.Selection(related="statement_id.state", string="Statement is")

    # Where it comes from
    plan_id = fields.Many2one(
        comodel_name="auto.commission.plan",
        string="Plan",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    rule_id = fields.Many2one(
        comodel_name="auto.commission.rule",
        string="Rule",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    slot = fields.Integer(
        readonly=True,
        aggregator=False,
        help="0 for the one rule that pays, else the rule on top.",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Contract",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    order_line_id = fields.Many2one(
        comodel_name="sale.order.line",
        string="Contract line",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    addon_id = fields.Many2one(
        comodel_name="auto.sale.addon",
        string="Add-on",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    reversed_id = fields.Many2one(
        comodel_name="auto.commission.line",
        string="Takes back",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    is_reversed = fields.Boolean(string="Taken back later", readonly=True, copy=False)
    date = fields.Date(
        string="Earned on",
        readonly=True,
        help="The car was delivered; an add-on was finished as well.",
    )

    # How much
    base = fields.Monetary(
        string="Of",
        readonly=True,
        aggregator=False,
        help="What the percentage or the share is of.",
    )
    margin_base = fields.Monetary(
        string="Above the floor",
        readonly=True,
        aggregator=False,
        groups="auto_crm_sale.group_floor_price",
    )
    car_count = fields.Integer(
        string="Cars of the month", readonly=True, aggregator=False
    )
    weight = fields.Float(readonly=True, digits=(8, 2), aggregator=False)
    weight_total = fields.Float(
        string="All weights", readonly=True, digits=(8, 2), aggregator=False
    )
    earned = fields.Monetary(
        readonly=True,
        help="What the sale brings: to the person, or to the pool that the person is "
        "a member of.",
    )
    amount = fields.Monetary(
        string="Commission",
        help="Of the person; a sale of a pool is paid by the share.",
    )
    explanation = fields.Char(string="How computed", compute="_compute_explanation")

    _car_once = models.UniqueIndex(
        "(order_line_id, slot) WHERE kind = 'earned' AND addon_id IS NULL"
        " AND is_reversed IS NOT TRUE",
        "A commission for this car of the contract is computed already.",
    )
    _addon_once = models.UniqueIndex(
        "(addon_id, slot) WHERE kind = 'earned' AND is_reversed IS NOT TRUE",
        "A commission for this add-on is computed already.",
    )
    _reversed_once = models.UniqueIndex(
        "(reversed_id) WHERE reversed_id IS NOT NULL",
        "This commission is taken back already.",
    )
    _share_once = models.UniqueIndex(
        "(statement_id, plan_id, category) WHERE kind = 'share'",
        "The share of this pool is on the statement already.",
    )
    _source_check = models.Constraint(
        "CHECK(kind != 'earned'"
        " OR (order_line_id IS NOT NULL) != (addon_id IS NOT NULL))",
        "A sale is a car of a contract or an add-on.",
    )

    # ------------------------------------------------------------------
    # Compute and check
    # ------------------------------------------------------------------

    @api.depends("kind", "rule_id", "base", "car_count", "weight", "name", "date")
    @api.depends_context("uid", "lang")
    def _compute_explanation(self):
        sees_floor = self.env.user.has_group("auto_crm_sale.group_floor_price")
        for line in self:
            line.explanation = getattr(line, f"_explain_{line.kind}")(sees_floor)

    @api.depends("kind", "order_id", "addon_id", "name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for line in self:
            source = line.addon_id.display_name or line.order_id.name or line.name
            line.display_name = " · ".join(filter(None, (kinds[line.kind], source)))

    @api.constrains("name", "amount", "kind")
    def _check_adjustment(self):
        for line in self:
            if line.kind != "adjustment":
                continue
            if not (line.name or "").strip():
                raise ValidationError(self.env._("Say why the commission is adjusted."))
            if line.currency_id.is_zero(line.amount):
                raise ValidationError(
                    self.env._("An adjustment of nothing is none: enter the amount.")
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if not self._by_computing():
            # Whatever a client sends: by hand there are adjustments only.
            vals_list = [
                {
                    name: value
                    for name, value in vals.items()
                    if name in ADJUSTMENT_FIELDS | {"statement_id"}
                }
                | {
                    "kind": "adjustment",
                    "category": "adjustment",
                    "author_id": self.env.uid,
                }
                for vals in vals_list
            ]
            lines = super(AutoCommissionLine, self._without_defaults()).create(
                vals_list
            )
            lines = lines.with_env(self.env)
            lines.statement_id._check_adjustable()
            return lines
        return super().create(vals_list)

    def write(self, vals):
        if not self._by_computing():
            if vals.keys() - ADJUSTMENT_FIELDS or any(
                line.kind != "adjustment" for line in self
            ):
                raise UserError(
                    self.env._("Commissions are computed: adjust what differs.")
                )
            self.statement_id._check_adjustable()
            vals = {**vals, "author_id": self.env.uid}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_adjustment(self):
        if self._by_computing():
            return
        if any(line.kind != "adjustment" for line in self):
            raise UserError(
                self.env._("Commissions are computed: adjust what differs.")
            )
        self.statement_id._check_adjustable()

    def _by_computing(self):
        return self.env.context.get("auto_commission") is COMPUTE

    def _without_defaults(self):
        context = {
            name: value
            for name, value in self.env.context.items()
            if not name.startswith("default_") or name == "default_statement_id"
        }
        return self.with_env(self.env(context=context))

    # ------------------------------------------------------------------
    # Words
    # ------------------------------------------------------------------

    def action_open_source(self):
        """Open the add-on or the contract from which the line comes."""
        self.ensure_one()
        source = self.addon_id or self.order_id
        if not source:
            return self.statement_id._get_records_action()
        return source._get_records_action()

    def _explain_earned(self, sees_floor):
        # Whoever is paid by a rule is told how, also once the plan is a draft again.
        rule = self.rule_id.sudo()
        words = rule.display_name or ""
        if rule.basis == "car_margin" and sees_floor:
            words = self.env._(
                "%(rate)g %% of %(base)s above the floor price",
                rate=rule.margin_percent,
                base=self.currency_id.format(self.margin_base),
            )
        elif rule.basis not in ("car_fixed", "addon_fixed", "car_margin"):
            words = self.env._(
                "%(rule)s (%(base)s)",
                rule=words,
                base=self.currency_id.format(self.base),
            )
        if rule.count_from:
            words = self.env._(
                "%(rule)s; there were %(count)s", rule=words, count=self.car_count
            )
        if self.date and self.month and self.date < self.month:
            words = self.env._(
                "%(rule)s; of %(date)s, when that month was closed",
                rule=words,
                date=format_date(self.env, self.date),
            )
        return words

    def _explain_claw_back(self, sees_floor):
        # Why it is taken back may be read from a colleague's contract.
        line = self.sudo()
        order, name = line.order_id, line.reversed_id.statement_id.name
        if order.state == "cancel":
            return self.env._("Paid by %(name)s; the contract was cancelled", name=name)
        return self.env._("Paid by %(name)s; the car came back", name=name)

    def _explain_share(self, sees_floor):
        return self.env._(
            "%(weight)g of %(total)g parts of the pool's %(base)s",
            weight=self.weight,
            total=self.weight_total,
            base=self.currency_id.format(self.base),
        )

    def _explain_adjustment(self, sees_floor):
        return self.name
