from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

AGES = (30, 60, 90)


class AutoClaim(models.Model):
    """The money of a claim: expected, decided and, by Odoo's invoices, received."""

    _inherit = "auto.claim"

    move_ids = fields.One2many(
        comodel_name="account.move",
        inverse_name="auto_claim_id",
        string="Invoices",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly",
    )
    move_count = fields.Integer(compute="_compute_move_count", compute_sudo=True)
    amount_expected = fields.Monetary(
        string="Claimed", compute="_compute_amounts", store=True, help="With taxes."
    )
    amount_decided = fields.Monetary(
        string="Decided", compute="_compute_amounts", store=True
    )
    amount_refused = fields.Monetary(
        string="Not paid by the payer", compute="_compute_amounts", store=True
    )
    amount_house = fields.Monetary(
        string="Borne by the house", compute="_compute_amounts", store=True
    )
    amount_customer = fields.Monetary(
        string="Borne by the customer", compute="_compute_amounts", store=True
    )
    amount_unborne = fields.Monetary(
        string="To be said who bears it", compute="_compute_amounts", store=True
    )
    refusal_share = fields.Float(
        string="Cut or refused (%)",
        compute="_compute_amounts",
        store=True,
        aggregator="avg",
        help="Of the amount claimed, since it was decided.",
    )
    amount_received = fields.Monetary(
        string="Money received",
        compute="_compute_received",
        store=True,
        compute_sudo=True,
    )
    amount_residual = fields.Monetary(
        string="Open on invoices",
        compute="_compute_received",
        store=True,
        compute_sudo=True,
    )
    amount_open = fields.Monetary(
        string="Still to come", compute="_compute_open", store=True
    )
    payment_status = fields.Selection(
        selection=[
            ("none", "Not invoiced"),
            ("open", "To be paid"),
            ("partial", "Partly paid"),
            ("paid", "Paid"),
        ],
        string="Payer's payment",
        compute="_compute_open",
        store=True,
        help="As the invoices to the payer say.",
    )
    invoiced = fields.Boolean(
        compute="_compute_received", store=True, compute_sudo=True
    )
    age_days = fields.Integer(
        string="Days since submission", compute="_compute_ages", aggregator=None
    )
    open_30 = fields.Monetary(string="0–30 days", compute="_compute_ages")
    open_60 = fields.Monetary(string="31–60 days", compute="_compute_ages")
    open_90 = fields.Monetary(string="61–90 days", compute="_compute_ages")
    open_old = fields.Monetary(string="Over 90 days", compute="_compute_ages")

    def _compute_move_count(self):
        for claim in self:
            claim.move_count = len(claim.move_ids)

    @api.depends(
        "line_ids.amount",
        "line_ids.amount_decided",
        "line_ids.amount_refused",
        "line_ids.decision",
        "line_ids.bearer",
    )
    def _compute_amounts(self):
        for claim in self:
            lines = claim.line_ids
            borne = {
                bearer: sum(theirs.mapped("amount_refused"))
                for bearer, theirs in lines.grouped("bearer").items()
            }
            expected = sum(lines.mapped("amount"))
            claim.amount_expected = expected
            claim.amount_decided = sum(lines.mapped("amount_decided"))
            claim.amount_refused = sum(lines.mapped("amount_refused"))
            claim.amount_house = borne.get("internal", 0)
            claim.amount_customer = borne.get("customer", 0)
            claim.amount_unborne = borne.get(False, 0)
            claim.refusal_share = (
                100 * claim.amount_refused / expected if expected else 0
            )

    @api.depends(
        "move_ids.state",
        "move_ids.payment_state",
        "move_ids.amount_total_signed",
        "move_ids.amount_residual_signed",
        "move_ids.is_auto_claim_rebill",
    )
    def _compute_received(self):
        for claim in self:
            moves = claim.move_ids.filtered(
                lambda move: move.state == "posted" and not move.is_auto_claim_rebill
            )
            claim.invoiced = bool(moves)
            # Paid, though the bank has not confirmed it yet, is received.
            claim.amount_residual = sum(
                moves.filtered(lambda move: move.payment_state != "in_payment").mapped(
                    "amount_residual_signed"
                )
            )
            claim.amount_received = (
                sum(moves.mapped("amount_total_signed")) - claim.amount_residual
            )

    @api.depends(
        "step",
        "amount_expected",
        "amount_decided",
        "amount_received",
        "amount_residual",
        "invoiced",
    )
    def _compute_open(self):
        for claim in self:
            if claim.step == "cancelled":
                claim.amount_open, claim.payment_status = 0, "none"
                continue
            decided = claim.step in ("decided", "closed")
            due = claim.amount_decided if decided else claim.amount_expected
            claim.amount_open = max(due - claim.amount_received, 0)
            if claim.invoiced:
                # A cent that taxes cannot say is not waited for.
                claim.amount_open = min(
                    claim.amount_open, max(claim.amount_residual, 0)
                )
            currency = claim.currency_id or self.env.company.currency_id
            if not claim.invoiced:
                claim.payment_status = "none"
            elif currency.is_zero(claim.amount_open) and not currency.is_zero(due):
                claim.payment_status = "paid"
            elif currency.compare_amounts(claim.amount_received, 0) > 0:
                claim.payment_status = "partial"
            else:
                claim.payment_status = "open"

    @api.depends("date_submitted", "amount_open", "step")
    def _compute_ages(self):
        today = fields.Date.context_today(self)
        names = ("open_30", "open_60", "open_90", "open_old")
        for claim in self:
            waits = claim.step in ("submitted", "decided") and claim.date_submitted
            day = fields.Date.context_today(claim, claim.date_submitted) if waits else 0
            age = (today - day).days if waits else 0
            claim.age_days = age
            band = sum(age > limit for limit in AGES)
            for number, name in enumerate(names):
                claim[name] = claim.amount_open if waits and number == band else 0

    @api.model
    def _age_domain(self, days):
        """Return the domain of claims that wait for money longer than so many days."""
        return self._unpaid_domain() & [
            ("date_submitted", "<", fields.Datetime.now() - timedelta(days=days))
        ]

    # ------------------------------------------------------------------
    # What the payer does not pay
    # ------------------------------------------------------------------

    def action_settle_difference(self):
        """Ask who bears what the payer does not pay."""
        self.ensure_one()
        self._check_manager()
        self._check_unborne()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Who bears it"),
            "res_model": "auto.claim.bear",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_claim_id": self.id},
        }

    def _check_unborne(self):
        if self.step != "decided" or not self.line_ids._is_unborne():
            raise UserError(
                self.env._(
                    "On %(claim)s nothing is left of which somebody must say who "
                    "bears it.",
                    claim=self.name,
                )
            )

    def _bear(self, bearers, note=""):
        """Keep who bears what the payer does not pay, and bring the invoices in step.

        The payer's draft invoice is lowered; for one that is posted a credit note is
        drafted. What the customer bears becomes a draft invoice to them. The cashier
        posts all of them.

        :param dict bearers: each claim line to ``internal`` or ``customer``
        :param str note: why, kept in the history
        :raise UserError: when the order is not settled, or a line is missing
        """
        self.ensure_one()
        self._check_manager()
        self._check_unborne()
        open_lines = self.line_ids._is_unborne()
        if set(bearers) != set(open_lines):
            raise UserError(self.env._("Please say of each line who bears it."))
        # Invoices are the cashier's to post; what they say follows from the claim.
        claim = self.sudo()
        invoices = claim._payer_invoices()
        if not invoices:
            raise UserError(
                self.env._(
                    "Settle repair order %(order)s first: there is no invoice to the "
                    "payer yet.",
                    order=self.repair_id.name,
                )
            )
        for line, bearer in bearers.items():
            line._set(
                {
                    "bearer": bearer,
                    "bearer_by_id": self.env.uid,
                    "bearer_on": fields.Datetime.now(),
                }
            )
        for invoice in invoices:
            claim._lower_invoice(invoice, open_lines)
        customer = open_lines.filtered(lambda line: line.bearer == "customer")
        if customer:
            claim._bill_customer(customer)
        names = dict(open_lines._fields["bearer"]._description_selection(self.env))
        self.sudo().message_post(
            body=Markup("<br/>").join(
                [
                    *(
                        f"{line.number}. {line.name}: {names[line.bearer]}"
                        for line in open_lines
                    ),
                    note or "",
                ]
            ),
            author_id=self.env.user.partner_id.id,
        )
        return True

    def _payer_invoices(self):
        """Return the invoices to the payer that stand."""
        return self.move_ids.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and not move.is_auto_claim_rebill
                and move.state != "cancel"
                and move.payment_state != "reversed"
            )
        )

    def _link_invoices(self):
        """Take over the invoices of orders that were settled before the claim."""
        for claim in self.sudo():  # as in _bear
            orders = claim.repair_id.settlement_ids.filtered(
                lambda one, claim=claim: (
                    one.auto_pay_type == claim.kind and one.state != "cancel"
                )
            )
            orders.invoice_ids.write({"auto_claim_id": claim.id})

    def _lower_invoice(self, invoice, lines):
        """Take off an invoice what the payer does not pay of ``lines``."""
        cut = {line.repair_line_id: line for line in lines}
        if invoice.state == "draft":
            commands = []
            for item in invoice.invoice_line_ids:
                line = cut.get(item.sale_line_ids.auto_repair_line_id[:1])
                if line:
                    price = item.price_unit * line.amount_decided / line.amount
                    commands.append(Command.update(item.id, {"price_unit": price}))
            invoice.write({"invoice_line_ids": commands})
            return
        credit = invoice._reverse_moves(
            [
                {
                    "ref": self.env._("%(claim)s: not paid", claim=self.name),
                    "invoice_date": fields.Date.context_today(self),
                }
            ]
        )
        commands = []
        for item in credit.invoice_line_ids:
            line = cut.get(item.sale_line_ids.auto_repair_line_id[:1])
            if not line:
                commands.append(Command.delete(item.id))
                continue
            price = item.price_unit * line.amount_refused / line.amount
            # The work stays invoiced: nobody invoices it a second time.
            values = {"price_unit": price, "sale_line_ids": [Command.clear()]}
            commands.append(Command.update(item.id, values))
        credit.write({"invoice_line_ids": commands})

    def _bill_customer(self, lines):
        """Draft the invoice of what the customer bears."""
        payer = self.repair_id._payer("customer")
        commands = []
        for line in lines:
            source = line.repair_line_id
            share = line.amount_refused / line.amount
            product = source.product_id if source.kind == "part" else None
            commands.append(
                Command.create(
                    {
                        "product_id": (product or source._labour_product()).id,
                        "name": line.name,
                        "quantity": source.quantity,
                        "price_unit": source.price_unit * share,
                        "discount": source.discount,
                        "tax_ids": [Command.set(source.tax_ids.ids)],
                    }
                )
            )
        moves = self.env["account.move"].with_company(self.company_id)
        moves.create(
            {
                "move_type": "out_invoice",
                "partner_id": payer.id,
                "company_id": self.company_id.id,
                "invoice_origin": f"{self.name}, {self.repair_id.name}",
                "auto_claim_id": self.id,
                "is_auto_claim_rebill": True,
                "invoice_line_ids": commands,
            }
        )

    def action_view_moves(self):
        """Open the invoices and credit notes."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Invoices"),
            "res_model": "account.move",
            "views": [(False, "list"), (False, "form")],
            "domain": [("auto_claim_id", "=", self.id)],
        }
