from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

# Only the methods of trade-ins pass this object, so that no client can say that a car
# was offered for, bought or paid.
STATE = object()

STATE_FIELDS = frozenset(
    {
        "state",
        "date_offer",
        "date_accepted",
        "date_purchased",
        "date_received",
        "purchase_id",
        "offset_move_id",
        "checklist_id",
    }
)
# What the offer is made of: it stands while the customer thinks about it.
TERM_FIELDS = frozenset(
    {
        "partner_id",
        "vehicle_id",
        "vin",
        "license_plate",
        "model_id",
        "color",
        "company_id",
        "odometer",
        "market_value",
        "extra_cost",
        "expected_price",
        "offer_amount",
        "date_valid",
        "has_lien",
        "lien_amount",
    }
)
OPEN_STATES = ("draft", "appraised", "offered", "accepted", "purchased")
MANAGERS = ("sales_manager", "store_manager", "head_office")


class AutoTradein(models.Model):
    """A customer's car that the store may buy, mostly in part payment of another.

    Here: what it is, what is known of it, and its form. The offer, the purchase and
    the settlement have files of their own, ``auto_tradein_<subject>.py``.
    """

    _name = "auto.tradein"
    _inherit = [
        "auto.numbered.mixin",
        "auto.partner.guard.mixin",
        "auto.approval.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Trade-in"
    _order = "id desc"
    _rec_names_search = ["name", "vin", "license_plate", "partner_id.name"]
    _guarded_partner_fields = ("partner_id", "lender_id")
    _check_company_auto = True

    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("appraised", "Appraised"),
            ("offered", "Offered"),
            ("accepted", "Accepted"),
            ("purchased", "Bought, car awaited"),
            ("received", "In used stock"),
            ("declined", "Declined"),
            ("expired", "Expired"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        tracking=True,
        index=True,
        group_expand=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Consultant",
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Seller",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        help="The customer who gives the car, and to whom its price is owed.",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        index="btree_not_null",
        ondelete="set null",
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Contract",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
        tracking=True,
        domain="[('is_vehicle_contract', '=', True), ('state', '!=', 'cancel'),"
        " ('company_id', '=', company_id)]",
        help="The contract that the car pays part of.",
    )

    # The car
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        index=True,
        ondelete="restrict",
        copy=False,
        tracking=True,
        help="Found by its VIN or plate when that is known here; else registered.",
    )
    vin = fields.Char(
        string="VIN",
        compute="_compute_identity",
        store=True,
        readonly=False,
        copy=False,
    )
    license_plate = fields.Char(
        compute="_compute_identity", store=True, readonly=False, copy=False
    )
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Model",
        compute="_compute_identity",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    color = fields.Char(
        string="Exterior colour",
        compute="_compute_identity",
        store=True,
        readonly=False,
    )
    description = fields.Char(
        string="Car as told", help="What the customer said, before anybody saw it."
    )
    owner_differs = fields.Boolean(
        compute="_compute_owner_differs",
        compute_sudo=True,
        help="The car is registered here with another owner.",
    )
    odometer = fields.Integer(string="Odometer (km)", copy=False, aggregator=False)
    key_count = fields.Integer(string="Keys", default=2, aggregator=False)
    has_papers = fields.Boolean(string="Registration papers seen")
    has_accident = fields.Boolean(string="Accident damage")
    accident_note = fields.Char(string="What happened")
    has_lien = fields.Boolean(
        string="Finance or lien",
        help="A bank or another person has a right to the car until it is paid off.",
    )
    lien_amount = fields.Monetary(
        string="To pay off",
        help="Paid from the price to the lender; only the rest pays the contract.",
    )
    lender_id = fields.Many2one(
        comodel_name="res.partner",
        string="Lender",
        index="btree_not_null",
        ondelete="restrict",
    )

    # The appraisal
    appraiser_id = fields.Many2one(
        comodel_name="res.users",
        string="Appraised by",
        copy=False,
        index="btree_not_null",
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_appraisal = fields.Date(string="Appraised on", copy=False)
    checklist_id = fields.Many2one(
        comodel_name="auto.checklist",
        string="Inspection",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    checklist_state = fields.Selection(
        related="checklist_id.state", string="Inspection is"
    )
    checklist_progress = fields.Integer(
        related="checklist_id.progress", string="Inspected (%)"
    )
    finding_ids = fields.One2many(
        comodel_name="auto.checklist.line",
        compute="_compute_finding_ids",
        string="Findings",
    )
    market_value = fields.Monetary(
        tracking=True,
        help="What the trade pays for such a car in good condition.",
    )
    defect_cost = fields.Monetary(
        string="Repairs found",
        compute="_compute_reconditioning_cost",
        store=True,
        help="The costs of the defects, from the inspection.",
    )
    extra_cost = fields.Monetary(
        string="Other preparation", help="Cleaning, inspection, transfer of papers."
    )
    reconditioning_cost = fields.Monetary(
        string="Reconditioning",
        compute="_compute_reconditioning_cost",
        store=True,
        help="What it takes until the car can be sold.",
    )
    reconditioning_spent = fields.Monetary(
        string="Reconditioning spent",
        copy=False,
        help="What it took in the end. Until it is entered, the estimate counts.",
    )
    limit_amount = fields.Monetary(
        string="Worth as it stands",
        compute="_compute_limit_amount",
        store=True,
        help="Market value less reconditioning. An offer above it needs approval.",
    )
    expected_price = fields.Monetary(
        string="Expected selling price",
        tracking=True,
        help="The asking price of the car when it comes into used stock.",
    )
    expected_gross = fields.Monetary(
        compute="_compute_expected_gross",
        groups="auto_crm_sale.group_floor_price",
        help="Expected selling price less offer and reconditioning, before tax.",
    )
    note = fields.Text(string="Remarks")

    _one_open = models.UniqueIndex(
        "(vehicle_id) WHERE state IN "
        "('draft', 'appraised', 'offered', 'accepted', 'purchased')",
        "A trade-in of this car is open already.",
    )
    _one_open_plate = models.UniqueIndex(
        "(license_plate) WHERE vehicle_id IS NULL AND license_plate IS NOT NULL"
        " AND state IN ('draft', 'appraised', 'offered', 'accepted', 'purchased')",
        "A trade-in of this car is open already.",
    )
    _amounts_check = models.Constraint(
        "CHECK(COALESCE(market_value, 0) >= 0 AND COALESCE(extra_cost, 0) >= 0"
        " AND COALESCE(reconditioning_spent, 0) >= 0"
        " AND COALESCE(expected_price, 0) >= 0 AND COALESCE(offer_amount, 0) >= 0"
        " AND COALESCE(lien_amount, 0) >= 0)",
        "The amounts of a trade-in cannot be negative.",
    )
    _numbers_check = models.Constraint(
        "CHECK(COALESCE(odometer, 0) BETWEEN 0 AND 2000000"
        " AND COALESCE(key_count, 0) BETWEEN 0 AND 20)",
        "The odometer shows between 0 and 2,000,000 km, and a car has at most 20 keys.",
    )

    # ------------------------------------------------------------------
    # Compute and check
    # ------------------------------------------------------------------

    @api.depends(
        "vehicle_id.vin",
        "vehicle_id.license_plate",
        "vehicle_id.model_id",
        "vehicle_id.color",
    )
    def _compute_identity(self):
        for tradein in self:
            car = tradein.vehicle_id
            tradein.vin = car.vin or tradein.vin
            tradein.license_plate = car.license_plate or tradein.license_plate
            tradein.model_id = car.model_id or tradein.model_id
            tradein.color = car.color or tradein.color

    @api.depends("vehicle_id.owner_id", "partner_id", "state")
    def _compute_owner_differs(self):
        for tradein in self:
            owner = tradein.vehicle_id.owner_id.commercial_partner_id
            tradein.owner_differs = bool(
                owner
                and tradein.partner_id
                and owner != tradein.partner_id.commercial_partner_id
                and tradein.state in OPEN_STATES
            )

    @api.depends("checklist_id.line_ids.result")
    def _compute_finding_ids(self):
        for tradein in self:
            tradein.finding_ids = tradein.checklist_id.line_ids.filtered(
                lambda line: line.result == "defect" or line.photo
            )

    @api.depends(
        "extra_cost",
        "checklist_id.line_ids.repair_cost",
        "checklist_id.line_ids.result",
    )
    def _compute_reconditioning_cost(self):
        for tradein in self:
            # Who may see the appraisal sees what it is made of.
            lines = tradein.sudo().checklist_id.line_ids
            defects = lines.filtered(lambda line: line.result == "defect")
            tradein.defect_cost = sum(defects.mapped("repair_cost"))
            tradein.reconditioning_cost = tradein.defect_cost + tradein.extra_cost

    @api.depends("market_value", "reconditioning_cost")
    def _compute_limit_amount(self):
        for tradein in self:
            tradein.limit_amount = max(
                tradein.market_value - tradein.reconditioning_cost, 0
            )

    @api.depends(
        "expected_price", "offer_amount", "reconditioning_cost", "reconditioning_spent"
    )
    def _compute_expected_gross(self):
        for tradein in self:
            cost = tradein.reconditioning_spent or tradein.reconditioning_cost
            tradein.expected_gross = (
                tradein.expected_price - tradein.offer_amount - cost
                if tradein.expected_price and tradein.offer_amount
                else 0
            )

    @api.depends("name", "license_plate", "model_id")
    def _compute_display_name(self):
        for tradein in self:
            parts = [
                tradein.name if tradein.name != "/" else self.env._("New trade-in"),
                tradein.license_plate or tradein.model_id.display_name or "",
            ]
            tradein.display_name = " · ".join(part for part in parts if part)

    @api.constrains("vehicle_id", "state")
    def _check_vehicle(self):
        for tradein in self.filtered("vehicle_id"):
            car = tradein.vehicle_id.sudo()  # another store's stock counts
            if tradein.state in OPEN_STATES and car.availability != "gone":
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s is in our own stock: a trade-in is a car that is "
                        "with its owner.",
                        vehicle=car.display_name,
                    )
                )

    def _refuse_second(self, vehicle):
        """Refuse a second open trade-in of the car.

        Asked before anything is written; the unique index decides when two people do
        this at the same moment.

        :param vehicle: the ``auto.vehicle`` that these are to be open for
        """
        self._refuse_open(Domain("vehicle_id", "in", vehicle.ids))

    def _refuse_second_plate(self, plate):
        """Refuse a second open trade-in of a car that is known by its plate only."""
        if plate:
            self._refuse_open(
                Domain("license_plate", "=", plate) & Domain("vehicle_id", "=", False)
            )

    def _refuse_open(self, domain):
        """Refuse when another open trade-in fits.

        :param domain: of the car
        """
        # One that the user may not see counts as well; only that it is there is told.
        other = self.sudo().search(
            domain
            & Domain("state", "in", OPEN_STATES)
            & Domain("id", "not in", self.ids),
            limit=1,
        )
        if not other:
            return
        seen = other.with_env(self.env)
        if seen.has_access("read"):
            raise ValidationError(
                self.env._(
                    "A trade-in of this car is open already: %(tradein)s.",
                    tradein=other.name,
                )
            )
        raise ValidationError(
            self.env._(
                "A trade-in of this car is open already, with a colleague or in "
                "another store."
            )
        )

    @api.constrains("order_id", "company_id")
    def _check_order(self):
        for tradein in self.filtered("order_id"):
            order = tradein.sudo().order_id
            if order.company_id != tradein.company_id:
                raise ValidationError(
                    self.env._(
                        "%(order)s is a contract of another store.", order=order.name
                    )
                )
            if tradein.vehicle_id in order.vehicle_ids:
                raise ValidationError(
                    self.env._("A car cannot be traded in for itself.")
                )

    @api.onchange("order_id")
    def _onchange_order_id(self):
        if self.order_id:
            self.partner_id = self.partner_id or self.order_id.partner_id
            self.lead_id = self.lead_id or self.order_id.opportunity_id

    @api.onchange("has_lien")
    def _onchange_has_lien(self):
        if not self.has_lien:
            self.lien_amount = 0

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {name: value for name, value in vals.items() if name not in STATE_FIELDS}
            for vals in vals_list
        ]
        for vals in vals_list:
            self._refuse_second(self.vehicle_id.browse(vals.get("vehicle_id") or []))
            self._clean_plate(vals)
            if not vals.get("vehicle_id"):
                self._refuse_second_plate(vals.get("license_plate"))
        # Nor by a default that a client sends along.
        clean = {
            name: value
            for name, value in self.env.context.items()
            if name.removeprefix("default_") not in STATE_FIELDS
        }
        plain = self.with_context(clean)  # pylint: disable=context-overridden
        tradeins = super(AutoTradein, plain).create(vals_list).with_env(self.env)
        tradeins._find_cars()
        return tradeins

    def write(self, vals):
        if vals.get("vehicle_id"):
            self._refuse_second(self.vehicle_id.browse(vals["vehicle_id"]))
        if vals.get("state") in OPEN_STATES:
            closed = self.filtered(lambda one: one.state not in OPEN_STATES)
            closed._refuse_second(closed.vehicle_id)
        if self.env.context.get("auto_tradein") is STATE:
            return super().write(vals)
        if STATE_FIELDS & vals.keys():
            raise UserError(
                self.env._("A trade-in goes from step to step by its buttons.")
            )
        if TERM_FIELDS & vals.keys():
            self._check_terms_open(vals)
        if "order_id" in vals:
            self._check_order_open(vals["order_id"])
        vals = self._clean_plate(dict(vals))
        if vals.get("license_plate") and not all(one.vehicle_id for one in self):
            self._refuse_second_plate(vals["license_plate"])
        result = super().write(vals)
        if {"vin", "license_plate"} & vals.keys():
            self._find_cars()
        if "order_id" in vals:
            self._sync_due()
        return result

    def unlink(self):
        if any(tradein.state != "draft" for tradein in self):
            raise UserError(  # pylint: disable=no-raise-unlink
                self.env._("Only a draft can be deleted; cancel the trade-in.")
            )
        return super().unlink()

    @api.model
    def _clean_plate(self, vals):
        """Let ``vals`` write the plate as vehicles have it, so that it is found."""
        if "license_plate" in vals:
            plate = self.env["auto.vehicle"]._normalise_plate(vals["license_plate"])
            vals["license_plate"] = plate or False
        return vals

    def _check_terms_open(self, vals):
        """Refuse to change what an offer is made of while it stands."""
        for tradein in self:
            waiting = tradein.approval_state == "waiting"
            if tradein.state in ("draft", "appraised") and not waiting:
                continue
            for name in TERM_FIELDS & vals.keys():
                field = tradein._fields[name]
                before = field.convert_to_write(tradein[name], tradein)
                if (before or False) != (vals[name] or False):
                    raise UserError(
                        self.env._(
                            "%(tradein)s is offered or waits for approval: “%(field)s” "
                            "does not change. Appraise it anew first.",
                            tradein=tradein.name,
                            field=field._description_string(self.env),
                        )
                    )

    def _check_order_open(self, order_id):
        """Refuse to take a trade-in that is settled from its contract."""
        for tradein in self:
            if tradein.order_id.id != (order_id or False) and tradein._is_settled():
                raise UserError(
                    self.env._(
                        "%(tradein)s has paid part of %(order)s.",
                        tradein=tradein.name,
                        order=tradein.order_id.name,
                    )
                )

    def _set_state(self, vals):
        """Write what only the steps of a trade-in may write."""
        self.with_context(auto_tradein=STATE).write(vals)

    # ------------------------------------------------------------------
    # Called by documents from which a trade-in begins
    # ------------------------------------------------------------------

    @api.model
    def _counts(self, name, records):
        """Return how many trade-ins that the user may see each of these has.

        :param str name: the field by which trade-ins name them
        """
        if not self.has_access("read"):
            return {}
        return dict(self._read_group([(name, "in", records.ids)], [name], ["__count"]))

    @api.model
    def _action_of(self, records, defaults):
        """Return the action that opens these trade-ins, or a new one.

        :param records: the trade-ins there are
        :param dict defaults: values of a new one
        """
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_tradein_action"
        )
        action["context"] = {f"default_{key}": val for key, val in defaults.items()}
        action["domain"] = [("id", "in", records.ids)]
        if len(records) < 2:
            action["views"] = [(False, "form")]
            action["res_id"] = records.id
        return action
