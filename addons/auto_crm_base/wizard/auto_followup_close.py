from datetime import timedelta

from odoo import api, fields, models


class AutoFollowupClose(models.TransientModel):
    """Take the result of a follow-up, or why it is not done."""

    _name = "auto.followup.close"
    _inherit = ["auto.window.mixin"]
    _description = "Result of a follow-up"
    _document_field = "followup_id"

    followup_id = fields.Many2one(
        comodel_name="auto.followup", required=True, ondelete="cascade"
    )
    mode = fields.Selection(
        selection=[("done", "Done"), ("skip", "Skip")], required=True, default="done"
    )
    script = fields.Html(related="followup_id.script")
    channel = fields.Selection(
        selection=lambda self: self._selection("channel"),
        required=True,
        default="phone",
    )
    result = fields.Selection(
        selection=lambda self: self._selection("result"), default="reached"
    )
    note = fields.Text(string="Note")
    retry_date = fields.Date(
        string="Try again on",
        compute="_compute_retry_date",
        store=True,
        readonly=False,
        help="The follow-up stays open and comes back on that day. Empty: it is "
        "closed with this result.",
    )

    @api.model
    def _selection(self, name):
        field = self.env["auto.contact"]._fields[name]
        return field._description_selection(self.env)

    @api.depends("result")
    def _compute_retry_date(self):
        tomorrow = fields.Date.context_today(self) + timedelta(days=1)
        for wizard in self:
            again = wizard.result in ("no_answer", "call_back")
            wizard.retry_date = again and tomorrow

    def action_confirm(self):
        """Close the follow-up, or log the attempt and move it."""
        self.ensure_one()
        if self.mode == "skip":
            self.followup_id._skip(self.note)
        elif self.retry_date:
            self.followup_id._retry(
                self.retry_date, self.result, self.note or "", self.channel
            )
        else:
            self.followup_id._done(self.result, self.note or "", self.channel)
        return {"type": "ir.actions.act_window_close"}
