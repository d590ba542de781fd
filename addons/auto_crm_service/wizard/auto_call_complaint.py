from odoo import fields, models
from odoo.exceptions import UserError


class AutoCall(models.TransientModel):
    _inherit = "auto.call"

    is_complaint = fields.Boolean(
        string="This is a complaint",
        help="What was said goes to the complaint desk.",
    )

    def action_done(self):
        self.ensure_one()
        if self.is_complaint:
            if not (self.summary or "").strip():
                raise UserError(self.env._("Write what the customer complains about."))
            if not self.partner_id and not (self.new_name or "").strip():
                raise UserError(self.env._("Say who complains: name the caller."))
        return super().action_done()

    def _wrap_up(self):
        action = super()._wrap_up()
        if not self.is_complaint:
            return action
        complaint = self.env["auto.complaint"]._register_from(
            self.contact_id,
            {"description": self.summary, "contact": False},
            channel="phone",
        )
        if not complaint.has_access("read"):
            return action
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.complaint",
            "res_id": complaint.id,
            "views": [(False, "form")],
            "target": "current",
        }
