from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.auto_test_drive import RATED, RATINGS


class AutoTestDriveFeedback(models.TransientModel):
    """What the customer says of the test drive, and what happens next."""

    _name = "auto.test.drive.feedback"
    _inherit = ["auto.window.mixin"]
    _description = "Feedback on a test drive"
    _document_field = "drive_id"

    drive_id = fields.Many2one(
        comodel_name="auto.test.drive",
        string="Test drive",
        required=True,
        ondelete="cascade",
    )
    lead_id = fields.Many2one(related="drive_id.lead_id")
    rating_driving = fields.Selection(RATINGS, string="Driving")
    rating_comfort = fields.Selection(RATINGS, string="Comfort")
    rating_space = fields.Selection(RATINGS, string="Space")
    rating_equipment = fields.Selection(RATINGS, string="Equipment")
    rating_value = fields.Selection(RATINGS, string="Value for money")
    liked = fields.Text(string="What the customer liked")
    disliked = fields.Text(string="What not")
    intent = fields.Selection(selection="_selection_intent", string="And now")
    grade_id = fields.Many2one(
        comodel_name="auto.lead.grade",
        string="Grade",
        ondelete="cascade",
        domain="[('is_lost', '=', False), ('is_won', '=', False)]",
        compute="_compute_grade_id",
        store=True,
        readonly=False,
    )
    next_step = fields.Char(string="Next step")
    next_date = fields.Date(
        string="Next contact", help="Empty: as the grade of the prospect says."
    )

    def _selection_intent(self):
        field = self.env["auto.test.drive"]._fields["intent"]
        return field._description_selection(self.env)

    @api.depends("drive_id")
    def _compute_grade_id(self):
        for window in self:
            # Of a prospect whose test drive the user sees.
            window.grade_id = window.drive_id.sudo().lead_id.grade_id

    @api.model
    def default_get(self, fields):
        """Begin with what was said already."""
        values = super().default_get(fields)
        drive = self.env["auto.test.drive"].browse(values.get("drive_id") or [])
        if drive and drive.has_access("read") and drive.date_feedback:
            for name in (*RATED, "liked", "disliked", "intent", "next_step"):
                values[name] = drive[name]
        return values

    def action_confirm(self):
        """Keep it, and log it as a contact of the prospect.

        :raise UserError: when nothing was said
        """
        self.ensure_one()
        names = (*RATED, "liked", "disliked", "intent", "next_step", "next_date")
        values = {
            name: self[name] if self[name] and self[name] != "0" else False
            for name in names
        }
        if not any(values.values()):
            raise UserError(self.env._("Write what the customer said."))
        self.drive_id._give_feedback(values, self.grade_id)
        return {"type": "ir.actions.act_window_close"}
