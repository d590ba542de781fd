from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

OPEN_STATES = ("draft", "requested", "released")
MANAGERS = ("sales_manager", "store_manager", "head_office")

# Only the methods of notices pass this object, so that no client can release a car
# past them.
STATE = object()


class AutoDeliveryNotice(models.Model):
    """The invoice-and-delivery-out notice: a manager lets the cars of a contract go.

    It is released when the store's rule is met (confirmed, invoiced, paid, loan
    approved), through the approvals. Stock asks for it before a car may leave.
    """

    _name = "auto.delivery.notice"
    _inherit = [
        "auto.numbered.mixin",
        "auto.approval.mixin",
        "auto.partner.guard.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Delivery notice"
    _order = "date_requested desc, id desc"
    _guarded_partner_fields = ("partner_id",)
    _check_company_auto = True

    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("requested", "Requested"),
            ("released", "Released"),
            ("done", "Delivered"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
        tracking=True,
        group_expand=True,
        index=True,
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Contract",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('is_vehicle_contract', '=', True), ('state', '=', 'sale')]",
    )
    company_id = fields.Many2one(
        related="order_id.company_id", string="Store", store=True, index=True
    )
    partner_id = fields.Many2one(
        related="order_id.partner_id", string="Customer", store=True, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Consultant",
        compute="_compute_user_id",
        store=True,
        index=True,
    )
    vehicle_ids = fields.Many2many(
        comodel_name="auto.vehicle",
        string="Cars",
        compute="_compute_vehicle_ids",
        store=True,
        readonly=False,
        help="The cars of the contract that may leave.",
    )
    currency_id = fields.Many2one(related="order_id.currency_id")
    amount_total = fields.Monetary(related="order_id.amount_total")
    paid_amount = fields.Monetary(related="order_id.paid_amount")
    open_amount = fields.Monetary(related="order_id.open_amount")
    invoice_status = fields.Selection(related="order_id.invoice_status")
    conditions = fields.Html(
        compute="_compute_conditions", compute_sudo=True, string="Conditions"
    )
    is_ready = fields.Boolean(
        string="May be released",
        compute="_compute_conditions",
        compute_sudo=True,
        help="All conditions of the store's rule are met.",
    )
    can_release = fields.Boolean(compute="_compute_can_release")
    can_revoke = fields.Boolean(compute="_compute_can_release")
    date_requested = fields.Datetime(string="Requested on", readonly=True, copy=False)
    date_released = fields.Datetime(string="Released on", readonly=True, copy=False)
    released_by = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, index="btree_not_null"
    )
    date_done = fields.Datetime(string="Left on", readonly=True, copy=False)
    note = fields.Text(string="Remarks")
    cancel_reason = fields.Char(
        string="Why revoked", copy=False, help="Needed to take back a release."
    )

    # ------------------------------------------------------------------
    # Compute and check
    # ------------------------------------------------------------------

    @api.depends("order_id.user_id")
    def _compute_user_id(self):
        for notice in self:
            notice.user_id = notice.order_id.user_id or self.env.user

    @api.depends("order_id")
    def _compute_vehicle_ids(self):
        for notice in self:
            cars = notice.order_id.sudo().vehicle_ids
            notice.vehicle_ids = cars.filtered(lambda car: car.supply_state != "out")

    @api.depends(
        "order_id.state",
        "order_id.paid_amount",
        "order_id.amount_total",
        "order_id.invoice_status",
        "vehicle_ids",
    )
    @api.depends_context("lang")
    def _compute_conditions(self):
        for notice in self:
            order = notice.order_id  # none yet in a form just opened
            rows = order and order._delivery_conditions(notice.vehicle_ids)
            notice.is_ready = rows and all(met for _code, _label, met in rows)
            notice.conditions = (
                Markup("<ul class='list-unstyled mb-0'>%s</ul>")
                % Markup("").join(
                    Markup("<li><i class='fa %s'></i> %s</li>")
                    % (
                        "fa-check text-success" if met else "fa-times text-danger",
                        label,
                    )
                    for _code, label, met in rows
                )
                if rows
                else False
            )

    @api.depends("state", "approval_ids.state")
    @api.depends_context("uid")
    def _compute_can_release(self):
        is_manager = bool(self.env.user._auto_roles() & set(MANAGERS))
        decidable = self._decidable("delivery_notice")
        for notice in self:
            notice.can_release = (
                notice.state == "requested" and notice._origin in decidable
            )
            notice.can_revoke = is_manager and notice.state == "released"

    @api.constrains("order_id", "vehicle_ids")
    def _check_vehicles(self):
        for notice in self.sudo():  # the contract may be a colleague's
            foreign = notice.vehicle_ids - notice.order_id.vehicle_ids
            if foreign:
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s is not on the contract %(order)s.",
                        vehicle=foreign[0].display_name,
                        order=notice.order_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            # Whatever a client sends: a notice is released by its approval only.
            for name in ("state", "released_by", "date_released", "date_done"):
                vals.pop(name, None)
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("auto_delivery_notice") is not STATE:
            if vals.keys() & {"state", "released_by", "date_released", "date_done"}:
                raise UserError(
                    self.env._("A notice is requested and released by its buttons.")
                )
            if vals.keys() & {"order_id", "vehicle_ids"} and any(
                notice.state != "draft" for notice in self
            ):
                raise UserError(
                    self.env._("What is requested or released is not changed.")
                )
        return super().write(vals)

    def unlink(self):
        # Before the approvals are withdrawn, which makes a draft of what waits.
        if any(notice.state != "draft" for notice in self):
            raise UserError(  # pylint: disable=no-raise-unlink
                self.env._("Only a draft can be deleted; cancel it.")
            )
        return super().unlink()

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_request(self):
        """Ask a manager to let the cars go.

        :raise UserError: when it is no draft, has no car, or another notice is open
        """
        for notice in self:
            if notice.state != "draft":
                raise UserError(
                    self.env._("%(notice)s is requested already.", notice=notice.name)
                )
            if not notice.vehicle_ids:
                raise UserError(
                    self.env._(
                        "There is no car on %(order)s that could leave.",
                        order=notice.order_id.name,
                    )
                )
            notice._check_no_other()
            notice._request_approval(
                "delivery_notice",
                lambda one: one.env._(
                    "Deliver %(cars)s (%(order)s)",
                    cars=", ".join(one.vehicle_ids.mapped("display_name")),
                    order=one.order_id.name,
                ),
                notice.amount_total,
            )
        self._set_state({"state": "requested", "date_requested": fields.Datetime.now()})
        return True

    def action_release(self):
        """Release the notices that wait for the current user's approval."""
        for notice in self:
            notice._approvals_to_decide("delivery_notice").action_approve()
        return True

    def action_refuse(self):
        """Open the window that asks why it is refused."""
        self.ensure_one()
        return self._approvals_to_decide("delivery_notice").action_open_refuse()

    def action_revoke(self):
        """Take back a release while the car is still here.

        :raise AccessError: for all but managers
        :raise UserError: without a reason, or when the car has left
        """
        if not self.env.user._auto_roles() & set(MANAGERS) and not self.env.su:
            raise AccessError(self.env._("Only a manager takes back a release."))
        for notice in self:
            if notice.state != "released":
                raise UserError(
                    self.env._("%(notice)s is not released.", notice=notice.name)
                )
            if not (notice.cancel_reason or "").strip():
                raise UserError(self.env._("Please say why it is revoked."))
        self._set_state({"state": "cancelled"})
        return True

    def action_cancel(self):
        """Withdraw what is not released yet."""
        if any(notice.state not in ("draft", "requested") for notice in self):
            raise UserError(
                self.env._("A release is revoked by a manager, with the reason.")
            )
        self._cancel_approvals(self.env._("The notice was withdrawn."))
        self._set_state({"state": "cancelled"})
        return True

    def action_open_invoice(self):
        """Open the contract, where it is invoiced."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _approval_granted(self, approval):
        result = super()._approval_granted(approval)
        if approval.kind_id.code == "delivery_notice":
            self._release()
        return result

    def _approval_refused(self, approval, note):
        result = super()._approval_refused(approval, note)
        if approval.kind_id.code == "delivery_notice":
            self._set_state({"state": "cancelled", "cancel_reason": note})
        return result

    def _approval_cancelled(self, approval):
        result = super()._approval_cancelled(approval)
        if approval.kind_id.code == "delivery_notice" and self.state == "requested":
            self._set_state({"state": "draft"})
        return result

    def _release(self):
        """Let the cars go; called by the approval, as the approver.

        :raise UserError: that says what of the store's rule is not met
        """
        for notice in self:
            missing = notice._missing()
            if missing:
                raise UserError(
                    self.env._(
                        "%(notice)s cannot be released yet:\n%(missing)s",
                        notice=notice.name,
                        missing="\n".join(f"– {sentence}" for sentence in missing),
                    )
                )
        self._set_state(
            {
                "state": "released",
                "released_by": self.env.uid,
                "date_released": fields.Datetime.now(),
            }
        )

    def _missing(self):
        """Return what of the store's rule is not met, in sentences."""
        self.ensure_one()
        rows = self.order_id.sudo()._delivery_conditions(self.sudo().vehicle_ids)
        return [label for _code, label, met in rows if not met]

    def _check_no_other(self):
        """Refuse a second notice for a car that has one."""
        self.ensure_one()
        # Another's notice counts as well.
        other = self.sudo().search(
            [
                ("id", "!=", self.id),
                ("vehicle_ids", "in", self.vehicle_ids.ids),
                ("state", "in", ("requested", "released")),
            ],
            limit=1,
        )
        if other:
            raise UserError(
                self.env._(
                    "%(notice)s for this car is open already.", notice=other.name
                )
            )

    def _cars_left(self):
        """Close the notices whose cars have all left."""
        gone = self.filtered(
            lambda notice: (
                notice.state == "released"
                and all(car.supply_state == "out" for car in notice.vehicle_ids)
            )
        )
        gone._set_state({"state": "done", "date_done": fields.Datetime.now()})

    def _void(self, reason):
        """Cancel these notices, since their contract does not sell the cars any
        more.

        :param str reason: why, in words
        """
        notices = self.filtered(lambda notice: notice.state in OPEN_STATES)
        notices._cancel_approvals(reason)
        notices._set_state({"state": "cancelled", "cancel_reason": reason})

    def _set_state(self, vals):
        if self:
            self.check_access("read")
            # An approver, or stock, need not have the right to write notices.
            self.sudo().with_context(auto_delivery_notice=STATE).write(vals)
