import re

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from odoo.addons.auto_crm_base.tools.phone import clean_digits

SELLABLE = ("available", "incoming", "reserved")
# As people type a price into the search: “15万”, “¥150,000”, “１５００００”.
PRICE = re.compile(r"[¥￥]?(\d+(?:\.\d+)?)(万?)元?")


class AutoVehicle(models.Model):
    """The list of sellable cars, and what a consultant does from it."""

    _inherit = "auto.vehicle"

    holder_text = fields.Char(
        string="Held by",
        compute="_compute_holder_text",
        compute_sudo=True,
        help="Who has reserved the car until when; of another store's reservation "
        "only that there is one.",
    )
    sellable_floor_price = fields.Monetary(
        string="Floor price",
        compute="_compute_sellable_floor_price",
        groups="auto_crm_sale.group_floor_price",
        help="Of this car, or else of its product.",
    )
    configuration_text = fields.Char(
        string="Configuration",
        compute="_compute_configuration_text",
        compute_sudo=True,
        help="The trim, or else the product: what cars of a model differ by.",
    )
    color_text = fields.Char(
        string="Colour",
        compute="_compute_color_text",
        compute_sudo=True,
        help="In the language of whoever reads it, where the colour is a known one.",
    )
    price_up_to = fields.Char(
        string="Price up to", store=False, search="_search_price_up_to"
    )
    price_from = fields.Char(
        string="Price from", store=False, search="_search_price_from"
    )
    reservation_count = fields.Integer(
        string="Number of reservations", compute="_compute_reservation_count"
    )

    @api.depends("reservation_ids.state", "reservation_ids.date_expiry")
    @api.depends_context("allowed_company_ids", "lang", "tz", "uid")
    def _compute_holder_text(self):
        holders = {
            holder.vehicle_id: holder
            for holder in self.filtered(
                lambda car: car.sale_state in ("reserved", "sold")
            )._active_reservation()
        }
        for vehicle in self:
            holder = holders.get(vehicle)
            vehicle.holder_text = holder and holder._holder_words()

    @api.depends("floor_price", "product_id.floor_price")
    def _compute_sellable_floor_price(self):
        for vehicle in self:
            vehicle.sellable_floor_price = (
                vehicle.floor_price or vehicle.product_id.floor_price
            )

    @api.depends("trim_id.name", "product_id.name")
    @api.depends_context("lang")
    def _compute_configuration_text(self):
        for vehicle in self:
            # Of all used cars one product says nothing.
            product = "" if vehicle.is_used else vehicle.product_id.name
            vehicle.configuration_text = vehicle.trim_id.name or product

    @api.depends("color", "product_id")
    @api.depends_context("lang")
    def _compute_color_text(self):
        colors = self._known_colors()
        for vehicle in self:
            vehicle.color_text = vehicle._color_word(vehicle.color, colors)

    @api.model
    def _search_price_up_to(self, operator, value):
        return self._search_price("<=", value)

    @api.model
    def _search_price_from(self, operator, value):
        return self._search_price(">=", value)

    def _search_price(self, operator, value):
        """Compare the list price with what somebody typed; words find nothing."""
        text = re.sub(r"[\s,]", "", clean_digits(value)) if value else ""
        found = PRICE.fullmatch(text) if isinstance(value, str) else None
        if not found:
            return Domain.FALSE
        price = float(found[1]) * (10000 if found[2] else 1)
        return Domain("list_price", operator, price)

    def _compute_reservation_count(self):
        counts = {}
        reservations = self.env["auto.reservation"]
        if reservations.has_access("read"):
            counts = dict(
                reservations._read_group(
                    [("vehicle_id", "in", self.ids)], ["vehicle_id"], ["__count"]
                )
            )
        for vehicle in self:
            vehicle.reservation_count = counts.get(vehicle._origin, 0)

    def action_view_reservations(self):
        """Open the reservations of the car, past ones too."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_reservation_action"
        )
        action["domain"] = [("vehicle_id", "=", self.id)]
        action["context"] = {"default_vehicle_id": self.id}
        return action

    def action_reserve(self):
        """Open a new reservation of the car.

        :raise UserError: when the car is not for sale
        """
        self.ensure_one()
        self._check_sellable()
        return self.env["auto.reservation"]._action_new({"vehicle_id": self.id})

    def action_quotation(self):
        """Open the contract of one's reservation, or a new one with the car.

        :raise UserError: when the car is not for sale, or somebody else has it
        """
        self.ensure_one()
        self._check_sellable()
        holder = self._active_reservation()
        if holder and holder.user_id == self.env.user:
            return holder.with_env(self.env).action_make_contract()
        if holder:
            raise UserError(holder._taken_sentence(self.env))
        if not self.product_id:
            raise UserError(
                self.env._(
                    "%(vehicle)s has no product yet, so it has no price to quote.",
                    vehicle=self.display_name,
                )
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New contract"),
            "res_model": "sale.order",
            "views": [(False, "form")],
            "context": {
                "default_order_line": [
                    self.env["sale.order.line"]._contract_line_vals(self)
                ]
            },
        }

    def _check_sellable(self):
        self.check_access("read")
        if self.availability not in SELLABLE:
            raise UserError(
                self.env._(
                    "%(vehicle)s is not for sale any more.", vehicle=self.display_name
                )
            )
