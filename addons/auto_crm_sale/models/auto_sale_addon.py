from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import float_compare

from .auto_sale_addon_kind import MARGIN_GROUPS

OPEN_STATES = ("draft", "in_progress")

# Only the methods of add-ons pass these objects: states and times are set by the
# buttons, and the contract's line follows.
STATE = object()
SYNC = object()

# Who may say that the bank grants a loan: not the consultant who sells, alone.
LOAN_GROUPS = (
    "auto_crm_base.group_sales_manager,auto_crm_base.group_store_manager,"
    "auto_crm_base.group_head_office,account.group_account_invoice"
)
STATE_FIELDS = frozenset(
    {"state", "loan_state", "date_start", "date_done", "policy_id"}
)
LINE_FIELDS = frozenset(
    {"amount", "product_id", "is_charged", "state", "order_id", "description"}
)


class AutoSaleAddon(models.Model):
    """What a customer buys together with the car, followed on its own.

    What is charged is a line of the contract, once, which stays in step with the
    add-on in both directions.
    """

    _name = "auto.sale.addon"
    _inherit = [
        "auto.numbered.mixin",
        "auto.partner.guard.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Add-on of a contract"
    _order = "date_planned_end, id desc"
    _guarded_partner_fields = ("partner_id",)

    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Contract",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('is_vehicle_contract', '=', True), ('state', '!=', 'cancel')]",
    )
    kind_id = fields.Many2one(
        comodel_name="auto.sale.addon.kind",
        string="Kind",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    category = fields.Selection(related="kind_id.category", store=True, index=True)
    description = fields.Char(string="What", help="Such as the part or the cover.")
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("in_progress", "In progress"),
            ("done", "Done"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        index=True,
        tracking=True,
        group_expand=True,
    )
    company_id = fields.Many2one(
        related="order_id.company_id", string="Store", store=True, index=True
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", store=True, index=True
    )
    consultant_id = fields.Many2one(
        related="order_id.user_id", string="Consultant", store=True, index=True
    )
    order_state = fields.Selection(
        related="order_id.state", string="State of the contract"
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        compute="_compute_vehicle_id",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="restrict",
        domain="[('id', 'in', order_vehicle_ids)]",
    )
    order_vehicle_ids = fields.Many2many(
        related="order_id.vehicle_ids", string="Cars of the contract"
    )
    supplier_id = fields.Many2one(
        comodel_name="res.partner",
        string="Supplier, insurer or bank",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('is_company', '=', True)]",
        tracking=True,
    )

    # Money
    is_charged = fields.Boolean(
        string="On the contract",
        compute="_compute_from_kind",
        store=True,
        readonly=False,
        precompute=True,
        help="The customer pays it with the contract: it is a line of it.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Product",
        compute="_compute_from_kind",
        store=True,
        readonly=False,
        precompute=True,
        ondelete="restrict",
        domain="[('is_vehicle', '=', False), ('sale_ok', '=', True)]",
    )
    amount = fields.Monetary(
        string="Price",
        compute="_compute_amount",
        store=True,
        readonly=False,
        precompute=True,
        tracking=True,
        help="What the customer pays; zero is a gift.",
    )
    cost = fields.Monetary(
        tracking=True, groups=MARGIN_GROUPS, help="What it costs us."
    )
    commission = fields.Monetary(
        compute="_compute_commission",
        store=True,
        readonly=False,
        groups=MARGIN_GROUPS,
        help="What the insurer, the bank or the supplier pays us for it.",
    )
    margin = fields.Monetary(
        compute="_compute_margin", store=True, groups=MARGIN_GROUPS
    )
    line_ids = fields.One2many(
        comodel_name="sale.order.line", inverse_name="addon_id", string="Contract lines"
    )

    # Times
    date_planned_start = fields.Datetime(string="Planned start", tracking=True)
    date_planned_end = fields.Datetime(
        string="Planned end",
        compute="_compute_date_planned_end",
        store=True,
        readonly=False,
        precompute=True,
        index=True,
        tracking=True,
    )
    date_start = fields.Datetime(string="Started", readonly=True, copy=False)
    date_done = fields.Datetime(string="Finished", readonly=True, copy=False)
    is_late = fields.Boolean(
        string="Late",
        compute="_compute_late",
        search="_search_is_late",
        help="Open after its planned end, or not begun after its planned start.",
    )
    delay_minutes = fields.Integer(
        string="Delay (minutes)",
        compute="_compute_late",
        help="After the planned end; negative when it was finished before.",
    )
    work_minutes = fields.Integer(
        string="Took (minutes)",
        compute="_compute_work_minutes",
        store=True,
        aggregator="avg",
    )

    # Insurance
    policy_number = fields.Char(string="Policy number", copy=False)
    policy_kind = fields.Selection(
        related="kind_id.policy_kind", string="Kind of policy"
    )
    policy_start = fields.Date(string="Cover from", copy=False)
    policy_end = fields.Date(
        string="Cover until",
        compute="_compute_policy_end",
        store=True,
        readonly=False,
        copy=False,
    )
    policy_id = fields.Many2one(
        comodel_name="auto.insurance.policy",
        string="Policy",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    # Registration
    license_plate = fields.Char(copy=False, tracking=True)

    # Loan
    loan_amount = fields.Monetary(string="Amount of the loan", tracking=True)
    loan_months = fields.Integer(string="Term (months)")
    loan_state = fields.Selection(
        selection=[
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("paid_out", "Paid out"),
        ],
        string="Loan",
        readonly=True,
        copy=False,
        tracking=True,
    )
    note = fields.Text(string="Remarks")

    _amount_check = models.Constraint(
        "CHECK((amount IS NULL OR amount >= 0) AND (cost IS NULL OR cost >= 0)"
        " AND (commission IS NULL OR commission >= 0)"
        " AND (loan_amount IS NULL OR loan_amount >= 0))",
        "Price, cost, commission and loan cannot be negative.",
    )
    _planned_check = models.Constraint(
        "CHECK(date_planned_end >= date_planned_start)",
        "The planned end comes before the planned start.",
    )
    _months_check = models.Constraint(
        "CHECK(loan_months IS NULL OR loan_months BETWEEN 0 AND 120)",
        "A loan runs at most 120 months.",
    )

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("kind_id")
    def _compute_from_kind(self):
        for addon in self:
            addon.is_charged = addon.kind_id.is_charged
            addon.product_id = addon.kind_id.product_id

    @api.depends("product_id")
    def _compute_amount(self):
        for addon in self:
            addon.amount = addon.product_id.lst_price or addon.amount

    @api.depends("amount", "loan_amount", "kind_id")
    def _compute_commission(self):
        for addon in self:
            base = addon.loan_amount if addon.category == "loan" else addon.amount
            addon.commission = (base or 0) * addon.kind_id.commission_rate / 100

    @api.depends("amount", "is_charged", "cost", "commission", "state")
    def _compute_margin(self):
        for addon in self:
            price = addon.amount if addon.is_charged else 0
            margin = price - addon.cost + addon.commission
            addon.margin = 0 if addon.state == "cancelled" else margin

    @api.depends("order_id.order_line.vehicle_id")
    def _compute_vehicle_id(self):
        for addon in self:
            vehicles = addon.order_id.order_line.vehicle_id
            if addon.vehicle_id not in vehicles and addon.state in OPEN_STATES:
                addon.vehicle_id = vehicles if len(vehicles) == 1 else False

    @api.depends("date_planned_start", "kind_id")
    def _compute_date_planned_end(self):
        for addon in self:
            start = addon.date_planned_start
            addon.date_planned_end = (
                start + relativedelta(minutes=round(addon.kind_id.duration_hours * 60))
                if start
                else addon.date_planned_end
            )

    @api.depends("policy_start")
    def _compute_policy_end(self):
        for addon in self:
            addon.policy_end = addon.policy_start and (
                addon.policy_start + relativedelta(years=1, days=-1)
            )

    @api.depends("state", "date_planned_start", "date_planned_end", "date_done")
    def _compute_late(self):
        now = fields.Datetime.now()
        for addon in self:
            end = addon.date_planned_end
            minutes = 0
            if end and addon.state == "done" and addon.date_done:
                minutes = (addon.date_done - end).total_seconds() // 60
            elif end and addon.state in OPEN_STATES:
                minutes = max((now - end).total_seconds() // 60, 0)
            addon.delay_minutes = minutes
            addon.is_late = bool(
                addon.state in OPEN_STATES
                and (
                    (end and end < now)
                    or (
                        addon.state == "draft"
                        and addon.date_planned_start
                        and addon.date_planned_start < now
                    )
                )
            )

    def _search_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        now = fields.Datetime.now()
        late = Domain("state", "in", OPEN_STATES) & (
            Domain("date_planned_end", "<", now)
            | (Domain("state", "=", "draft") & Domain("date_planned_start", "<", now))
        )
        if True in value and False in value:
            return Domain.TRUE
        return late if True in value else ~late

    @api.depends("date_start", "date_done")
    def _compute_work_minutes(self):
        for addon in self:
            addon.work_minutes = (
                (addon.date_done - addon.date_start).total_seconds() // 60
                if addon.date_start and addon.date_done
                else 0
            )

    @api.depends("name", "kind_id.name", "description")
    def _compute_display_name(self):
        for addon in self:
            number = addon.name if addon.name != "/" else ""
            parts = [number, addon.kind_id.name or "", addon.description or ""]
            addon.display_name = " · ".join(part for part in parts if part)

    # ------------------------------------------------------------------
    # Checks
    # ------------------------------------------------------------------

    @api.constrains("is_charged", "product_id")
    def _check_product(self):
        for addon in self:
            if addon.is_charged and not addon.product_id:
                raise ValidationError(
                    self.env._(
                        "“%(addon)s” is on the contract: choose its product.",
                        addon=addon.display_name,
                    )
                )
            if addon.product_id.is_vehicle:
                raise ValidationError(self.env._("A car is no add-on."))

    @api.constrains("vehicle_id", "order_id")
    def _check_vehicle(self):
        for addon in self.filtered("vehicle_id"):
            if addon.vehicle_id not in addon.order_id.vehicle_ids:
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s is not on the contract %(contract)s.",
                        vehicle=addon.vehicle_id.display_name,
                        contract=addon.order_id.name,
                    )
                )

    @api.constrains("policy_start", "policy_end")
    def _check_policy_dates(self):
        for addon in self.filtered(lambda one: one.policy_start and one.policy_end):
            if addon.policy_end < addon.policy_start:
                raise ValidationError(
                    self.env._("A policy cannot end before it begins.")
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        orders = self.env["sale.order"].browse(
            {vals["order_id"] for vals in vals_list if vals.get("order_id")}
        )
        orders.check_access("write")
        for vals in vals_list:
            for name in STATE_FIELDS:
                vals.pop(name, None)
            vals["state"] = "draft"  # whatever a default says
            vals["loan_state"] = False
        addons = super().create(vals_list)
        addons._check_open()
        addons._sync_lines()
        return addons

    def write(self, vals):
        if (
            STATE_FIELDS & vals.keys()
            and self.env.context.get("auto_addon_state") is not STATE
        ):
            raise UserError(
                self.env._(
                    "An add-on is begun, finished and cancelled by its buttons, which "
                    "note the time."
                )
            )
        if any(
            addon.loan_state == "approved"
            and addon._fields[name].convert_to_write(addon[name], addon) != vals[name]
            for name in ("supplier_id", "loan_amount", "order_id")
            if name in vals
            for addon in self
        ):
            # What was granted is what was noted.
            self._check_may_grant_loan()
        result = super().write(vals)
        if (
            LINE_FIELDS & vals.keys()
            and self.env.context.get("auto_addon_sync") is not SYNC
        ):
            self._sync_lines()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(addon.state != "draft" for addon in self):
            raise UserError(self.env._("Only a draft can be deleted; cancel the rest."))

    def unlink(self):
        self._drop_lines()
        return super().unlink()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_start(self):
        """Order it, or begin: the time is noted to the minute.

        :raise UserError: when the contract is not confirmed; a loan may be requested
            before
        """
        for addon in self:
            if addon.state != "draft":
                raise UserError(
                    self.env._("%(addon)s has begun already.", addon=addon.display_name)
                )
            if addon.category != "loan" and addon.order_id.state != "sale":
                raise UserError(
                    self.env._(
                        "%(addon)s: the contract must be confirmed first.",
                        addon=addon.display_name,
                    )
                )
        loans = self.filtered(lambda one: one.category == "loan")
        now = self._now()
        loans._write_state(
            {"state": "in_progress", "loan_state": "requested", "date_start": now}
        )
        (self - loans)._write_state({"state": "in_progress", "date_start": now})
        return True

    def action_done(self):
        """Finish it: write the policy or the plate, and the car's timeline.

        :raise UserError: naming what is missing
        """
        for addon in self:
            if addon.state != "in_progress":
                raise UserError(
                    self.env._(
                        "%(addon)s is not in progress.", addon=addon.display_name
                    )
                )
            getattr(addon, f"_finish_{addon.category}", addon._finish_other)()
        self._write_state({"state": "done", "date_done": self._now()})
        for addon in self:
            addon._tell_vehicle()
        return True

    def action_cancel(self):
        """Cancel it, and take it off the contract."""
        if any(addon.state not in OPEN_STATES for addon in self):
            raise UserError(self.env._("Only what is open can be cancelled."))
        self._write_state({"state": "cancelled"})
        return True

    def action_loan_approve(self):
        """Note that the bank grants the loan.

        :raise UserError: when bank or amount are missing, or for a consultant
        """
        self._check_may_grant_loan()
        for addon in self:
            addon._missing("supplier_id", "loan_amount")
        # The cashier only reads add-ons otherwise.
        self.sudo()._step_loan("requested", "approved")
        return True

    def action_loan_refuse(self):
        """Note that the bank refuses the loan."""
        self._step_loan("requested", "refused")
        self._write_state({"state": "cancelled"})
        return True

    def action_open_order(self):
        """Open the contract."""
        self.ensure_one()
        return self.order_id._get_records_action()

    def action_open_policy(self):
        """Open the policy that came of it."""
        self.ensure_one()
        return self.policy_id._get_records_action()

    # ------------------------------------------------------------------
    # Business
    # ------------------------------------------------------------------

    @api.model
    def _now(self):
        """Return the time to the minute."""
        return fields.Datetime.now().replace(second=0)

    def _check_may_grant_loan(self):
        self.check_access("read")
        if not (self.env.su or self.env.user.has_groups(LOAN_GROUPS)):
            raise UserError(
                self.env._(
                    "That the bank grants the loan is noted by a manager or the "
                    "cashier."
                )
            )

    def _write_state(self, vals):
        self.with_context(auto_addon_state=STATE).write(vals)

    def _step_loan(self, before, after):
        for addon in self:
            if addon.category != "loan" or addon.loan_state != before:
                raise UserError(
                    self.env._(
                        "%(addon)s does not wait for the bank.",
                        addon=addon.display_name,
                    )
                )
        self._write_state({"loan_state": after})

    def _missing(self, *names):
        """Refuse to go on without these fields."""
        missing = [
            self._fields[name]._description_string(self.env)
            for name in names
            if not self[name]
        ]
        if missing:
            raise UserError(
                self.env._(
                    "%(addon)s: please fill in %(fields)s.",
                    addon=self.display_name,
                    fields=", ".join(missing),
                )
            )

    def _finish_other(self):
        """Check what is needed to finish an add-on of no special kind."""
        self.ensure_one()

    def _finish_insurance(self):
        self._missing("vehicle_id", "supplier_id", "policy_number", "policy_start")
        if self.policy_id:
            return
        policy = self.env["auto.insurance.policy"].create(
            {
                "number": self.policy_number,
                "vehicle_id": self.vehicle_id.id,
                "insurer_id": self.supplier_id.id,
                "kind": self.policy_kind or "other",
                "date_start": self.policy_start,
                "date_end": self.policy_end,
                "premium": self.amount,
                "is_sold_by_us": True,
                "company_id": self.company_id.id,
                "user_id": self.user_id.id,
            }
        )
        self._write_state({"policy_id": policy.id})

    def _finish_performance(self):
        self._finish_insurance()

    def _finish_registration(self):
        self._missing("vehicle_id", "license_plate")
        # Who registers the car need not be allowed to change it otherwise.
        vehicle = self.vehicle_id.sudo()
        vehicle.license_plate = self.license_plate
        self.license_plate = vehicle.license_plate

    def _finish_loan(self):
        if self.loan_state != "approved":
            raise UserError(
                self.env._(
                    "%(addon)s: the bank has not approved the loan.",
                    addon=self.display_name,
                )
            )
        self._missing("supplier_id", "loan_amount")
        self._write_state({"loan_state": "paid_out"})

    def _tell_vehicle(self):
        self.ensure_one()
        self.vehicle_id._log_event(
            "addon",
            self.env._("Done: %(addon)s", addon=self.display_name),
            document=self,
            partner=self.partner_id,
            company=self.company_id,
        )

    def _check_open(self):
        for addon in self:
            if addon.order_id.state == "cancel":
                raise UserError(
                    self.env._(
                        "Contract %(contract)s is cancelled.",
                        contract=addon.order_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # The contract's line
    # ------------------------------------------------------------------

    def _is_on_contract(self):
        self.ensure_one()
        return self.is_charged and self.state != "cancelled"

    def _sync_lines(self):
        """Let each add-on that is charged be exactly one line of its contract."""
        # Who looks after the add-on need not be the contract's consultant.
        for addon in self.sudo():
            line = addon.line_ids
            if not addon._is_on_contract():
                addon._drop_lines()
                continue
            if not line:
                line.with_context(auto_addon_sync=SYNC).create(addon._line_vals())
                continue
            vals = {}
            if line.product_id != addon.product_id:
                vals["product_id"] = addon.product_id.id
            if float_compare(line._addon_amount(), addon.amount, precision_digits=2):
                vals |= {
                    "price_unit": addon.amount,
                    "discount": 0,
                    "product_uom_qty": 1,
                }
            if vals:
                line.with_context(auto_addon_sync=SYNC).write(
                    {"price_unit": addon.amount, **vals}
                )

    def _line_vals(self):
        self.ensure_one()
        # In the customer's language, as the whole contract is.
        kind = self.kind_id.with_context(lang=self.order_id._get_lang())
        return {
            "order_id": self.order_id.id,
            "addon_id": self.id,
            "product_id": self.product_id.id,
            "name": ": ".join(filter(None, (kind.name, self.description))),
            "product_uom_qty": 1,
            "price_unit": self.amount,
        }

    def _drop_lines(self):
        """Take the lines off the contract, as far as it is not confirmed."""
        # As in _sync_lines.
        lines = self.sudo().line_ids.with_context(auto_addon_sync=SYNC)
        kept = lines.filtered(lambda line: line.order_id.state == "sale")
        kept.filtered("product_uom_qty").write({"product_uom_qty": 0})
        (lines - kept).unlink()
