from odoo import api, fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    auto_vin_check = fields.Selection(
        selection=[("refuse", "Refuse the VIN"), ("warn", "Warn, but accept it")],
        string="Wrong VIN check digit",
        compute="_compute_auto_vin_check",
        store=True,
        precompute=True,
        readonly=False,
        help="The ninth character of a VIN is computed from the others in China "
        "(GB 16735) and North America; elsewhere makers may use it freely. A VIN "
        "that is too short or has a forbidden letter is always refused.",
    )

    @api.depends("country_id")
    def _compute_auto_vin_check(self):
        for company in self:
            company.auto_vin_check = (
                "refuse" if company.country_id.code == "CN" else "warn"
            )

    @api.model_create_multi
    def create(self, vals_list):
        # The partner of a store is no customer of the store of its creator.
        companies = super(
            ResCompany, self.with_context(auto_plain_partner=True)
        ).create(vals_list)
        return companies.with_env(self.env)
