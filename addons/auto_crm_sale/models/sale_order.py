from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.auto_crm_base.models.res_partner import ALLOCATING_ROLES

#: Who may read reservations.
RESERVATION_GROUPS = (
    "auto_crm_base.group_consultant,auto_crm_base.group_sales_manager,"
    "auto_crm_base.group_store_manager,auto_crm_base.group_head_office,"
    "auto_crm_base.group_auditor,auto_crm_base.group_adviser,"
    "account.group_account_invoice"
)


class SaleOrder(models.Model):
    """A contract is a sale order with cars on it."""

    _inherit = "sale.order"

    vehicle_ids = fields.Many2many(
        comodel_name="auto.vehicle",
        string="Cars",
        compute="_compute_vehicle_ids",
        search="_search_vehicle_ids",
    )
    is_vehicle_contract = fields.Boolean(
        string="Contract of a car",
        compute="_compute_is_vehicle_contract",
        store=True,
        help="There is a car on it.",
    )
    is_car_delivered = fields.Boolean(
        string="Car delivered", compute="_compute_is_car_delivered", compute_sudo=True
    )
    reservation_ids = fields.One2many(
        comodel_name="auto.reservation",
        inverse_name="order_id",
        string="Reservations",
    )
    reservation_count = fields.Integer(
        string="Number of reservations",
        compute="_compute_reservation_count",
        groups=RESERVATION_GROUPS,
    )

    @api.depends("order_line.vehicle_id")
    def _compute_vehicle_ids(self):
        for order in self:
            order.vehicle_ids = order.order_line.vehicle_id

    def _search_vehicle_ids(self, operator, value):
        return [("order_line.vehicle_id", operator, value)]

    @api.depends("order_line.product_id.is_vehicle")
    def _compute_is_vehicle_contract(self):
        for order in self:
            order.is_vehicle_contract = any(
                order.order_line.product_id.mapped("is_vehicle")
            )

    @api.depends("order_line.qty_delivered", "order_line.vehicle_id.sale_state")
    def _compute_is_car_delivered(self):
        for order in self:
            order.is_car_delivered = bool(order._delivered_cars())

    def _delivered_cars(self):
        """Return the cars that the customer has by this contract."""
        lines = self.order_line.filtered(lambda line: line.qty_delivered > 0)
        return lines.vehicle_id.filtered(lambda car: car.sale_state == "delivered")

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders.filtered(lambda order: order.state == "sale")._hold_cars()
        return orders

    def write(self, vals):
        self._check_not_delivered(vals)
        self._check_consultant(vals)
        confirmed = self.browse()
        if vals.get("state") == "sale":
            confirmed = self.filtered(lambda order: order.state != "sale")
        elif vals.get("state"):
            self.filtered(
                lambda order: order.state == "sale"
            ).vehicle_ids._keep_number()
        result = super().write(vals)
        if vals.get("state") in ("draft", "sent", "sale"):
            self.order_line.vehicle_id._name_again()
        confirmed._hold_cars()
        if vals.get("state") in ("cancel", "draft", "sent"):
            self._give_back_cars()
            self.vehicle_ids._drop_number()
        return result

    def _check_not_delivered(self, vals):
        """Refuse to undo a contract while its customer has the car."""
        if vals.get("state", "sale") == "sale":
            return
        for order in self.filtered(lambda one: one.state == "sale"):
            cars = order.sudo()._delivered_cars()
            if cars:
                raise UserError(
                    self.env._(
                        "%(vehicle)s is delivered: %(contract)s is cancelled only "
                        "after the car was returned.",
                        vehicle=cars[0].display_name,
                        contract=order.name,
                    )
                )

    def _check_consultant(self, vals):
        """Refuse that a consultant gives a confirmed contract away."""
        if "user_id" not in vals or self.env.su:
            return
        roles = self.env.user._auto_roles()
        if not roles or roles & ALLOCATING_ROLES:
            return
        if any(
            order.state == "sale" and order.user_id.id != (vals["user_id"] or False)
            for order in self
        ):
            raise UserError(
                self.env._(
                    "Only a manager gives a contract to somebody else. Ask your sales "
                    "manager."
                )
            )

    def _action_cancel(self):
        # Its invoices that are drafts go with it, also where whoever cancels the
        # contract sees no payments.
        drafts = self.sudo().invoice_ids.filtered(lambda move: move.state == "draft")
        drafts.button_cancel()
        return super()._action_cancel()

    def unlink(self):
        vehicles = self.vehicle_ids
        result = super().unlink()
        vehicles._drop_number()
        return result

    def action_view_vehicles(self):
        """Open the cars of the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_base.auto_vehicle_action"
        )
        action["domain"] = [("id", "in", self.vehicle_ids.ids)]
        if len(self.vehicle_ids) == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = self.vehicle_ids.id
        return action

    @api.depends("reservation_ids")
    def _compute_reservation_count(self):
        for order in self:
            order.reservation_count = len(order.reservation_ids)

    def action_view_reservations(self):
        """Open the reservations by which the contract has its cars."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_reservation_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        action["context"] = {}
        if len(self.reservation_ids) == 1:
            action["views"] = [(False, "form")]
            action["res_id"] = self.reservation_ids.id
        return action

    def action_view_lead(self):
        """Open the prospect from whom the contract came."""
        self.ensure_one()
        return self.opportunity_id._get_records_action()

    def _hold_cars(self):
        """Take the cars of these contracts, whoever else wants them.

        A reservation of the same customer becomes the contract's; otherwise the
        contract makes its own.

        :raise UserError: when a car is held for another
        """
        # Reservations of a colleague, or of a desk, may serve the contract. What the
        # contract does by itself is told on the timeline, not in a discussion.
        reservations = self.env["auto.reservation"].sudo()
        reservations = reservations.with_context(tracking_disable=True)
        for order in self:
            vehicles = order.vehicle_ids
            held = {one.vehicle_id: one for one in vehicles._active_reservation()}
            for vehicle, holder in held.items():
                if not order._may_take_over(holder):
                    raise UserError(holder._taken_sentence(self.env))
                holder.write({"order_id": order.id, "date_expiry": False})
                vehicle._sync_sale_state()
            new = reservations.create(
                [
                    order._reservation_vals(vehicle)
                    for vehicle in vehicles
                    if vehicle not in held
                ]
            )
            for reservation in new:
                reservation._check_for_sale()
            new._take()

    def _may_take_over(self, holder):
        """Return whether the reservation serves this contract."""
        self.ensure_one()
        if holder.order_id:
            return holder.order_id == self
        return (
            holder.company_id == self.company_id
            and holder.partner_id.commercial_partner_id
            == self.partner_id.commercial_partner_id
        )

    def _reservation_vals(self, vehicle):
        self.ensure_one()
        return {
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "partner_id": self.partner_id.id,
            "lead_id": self.opportunity_id.id,
            "order_id": self.id,
            "vehicle_id": vehicle.id,
        }

    def _give_back_cars(self, vehicles=None):
        """End the reservations of these contracts.

        :param vehicles: only of these cars
        """
        # The contract holds the car, whoever may see the reservation.
        held = self.env["auto.reservation"].sudo()
        domain = [("order_id", "in", self.ids), ("state", "=", "active")]
        if vehicles is not None:
            domain.append(("vehicle_id", "in", vehicles.ids))
        held.search(domain)._end("cancelled", self.env._("The contract let it go."))

    def _hold_if_confirmed(self):
        self.filtered(lambda order: order.state == "sale")._hold_cars()
