from odoo import api, models

ROLES = (
    "consultant",
    "sales_manager",
    "adviser",
    "technician",
    "service_manager",
    "complaint",
    "callcentre",
    "store_manager",
    "head_office",
    "auditor",
)


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model_create_multi
    def create(self, vals_list):
        # The partner of a user is no customer of a store.
        users = super(ResUsers, self.with_context(auto_plain_partner=True)).create(
            vals_list
        )
        return users.with_env(self.env)

    @api.model
    def _auto_role_codes(self):
        """Return the codes of all roles, each the tail of its group's XML id."""
        return ROLES

    def _auto_roles(self):
        """Return the codes of the automotive roles that this user has."""
        self.ensure_one()
        return frozenset(
            role
            for role in self._auto_role_codes()
            if self.has_group(f"auto_crm_base.group_{role}")
        )
