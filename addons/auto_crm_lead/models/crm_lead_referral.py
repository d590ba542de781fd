from odoo import api, fields, models


class CrmLead(models.Model):
    """Who recommended a prospect."""

    _inherit = "crm.lead"

    referral_ids = fields.One2many(
        comodel_name="auto.referral",
        inverse_name="lead_id",
        string="Recommendations",
        readonly=True,
    )
    referral_count = fields.Integer(
        string="Recommended", compute="_compute_referral_count"
    )

    @api.depends("referral_ids")
    def _compute_referral_count(self):
        counts = {}
        referrals = self.env["auto.referral"]
        if referrals.has_access("read"):
            counts = dict(
                referrals._read_group(
                    [("lead_id", "in", self.ids), ("state", "!=", "void")],
                    ["lead_id"],
                    ["__count"],
                )
            )
        for lead in self:
            lead.referral_count = counts.get(lead._origin, 0)

    @api.readonly
    def action_open_referrals(self):
        """Open by whom this prospect was recommended."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_referral_action"
        )
        return action | {"domain": [("lead_id", "=", self.id)], "context": {}}

    def _handle_won_lost(self, old_status_by_lead, new_status_by_lead):
        result = super()._handle_won_lost(old_status_by_lead, new_status_by_lead)
        won, undone = self.browse(), self.browse()
        for lead in self:
            before = old_status_by_lead.get(lead.id, {}).get("is_won")
            after = new_status_by_lead.get(lead.id, {}).get("is_won")
            if after and not before:
                won |= lead
            elif before and not after:
                undone |= lead
        if won or undone:
            # What follows a sale for the one who recommended, whoever sells.
            referrals = self.env["auto.referral"].sudo()
            referrals._friends_bought(won.sudo())
            referrals.search([("lead_id", "in", undone.ids)])._not_bought()
        return result

    def _merge_history_models(self):
        return {**super()._merge_history_models(), "auto.referral": "lead_id"}
