from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    auto_notice_required = fields.Boolean(
        related="company_id.auto_notice_required", readonly=False
    )
    auto_notice_invoiced = fields.Boolean(
        related="company_id.auto_notice_invoiced", readonly=False
    )
    auto_notice_paid_percent = fields.Float(
        related="company_id.auto_notice_paid_percent", readonly=False
    )
    auto_notice_loan = fields.Boolean(
        related="company_id.auto_notice_loan", readonly=False
    )
    auto_pdi_required = fields.Boolean(
        related="company_id.auto_pdi_required", readonly=False
    )
    auto_checklist_on_receipt = fields.Boolean(
        related="company_id.auto_checklist_on_receipt", readonly=False
    )
    auto_aged_days = fields.Integer(related="company_id.auto_aged_days", readonly=False)
    auto_markdown_percent = fields.Float(
        related="company_id.auto_markdown_percent", readonly=False
    )
    auto_markdown_max_percent = fields.Float(
        related="company_id.auto_markdown_max_percent", readonly=False
    )
    auto_warranty_months = fields.Integer(
        related="company_id.auto_warranty_months", readonly=False
    )
    auto_first_service_months = fields.Integer(
        related="company_id.auto_first_service_months", readonly=False
    )
    auto_first_service_km = fields.Integer(
        related="company_id.auto_first_service_km", readonly=False
    )
    auto_balance_days = fields.Integer(
        related="company_id.auto_balance_days", readonly=False
    )
