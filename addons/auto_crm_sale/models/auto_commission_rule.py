from odoo import api, fields, models
from odoo.exceptions import ValidationError

CAR_BASES = ("car_fixed", "car_price", "car_margin")
FIXED_BASES = ("car_fixed", "addon_fixed")


class AutoCommissionRule(models.Model):
    """What is paid for a car, or for what is sold with it.

    Of the rules that are not “on top”, the first that matches pays; each that is on
    top pays besides. A tier is a rule that holds from a number of cars on.
    """

    _name = "auto.commission.rule"
    _description = "Commission rule"
    _order = "plan_id, sequence, id"

    plan_id = fields.Many2one(
        comodel_name="auto.commission.plan",
        string="Plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="plan_id.currency_id")
    basis = fields.Selection(
        selection=[
            ("car_fixed", "Amount for each car"),
            ("car_price", "% of the car's net price"),
            ("car_margin", "% of the car's price above its floor"),
            ("addon_fixed", "Amount for each add-on"),
            ("addon_price", "% of the add-on's price"),
            ("addon_commission", "% of our commission on the add-on"),
        ],
        string="Paid per",
        required=True,
        default="car_fixed",
        help="Net price: after discount, without tax. Our commission: what the "
        "insurer, the bank or the supplier pays the store.",
    )
    amount = fields.Monetary(help="For each car or add-on.")
    percent = fields.Float(string="%", digits=(6, 3), aggregator=False)
    margin_percent = fields.Float(
        string="% of the margin",
        digits=(6, 3),
        aggregator=False,
        groups="auto_crm_sale.group_floor_price",
        help="Only those who may see floor prices see it, since floor prices follow "
        "from it.",
    )
    is_extra = fields.Boolean(
        string="On top",
        help="Paid besides the first rule that matches, not in its place.",
    )
    count_from = fields.Integer(
        string="From (cars a month)",
        aggregator=False,
        help="Holds for every car or add-on of a month in which so many cars or more "
        "were delivered: by the person, or by all members of a pool. Zero: always.",
    )
    kind_ids = fields.Many2many(
        comodel_name="auto.sale.addon.kind",
        string="Kinds of add-on",
        help="Empty: all kinds.",
    )
    brand_id = fields.Many2one(
        comodel_name="fleet.vehicle.model.brand",
        string="Brand",
        index="btree_not_null",
        ondelete="restrict",
    )
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Model",
        index="btree_not_null",
        ondelete="restrict",
    )
    condition = fields.Selection(
        selection=[("new", "New"), ("used", "Used")],
        string="New or used",
        help="Empty: both.",
    )

    _amount_check = models.Constraint(
        "CHECK((amount IS NULL OR amount >= 0)"
        " AND (percent IS NULL OR percent BETWEEN 0 AND 100)"
        " AND (margin_percent IS NULL OR margin_percent BETWEEN 0 AND 100)"
        " AND (count_from IS NULL OR count_from BETWEEN 0 AND 100000))",
        "A commission is not negative, a percentage from 0 to 100, and a number of "
        "cars from 0 to 100,000.",
    )

    @api.depends("basis", "amount", "percent", "count_from", "is_extra", "currency_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        bases = dict(self._fields["basis"]._description_selection(self.env))
        for rule in self:
            if rule.basis in FIXED_BASES:
                currency = rule.currency_id or self.env.company.currency_id
                words = f"{bases[rule.basis]}: {currency.format(rule.amount)}"
            elif rule.basis == "car_margin":
                words = bases[rule.basis]  # the rate is for those who see floors
            else:
                words = f"{rule.percent:g} {bases.get(rule.basis, '%')}"
            if rule.count_from:
                words = self.env._(
                    "%(rule)s, from %(count)s cars a month on",
                    rule=words,
                    count=rule.count_from,
                )
            rule.display_name = words

    @api.constrains("basis", "amount", "percent", "margin_percent")
    def _check_pays(self):
        # Whoever writes the rule may not see the rate of margins.
        for rule in self.sudo():
            if not rule._value():
                raise ValidationError(
                    self.env._("A rule pays something: fill in the amount or the rate.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        plans = self.env["auto.commission.plan"].browse(
            {vals["plan_id"] for vals in vals_list if vals.get("plan_id")}
        )
        plans._check_draft()
        rules = super().create(vals_list)
        rules.plan_id._check_draft()  # named by a default
        return rules

    def write(self, vals):
        self.plan_id._check_draft()
        result = super().write(vals)
        self.plan_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self.plan_id._check_draft()

    # ------------------------------------------------------------------
    # Computing, as superuser
    # ------------------------------------------------------------------

    def _value(self):
        """Return the amount or the rate that counts for this basis."""
        self.ensure_one()
        if self.basis in FIXED_BASES:
            return self.amount
        return self.margin_percent if self.basis == "car_margin" else self.percent

    def _matches(self, line, addon, count):
        """Return whether the rule is one for this car or add-on.

        :param line: the contract's line of the car that is delivered, also when the
            add-on goes with it
        :param addon: the add-on; empty for the car itself
        :param int count: cars delivered in the month
        """
        self.ensure_one()
        if bool(addon) == (self.basis in CAR_BASES) or count < self.count_from:
            return False
        if addon and self.kind_ids and addon.kind_id not in self.kind_ids:
            return False
        model = line.vehicle_id.model_id
        return not (
            (self.brand_id and model.brand_id != self.brand_id)
            or (self.model_id and model != self.model_id)
            or (self.condition and line.is_used_car != (self.condition == "used"))
        )

    def _base(self, line, addon):
        """Return what the percentage is of, in the contract's currency.

        :param line: the contract's line of the car
        """
        self.ensure_one()
        if self.basis == "car_price":
            return max(line.price_subtotal, 0.0)
        if self.basis == "car_margin":
            floor = line._floor_price()
            return max(line._net_price() - floor, 0.0) if floor else 0.0
        if self.basis == "addon_price":
            return addon.amount
        if self.basis == "addon_commission":
            return addon.commission
        return 0.0

    def _pick(self, line, addon, count):
        """Return the rules that pay for this car or add-on, with their bases.

        :return: list of (rule, base); the one that is not on top comes first
        """
        picked = []
        is_paid = False
        for rule in self:
            if (is_paid and not rule.is_extra) or not rule._matches(line, addon, count):
                continue
            base = rule._base(line, addon)
            if rule.basis not in FIXED_BASES and not base:
                continue
            picked.append((rule, base))
            is_paid = is_paid or not rule.is_extra
        return picked
