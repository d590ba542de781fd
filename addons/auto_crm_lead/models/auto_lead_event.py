from odoo import api, fields, models


class AutoLeadEvent(models.Model):
    """The response clock: what happened to a prospect until a person answered.

    Nobody edits it, so that nobody can improve a response time afterwards.
    """

    _name = "auto.lead.event"
    _inherit = ["auto.append.only.mixin"]
    _description = "Response clock"
    _order = "date, id"
    _rec_name = "kind"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(comodel_name="res.company", string="Store", index=True)
    kind = fields.Selection(
        selection=[
            ("received", "Received"),
            ("auto_reply", "Automatic reply"),
            ("dispatched", "Given to a consultant"),
            ("seen", "Seen by the consultant"),
            ("first_touch", "First human contact"),
            ("reassigned", "Given to another consultant"),
            ("recalled", "Taken back"),
        ],
        required=True,
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", default=lambda self: self.env.user
    )
    assigned_id = fields.Many2one(comodel_name="res.users", string="Consultant")
    detail = fields.Char()

    @api.model
    def _append_only_open_fields(self):
        # A merge takes the events along to the prospect that stays.
        return super()._append_only_open_fields() | {"lead_id"}
