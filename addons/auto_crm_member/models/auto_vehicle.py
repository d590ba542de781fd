from odoo import api, fields, models


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    owner_member_badge = fields.Char(
        string="Member", compute="_compute_owner_member", compute_sudo=False
    )
    owner_member_id = fields.Many2one(
        comodel_name="auto.member",
        string="Owner's membership",
        compute="_compute_owner_member",
        compute_sudo=False,
    )
    owner_member_color = fields.Integer(
        compute="_compute_owner_member", compute_sudo=False
    )

    @api.depends("owner_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_owner_member(self):
        members = self.owner_id._origin._members_by_partner()
        for vehicle in self:
            member = members.get(vehicle.owner_id._origin.id, self.env["auto.member"])
            vehicle.owner_member_id = member
            vehicle.owner_member_color = member.sudo().tier_id.color
            vehicle.owner_member_badge = member._badge() if member else False

    def action_open_owner_member(self):
        """Open the owner's membership."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.member",
            "res_id": self.owner_member_id.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _change_owner_by_stock(self, usage, line, before, day):
        result = super()._change_owner_by_stock(usage, line, before, day)
        if usage == "customer" and self.owner_id:
            self.env["auto.member"]._enrol_on(
                "car", self.owner_id, line.company_id or self.company_id
            )
        return result
