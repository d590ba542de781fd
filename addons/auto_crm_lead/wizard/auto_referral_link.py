from odoo import api, fields, models


class AutoReferralLink(models.TransientModel):
    """The link, and its code, that a customer gives to friends."""

    _name = "auto.referral.link"
    _inherit = ["auto.window.mixin"]
    _description = "Link to recommend us"
    _document_field = "partner_id"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, readonly=True
    )
    url = fields.Char(string="Link", compute="_compute_url")
    code = fields.Binary(compute="_compute_url")

    @api.depends("partner_id")
    def _compute_url(self):
        doors = self.env["auto.intake.source"]
        for window in self:
            window.url = window.partner_id._referral_url()
            window.code = doors._link_code(window.url)
