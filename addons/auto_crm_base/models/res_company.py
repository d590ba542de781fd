from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import ormcache


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

    auto_factory_code = fields.Char(
        string="Store code at the factory",
        help="How the maker's messages call this store.",
    )
    auto_consent_required = fields.Boolean(
        string="Marketing needs consent",
        help="Customers get advertising only after they allowed it. Without this, "
        "everybody who did not forbid it gets it.",
    )
    auto_contact_cap = fields.Integer(
        string="Contacts per customer",
        default=4,
        help="How often one customer is contacted, over all stores, before "
        "marketing leaves the customer alone. 0 for no limit.",
    )
    auto_contact_cap_days = fields.Integer(
        string="Days of the limit",
        default=30,
        help="Over how many days contacts are counted.",
    )

    _auto_contact_cap_positive = models.Constraint(
        "CHECK(auto_contact_cap >= 0 AND auto_contact_cap_days >= 0)",
        "The limit of contacts and its days cannot be negative.",
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
        self.env.registry.clear_cache()
        return companies.with_env(self.env)

    def write(self, vals):
        if "partner_id" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_auto_records(self):
        """A store with records is closed by archiving it; its history stays."""
        for model in ("auto.vehicle", "auto.access.log", "auto.contact"):
            # Whatever the stores of the one who deletes.
            records = self.env[model].sudo().with_context(active_test=False)
            row = records.search([("company_id", "in", self.ids)], limit=1)
            if row:
                raise UserError(
                    self.env._(
                        "%(store)s has cars, contacts or log entries that must be "
                        "kept. Archive the store instead, after its users were moved "
                        "to another one.",
                        store=row.company_id.display_name,
                    )
                )

    @ormcache("self.id")
    def _auto_country_code(self):
        """Return the ISO code of the store's country, ``""`` for none.

        Kept in memory: it says how to read a phone number, at each delivery, and
        Odoo works the address of a company out from three tables.
        """
        self.ensure_one()
        # How numbers are read in a store does not depend on who reads them.
        return self.sudo().country_id.code or ""

    @api.model
    @ormcache()
    def _auto_partner_ids(self):
        """Return the ids of the partners that stand for companies."""
        # Only to know when an address is that of a company.
        companies = self.sudo().with_context(active_test=False)
        everyone = companies.search([])  # pylint: disable=no-search-all
        return frozenset(everyone.partner_id.ids)
