from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .auto_labour_rate import PAY_TYPES

# Only the methods that record a decision pass this object.
DECIDE = object()
# A change of these makes another offer of a line.
OFFER = {
    "job_id",
    "name",
    "kind",
    "operation_id",
    "product_id",
    "quantity",
    "price_unit",
    "discount",
    "tax_ids",
    "pay_type",
}
# Another work or part is another offer, whatever it costs.
SUBJECT = ("job_id", "kind", "operation_id", "product_id", "name")
# Work for the customer's money or insurance is done when they have agreed.
ASKED_PAYERS = ("customer", "insurance")
# Which benefit of a member lowers the price of which line.
MEMBER_DISCOUNTS = {"labour": "labour", "part": "parts"}


class AutoRepairLine(models.Model):
    """Labour, a part or work done outside, offered and done on a repair order."""

    _name = "auto.repair.line"
    _inherit = ["auto.derived.mixin"]
    _description = "Labour or part"
    _order = "repair_id, job_id, sequence, id"

    job_id = fields.Many2one(
        comodel_name="auto.repair.job",
        string="Job",
        required=True,
        index=True,
        ondelete="cascade",
    )
    repair_id = fields.Many2one(
        related="job_id.repair_id", string="Repair order", store=True, index=True
    )
    company_id = fields.Many2one(related="job_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="repair_id.currency_id")
    sequence = fields.Integer(default=10)
    kind = fields.Selection(
        selection=[("labour", "Labour"), ("part", "Part"), ("sublet", "Sublet")],
        required=True,
        default="labour",
        help="Sublet: work that another workshop does for us.",
    )
    operation_id = fields.Many2one(
        comodel_name="auto.labour.operation",
        string="Operation",
        index="btree_not_null",
        ondelete="restrict",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Part",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('type', '=', 'consu'), ('is_vehicle', '=', False)]",
    )
    name = fields.Char(
        string="Description",
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    pay_type = fields.Selection(
        selection=PAY_TYPES,
        string="Paid by",
        compute="_compute_pay_type",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
    )
    quantity = fields.Float(
        compute="_compute_quantity",
        store=True,
        readonly=False,
        precompute=True,
        digits="Product Unit",
        help="Hours of labour, or pieces.",
    )
    uom_id = fields.Many2one(related="product_id.uom_id", string="Unit")
    price_unit = fields.Float(
        string="Unit price",
        compute="_compute_price_unit",
        store=True,
        readonly=False,
        digits="Product Price",
    )
    discount = fields.Float(
        string="Discount (%)",
        compute="_compute_discount",
        store=True,
        readonly=False,
        digits="Discount",
        help="Members have theirs from the benefits of their tier.",
    )
    tax_ids = fields.Many2many(
        comodel_name="account.tax",
        string="Taxes",
        compute="_compute_tax_ids",
        store=True,
        readonly=False,
        domain="[('type_tax_use', '=', 'sale')]",
    )
    price_subtotal = fields.Monetary(
        string="Untaxed", compute="_compute_amounts", store=True
    )
    price_total = fields.Monetary(
        string="Total", compute="_compute_amounts", store=True
    )
    decision = fields.Selection(
        selection=[
            ("proposed", "Proposed"),
            ("approved", "Approved"),
            ("declined", "Declined"),
        ],
        readonly=True,
        required=True,
        copy=False,
        default="proposed",
        index=True,
    )
    approval_id = fields.Many2one(
        comodel_name="auto.repair.approval",
        string="Decided by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )

    _quantity_check = models.Constraint(
        "CHECK (quantity >= 0 AND quantity <= 100000)",
        "A quantity is between 0 and 100,000.",
    )
    _price_check = models.Constraint(
        "CHECK (price_unit >= 0 AND price_unit <= 100000000)",
        "A price is between 0 and 100,000,000.",
    )
    _discount_check = models.Constraint(
        "CHECK (discount >= 0 AND discount <= 100)",
        "A discount is between 0 and 100 %.",
    )
    _item_check = models.Constraint(
        "CHECK (kind != 'part' OR product_id IS NOT NULL)",
        "Please say which part.",
    )

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("kind", "operation_id", "product_id")
    def _compute_name(self):
        for line in self:
            if line.kind == "labour" and line.operation_id:
                line.name = line.operation_id.name
            elif line.kind == "part" and line.product_id:
                line.name = line.product_id.display_name
            else:
                line.name = line.name or ""

    @api.depends("job_id.pay_type")
    def _compute_pay_type(self):
        for line in self:
            line.pay_type = line.pay_type or line.job_id.pay_type or "customer"

    @api.depends("operation_id")
    def _compute_quantity(self):
        for line in self:
            if line.kind == "labour" and line.operation_id:
                line.quantity = line.operation_id.standard_hours
            else:
                line.quantity = line.quantity or 1.0

    @api.depends("kind", "operation_id", "product_id", "pay_type")
    def _compute_price_unit(self):
        for line, price in self._price_now():
            line.price_unit = price

    def _price_now(self):
        """Yield each line and the price of one hour or piece, by rates and lists."""
        rates = {
            company: self.env["auto.labour.rate"]._rates_for(company)
            for company in self.company_id
        }
        for line in self:
            if line.kind == "labour":
                price = rates.get(
                    line.company_id, self.env["auto.labour.rate"]
                )._rate_for(line.operation_id.skill_id, line.pay_type)
            elif line.kind == "part":
                price = line.product_id.with_company(line.company_id).lst_price
            else:
                price = line.price_unit
            yield line, price

    @api.depends("kind", "pay_type", "repair_id.partner_id")
    def _compute_discount(self):
        undecided = self.filtered(lambda line: line.decision == "proposed")
        benefits = undecided.repair_id.partner_id._member_benefits()
        for line in undecided:
            line.discount = line._member_discount(benefits)
        for line in self - undecided:
            line.discount = line.discount

    def _member_discount(self, benefits=None):
        """Return the per cent that the customer has off this line as a member.

        :param dict benefits: what ``_member_benefits`` says, when it is known
        """
        self.ensure_one()
        partner = self.repair_id.partner_id
        if benefits is None:
            benefits = partner._member_benefits()
        theirs = benefits.get(partner.id, {}).get("benefits", [])
        kind = MEMBER_DISCOUNTS.get(self.kind)
        return max(
            (
                benefit["percent"]
                for benefit in theirs
                if benefit["kind"] == kind and self.pay_type == "customer"
            ),
            default=0,
        )

    @api.depends("kind", "product_id", "company_id")
    def _compute_tax_ids(self):
        for line in self:
            product = line.product_id if line.kind == "part" else line._labour_product()
            # Which tax a store charges is no secret of the bookkeepers'.
            line.tax_ids = product.sudo().taxes_id._filter_taxes_by_company(
                line.company_id
            )

    @api.depends("quantity", "price_unit", "discount", "tax_ids")
    def _compute_amounts(self):
        for line in self:
            price = line.price_unit * (1 - line.discount / 100)
            currency = line.currency_id or line.env.company.currency_id
            # As above: the amount is the customer's to know.
            amounts = line.sudo().tax_ids.compute_all(
                price, currency=currency, quantity=line.quantity
            )
            line.price_subtotal = amounts["total_excluded"]
            line.price_total = amounts["total_included"]

    @api.constrains("name")
    def _check_name(self):
        if any(not (line.name or "").strip() for line in self):
            raise ValidationError(self.env._("Please say what is to be done."))

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("auto_decide") is not DECIDE:
            for vals in vals_list:
                vals.pop("decision", None)
                vals.pop("approval_id", None)
        lines = super().create(vals_list)
        lines.repair_id._check_not_over()
        lines.repair_id._lines_changed()
        return lines

    def write(self, vals):
        decided = self.env.context.get("auto_decide") is DECIDE
        if not decided and vals.keys() & {"decision", "approval_id"}:
            raise UserError(self.env._("A decision is recorded by its button."))
        offered = vals.keys() & OFFER
        if offered and not decided:
            self.repair_id._check_not_over()
            self._check_not_worked(offered)
            self._check_job(vals.get("job_id"))
        before = {line: line._offer() for line in self} if offered else {}
        result = super().write(vals)
        if offered and not decided:
            self._reopen(before)
            self.repair_id._lines_changed()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        self.repair_id._check_not_over()
        if any(line.decision != "proposed" for line in self):
            raise UserError(
                self.env._("What the customer decided on is kept; decline it.")
            )

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    @api.model
    def _labour_product(self):
        """Return the product under which labour is invoiced."""
        # Set by the installation, read by everybody.
        return self.env.ref("auto_crm_service.product_labour").sudo().product_variant_id

    def _check_not_worked(self, names):
        """Hook: refuse to change what was issued or worked already.

        :param names: the fields that are about to change
        """

    def _reopen(self, before):
        """Ask again for what became dearer, or another payer's, since the yes.

        :param dict before: each line's :meth:`_offer` as it was agreed to
        """
        dearer = self.filtered(
            lambda line: (
                line.decision == "approved" and line._is_another_offer(before[line])
            )
        )
        dearer._decide("proposed", self.env["auto.repair.approval"])

    def _offer(self):
        """Return what is agreed to with this line: its subject and its total."""
        self.ensure_one()
        return [self[name] for name in SUBJECT], self.price_total

    def _is_another_offer(self, before):
        """Return whether this is more, or other, than what was agreed to.

        :param before: the :meth:`_offer` that was agreed to
        """
        self.ensure_one()
        subject, total = before
        payers = (self.approval_id.pay_types or "").split(",")
        return (
            self._offer()[0] != subject
            or self.currency_id.compare_amounts(self.price_total, total) > 0
            or self.pay_type not in payers
        )

    def _check_job(self, job_id):
        """Refuse to let a line change its repair order.

        :raise UserError: when the job is another order's
        """
        if job_id and any(
            line.repair_id != line.job_id.browse(job_id).repair_id for line in self
        ):
            raise UserError(self.env._("A line stays with its repair order."))

    def _decide(self, decision, approval):
        """Keep what was decided on these lines.

        :param str decision: a key of :attr:`decision`
        :param approval: the ``auto.repair.approval`` that says who and how
        """
        if self:
            self.with_context(auto_decide=DECIDE).write(
                {"decision": decision, "approval_id": approval.id}
            )
