from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

from ..tools import vin as vin_tools

# No car is older, and no date of a car lies further ahead: what is outside is a
# slip of the keyboard.
EARLIEST_YEAR = 1900
LATEST_YEARS_AHEAD = 20


class AutoVehicle(models.Model):
    """One physical vehicle, for life.

    Here: what it is, whose store looks after it, and its form. Each other subject
    has a file of its own beside this one, ``auto_vehicle_<subject>.py``.
    """

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
    _check_company_auto = True

    active = fields.Boolean(default=True)

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
    image_128 = fields.Image(related="model_id.avatar_128", string="Picture")
    currency_id = fields.Many2one(related="company_id.currency_id")
    list_price = fields.Monetary(
        string="List price",
        compute="_compute_list_price",
        store=True,
        help="The product's sales price, or the maker's guide price of the trim.",
        aggregator="avg",
    )

    # Who looks after it, and where it is
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.company,
        help="The store that looks after the car.",
    )
    lot_id = fields.Many2one(
        comodel_name="stock.lot",
        string="Serial number",
        copy=False,
        ondelete="restrict",
        help="The serial number in our stock.",
    )

    # What else there is about it
    owner_count = fields.Integer(compute="_compute_counts", string="Owners")
    odometer_count = fields.Integer(compute="_compute_counts", string="Readings")
    policy_count = fields.Integer(compute="_compute_counts", string="Policies")
    event_count = fields.Integer(compute="_compute_counts", string="Events")

    _lot_uniq = models.UniqueIndex(
        "(lot_id) WHERE lot_id IS NOT NULL",
        "This serial number belongs to another vehicle already.",
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

    @api.depends("vin", "production_date")
    def _compute_model_year(self):
        for vehicle in self:
            year = vin_tools.model_year(vehicle.vin or "", vehicle.production_date)
            vehicle.model_year = year or vehicle.model_year

    @api.depends("product_id.lst_price", "trim_id.list_price")
    def _compute_list_price(self):
        for vehicle in self:
            vehicle.list_price = (
                vehicle.product_id.lst_price or vehicle.trim_id.list_price
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

    @api.onchange("model_id")
    def _onchange_model_id(self):
        if self.trim_id.model_id != self.model_id:
            self.trim_id = False

    @api.onchange("trim_id")
    def _onchange_trim_id(self):
        if self.trim_id.product_id and not self.product_id:
            self.product_id = self.trim_id.product_id

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            self._with_store(vals, vals.get("company_id") or self.env.company.id)
            for vals in vals_list
        ]
        # The timeline says who registered the car, so no message says it again.
        quiet = self.with_context(mail_create_nolog=True, mail_create_nosubscribe=True)
        return super(AutoVehicle, quiet).create(vals_list).with_env(self.env)

    def write(self, vals):
        if "store_ids" in vals and not self._may_share_stores():
            raise AccessError(
                self.env._(
                    "A store gets a share in a vehicle by doing business with it, and "
                    "head office can change the stores."
                )
            )
        if vals.get("company_id"):
            vals = self._with_store(vals, vals["company_id"])
        return super().write(vals)

    @api.model
    def _with_store(self, vals, company_id):
        """Return a copy of ``vals`` in which that store has a share in the car."""
        store_ids = [*(vals.get("store_ids") or []), Command.link(company_id)]
        return {**vals, "store_ids": store_ids}

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

    def _may_share_stores(self):
        return self.env.su or self.env.user.has_group("auto_crm_base.group_head_office")

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

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
