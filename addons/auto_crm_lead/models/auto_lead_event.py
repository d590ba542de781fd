from odoo import fields, models


class AutoLeadEvent(models.Model):
    """The response clock: what happened to a prospect until a person answered.

    Nobody edits it, so that nobody can improve a response time afterwards.
    """

    _name = "auto.lead.event"
    _inherit = ["auto.lead.log.mixin"]
    _description = "Response clock"
    _order = "date, id"
    _rec_name = "kind"

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
    assigned_id = fields.Many2one(comodel_name="res.users", string="Consultant")
    detail = fields.Char()
