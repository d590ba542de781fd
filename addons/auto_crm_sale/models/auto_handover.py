from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date

# Only the methods of handovers pass this object.
STATE = object()
CHECKLISTS = ("handover", "delivery")
#: What begins, or is due, after the handover.
TERM_DATES = (
    "warranty_end_date",
    "next_service_date",
    "insurance_end_date",
    "inspection_due_date",
)
#: Add-ons without which a car may not be driven on the road.
DRIVING_ADDONS = ("insurance", "registration")
# What the customer signs: a change asks for a new signature.
SIGNED_FIELDS = frozenset(
    {
        "odometer",
        "license_plate",
        "recipient_name",
        "recipient_role",
        "preferred_channel",
        "preferred_time",
        "is_data_confirmed",
        "is_warranty_explained",
        "is_workshop_introduced",
        "key_count",
        "remarks",
    }
)


class AutoHandover(models.Model):
    """A car is handed to its buyer: inspected together, explained and signed.

    Finishing it issues the car from stock, makes the customer its owner, starts
    its warranty and the follow-ups, and wins the prospect.
    """

    _name = "auto.handover"
    _inherit = [
        "auto.numbered.mixin",
        "auto.partner.guard.mixin",
        "auto.signature.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Handover"
    _order = "date_planned desc, id desc"
    _guarded_partner_fields = ("partner_id",)
    _signatures = ("customer_signature", "consultant_signature")
    _signed_fields = SIGNED_FIELDS
    _check_company_auto = True

    state = fields.Selection(
        selection=[
            ("planned", "Planned"),
            ("done", "Handed over"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        copy=False,
        default="planned",
        tracking=True,
        index=True,
        group_expand=True,
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
    order_vehicle_ids = fields.Many2many(
        related="order_id.vehicle_ids", string="Cars of the contract"
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        required=True,
        index=True,
        ondelete="restrict",
        compute="_compute_vehicle_id",
        store=True,
        precompute=True,
        readonly=False,
        domain="[('id', 'in', order_vehicle_ids)]",
    )
    pdi_state = fields.Selection(related="vehicle_id.pdi_state")
    delivery_notice_state = fields.Selection(related="order_id.delivery_notice_state")
    paid_state = fields.Selection(related="order_id.paid_state")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Consultant",
        required=True,
        index=True,
        compute="_compute_user_id",
        store=True,
        precompute=True,
        readonly=False,
        tracking=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_planned = fields.Datetime(
        string="Planned for",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: fields.Datetime.now(),
    )
    date_done = fields.Datetime(string="Handed over on", readonly=True, copy=False)

    # Inspection sheet and delivery sheet
    checklist_ids = fields.One2many(
        comodel_name="auto.checklist",
        inverse_name="handover_id",
        string="Sheets",
        copy=False,
    )
    sheets_open = fields.Integer(
        string="Points to do", compute="_compute_sheets_open", compute_sudo=True
    )
    odometer = fields.Integer(string="Odometer (km)", aggregator=False, copy=False)
    key_count = fields.Integer(string="Keys", default=2, aggregator=False)
    unfinished_addons = fields.Char(
        string="Not finished",
        compute="_compute_unfinished_addons",
        compute_sudo=True,
        help="Insurance and registration of the contract that are still open: the "
        "customer may not drive away without them.",
    )
    license_plate = fields.Char(
        string="License plate",
        compute="_compute_license_plate",
        store=True,
        readonly=False,
    )
    remarks = fields.Text()

    # Customer information sheet
    recipient_name = fields.Char(
        string="Handed over to",
        compute="_compute_recipient_name",
        store=True,
        readonly=False,
        help="Who takes the car, when it is not the buyer.",
    )
    recipient_role = fields.Char(
        string="As", help="Such as “husband” or “driver of the company”."
    )
    is_data_confirmed = fields.Boolean(
        string="Name, number and address are right",
        help="Read out to the customer from the customer's record.",
    )
    preferred_channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("sms", "SMS"),
            ("wechat", "WeChat"),
            ("email", "E-mail"),
        ],
        string="Prefers contact by",
        default="phone",
    )
    preferred_time = fields.Char(string="Best reached")
    is_warranty_explained = fields.Boolean(string="Warranty explained")
    is_workshop_introduced = fields.Boolean(string="Workshop introduced")

    # What the car gets
    warranty_end_date = fields.Date(
        string="Warranty until", compute="_compute_terms", store=True, readonly=False
    )
    next_service_date = fields.Date(
        string="First service on", compute="_compute_terms", store=True, readonly=False
    )
    next_service_odometer = fields.Integer(
        string="First service at (km)",
        compute="_compute_terms",
        store=True,
        readonly=False,
        aggregator=False,
    )
    insurance_end_date = fields.Date(string="Insured until", copy=False)
    inspection_due_date = fields.Date(string="Annual inspection due", copy=False)

    # Signatures
    customer_signature = fields.Image(copy=False, max_width=1024, max_height=1024)
    customer_signed_on = fields.Datetime(readonly=True, copy=False)
    consultant_signature = fields.Image(copy=False, max_width=1024, max_height=1024)
    consultant_signed_on = fields.Datetime(readonly=True, copy=False)

    # Afterwards
    is_unhappy = fields.Boolean(
        string="Not satisfied",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Said so in a follow-up after the handover.",
    )

    _one_open = models.UniqueIndex(
        "(order_id, vehicle_id) WHERE state != 'cancelled'",
        "This car of the contract has a handover already.",
    )
    _numbers_check = models.Constraint(
        "CHECK(COALESCE(odometer, 0) >= 0 AND COALESCE(odometer, 0) <= 2000000"
        " AND COALESCE(key_count, 0) BETWEEN 0 AND 20)",
        "The odometer is from 0 to 2,000,000 km, and there are at most 20 keys.",
    )

    # ------------------------------------------------------------------
    # Compute and check
    # ------------------------------------------------------------------

    @api.depends("order_id.addon_ids.state", "state")
    def _compute_unfinished_addons(self):
        for handover in self:
            addons = handover.order_id.addon_ids.filtered(
                lambda addon: (
                    addon.category in DRIVING_ADDONS
                    and addon.state in ("draft", "in_progress")
                )
            )
            handover.unfinished_addons = (
                ", ".join(addons.kind_id.mapped("name"))
                if handover.state == "planned"
                else False
            )

    @api.depends("order_id")
    def _compute_vehicle_id(self):
        for handover in self:
            order = handover.order_id.sudo()
            if handover.vehicle_id not in order.vehicle_ids:
                handover.vehicle_id = order._cars_to_hand_over(handover)[:1]

    @api.depends("order_id")
    def _compute_user_id(self):
        for handover in self:
            handover.user_id = handover.order_id.sudo().user_id or self.env.user

    @api.depends("vehicle_id")
    def _compute_license_plate(self):
        for handover in self:
            handover.license_plate = handover.vehicle_id.sudo().license_plate

    @api.depends("order_id")
    def _compute_recipient_name(self):
        for handover in self:
            handover.recipient_name = handover.order_id.sudo().partner_id.name

    @api.depends("vehicle_id", "order_id", "date_planned")
    def _compute_terms(self):
        for handover in self:
            handover.update(
                handover._terms(
                    handover._day(handover.date_planned or fields.Datetime.now())
                )
            )

    @api.depends("checklist_ids.open_count", "checklist_ids.state")
    def _compute_sheets_open(self):
        for handover in self:
            handover.sheets_open = sum(
                handover.checklist_ids.filtered(lambda one: one.state == "open").mapped(
                    "open_count"
                )
            )

    @api.depends("name", "vehicle_id.display_name")
    def _compute_display_name(self):
        for handover in self:
            parts = [
                handover.name if handover.name != "/" else "",
                # Whoever sees the handover sees of which car.
                handover.vehicle_id.sudo().display_name or "",
            ]
            handover.display_name = " · ".join(part for part in parts if part)

    @api.constrains("vehicle_id", "order_id")
    def _check_vehicle(self):
        for handover in self.sudo():  # the contract may be a colleague's
            if handover.vehicle_id not in handover.order_id.vehicle_ids:
                raise ValidationError(
                    self.env._(
                        "%(vehicle)s is not on the contract %(order)s.",
                        vehicle=handover.vehicle_id.display_name,
                        order=handover.order_id.name,
                    )
                )

    @api.constrains("date_planned", "order_id")
    def _check_date_planned(self):
        for handover in self.sudo():  # the contract may be a colleague's
            signed = handover.order_id.date_order
            if signed and handover._day(handover.date_planned) < handover._day(signed):
                raise ValidationError(
                    self.env._(
                        "A car is handed over after its contract was made, not on "
                        "%(day)s.",
                        day=format_date(self.env, handover._day(handover.date_planned)),
                    )
                )

    @api.constrains("date_planned", *TERM_DATES)
    def _check_terms(self):
        for handover in self:
            day = handover._day(handover.date_planned)
            for name in TERM_DATES:
                if handover[name] and handover[name] <= day:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” must lie after the handover, not on %(day)s.",
                            field=handover._fields[name]._description_string(self.env),
                            day=format_date(self.env, handover[name]),
                        )
                    )

    def _terms(self, day):
        """Return what the car gets when it is handed over on a day."""
        self.ensure_one()
        company = self.company_id or self.env.company
        model = self.vehicle_id.sudo().model_id
        months = model.auto_warranty_months or company.auto_warranty_months
        service = model.auto_first_service_months or company.auto_first_service_months
        return {
            "warranty_end_date": day + relativedelta(months=months),
            "next_service_date": service and day + relativedelta(months=service),
            "next_service_odometer": (
                model.auto_first_service_km or company.auto_first_service_km
            ),
        }

    def _begin_terms_today(self):
        """Count the terms from the day of the handover, not of its plan; a date that
        somebody set stays."""
        for handover in self:
            planned = handover._terms(handover._day(handover.date_planned))
            today = handover._terms(handover._day(fields.Datetime.now()))
            handover.with_context(auto_handover=STATE).write(
                {
                    name: value
                    for name, value in today.items()
                    if value and handover[name] == planned[name] != value
                }
            )

    def _day(self, moment):
        """Return the day on which a moment is for the user."""
        return fields.Datetime.context_timestamp(self, moment).date()

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            for name in ("state", "date_done", "is_unhappy"):
                vals.pop(name, None)
            if vals.get("order_id") and not vals.get("vehicle_id"):
                self._check_car_left(vals["order_id"])
        handovers = super().create(vals_list)
        for handover in handovers:
            handover._start_sheets()
        return handovers

    def write(self, vals):
        ours = self.env.context.get("auto_handover") is STATE
        if not ours:
            if vals.keys() & {"state", "date_done", "is_unhappy"}:
                raise UserError(
                    self.env._("A handover is finished or cancelled by its buttons.")
                )
            content = set(vals) - self._fields_of_chatter()
            if content and any(handover.state != "planned" for handover in self):
                raise UserError(
                    self.env._("What is handed over and signed is not changed.")
                )
            if vals.keys() & {"order_id", "vehicle_id"} and any(
                handover.checklist_ids.line_ids.filtered("result") for handover in self
            ):
                raise UserError(
                    self.env._(
                        "The inspection has begun; cancel this handover and plan "
                        "another."
                    )
                )
            vals = self._sign_vals(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if any(handover.state != "planned" for handover in self):
            raise UserError(self.env._("Only what is planned can be deleted."))

    @api.model
    def _fields_of_chatter(self):
        return {
            name
            for name in self._fields
            if name.startswith(("message_", "activity_", "website_message"))
        }

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_finish(self):
        """Hand the car over: goods issue, owner, warranty, follow-ups, prospect won.

        :raise UserError: when something is not signed or inspected, or the car may
            not leave; then nothing has happened
        """
        self.check_access("write")
        for handover in self:
            handover._check_ready()
        for handover in self:
            handover._begin_terms_today()
            handover._issue_goods()
            handover._tell_vehicle()
            handover._win_lead()
            handover._finish_sheets()
        self.with_context(auto_handover=STATE).write(
            {"state": "done", "date_done": fields.Datetime.now()}
        )
        return True

    def action_cancel(self):
        """Give up a handover that has not happened."""
        if any(handover.state != "planned" for handover in self):
            raise UserError(
                self.env._(
                    "Only what is planned can be cancelled; a car comes back "
                    "by a return in stock."
                )
            )
        self.checklist_ids.filtered(
            lambda one: one.state in ("open", "failed")
        ).action_cancel()
        self.with_context(auto_handover=STATE).write({"state": "cancelled"})
        return True

    def action_open_sheet(self):
        """Open the sheets, to tick them off on a phone or tablet."""
        self.ensure_one()
        self._start_sheets()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_checklist_action"
        )
        action["domain"] = [("handover_id", "=", self.id)]
        action["views"] = [(False, "list"), (False, "form")]
        action["name"] = self.display_name
        sheets = self.checklist_ids.filtered(lambda one: one.state == "open")
        sheet = sheets.filtered("open_count")[:1] or sheets[:1]
        if sheet:
            action["views"] = [(False, "form")]
            action["res_id"] = sheet.id
        return action

    def action_open_vehicle(self):
        """Open the car."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.vehicle",
            "res_id": self.vehicle_id.id,
            "views": [(False, "form")],
        }

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _check_car_left(self, order_id):
        """Refuse a handover for which its contract has no car any more."""
        # The contract may be a colleague's.
        order = self.env["sale.order"].sudo().browse(order_id)
        if order.vehicle_ids and not order._cars_to_hand_over():
            raise UserError(
                self.env._(
                    "Every car of %(order)s has a handover already.", order=order.name
                )
            )

    def _start_sheets(self):
        """Start the inspection and the delivery sheet, once."""
        self.ensure_one()
        have = self.checklist_ids.filtered(lambda one: one.state != "cancelled")
        kinds = [kind for kind in CHECKLISTS if kind not in have.mapped("kind")]
        self.env["auto.checklist"]._start(
            kinds,
            self.vehicle_id,
            self.company_id,
            handover_id=self.id,
            user_id=self.user_id.id,
        )

    def _check_ready(self):
        """Refuse to finish what is not inspected and signed."""
        self.ensure_one()
        missing = []
        if self.state != "planned":
            raise UserError(
                self.env._("%(handover)s is not planned.", handover=self.name)
            )
        if self.order_id.sudo().state != "sale":
            missing.append(self.env._("The contract is not in force."))
        missing += [
            self.env._("%(sheet)s is not complete.", sheet=sheet.display_name)
            for sheet in self.checklist_ids
            if sheet.state == "open"
            and sheet.line_ids.filtered(lambda line: line._is_missing())
        ]
        if not self.is_data_confirmed:
            missing.append(
                self.env._("The customer's name, number and address are not checked.")
            )
        if not self.customer_signature:
            missing.append(self.env._("The customer has not signed."))
        if not self.consultant_signature:
            missing.append(self.env._("The consultant has not signed."))
        if missing:
            raise UserError(
                self.env._("%(handover)s is not ready:", handover=self.name)
                + "\n"
                + "\n".join(f"– {sentence}" for sentence in missing)
            )

    def _issue_goods(self):
        """Issue the car, and what is ready of its contract, from stock.

        The consultant needs no right in stock for it: what lets the car go is the
        delivery notice, which stock itself asks for.

        :raise UserError: when the car is not where it is delivered from
        """
        self.ensure_one()
        vehicle = self.vehicle_id.sudo()
        moves = self.order_id.sudo().order_line.move_ids.filtered(
            lambda move: (
                move.state not in ("done", "cancel")
                and move.location_dest_id.usage == "customer"
            )
        )
        move = moves.filtered(lambda one: one.vehicle_id == vehicle)[:1]
        if not move:
            if vehicle.sale_state == "delivered":
                return  # stock has issued it already
            raise UserError(
                self.env._(
                    "There is no delivery of %(vehicle)s to be made.",
                    vehicle=vehicle.display_name,
                )
            )
        if move.state != "assigned":
            move._action_assign()
        lines = move.move_line_ids
        if move.state != "assigned" or lines.lot_id != vehicle.lot_id:
            raise UserError(
                self.env._(
                    "%(vehicle)s is not ready in stock (%(place)s): ask the stock "
                    "keeper to bring it to %(target)s.",
                    vehicle=vehicle.display_name,
                    place=vehicle.stock_location_id.display_name or "–",
                    target=move.location_id.display_name,
                )
            )
        picking = move.picking_id
        cars = picking.move_ids.filtered("vehicle_id") - move
        go = move
        if not cars:
            # Accessories leave with the last car.
            go |= picking.move_ids.filtered(lambda one: one.state == "assigned")
        (picking.move_ids - go).picked = False
        go.picked = True
        picking.with_context(skip_sms=True)._action_done()

    def _tell_vehicle(self):
        """Give the car its owner's dates, and its timeline the handover."""
        self.ensure_one()
        # A consultant reads cars; the signed sheet changes this one.
        vehicle = self.vehicle_id.sudo()
        vals = {
            "warranty_end_date": self.warranty_end_date,
            "next_service_date": self.next_service_date,
            "next_service_odometer": self.next_service_odometer,
        }
        for name in ("license_plate", "inspection_due_date"):
            if self[name]:
                vals[name] = self[name]
        if self.insurance_end_date and not vehicle.insurance_end_date:
            vals["insurance_end_date"] = self.insurance_end_date
        owner = self.partner_id.commercial_partner_id
        vehicle.write(vals)
        if vehicle.owner_id != owner:
            vehicle._change_owner(owner, reason=self.order_id.name)
        vehicle._record_odometer(self.odometer, source="handover", document=self)
        vehicle._log_event(
            "handover",
            self.env._("Handed over to its owner"),
            document=self,
            partner=owner,
            company=self.company_id,
        )

    def _win_lead(self):
        """Win the prospect of the contract, where it is still open."""
        self.ensure_one()
        # The prospect may be a colleague's.
        lead = self.order_id.sudo().opportunity_id
        if lead.active and not lead.stage_id.is_won:
            lead.action_set_won()

    def _finish_sheets(self):
        """Close the sheets; what is a defect stays a task."""
        self.checklist_ids.filtered(lambda one: one.state == "open").action_finish()

    def _say_unhappy(self, note):
        """Mark these handovers: the customer said to be unhappy.

        :param str note: what was said
        """
        rules = self.env["auto.followup.rule"]
        group = self.env.ref("auto_crm_base.group_sales_manager")
        for handover in self:
            # Whoever asked the customer need not see the handover.
            document = handover.sudo()
            document.with_context(auto_handover=STATE).write({"is_unhappy": True})
            users = rules._users_by_store(group, {document.company_id.id})
            managers = users.get(document.company_id.id) or document.user_id.ids
            document.activity_schedule(
                "mail.mail_activity_data_call",
                summary=self.env._("Customer is not satisfied"),
                note=note or "",
                user_id=managers[0],
            )
