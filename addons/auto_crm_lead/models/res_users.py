from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _auto_own_leads_only(self):
        """Return whether the user sees only the prospects assigned to this user.

        That holds for the roles that the matrix gives no store-wide right on
        prospects; whoever also manages, and users without an automotive role,
        are not narrowed. Used by record rules.
        """
        roles = self._auto_roles()
        wide = {"sales_manager", "store_manager", "head_office", "auditor"}
        return bool(roles) and not roles & wide

    def _auto_finds_leads(self):
        """Return whether the user also sees prospects found by an exact number."""
        return bool(self._auto_roles() & {"callcentre", "complaint"})
