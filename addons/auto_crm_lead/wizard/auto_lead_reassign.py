from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Command

from ..models.crm_lead_allocation import REASSIGN_ROLES


class AutoLeadReassign(models.TransientModel):
    """Give several prospects to another consultant, or let the rules decide."""

    _name = "auto.lead.reassign"
    _description = "Give prospects to another consultant"

    lead_ids = fields.Many2many(
        comodel_name="crm.lead", string="Prospects", required=True
    )
    company_ids = fields.Many2many(
        comodel_name="res.company", compute="_compute_company_ids"
    )
    by_rule = fields.Boolean(
        string="By the rules",
        help="Let the allocation rules choose, as for new prospects.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Consultant",
        domain="[('share', '=', False), ('company_ids', 'in', company_ids)]",
    )

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        context = self.env.context
        if context.get("active_model") == "crm.lead" and "lead_ids" in fields_list:
            values["lead_ids"] = [Command.set(context.get("active_ids") or [])]
        return values

    @api.depends("lead_ids")
    def _compute_company_ids(self):
        for wizard in self:
            wizard.company_ids = wizard.lead_ids.company_id

    def action_reassign(self):
        """Give the prospects away.

        :raise AccessError: when the current user is no manager
        """
        self.ensure_one()
        if not self.by_rule:
            return self.lead_ids.action_reassign(self.user_id.id)
        if not self.env.user._auto_roles() & REASSIGN_ROLES:
            raise AccessError(self.env._("Only managers give prospects to others."))
        self.lead_ids.check_access("write")
        # What the rules decide is written by the system.
        leads = self.lead_ids.sudo()
        leads.filtered(
            lambda lead: lead.active and lead.won_status == "pending"
        )._allocate_to_candidates("auto")
        return True
