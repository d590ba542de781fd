from odoo import api, fields, models


class AutoPhoneReveal(models.TransientModel):
    """Shows one masked number to a user who may reveal it."""

    _name = "auto.phone.reveal"
    _description = "Number shown"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, readonly=True
    )
    # Computed, so that the number is not kept a second time.
    phone = fields.Char(compute="_compute_phone")

    @api.depends("partner_id")
    def _compute_phone(self):
        for reveal in self:
            # The reveal was checked and logged when this record was made.
            reveal.phone = reveal.partner_id.sudo().phone

    @api.model_create_multi
    def create(self, vals_list):
        partners = self.env["res.partner"].browse(
            [vals["partner_id"] for vals in vals_list]
        )
        partners._check_reveal()
        self.env["auto.access.log"]._log("reveal", partners)
        return super().create(vals_list)
