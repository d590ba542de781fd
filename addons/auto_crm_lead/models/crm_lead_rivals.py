from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLead(models.Model):
    """What a prospect compares our cars with, and whom a lost one went to."""

    _inherit = "crm.lead"

    rival_model_ids = fields.Many2many(
        comodel_name="auto.competitor.model",
        relation="crm_lead_rival_model_rel",
        string="Compares with",
        copy=False,
        help="Models of competitors that the customer looks at. A prospect that buys "
        "from us was won against them.",
    )

    @api.constrains("competitor_id", "competitor_model_id")
    def _check_competitor_model(self):
        for lead in self.filtered("competitor_model_id"):
            model = lead.competitor_model_id
            if lead.competitor_id and model.competitor_id != lead.competitor_id:
                raise ValidationError(
                    self.env._(
                        "“%(model)s” is not sold by %(competitor)s.",
                        model=model.name,
                        competitor=lead.competitor_id.name,
                    )
                )

    def action_compare_rivals(self):
        """Open the comparison sheet: the models wanted, and what is compared."""
        self.ensure_one()
        ours = self.need_model_ids
        rivals = self.rival_model_ids | self.competitor_model_id
        return self.env["auto.model.compare"]._open(
            ours or rivals.rival_model_ids, rivals or ours.rival_ids, self
        )

    def _after_lost(self, approval):
        result = super()._after_lost(approval)
        # Who was lost is noted for the store, whoever approved.
        noted = self.env["auto.competitor.customer"].sudo()
        for lead in self.sudo():
            noted._note_lost(lead)
        return result

    def _after_reopen(self):
        result = super()._after_reopen()
        # The loss did not last: the note of it goes, whoever reopens.
        noted = self.env["auto.competitor.customer"].sudo()
        noted.search([("lead_id", "in", self.ids), ("kind", "=", "chose")]).write(
            {"active": False}
        )
        return result

    def _merge_get_fields_specific(self):
        return {
            **super()._merge_get_fields_specific(),
            "rival_model_ids": lambda name, leads: [
                fields.Command.set(leads.mapped(name).ids)
            ],
        }
