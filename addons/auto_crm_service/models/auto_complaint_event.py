from odoo import api, fields, models
from odoo.exceptions import AccessError

# Only auto.complaint._log_clock() passes this object, so that nobody writes the
# history of a complaint by hand.
WRITER = object()


class AutoComplaintEvent(models.Model):
    """The history of a complaint: each clock, hand-over and talk, never changed."""

    _name = "auto.complaint.event"
    _inherit = ["auto.append.only.mixin"]
    _description = "Complaint history"
    _order = "date desc, id desc"
    _rec_name = "kind"

    complaint_id = fields.Many2one(
        comodel_name="auto.complaint",
        string="Complaint",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", required=True, readonly=True
    )
    kind = fields.Selection(
        selection=[
            ("received", "Received"),
            ("again", "Customer came back"),
            ("assigned", "Assigned"),
            ("classified", "Classified"),
            ("reworded", "Description changed"),
            ("task_given", "Task given"),
            ("task_moved", "Task handed over"),
            ("task_done", "Task done"),
            ("task_cancelled", "Task dropped"),
            ("first_answer", "First answer"),
            ("answered", "Answered"),
            ("escalated", "Escalated"),
            ("callback", "Call-back"),
            ("closed", "Closed"),
            ("reopened", "Reopened"),
            ("store", "Given to another store"),
        ],
        required=True,
        readonly=True,
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        default=lambda self: self.env.user,
    )
    from_text = fields.Char(string="From", readonly=True)
    to_text = fields.Char(string="To", readonly=True)
    note = fields.Text(readonly=True)
    channel = fields.Char(readonly=True)
    external_ref = fields.Char(string="External reference", readonly=True)
    escalation_id = fields.Many2one(
        comodel_name="auto.complaint.escalation",
        string="Level",
        readonly=True,
        ondelete="restrict",
    )
    round = fields.Integer(
        readonly=True, help="How many times the complaint was reopened before."
    )

    # The same delivery never makes two complaints, the same level is told once.
    _external_uniq = models.UniqueIndex(
        "(channel, external_ref) WHERE external_ref IS NOT NULL"
    )
    _escalation_uniq = models.UniqueIndex(
        "(complaint_id, escalation_id, round) WHERE escalation_id IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("auto_complaint_event") is not WRITER:
            raise AccessError(
                self.env._(
                    "The history of a complaint is written by what people do with "
                    "it; nobody writes it by hand."
                )
            )
        return super().create(vals_list)
