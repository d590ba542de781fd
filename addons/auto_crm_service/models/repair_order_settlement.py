from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

# The house is no customer of its own: its share is kept on the order, not invoiced.
INVOICED_PAYERS = ("customer", "warranty", "insurance")


class RepairOrder(models.Model):
    """Settlement: one sales order, and invoice, for each payer of a repair order."""

    _inherit = "repair.order"

    insurer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Insurer",
        compute="_compute_insurer_id",
        store=True,
        readonly=False,
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="Who pays the lines of the insurance: of the car's policy, unless you say "
        "otherwise.",
    )
    invoice_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Invoice to",
        index="btree_not_null",
        ondelete="restrict",
        copy=False,
        help="Who pays the customer's share, when it is not the customer.",
    )
    settlement_ids = fields.One2many(
        comodel_name="sale.order",
        inverse_name="auto_repair_id",
        string="Settlement",
        readonly=True,
    )
    settlement_count = fields.Integer(
        compute="_compute_payment", compute_sudo=True, string="Sales orders"
    )
    payment_status = fields.Selection(
        selection=[
            ("none", "Not settled"),
            ("open", "To be paid"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
        ],
        string="Customer's payment",
        compute="_compute_payment",
        search="_search_payment_status",
        compute_sudo=True,
        help="Of the customer's own share.",
    )

    @api.depends("line_ids.pay_type")
    def _compute_insurer_id(self):
        for repair in self:
            insurer = repair.insurer_id
            if not insurer and "insurance" in repair.line_ids.mapped("pay_type"):
                insurer = repair._claim_policy().insurer_id
            repair.insurer_id = insurer

    @api.depends(
        "service_state",
        "settlement_ids.state",
        "settlement_ids.invoice_ids.payment_state",
    )
    def _compute_payment(self):
        for repair in self:
            orders = repair.settlement_ids.filtered(lambda one: one.state != "cancel")
            repair.settlement_count = len(orders)
            own = orders.filtered(lambda one: one.auto_pay_type == "customer")
            # What the house alone pays is settled without a sales order.
            settled = orders or repair.service_state in ("settled", "returned")
            repair.payment_status = own._service_payment() if settled else "none"

    def _search_payment_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        # As the figure itself: whether it is paid is no secret of the cashier's.
        orders = self.env["sale.order"].sudo()
        standing = Domain("move_type", "=", "out_invoice") & Domain(
            "state", "=", "posted"
        )
        standing &= Domain("payment_state", "!=", "reversed")
        paid = standing & Domain("payment_state", "in", ("paid", "in_payment"))
        unpaid = standing & Domain("payment_state", "not in", ("paid", "in_payment"))
        begun = standing & Domain("payment_state", "!=", "not_paid")
        valid = Domain("auto_repair_id", "!=", False) & Domain("state", "!=", "cancel")
        own = valid & Domain("auto_pay_type", "=", "customer")
        owing = own & (
            Domain("invoice_ids", "any", unpaid) | ~Domain("invoice_ids", "any", paid)
        )

        def repairs(domain):
            return Domain(
                "settlement_ids", "any!", [("id", "in", orders._search(domain))]
            )

        settled, due = repairs(valid), repairs(owing)
        partial = repairs(owing & Domain("invoice_ids", "any", begun))
        domains = {
            "none": ~settled,
            "open": due & ~partial,
            "partial": due & partial,
            "paid": settled & ~due,
        }
        return Domain.OR(domains[one] for one in value if one in domains)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_settle(self):
        """Make the sales orders and draft invoices of all payers.

        :raise UserError: when the car is not ready, or a payer is not known
        """
        self.check_access("write")
        for repair in self:
            if repair.service_state != "ready":
                raise UserError(
                    self.env._("%(order)s is not ready.", order=repair.display_name)
                )
            repair._check_all_done()
            repair._settle()
        self._set_service_state("settled")
        return True

    def action_return_car(self):
        """Give the car back to the customer.

        :raise UserError: when the customer's share is not paid and the store asks for
            that
        """
        self.check_access("write")
        for repair in self:
            if repair.service_state != "settled":
                raise UserError(
                    self.env._("%(order)s is not settled.", order=repair.display_name)
                )
            if (
                repair.company_id.auto_service_paid_first
                and repair.payment_status != "paid"
            ):
                raise UserError(
                    self.env._("%(order)s is not paid yet.", order=repair.display_name)
                )
        self._set_service_state("returned", date_out=fields.Datetime.now())
        for repair in self:
            repair.vehicle_id._log_event(
                "returned",
                self.env._("Returned from the workshop"),
                document=repair,
                partner=repair.partner_id,
                company=repair.company_id,
            )
        return True

    def action_unsettle(self):
        """Take back a settlement of which no invoice is posted.

        :raise UserError: when an invoice is posted, or the car is gone
        """
        self.check_access("write")
        for repair in self:
            if repair.service_state != "settled":
                raise UserError(
                    self.env._("%(order)s is not settled.", order=repair.display_name)
                )
            # The orders are the system's; see _settle().
            orders = repair.sudo().settlement_ids
            if orders._standing_invoices():
                raise UserError(
                    self.env._(
                        "An invoice is posted: it takes a credit note of the cashier."
                    )
                )
            orders.invoice_ids.filtered(
                lambda one: one.state == "draft"
            ).button_cancel()
            orders._action_cancel()
        self._set_service_state("ready")
        return True

    def action_view_settlement(self):
        """Open the sales orders of all payers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Settlement"),
            "res_model": "sale.order",
            "views": [(False, "list"), (False, "form")],
            "domain": [("auto_repair_id", "=", self.id)],
        }

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _payer(self, pay_type):
        """Return who pays lines of this kind, empty for the house.

        :raise UserError: when nobody is known
        """
        self.ensure_one()
        if pay_type not in INVOICED_PAYERS:
            return self.env["res.partner"]
        payer = {
            "customer": self.invoice_partner_id or self.partner_id,
            "warranty": self.vehicle_id.sudo().brand_id.auto_warranty_partner_id
            or self.company_id.auto_warranty_partner_id,
            "insurance": self.insurer_id,
        }[pay_type]
        if not payer:
            raise UserError(
                {
                    "customer": self.env._("Please enter the customer."),
                    "warranty": self.env._(
                        "Please say in the brand or in the settings who pays "
                        "warranty work."
                    ),
                    "insurance": self.env._("Please enter the insurer."),
                }[pay_type]
            )
        return payer

    def _settle(self):
        """Make a sales order and a draft invoice for each payer of this order."""
        self.ensure_one()
        lines = self.line_ids.filtered(lambda line: line.decision == "approved")
        vals_list = []
        for pay_type, theirs in lines.grouped("pay_type").items():
            payer = self._payer(pay_type)
            if payer:
                vals_list.append(self._settlement_values(pay_type, payer, theirs))
        # The adviser settles without a right on sales orders and invoices, as the
        # estimate says; nobody changes them on the way.
        orders = self.env["sale.order"].sudo()
        # An earlier settlement may have been cancelled just now.
        orders.flush_model(["state"])
        orders = orders.create(vals_list)
        orders.action_confirm()
        billed = orders.filtered(
            lambda one: not one.currency_id.is_zero(one.amount_total)
        )
        if billed:
            billed._create_invoices()

    def _settlement_values(self, pay_type, payer, lines):
        """Return the values of the sales order of one payer."""
        return {
            "partner_id": payer.id,
            "company_id": self.company_id.id,
            "user_id": self.user_id.id,
            "origin": self.name,
            "warehouse_id": self.picking_type_id.warehouse_id.id,
            "auto_repair_id": self.id,
            "auto_pay_type": pay_type,
            "order_line": [Command.create(line._settlement_values()) for line in lines],
        }
