from odoo import api, fields, models


class LoyaltyHistory(models.Model):
    """The history of a member's points is written by what changes them."""

    _inherit = "loyalty.history"

    partner_id = fields.Many2one(
        related="card_id.partner_id", string="Customer", store=True, index=True
    )
    program_id = fields.Many2one(
        related="card_id.program_id", string="Programme", store=True, index=True
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_member_card()
        return lines

    def write(self, vals):
        self._check_member_card()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_member_card(self):
        self._check_member_card()

    def _check_member_card(self):
        self.card_id._check_member_card()
