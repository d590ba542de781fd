from odoo import api, fields, models


class ResCompany(models.Model):
    """When a store lets a car go, and what its buyer gets with it."""

    _inherit = "res.company"

    auto_notice_required = fields.Boolean(
        string="No car leaves without a released delivery notice",
        compute="_compute_auto_notice_required",
        store=True,
        precompute=True,
        readonly=False,
        help="Stock refuses to deliver a car to a customer, by whatever way, until a "
        "manager has released the delivery notice of its contract. On for stores. "
        "Turn it off where cars are delivered without contracts in this system.",
    )
    auto_notice_invoiced = fields.Boolean(
        string="Release only what is invoiced",
        help="The whole contract must be on posted invoices.",
    )
    auto_notice_paid_percent = fields.Float(
        string="Release from paid (%)",
        default=100,
        help="Which part of the contract must be paid; what an approved loan will pay "
        "out is not counted. 0: payment is not looked at.",
    )
    auto_notice_loan = fields.Boolean(
        string="Release only with an approved loan",
        default=True,
        help="Where part of the contract is paid by a loan.",
    )
    auto_pdi_required = fields.Boolean(
        string="No car leaves without a passed PDI",
        help="The pre-delivery inspection must be passed before goods issue.",
    )
    auto_checklist_on_receipt = fields.Boolean(
        string="Inspect cars on receipt",
        default=True,
        help="A car that comes into stock gets its receipt and PDI checklists.",
    )
    auto_aged_days = fields.Integer(
        string="Aged after (days)",
        default=90,
        help="Days in stock after which a car is proposed for a markdown.",
    )
    auto_markdown_percent = fields.Float(
        string="Markdown step (%)",
        default=1,
        help="Proposed for each 30 days over that age.",
    )
    auto_markdown_max_percent = fields.Float(string="Largest markdown (%)", default=8)
    auto_warranty_months = fields.Integer(
        string="Warranty (months)",
        default=36,
        help="From the handover, where the model does not say.",
    )
    auto_first_service_months = fields.Integer(
        string="First service after (months)", default=6
    )
    auto_first_service_km = fields.Integer(
        string="First service after (km)", default=5000
    )
    auto_balance_days = fields.Integer(
        string="Balance due within (days)",
        default=7,
        help="Of the contract, when it has no delivery date.",
    )

    _auto_delivery_check = models.Constraint(
        "CHECK(auto_notice_paid_percent BETWEEN 0 AND 100"
        " AND auto_markdown_percent BETWEEN 0 AND 100"
        " AND auto_markdown_max_percent BETWEEN 0 AND 100)",
        "A percentage is between 0 and 100.",
    )
    _auto_delivery_terms_check = models.Constraint(
        "CHECK(auto_aged_days BETWEEN 1 AND 3660"
        " AND auto_warranty_months BETWEEN 0 AND 240"
        " AND auto_first_service_months BETWEEN 0 AND 60"
        " AND auto_first_service_km BETWEEN 0 AND 100000"
        " AND auto_balance_days BETWEEN 0 AND 365)",
        "Times and distances of a delivery must be reasonable.",
    )

    @api.depends("parent_id")
    def _compute_auto_notice_required(self):
        for company in self:
            company.auto_notice_required = bool(company.parent_id)
