from odoo import api, models
from odoo.tools import ormcache


class CrmStage(models.Model):
    _inherit = "crm.stage"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache("stable")
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache("stable")
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache("stable")
        return super().unlink()

    @api.model
    @ormcache("team_id", cache="stable")
    def _first_id(self, team_id):
        """Return the id of the stage in which new prospects of a team begin."""
        lead = self.env["crm.lead"].sudo()  # stages are the same for everybody
        return lead._stage_find(team_id=team_id, domain=[("fold", "=", False)]).id

    @api.model
    @ormcache(cache="stable")
    def _first_shared_id(self):
        """Return the id of the first of the stages that all teams share."""
        shared = self.sudo().search(  # stages are the same for everybody
            [("team_ids", "=", False)], order="sequence, id", limit=1
        )
        return shared.id
