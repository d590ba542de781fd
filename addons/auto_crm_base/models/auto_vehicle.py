import unicodedata
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command, Domain

from ..tools import vin as vin_tools
from .auto_vehicle_event import WRITER

# No car is older, and no date of a car lies further ahead: what is outside is a
# slip of the keyboard.
EARLIEST_YEAR = 1900
LATEST_YEARS_AHEAD = 20

PLATE_MAX_LENGTH = 12


class AutoVehicle(models.Model):
    """One physical vehicle, for life."""

    _name = "auto.vehicle"
    _inherit = [
        "auto.store.mixin",
        "auto.partner.guard.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Vehicle"
    _order = "id desc"
    _rec_names_search = ["vin", "license_plate", "model_id.name", "production_number"]
    _guarded_partner_fields = ("owner_id",)
    _check_company_auto = True

    active = fields.Boolean(default=True)

    # Identity
    vin = fields.Char(
        string="VIN",
        copy=False,
        tracking=True,
        help="Vehicle identification number: 17 characters. Blanks, dashes, small "
        "and full-width letters are put right by themselves.",
    )
    license_plate = fields.Char(string="License plate", copy=False, index=True)
    engine_number = fields.Char(string="Engine number", copy=False, index=True)
    production_number = fields.Char(
        string="Production number",
        copy=False,
        index="btree_not_null",
        help="The maker's order number, known before the car has a VIN.",
    )
    vin_check_failed = fields.Boolean(
        string="VIN to be checked",
        compute="_compute_vin_check",
        store=True,
        help="The check digit does not fit the other characters.",
    )
    vin_warning = fields.Char(string="About the VIN", compute="_compute_vin_warning")

    # What it is
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Product",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
        help="The variant that is bought and sold.",
    )
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Model",
        index=True,
        ondelete="restrict",
        tracking=True,
    )
    brand_id = fields.Many2one(
        related="model_id.brand_id", string="Brand", store=True, index=True
    )
    series_id = fields.Many2one(
        related="model_id.series_id", store=True, index="btree_not_null"
    )
    category_id = fields.Many2one(
        related="model_id.category_id", string="Body", store=True
    )
    trim_id = fields.Many2one(
        comodel_name="auto.trim",
        string="Trim",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('model_id', '=', model_id)]",
    )
    model_year = fields.Integer(
        compute="_compute_model_year",
        store=True,
        readonly=False,
        aggregator=False,
        help="Taken from the VIN where the maker codes it there.",
    )
    color = fields.Char(string="Exterior colour")
    interior_color = fields.Char(string="Interior colour")
    production_date = fields.Date(string="Built on")
    image_128 = fields.Image(related="model_id.avatar_128", string="Picture")
    currency_id = fields.Many2one(related="company_id.currency_id")
    list_price = fields.Monetary(
        string="List price",
        compute="_compute_list_price",
        store=True,
        help="The product's sales price, or the maker's guide price of the trim.",
        aggregator="avg",
    )

    # Decoded from the VIN
    wmi_id = fields.Many2one(
        comodel_name="auto.wmi",
        string="Maker code",
        compute="_compute_decoded",
        store=True,
        index="btree_not_null",
    )
    decoded_maker = fields.Char(related="wmi_id.maker", string="Maker")
    decoded_country_id = fields.Many2one(
        comodel_name="res.country",
        string="Made in",
        compute="_compute_decoded",
        store=True,
    )
    decoded_region = fields.Selection(
        selection=lambda self: self.env["auto.wmi"]._region_selection(),
        string="Region of origin",
        compute="_compute_decoded",
        store=True,
    )

    # Who looks after it and whose it is
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.company,
        help="The store that looks after the car.",
    )
    owner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Owner",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The present owner. A change is kept in the ownership history.",
    )
    owner_ids = fields.One2many(
        comodel_name="auto.vehicle.owner",
        inverse_name="vehicle_id",
        string="Ownership history",
    )
    owner_count = fields.Integer(compute="_compute_counts", string="Owners")

    # Where it is
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Serial number",
        copy=False,
        ondelete="restrict",
        help="The serial number in our stock.",
    )
    supply_state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("in_production", "In production"),
            ("factory_stock", "Factory stock"),
            ("in_transit", "In transit"),
            ("in_stock", "In stock"),
            ("dealer_stock", "Dealer stock"),
            ("out", "Out"),
        ],
        string="Supply",
        required=True,
        default="out",
        index=True,
        help="Where the car is on its way from the maker. Out: not in anybody's "
        "stock, with its owner.",
    )
    sale_state = fields.Selection(
        selection=[
            ("free", "Free"),
            ("reserved", "Reserved"),
            ("sold", "Sold"),
            ("delivered", "Delivered"),
            ("third_party", "Third party"),
        ],
        string="Sale",
        required=True,
        default="third_party",
        index=True,
        help="Third party: sold elsewhere, here for service only.",
    )
    availability = fields.Selection(
        selection=[
            ("available", "Available"),
            ("incoming", "On its way"),
            ("reserved", "Reserved"),
            ("sold", "Sold"),
            ("gone", "With its owner"),
        ],
        compute="_compute_availability",
        store=True,
        index=True,
    )

    # Distance and dates
    odometer = fields.Integer(
        string="Odometer (km)",
        copy=False,
        aggregator="avg",
        help="The last reading of the meter. A new value is added to the ledger.",
    )
    true_odometer = fields.Integer(
        string="True distance (km)",
        copy=False,
        readonly=True,
        aggregator="avg",
        help="What the car has really run, over every replaced meter.",
    )
    odometer_date = fields.Date(string="Read on", copy=False, readonly=True)
    true_odometer_date = fields.Date(
        copy=False,
        readonly=True,
        help="The day on which the true distance was read.",
    )
    odometer_offset = fields.Integer(copy=False, readonly=True, aggregator=False)
    odometer_alert = fields.Boolean(
        string="Odometer turned back",
        copy=False,
        readonly=True,
        help="A reading is lower than an earlier one and no meter was replaced.",
    )
    daily_distance = fields.Float(
        string="Distance per day (km)",
        digits=(8, 1),
        copy=False,
        readonly=True,
        aggregator="avg",
        help="Estimated from the readings of the last two years; it turns rules in "
        "km into dates.",
    )
    odometer_ids = fields.One2many(
        comodel_name="auto.odometer.reading",
        inverse_name="vehicle_id",
        string="Odometer readings",
    )
    odometer_count = fields.Integer(compute="_compute_counts", string="Readings")
    delivery_date = fields.Date(string="Delivered on", copy=False, tracking=True)
    warranty_end_date = fields.Date(
        string="Warranty until", copy=False, index=True, tracking=True
    )
    insurance_end_date = fields.Date(
        string="Insured until",
        compute="_compute_insurance_end_date",
        store=True,
        readonly=False,
        copy=False,
        index=True,
        help="From the insurance policies; can be entered for a car whose policy is "
        "not known.",
    )
    inspection_due_date = fields.Date(
        string="Annual inspection due", copy=False, index=True, tracking=True
    )
    next_service_date = fields.Date(
        string="Next service on", copy=False, index=True, tracking=True
    )
    next_service_odometer = fields.Integer(
        string="Next service at (km)", copy=False, tracking=True, aggregator=False
    )
    policy_ids = fields.One2many(
        comodel_name="auto.insurance.policy",
        inverse_name="vehicle_id",
        string="Insurance policies",
    )
    policy_count = fields.Integer(compute="_compute_counts", string="Policies")

    # Timeline
    event_ids = fields.One2many(
        comodel_name="auto.vehicle.event",
        inverse_name="vehicle_id",
        string="Timeline",
        readonly=True,
    )
    event_count = fields.Integer(compute="_compute_counts", string="Events")
    lookup_ids = fields.One2many(
        comodel_name="auto.access.log",
        inverse_name="res_id",
        string="Look-ups",
        domain=[("res_model", "=", "auto.vehicle"), ("kind", "=", "lookup")],
        bypass_search_access=True,
        copy=False,
        groups="auto_crm_base.group_head_office,auto_crm_base.group_auditor",
        help="Who found the car by its exact VIN or plate; the call centre and the "
        "complaint desk see only these.",
    )

    _vin_uniq = models.UniqueIndex(
        "(vin) WHERE vin IS NOT NULL",
        "A vehicle with this VIN exists already. Find it by its VIN instead of "
        "creating a second one.",
    )
    _lot_uniq = models.UniqueIndex(
        "(lot_id) WHERE lot_id IS NOT NULL",
        "This serial number belongs to another vehicle already.",
    )
    _vin_format = models.Constraint(
        "CHECK (vin IS NULL OR vin ~ '^[0-9A-HJ-NPR-Z]{17}$')",
        "A VIN has 17 characters: digits and letters without I, O and Q.",
    )
    _next_service_odometer_check = models.Constraint(
        "CHECK (next_service_odometer >= 0 AND next_service_odometer <= 2000000)",
        "The next service must be due between 0 and 2,000,000 km.",
    )

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("model_id", "vin", "license_plate", "production_number")
    def _compute_display_name(self):
        for vehicle in self:
            number = (
                vehicle.license_plate or vehicle.vin or vehicle.production_number or ""
            )
            parts = [number, vehicle.model_id.display_name or ""]
            vehicle.display_name = " · ".join(part for part in parts if part) or (
                self.env._("New vehicle")
            )

    @api.depends("vin")
    def _compute_vin_check(self):
        for vehicle in self:
            vehicle.vin_check_failed = bool(
                vehicle.vin and vin_tools.validate(vehicle.vin)
            )

    @api.depends("vin", "model_id.brand_id", "wmi_id.brand_id")
    def _compute_vin_warning(self):
        for vehicle in self:
            problems = vin_tools.validate(vehicle.vin) if vehicle.vin else []
            texts = [self.env._(problem.message) for problem in problems]
            brand, vin_brand = vehicle.model_id.brand_id, vehicle.wmi_id.brand_id
            if brand and vin_brand and brand != vin_brand:
                texts.append(
                    self.env._(
                        "The VIN is one of %(vin_brand)s, the model one of %(brand)s.",
                        vin_brand=vin_brand.name,
                        brand=brand.name,
                    )
                )
            vehicle.vin_warning = " ".join(texts) or False

    @api.depends("vin", "production_date")
    def _compute_model_year(self):
        for vehicle in self:
            year = vin_tools.model_year(vehicle.vin or "", vehicle.production_date)
            vehicle.model_year = year or vehicle.model_year

    @api.depends("vin")
    def _compute_decoded(self):
        makers = self.env["auto.wmi"]._find_for(self.mapped("vin"))
        countries = {}
        for vehicle in self:
            vin = vehicle.vin or ""
            wmi = makers.get(vin, self.env["auto.wmi"])
            vehicle.wmi_id = wmi
            vehicle.decoded_region = vin_tools.region(vin) or False
            country = wmi.country_id
            if vin and not country:
                if not countries:
                    # The list of countries is public: anybody may read it.
                    countries = {
                        country.code: country
                        for country in self.env["res.country"].search([])
                    }
                country = countries.get(
                    vin_tools.country_code(vin), self.env["res.country"]
                )
            vehicle.decoded_country_id = country

    @api.depends("product_id.lst_price", "trim_id.list_price")
    def _compute_list_price(self):
        for vehicle in self:
            vehicle.list_price = (
                vehicle.product_id.lst_price or vehicle.trim_id.list_price
            )

    @api.depends("supply_state", "sale_state")
    def _compute_availability(self):
        for vehicle in self:
            vehicle.availability = vehicle._availability()

    def _availability(self):
        if self.sale_state in ("reserved", "sold"):
            return self.sale_state
        if self.sale_state != "free" or self.supply_state == "out":
            return "gone"
        if self.supply_state in ("in_stock", "dealer_stock"):
            return "available"
        return "incoming"

    @api.depends("policy_ids.date_end", "policy_ids.active", "policy_ids.kind")
    def _compute_insurance_end_date(self):
        for vehicle in self:
            ends = {}
            # A policy is its store's own; its end concerns whoever sees the car.
            for policy in vehicle.sudo().policy_ids:
                if policy.active and policy.kind in policy._kinds_that_count():
                    ends[policy.kind] = max(
                        ends.get(policy.kind, policy.date_end), policy.date_end
                    )
            # The kind that ends first must be renewed first.
            vehicle.insurance_end_date = (
                min(ends.values()) if ends else vehicle.insurance_end_date
            )

    def _compute_counts(self):
        for name, model in (
            ("owner_count", "auto.vehicle.owner"),
            ("odometer_count", "auto.odometer.reading"),
            ("policy_count", "auto.insurance.policy"),
            ("event_count", "auto.vehicle.event"),
        ):
            counts = {}
            if self.env[model].has_access("read"):
                counts = dict(
                    self.env[model]._read_group(
                        [("vehicle_id", "in", self.ids)], ["vehicle_id"], ["__count"]
                    )
                )
            for vehicle in self:
                vehicle[name] = counts.get(vehicle._origin, 0)

    # ------------------------------------------------------------------
    # Constraints and onchange
    # ------------------------------------------------------------------

    @api.constrains("vin")
    def _check_vin(self):
        for vehicle in self.filtered("vin"):
            # The setting is no secret, but a store may be another's.
            strict = vehicle.company_id.sudo().auto_vin_check == "refuse"
            problems = vin_tools.validate(vehicle.vin, with_check_digit=strict)
            if problems:
                raise ValidationError(self._vin_error(vehicle.vin, problems))

    @api.constrains(
        "production_date",
        "delivery_date",
        "warranty_end_date",
        "insurance_end_date",
        "inspection_due_date",
        "next_service_date",
    )
    def _check_dates(self):
        today = fields.Date.context_today(self)
        latest = today + relativedelta(years=LATEST_YEARS_AHEAD)
        names = (
            "production_date",
            "delivery_date",
            "warranty_end_date",
            "insurance_end_date",
            "inspection_due_date",
            "next_service_date",
        )
        for vehicle in self:
            for name in names:
                date = vehicle[name]
                if date and not (date.year >= EARLIEST_YEAR and date <= latest):
                    raise ValidationError(
                        self.env._(
                            "%(vehicle)s: “%(field)s” cannot be %(date)s.",
                            vehicle=vehicle.display_name,
                            field=self._fields[name]._description_string(self.env),
                            date=date,
                        )
                    )
            if vehicle.delivery_date and vehicle.delivery_date > today + timedelta(1):
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s cannot have been delivered in the future "
                        "(%(date)s).",
                        vehicle=vehicle.display_name,
                        date=vehicle.delivery_date,
                    )
                )
            if (
                vehicle.delivery_date
                and vehicle.production_date
                and vehicle.delivery_date < vehicle.production_date
            ):
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s cannot be delivered (%(delivered)s) before it was "
                        "built (%(built)s).",
                        vehicle=vehicle.display_name,
                        delivered=vehicle.delivery_date,
                        built=vehicle.production_date,
                    )
                )

    @api.constrains("license_plate")
    def _check_license_plate(self):
        for vehicle in self.filtered("license_plate"):
            plate = vehicle.license_plate
            if len(plate) > PLATE_MAX_LENGTH or not any(map(str.isdigit, plate)):
                raise ValidationError(
                    self.env._("“%(plate)s” is no license plate.", plate=plate)
                )

    @api.constrains("model_year")
    def _check_model_year(self):
        latest = fields.Date.context_today(self).year + 3
        for vehicle in self.filtered("model_year"):
            if not EARLIEST_YEAR <= vehicle.model_year <= latest:
                raise ValidationError(
                    self.env._(
                        "%(year)s is no model year.", year=str(vehicle.model_year)
                    )
                )

    @api.constrains("trim_id", "model_id")
    def _check_trim(self):
        for vehicle in self.filtered("trim_id"):
            if vehicle.trim_id.model_id != vehicle.model_id:
                raise ValidationError(
                    self.env._(
                        "The trim “%(trim)s” is not one of the model “%(model)s”.",
                        trim=vehicle.trim_id.name,
                        model=vehicle.model_id.display_name or "",
                    )
                )

    @api.constrains("supply_state", "sale_state")
    def _check_tracks(self):
        for vehicle in self:
            if (
                vehicle.sale_state in ("delivered", "third_party")
                and vehicle.supply_state != "out"
            ):
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s: a car that is delivered or a third party's is "
                        "in nobody's stock; its supply state must be “Out”.",
                        vehicle=vehicle.display_name,
                    )
                )

    @api.onchange("vin")
    def _onchange_vin(self):
        vin = vin_tools.normalise(self.vin)
        if self.vin and self.vin != vin:
            self.vin = vin
        if not vin:
            return {}
        if not self.model_id.brand_id and self.wmi_id.brand_id:
            models_of_brand = self.env["fleet.vehicle.model"].search(
                [("brand_id", "=", self.wmi_id.brand_id.id)], limit=2
            )
            if len(models_of_brand) == 1:
                self.model_id = models_of_brand
        problems = vin_tools.validate(vin)
        if not problems:
            return {}
        return {
            "warning": {
                "title": self.env._("Look at the VIN again"),
                "message": self._vin_error(vin, problems),
            }
        }

    @api.onchange("license_plate")
    def _onchange_license_plate(self):
        if self.license_plate:
            self.license_plate = self._normalise_plate(self.license_plate)

    @api.onchange("model_id")
    def _onchange_model_id(self):
        if self.trim_id.model_id != self.model_id:
            self.trim_id = False

    @api.onchange("trim_id")
    def _onchange_trim_id(self):
        if self.trim_id.product_id and not self.product_id:
            self.product_id = self.trim_id.product_id

    @api.onchange("sale_state")
    def _onchange_sale_state(self):
        if self.sale_state in ("delivered", "third_party"):
            self.supply_state = "out"

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._normalise_vals(vals) for vals in vals_list]
        self._refuse_known_vins([vals.get("vin") for vals in vals_list])
        extras = []
        for vals in vals_list:
            company_id = vals.get("company_id") or self.env.company.id
            vals["store_ids"] = [
                *(vals.get("store_ids") or []),
                Command.link(company_id),
            ]
            extras.append((vals.pop("owner_id", False), vals.pop("odometer", 0)))
        # The timeline says who registered the car, so no message says it again.
        vehicles = (
            super(
                AutoVehicle,
                self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True),
            )
            .create(vals_list)
            .with_env(self.env)
        )
        vehicles._log_event("registered", self.env._("Registered"))
        today = fields.Date.context_today(self)
        vehicles._set_owners(
            {
                vehicle: (owner_id, vehicle.delivery_date or today, "")
                for vehicle, (owner_id, _odometer) in zip(vehicles, extras, strict=True)
                if owner_id
            }
        )
        self.env["auto.odometer.reading"]._record(
            [
                {"vehicle_id": vehicle.id, "value": odometer, "source": "manual"}
                for vehicle, (_owner, odometer) in zip(vehicles, extras, strict=True)
                if odometer
            ]
        )
        return vehicles

    def write(self, vals):
        vals = self._normalise_vals(vals)
        if "store_ids" in vals and not self._may_share_stores():
            raise AccessError(
                self.env._(
                    "A store gets a share in a vehicle by doing business with it, and "
                    "head office can change the stores."
                )
            )
        if vals.get("vin"):
            self._refuse_known_vins([vals["vin"]], known=self)
        if vals.get("company_id"):
            vals["store_ids"] = [
                *(vals.get("store_ids") or []),
                Command.link(vals["company_id"]),
            ]
        odometer = vals.pop("odometer", None)
        owner_id = vals.pop("owner_id", None)
        before = self._watched_values(vals)
        result = super().write(vals)
        self._log_changes(before)
        today = fields.Date.context_today(self)
        if owner_id is not None or odometer is not None:
            # What follows is written by the system: look first whether this user
            # may change the car at all.
            self.check_access("write")
        if owner_id is not None:
            self._set_owners(dict.fromkeys(self, (owner_id, today, "")))
        if odometer is not None:
            self._record_odometer(odometer, today, "manual")
        return result

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for vals in vals_list:
            vals.pop("store_ids", None)
        return vals_list

    @api.model
    def get_import_templates(self):
        return [
            {
                "label": self.env._("Import template for vehicles"),
                "template": "/auto_crm_base/static/xls/vehicles.csv",
            }
        ]

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["owner_id"]

    @api.model
    def _guarded_partner_label(self):
        return self.env._("Owner of another store")

    def _may_share_stores(self):
        return self.env.su or self.env.user.has_group("auto_crm_base.group_head_office")

    @api.model
    def _normalise_vals(self, vals):
        """Return a copy of ``vals`` with its numbers as they are stored."""
        vals = dict(vals)
        if "vin" in vals:
            vals["vin"] = self._checked_vin(vals["vin"])
        if "license_plate" in vals:
            vals["license_plate"] = self._normalise_plate(vals["license_plate"])
        for name in ("engine_number", "production_number"):
            if name in vals:
                text = unicodedata.normalize("NFKC", vals[name] or "")
                vals[name] = "".join(text.split()).upper() or False
        sale_state = vals.get("sale_state")
        if sale_state in ("delivered", "third_party"):
            vals.setdefault("supply_state", "out")
        elif sale_state and not self and "supply_state" not in vals:
            vals["supply_state"] = "in_stock"
        elif vals.get("supply_state") not in (None, False, "out") and not (
            self or sale_state
        ):
            vals["sale_state"] = "free"
        return vals

    @api.model
    def _checked_vin(self, raw):
        """Return ``raw`` normalised, or refuse it by name of what is wrong.

        Asked before anything is written, so that the sentence reaches the user
        and not the database's own check.
        """
        vin = vin_tools.normalise(raw)
        if not vin:
            return False
        problems = vin_tools.validate(vin, with_check_digit=False)
        if problems:
            raise ValidationError(self._vin_error(vin, problems))
        return vin

    @api.model
    def _vin_error(self, vin, problems):
        return "\n".join(
            [
                self.env._("The VIN “%(vin)s” is not right.", vin=vin),
                *(self.env._(problem.message) for problem in problems),
            ]
        )

    @api.model
    def _refuse_known_vins(self, vins, known=None):
        """Refuse a VIN that another vehicle has, or that comes twice.

        The unique index decides when two people do this at the same moment.
        """
        wanted = [vin for vin in vins if vin]
        if not wanted:
            return
        domain = Domain("vin", "in", wanted)
        if known:
            domain &= Domain("id", "not in", known.ids)
        # Another store's vehicle must be found too; only that it exists is told.
        others = self.sudo().with_context(active_test=False)
        twice = {vin for vin in wanted if wanted.count(vin) > 1}
        if known and len(known) > 1:
            twice.add(wanted[0])
        for vin in [*sorted(twice), *others.search(domain, limit=1).mapped("vin")]:
            raise ValidationError(
                self.env._(
                    "A vehicle with the VIN “%(vin)s” exists already. Find it by its "
                    "VIN instead of creating a second one.",
                    vin=vin,
                )
            )

    @api.model
    def _normalise_plate(self, raw):
        """Return a license plate as it is stored: ``京A·12345`` → ``京A12345``."""
        text = unicodedata.normalize("NFKC", raw or "").upper()
        return "".join(char for char in text if char.isalnum()) or False

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_change_owner(self):
        """Open the wizard that hands the car to another owner."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change of owner"),
            "res_model": "auto.vehicle.change.owner",
            "view_mode": "form",
            "target": "new",
            "context": {"default_vehicle_id": self.id},
        }

    def _action_related(self, name, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        action["name"] = name
        action["domain"] = [("vehicle_id", "=", self.id)]
        action["context"] = {"default_vehicle_id": self.id}
        return action

    def action_open_owners(self):
        """Open the ownership history."""
        return self._action_related(
            self.env._("Owners"), "auto_crm_base.auto_vehicle_owner_action"
        )

    def action_open_odometer(self):
        """Open the odometer ledger."""
        return self._action_related(
            self.env._("Odometer"), "auto_crm_base.auto_odometer_reading_action"
        )

    def action_open_policies(self):
        """Open the insurance policies."""
        return self._action_related(
            self.env._("Insurance policies"),
            "auto_crm_base.auto_insurance_policy_action",
        )

    def action_open_events(self):
        """Open the timeline as a list."""
        return self._action_related(
            self.env._("Timeline"), "auto_crm_base.auto_vehicle_event_action"
        )

    # ------------------------------------------------------------------
    # Timeline
    # ------------------------------------------------------------------

    def _log_event(
        self, kind, name, document=None, partner=None, date=None, company=None
    ):
        """Write one line on the timeline of each vehicle: the only way to do so.

        :param str kind: a key of ``auto.vehicle.event.kind``
        :param str name: what happened, in words and without a person's name
        :param document: the record that did it, one of any model
        :param partner: the customer concerned; shown to those who may read them
        :param date: when it happened, a datetime in UTC; now when left out
        :param company: the store where; the current one when left out
        :return: the events
        """
        company = company or self.env.company
        return self._log_events(
            [
                {
                    "vehicle_id": vehicle.id,
                    "kind": kind,
                    "name": name,
                    "res_model": document._name if document else False,
                    "res_id": document.id if document else False,
                    "partner_id": partner.id if partner else False,
                    "date": date or fields.Datetime.now(),
                    "company_id": company.id,
                }
                for vehicle in self
            ]
        )

    @api.model
    def _log_events(self, vals_list):
        """Write lines that differ, in one go; see :meth:`_log_event`."""
        # Nobody has the right to write the timeline, so that nobody can forge it.
        events = self.env["auto.vehicle.event"].sudo()
        events = events.with_context(auto_event_writer=WRITER).create(
            [
                {"company_id": self.env.company.id, "user_id": self.env.uid, **vals}
                for vals in vals_list
            ]
        )
        return events.with_env(self.env)

    @api.model
    def _watched_fields(self):
        """Return the fields whose change the timeline tells, with the event kind."""
        return {
            "vin": "identity",
            "engine_number": "identity",
            "license_plate": "plate",
            "supply_state": "supply",
            "sale_state": "sale",
            "company_id": "store",
            "lot_id": "stock",
            "production_number": "factory",
        }

    def _watched_values(self, vals):
        watched = [name for name in self._watched_fields() if name in vals]
        return {
            vehicle: {name: vehicle._watched_label(name) for name in watched}
            for vehicle in (self if watched else self.browse())
        }

    def _watched_label(self, name):
        field = self._fields[name]
        value = self[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "many2one":
            # A store or a serial number is named, not shown.
            return value.sudo().display_name or ""
        return value or ""

    def _log_changes(self, before):
        kinds = self._watched_fields()
        lines = []
        for vehicle, old_values in before.items():
            for name, old in old_values.items():
                new = vehicle._watched_label(name)
                if new == old:
                    continue
                label = self._fields[name]._description_string(self.env)
                lines.append(
                    {
                        "vehicle_id": vehicle.id,
                        "kind": kinds[name],
                        "name": f"{label}: {old or '—'} → {new or '—'}",
                        "company_id": vehicle.company_id.id,
                    }
                )
        if lines:
            self._log_events(lines)

    # ------------------------------------------------------------------
    # Owner
    # ------------------------------------------------------------------

    def _change_owner(self, partner, date=None, reason=""):
        """Hand the vehicles to another owner; the history stays with them.

        :param partner: the new owner, or an empty record when nobody is known
        :param date: from which day; today when left out
        :param str reason: why, in words (sold, inherited, company car …)
        :raise UserError: when the day is before the present owner's first day or
            in the future
        """
        date = date or fields.Date.context_today(self)
        self._set_owners(dict.fromkeys(self, (partner.id, date, reason)))

    @api.model
    def _set_owners(self, changes):
        """Change the owner of several vehicles at once.

        :param dict changes: vehicle → (partner id or False, date, reason)
        """
        changes = {
            vehicle: change
            for vehicle, change in changes.items()
            if (vehicle.sudo().owner_id.id or False) != (change[0] or False)
        }
        if not changes:
            return
        vehicles = self.browse(vehicle.id for vehicle in changes)
        # The history is written by the system only; whoever calls has been checked
        # by the document or the form that calls.
        history = self.env["auto.vehicle.owner"].sudo()
        current = history.search(
            [("vehicle_id", "in", vehicles.ids), ("date_end", "=", False)]
        )
        by_vehicle = {row.vehicle_id.id: row for row in current}
        today = fields.Date.context_today(self)
        events = []
        for vehicle, (partner_id, date, reason) in changes.items():
            row = by_vehicle.get(vehicle.id, history)
            if date > today + timedelta(1) or (row and date < row.date_start):
                raise UserError(
                    self.env._(
                        "%(vehicle)s cannot change owner on %(date)s: the day must be "
                        "after the present owner's first day and not in the future.",
                        vehicle=vehicle.display_name,
                        date=date,
                    )
                )
            row.write({"date_end": date})
            name = (
                self.env._("First owner entered")
                if not row
                else self.env._("Change of owner")
                if partner_id
                else self.env._("Owner left")
            )
            events.append(
                {
                    "vehicle_id": vehicle.id,
                    "kind": "owner",
                    "name": f"{name}: {reason}" if reason else name,
                    "partner_id": partner_id or row.partner_id.id,
                }
            )
        current.flush_recordset()
        history.create(
            [
                {
                    "vehicle_id": vehicle.id,
                    "partner_id": partner_id,
                    "date_start": date,
                    "reason": reason,
                    "company_id": self.env.company.id,
                }
                for vehicle, (partner_id, date, reason) in changes.items()
                if partner_id
            ]
        )
        for partner_id in {change[0] for change in changes.values()}:
            same = self.browse(
                vehicle.id
                for vehicle, change in changes.items()
                if change[0] == partner_id
            )
            # Past write(), which would come back here.
            super(AutoVehicle, same.sudo()).write({"owner_id": partner_id or False})
        self._log_events(events)

    # ------------------------------------------------------------------
    # Odometer
    # ------------------------------------------------------------------

    def _record_odometer(self, value, date=None, source="manual", document=None):
        """Add one reading of the meter to each vehicle's ledger.

        :param int value: km as the meter shows them
        :param date: the day of the reading; today when left out
        :param str source: a key of ``auto.odometer.reading.source``
        :param document: the record that brought it (repair order, handover …)
        :return: the readings; one that is lower than before is kept and flagged
        :raise ValidationError: for a value below 0 or above 2,000,000 km, or a
            day in the future
        """
        return self.env["auto.odometer.reading"]._record(
            [
                {
                    "vehicle_id": vehicle.id,
                    "value": value,
                    "date": date or fields.Date.context_today(self),
                    "source": source,
                    "res_model": document._name if document else False,
                    "res_id": document.id if document else False,
                }
                for vehicle in self
            ]
        )

    def _write_odometer(self, vals):
        """Take over what the ledger says; called by the ledger only."""
        changed = {name: value for name, value in vals.items() if self[name] != value}
        if changed:
            # Past write(), which would add a reading.
            super().write(changed)

    def _date_for_odometer(self, km):
        """Return the day on which the meter will show ``km``, or ``False``.

        It is the day of the last reading when that was reached already, and
        ``False`` when the daily distance is not known. Never further ahead than
        20 years.

        :param int km: as the present meter will show them
        """
        self.ensure_one()
        if not self.true_odometer_date:
            return False
        missing = km + self.odometer_offset - self.true_odometer
        if missing <= 0:
            return self.true_odometer_date
        if not self.daily_distance:
            return False
        days = missing / self.daily_distance
        if days > LATEST_YEARS_AHEAD * 365:
            return False
        return self.true_odometer_date + timedelta(days=round(days))

    # ------------------------------------------------------------------
    # Look-up
    # ------------------------------------------------------------------

    @api.model
    def _lookup(self, vin=None, plate=None):
        """Find vehicles by an exact VIN, or else by an exact plate.

        This is how a store gets to see a car that it has no business with yet:
        the car is before it, or its owner on the telephone. The look-up is logged
        and the current store joins.

        :param str vin: in any spelling; asked first
        :param str plate: in any spelling
        :return: the vehicles (a plate may have moved from car to car), with the
            rights of the caller; empty when there is none
        """
        vin = vin_tools.normalise(vin)
        plate = self._normalise_plate(plate)
        # The car may be another store's, which the caller may not browse.
        everywhere = self.sudo()
        found, detail = everywhere.browse(), ""
        if vin:
            found = everywhere.with_context(active_test=False).search(
                [("vin", "=", vin)]
            )
            detail = self.env._("Found by VIN %(vin)s", vin=vin)
        if not found and plate:
            found = everywhere.search([("license_plate", "=", plate)])
            detail = self.env._("Found by plate %(plate)s", plate=plate)
        if found:
            self.env["auto.access.log"]._log("lookup", found, detail)
            found._join_store(self.env.company, detail)
        return self.browse(found.ids)
