from odoo import models


class ResUsers(models.Model):
    _inherit = "res.users"

    def _auto_group_ids(self):
        """Return the ids of the groups whose stores the user works for.

        For the rule of the group stock, which every store of the group may see.
        """
        return self.company_ids.root_id.ids
