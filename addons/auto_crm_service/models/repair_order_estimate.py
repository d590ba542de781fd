from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from .auto_repair_line import ASKED_PAYERS

# States in which nothing was begun yet.
BEFORE_WORK = ("received", "asked")


class RepairOrder(models.Model):
    """The estimate of a repair order and what the customer says to it."""

    _inherit = "repair.order"

    decision_ids = fields.One2many(
        comodel_name="auto.repair.approval",
        inverse_name="repair_id",
        string="Customer's decisions",
        readonly=True,
    )
    amount_customer = fields.Monetary(
        string="Customer pays", compute="_compute_payer_amounts", store=True
    )
    amount_warranty = fields.Monetary(
        string="Warranty pays", compute="_compute_payer_amounts", store=True
    )
    amount_insurance = fields.Monetary(
        string="Insurance pays", compute="_compute_payer_amounts", store=True
    )
    amount_internal = fields.Monetary(
        string="The house pays", compute="_compute_payer_amounts", store=True
    )
    amount_service = fields.Monetary(
        string="Total", compute="_compute_payer_amounts", store=True
    )
    amount_declined = fields.Monetary(
        string="Declined work", compute="_compute_payer_amounts", store=True
    )
    to_decide_count = fields.Integer(
        string="To decide", compute="_compute_payer_amounts", store=True
    )

    @api.depends("line_ids.price_total", "line_ids.pay_type", "line_ids.decision")
    def _compute_payer_amounts(self):
        for repair in self:
            wanted = repair.line_ids.filtered(lambda line: line.decision != "declined")
            totals = {
                pay_type: sum(lines.mapped("price_total"))
                for pay_type, lines in wanted.grouped("pay_type").items()
            }
            repair.amount_customer = totals.get("customer", 0)
            repair.amount_warranty = totals.get("warranty", 0)
            repair.amount_insurance = totals.get("insurance", 0)
            repair.amount_internal = totals.get("internal", 0)
            repair.amount_service = sum(totals.values())
            repair.amount_declined = sum(
                (repair.line_ids - wanted).mapped("price_total")
            )
            repair.to_decide_count = len(wanted._to_decide())

    def action_decide(self):
        """Open the estimate for the customer's decision.

        :raise UserError: when there is nothing to decide
        """
        self.ensure_one()
        if not self.line_ids._to_decide():
            raise UserError(self.env._("Nothing waits for the customer's decision."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Customer's decision"),
            "res_model": "auto.repair.decide",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_repair_id": self.id},
        }

    def action_packages(self):
        """Open the service packages that fit the car, each added with a click."""
        self.ensure_one()
        self._check_not_over()
        packages = self.env["auto.service.package"]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add a package"),
            "res_model": "auto.service.package",
            "views": [
                (
                    self.env.ref(
                        "auto_crm_service.auto_service_package_view_list_add"
                    ).id,
                    "list",
                )
            ],
            "target": "new",
            # Of a car that only this order may show to the user.
            "domain": list(
                packages._domain_for(self.vehicle_id.sudo(), self.company_id)
            ),
            "context": {"auto_repair_id": self.id},
        }

    def action_ask_customer(self):
        """Note that the customer has the estimate and thinks about it."""
        for repair in self:
            if repair.service_state not in BEFORE_WORK:
                raise UserError(
                    self.env._(
                        "%(order)s is already in the workshop: record what the "
                        "customer decides on the new work.",
                        order=repair.display_name,
                    )
                )
            if not repair.line_ids._to_decide():
                raise UserError(
                    self.env._("Nothing waits for the customer's decision.")
                )
        self._set_service_state("asked")
        return True

    def action_to_workshop(self):
        """Give the approved work to the workshop.

        Work that the maker or the house pays for needs no word of the customer.

        :raise UserError: when nothing is approved
        """
        for repair in self:
            if repair.service_state not in BEFORE_WORK:
                raise UserError(
                    self.env._(
                        "%(order)s is already in the workshop.",
                        order=repair.display_name,
                    )
                )
            repair._approve_house_lines()
            approved = repair.line_ids.filtered(
                lambda line: line.decision == "approved"
            )
            if not approved:
                raise UserError(
                    self.env._(
                        "The customer has not approved anything on %(order)s yet.",
                        order=repair.display_name,
                    )
                )
        self._to_workshop()
        return True

    def _to_workshop(self):
        """Confirm the orders in stock, with the parts that were approved."""
        drafts = self.filtered(lambda one: one.state == "draft")
        # Stock is moved by the system: advisers have no right on it.
        drafts.sudo()._action_repair_confirm()
        self._plan_parts()
        self._set_service_state("queued")

    def _record_decision(self, approved, declined, method, decided_by, **values):
        """Keep what was decided on lines of this order, and go on with it.

        :param approved: the ``auto.repair.line`` that were agreed to
        :param declined: those that were refused
        :param str method: a key of ``auto.repair.approval.method``
        :param str decided_by: the name of who decided
        :param values: further values of the ``auto.repair.approval``
        :return: the approval
        :raise UserError: when a line is not waiting for a decision
        """
        self.ensure_one()
        self.check_access("write")
        self._check_not_over()
        lines = approved | declined
        if not lines or lines - self.line_ids or approved & declined:
            raise UserError(
                self.env._("Please choose lines of %(order)s.", order=self.display_name)
            )
        if any(line.decision != "proposed" for line in lines):
            raise UserError(
                self.env._(
                    "Somebody has recorded a decision meanwhile. Please look again."
                )
            )
        # Nobody has the right to write decisions, so that none can be forged.
        approval = (
            self.env["auto.repair.approval"]
            .sudo()
            .create(
                {
                    "repair_id": self.id,
                    "company_id": self.company_id.id,
                    "method": method,
                    "decided_by": decided_by,
                    "user_id": self.env.uid,
                    "amount_approved": sum(approved.mapped("price_total")),
                    "amount_declined": sum(declined.mapped("price_total")),
                    "lines": self._decided_text(approved, declined),
                    "pay_types": ",".join(sorted(set(approved.mapped("pay_type")))),
                    **values,
                }
            )
        )
        # The customer decides on the portal without a right on lines.
        approved.sudo()._decide("approved", approval)
        declined.sudo()._decide("declined", approval)
        if self.service_state not in BEFORE_WORK:
            self._plan_parts()
        return approval.with_env(self.env)

    def _decided_text(self, approved, declined):
        """Return the lines of a decision as text, with their prices."""
        rows = []
        for lines, mark in ((approved, "✓"), (declined, "✗")):
            rows += [
                f"{mark} {line.name} × {line.quantity:g} = "
                f"{format_amount(self.env, line.price_total, line.currency_id)}"
                for line in lines
            ]
        return "\n".join(rows)

    def _approve_house_lines(self):
        """Approve what neither the customer nor their insurer pays for."""
        self.ensure_one()
        lines = self.line_ids.filtered(
            lambda line: (
                line.decision == "proposed" and line.pay_type not in ASKED_PAYERS
            )
        )
        if lines:
            self._record_decision(
                lines, lines.browse(), "house", self.env.user.name or ""
            )

    def _lines_changed(self):
        """Follow a changed estimate; called by its lines."""
        for repair in self.filtered(
            lambda one: one.service_state not in (*BEFORE_WORK, False)
        ):
            repair._approve_house_lines()
            repair._plan_parts()
