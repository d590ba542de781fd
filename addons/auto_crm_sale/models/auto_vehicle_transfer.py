from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import format_date

KIND = "vehicle_transfer"
OPEN_STATES = ("draft", "requested", "approved", "in_transit")

# Only the methods of transfers pass this object, so that no client can approve a
# transfer, or say that a car has arrived, past them.
STATE = object()


class AutoVehicleTransfer(models.Model):
    """A car that one store asks of another's stock.

    The asking store holds the car by a reservation: that of its customer, or its own.
    The owning store decides. From then on stock does the work, and this document
    follows the car: a delivery to the transit between companies, and a receipt.
    """

    _name = "auto.vehicle.transfer"
    _inherit = [
        "auto.numbered.mixin",
        "auto.approval.mixin",
        "auto.partner.guard.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Transfer between stores"
    _order = "id desc"
    _guarded_partner_fields = ("partner_id",)

    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("in_transit", "On its way"),
            ("arrived", "Arrived"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        index=True,
        default="draft",
        tracking=True,
        group_expand=True,
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        required=True,
        index=True,
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Configuration",
        related="vehicle_id.product_id",
        related_sudo=True,
        store=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Asking store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    source_company_id = fields.Many2one(
        comodel_name="res.company",
        string="Owning store",
        required=True,
        readonly=True,
        index=True,
        compute="_compute_source_company_id",
        compute_sudo=True,
        store=True,
        precompute=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Asked by",
        required=True,
        index=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="For customer",
        index="btree_not_null",
        ondelete="restrict",
        help="Left empty, the car is for the asking store's own stock. The owning "
        "store does not see the customer.",
    )
    date_expected = fields.Date(
        string="Expected on",
        tracking=True,
        help="When the car is to be in the asking store.",
    )
    date_shipped = fields.Datetime(string="Shipped on", readonly=True, copy=False)
    date_arrived = fields.Datetime(string="Arrived on", readonly=True, copy=False)
    note = fields.Text(string="Remarks")
    refuse_reason = fields.Char(string="Why not", readonly=True, copy=False)
    reservation_id = fields.Many2one(
        comodel_name="auto.reservation",
        string="Reservation",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="By which the asking store holds the car meanwhile.",
    )
    picking_ids = fields.One2many(
        comodel_name="stock.picking",
        inverse_name="auto_transfer_id",
        string="Stock transfers",
        readonly=True,
    )
    can_decide = fields.Boolean(compute="_compute_can")
    can_ship = fields.Boolean(compute="_compute_can")
    can_receive = fields.Boolean(compute="_compute_can")

    _open_uniq = models.UniqueIndex(
        "(vehicle_id) WHERE state IN ('requested', 'approved', 'in_transit')",
        "Somebody has asked for this car already.",
    )
    _stores_check = models.Constraint(
        "CHECK(company_id != source_company_id)", "The car is in this store already."
    )

    # ------------------------------------------------------------------
    # Compute and check
    # ------------------------------------------------------------------

    @api.depends("vehicle_id")
    def _compute_source_company_id(self):
        for transfer in self:
            transfer.source_company_id = transfer.vehicle_id.company_id

    @api.depends("state", "approval_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_can(self):
        mine = self.env.companies
        decidable = self._decidable(KIND)
        for transfer in self:
            transfer.can_decide = (
                transfer.state == "requested" and transfer._origin in decidable
            )
            transfer.can_ship = (
                transfer.state == "approved" and transfer.source_company_id in mine
            )
            transfer.can_receive = (
                transfer.state == "in_transit" and transfer.company_id in mine
            )

    @api.constrains("date_expected")
    def _check_date_expected(self):
        today = fields.Date.context_today(self)
        for transfer in self:
            if transfer.date_expected and transfer.date_expected < today:
                raise ValidationError(
                    self.env._(
                        "A car cannot be expected on %(day)s, which has passed.",
                        day=format_date(self.env, transfer.date_expected),
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # Whatever a client sends: the methods say how far it is.
            for name in ("state", "reservation_id", "date_shipped", "date_arrived"):
                vals.pop(name, None)
        return super().create(vals_list)

    def write(self, vals):
        if not self._by_methods():
            if "state" in vals:
                raise UserError(
                    self.env._("A transfer goes on by its buttons and with the car.")
                )
            fixed = {"vehicle_id", "company_id", "partner_id", "user_id"} & vals.keys()
            if fixed and any(transfer.state != "draft" for transfer in self):
                raise UserError(
                    self.env._("What was asked for is not changed; ask anew.")
                )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(transfer.state != "draft" for transfer in self):
            raise UserError(
                self.env._("Only a draft can be deleted; cancel the transfer.")
            )

    def _by_methods(self):
        return self.env.context.get("auto_transfer") is STATE

    def _set_state(self, vals):
        # The two stores write on it in turn, and stock does.
        self.sudo().with_context(auto_transfer=STATE).write(vals)

    # ------------------------------------------------------------------
    # Asking and deciding
    # ------------------------------------------------------------------

    def action_request(self):
        """Ask the owning store for the car, and hold it meanwhile.

        :raise UserError: when the car is held by somebody else or not in a stock
        """
        for transfer in self:
            transfer.check_access("write")
            if transfer.state != "draft":
                raise UserError(self.env._("This has been asked for already."))
            if transfer.company_id not in self.env.companies:
                raise AccessError(self.env._("A car is asked for one's own store."))
            # The car is another store's: it is found by the group stock.
            vehicle = transfer.vehicle_id.sudo()
            if vehicle.company_id.root_id != transfer.company_id.sudo().root_id:
                raise UserError(self.env._("The car is not of this group."))
            if vehicle.stock_location_id.usage != "internal":
                raise UserError(
                    self.env._(
                        "%(vehicle)s is in no store's stock now.",
                        vehicle=vehicle.display_name,
                    )
                )
            reservation = transfer._hold()
            vehicle._join_store(
                transfer.company_id, self.env._("Asked for by another store")
            )
            transfer._set_state(
                {"state": "requested", "reservation_id": reservation.id}
            )
            transfer._log_on_car(self.env._("Asked for by another store"))
            transfer._request_approval(KIND, lambda one: one._summary())
        return True

    def _hold(self):
        """Return the reservation by which the asking store holds the car."""
        self.ensure_one()
        # The lock is the same, whoever may see who holds it.
        vehicle = self.vehicle_id.sudo()
        held = vehicle._active_reservation()
        if held and held.company_id == self.company_id:
            return held
        reservation = held.create(
            {
                "vehicle_id": vehicle.id,
                "partner_id": (self.partner_id or self.company_id.partner_id).id,
                "company_id": self.company_id.id,
                "user_id": self.user_id.id,
            }
        )
        reservation.with_env(self.env).sudo().action_confirm()
        # Until the car is here, or the transfer comes to nothing.
        reservation.date_expiry = False
        return reservation

    def _summary(self):
        vehicle = self.vehicle_id.sudo()
        if not self.date_expected:
            return self.env._(
                "%(vehicle)s for %(store)s",
                vehicle=vehicle.display_name,
                store=self.company_id.name,
            )
        return self.env._(
            "%(vehicle)s for %(store)s, until %(date)s",
            vehicle=vehicle.display_name,
            store=self.company_id.name,
            date=format_date(self.env, self.date_expected),
        )

    def _approval_company(self):
        return self.source_company_id

    def action_approve(self):
        """Let the car go to the asking store."""
        self.ensure_one()
        return self._approvals_to_decide(KIND).action_approve()

    def action_refuse(self):
        """Say why the car stays; opens the refusal of the request."""
        self.ensure_one()
        return self._approvals_to_decide(KIND).action_open_refuse()

    def _approval_granted(self, approval):
        result = super()._approval_granted(approval)
        self._set_state({"state": "approved"})
        self._log_on_car(self.env._("Transfer approved"))
        self._make_picking(
            self.source_company_id, self.vehicle_id.sudo().stock_location_id, "out"
        )
        return result

    def _approval_refused(self, approval, note):
        result = super()._approval_refused(approval, note)
        self._set_state({"state": "refused", "refuse_reason": note})
        self._log_on_car(self.env._("Transfer refused"))
        self._let_go(self.env._("The other store keeps the car."))
        return result

    def _approval_cancelled(self, approval):
        result = super()._approval_cancelled(approval)
        if self.state == "requested":
            self._give_up()
        return result

    def action_cancel(self):
        """Give the car up, as long as it has not been shipped."""
        for transfer in self:
            transfer.check_access("write")
            if transfer.state not in ("draft", "requested", "approved"):
                raise UserError(
                    self.env._("A car that is on its way has to arrive somewhere.")
                )
        self._cancel_approvals(self.env._("The transfer was cancelled."))
        # The stock transfers are the owning store's.
        self.sudo().picking_ids.filtered(
            lambda picking: picking.state != "done"
        ).action_cancel()
        self.filtered(lambda transfer: transfer.state != "cancelled")._give_up()
        return True

    def _give_up(self):
        asked = self.filtered(lambda transfer: transfer.state != "draft")
        self._set_state({"state": "cancelled"})
        asked._log_on_car(self.env._("Transfer cancelled"))
        asked._let_go(self.env._("The transfer was cancelled."))

    def _let_go(self, reason):
        """End the reservations that were made only to have the car sent."""
        for transfer in self.sudo():
            reservation = transfer.reservation_id
            if reservation.state == "active" and not reservation.order_id:
                reservation._end("cancelled", reason)

    # ------------------------------------------------------------------
    # Shipping and arriving
    # ------------------------------------------------------------------

    def action_ship(self):
        """Send the car on its way."""
        return self._move_on("can_ship", self.env._("This car cannot be sent now."))

    def action_receive(self):
        """Take the car into the asking store's stock."""
        return self._move_on(
            "can_receive", self.env._("This car cannot be received now.")
        )

    def _move_on(self, right, refusal):
        for transfer in self:
            transfer.check_access("write")
            if not transfer[right]:
                raise UserError(refusal)
            # Sending and taking in a car needs no right in the rest of stock.
            picking = transfer.sudo().picking_ids.filtered(
                lambda one: one.state not in ("done", "cancel")
            )
            picking = picking.with_company(picking.company_id)
            picking.action_assign()
            picking.move_ids.picked = True
            picking.with_context(skip_sms=True, skip_backorder=True)._action_done()
        return True

    def _make_picking(self, company, place, code):
        """Make the stock transfer of one of the two steps.

        :param company: the store that does it
        :param place: where the car is
        :param str code: ``out`` or ``in``
        """
        self.ensure_one()
        # Who decides, and who drives the car, need no rights in stock.
        stock = self.env(su=True)["stock.warehouse"].with_company(company)
        warehouse = stock.search([("company_id", "=", company.id)], limit=1)
        if not warehouse:
            raise UserError(
                self.env._("%(store)s has no warehouse.", store=company.name)
            )
        transit = stock.env.ref("stock.stock_location_inter_company")
        goal = transit if code == "out" else warehouse.lot_stock_id
        kind = warehouse.out_type_id if code == "out" else warehouse.in_type_id
        other = self.company_id if code == "out" else self.source_company_id
        vehicle = self.vehicle_id.sudo()
        picking = stock.env["stock.picking"].create(
            {
                "picking_type_id": kind.id,
                "location_id": place.id,
                "location_dest_id": goal.id,
                "partner_id": other.sudo().partner_id.id,
                "company_id": company.id,
                "origin": self.name,
                "auto_transfer_id": self.id,
                "move_ids": [
                    fields.Command.create(
                        {
                            "product_id": vehicle.product_id.id,
                            "product_uom_qty": 1,
                            "product_uom": vehicle.product_id.uom_id.id,
                            "location_id": place.id,
                            "location_dest_id": goal.id,
                            "company_id": company.id,
                            "vehicle_id": vehicle.id,
                        }
                    )
                ],
            }
        )
        picking.action_confirm()
        picking.action_assign()
        return picking

    def _follow_car(self, location):
        """Take over where stock has put the car: shipped, arrived."""
        self.ensure_one()
        now = fields.Datetime.now()
        if location.usage == "transit" and self.state == "approved":
            self._set_state({"state": "in_transit", "date_shipped": now})
            if self.date_expected:
                self.vehicle_id.sudo().expected_date = self.date_expected
            self._make_picking(self.company_id, location, "in")
        elif location.usage == "internal" and location.company_id == self.company_id:
            self._set_state({"state": "arrived", "date_arrived": now})
            self._settle()

    def _settle(self):
        """Now that the car is here, hold it for its customer as long as usual, and
        set it free where it is for nobody."""
        for transfer in self.sudo():
            reservation = transfer.reservation_id
            if reservation.state == "active" and not reservation.order_id:
                if reservation.partner_id == transfer.company_id.partner_id:
                    reservation._end("cancelled", self.env._("The car has arrived."))
                elif not reservation.date_expiry:
                    days = transfer.company_id.auto_reservation_days
                    reservation.date_expiry = fields.Datetime.add(
                        fields.Datetime.now(), days=days
                    )
            transfer.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("The car from the other store has arrived"),
                user_id=transfer.user_id.id,
            )

    def _log_on_car(self, what):
        for transfer in self.sudo():
            transfer.vehicle_id._log_event(
                "stock",
                f"{what} ({transfer.name})",
                document=transfer,
                company=transfer.company_id,
            )

    def action_view_pickings(self):
        """Open the stock transfers."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "stock.action_picking_tree_all"
        )
        action["domain"] = [("auto_transfer_id", "=", self.id)]
        action["context"] = {}
        return action
