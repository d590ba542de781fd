from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _auto_plans_campaigns(self):
        """Return whether the user plans campaigns; used by record rules.

        Users without an automotive role have what Odoo gives them.
        """
        roles = self._auto_roles()
        return not roles or bool(
            roles & {"sales_manager", "store_manager", "head_office"}
        )
