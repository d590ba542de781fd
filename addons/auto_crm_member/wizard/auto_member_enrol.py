from odoo import fields, models


class AutoMemberEnrol(models.TransientModel):
    """Makes a customer a member."""

    _name = "auto.member.enrol"
    _description = "Make a member"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", required=True, readonly=True
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.program",
        string="Programme",
        required=True,
        domain=[("is_member_program", "=", True)],
        default=lambda self: self.env["loyalty.program"]._member_programs(
            self.env.company
        )[:1],
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    date_joined = fields.Date(
        string="Member since", required=True, default=fields.Date.context_today
    )

    def action_enrol(self):
        """Make the customer a member and open the membership."""
        self.ensure_one()
        member = self.env["auto.member"].create(
            {
                "partner_id": self.partner_id.id,
                "program_id": self.program_id.id,
                "company_id": self.company_id.id,
                "date_joined": self.date_joined,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": member._name,
            "res_id": member.id,
            "views": [(False, "form")],
            "target": "current",
        }
