from odoo import fields, models
from odoo.exceptions import AccessError, UserError

# What only they may say, with a reason: the car is then asked for no more.
JUDGES = "auto_crm_base.group_service_manager,auto_crm_base.group_head_office"


class AutoRecallNote(models.TransientModel):
    """Takes what the owner of a car said about a recall, or why it needs none."""

    _name = "auto.recall.note"
    _inherit = ["auto.window.mixin"]
    _description = "What the owner said about a recall"
    _document_field = "row_id"

    row_id = fields.Many2one(
        comodel_name="auto.recall.vehicle", required=True, ondelete="cascade"
    )
    state = fields.Selection(
        selection=[
            ("contacted", "The owner knows and will come"),
            ("unreachable", "The owner was not reached"),
            ("refused", "The owner refuses"),
            ("done", "It was done elsewhere"),
            ("not_affected", "The car is not affected"),
        ],
        string="What came out",
        required=True,
        default="contacted",
    )
    channel = fields.Selection(
        selection=lambda self: (
            self.env["auto.contact"]._fields["channel"]._description_selection(self.env)
        ),
        default="phone",
    )
    note = fields.Char(help="What was said; where and when it was done.")

    def action_save(self):
        """Keep it, and log the contact with the owner.

        :raise UserError: without a reason where one is needed
        """
        self.ensure_one()
        row = self.row_id
        row.check_access("write")
        if not row.is_pending:
            raise UserError(self.env._("This recall is done on the car already."))
        note = (self.note or "").strip()
        if self.state in ("done", "not_affected"):
            self._close(row, note)
            return {"type": "ir.actions.client", "tag": "soft_reload"}
        if self.state == "refused" and not note:
            raise UserError(self.env._("Please write why the owner refuses."))
        told = self.state in ("contacted", "refused")
        row._step(
            self.state,
            note=note,
            date_contacted=fields.Date.context_today(self) if told else False,
        )
        owner = row.owner_id
        if owner:
            results = {"contacted": "reached", "refused": "not_interested"}
            self.env["auto.contact"].create(
                {
                    "partner_id": owner.id,
                    "vehicle_id": row.vehicle_id.id,
                    "company_id": self.env.company.id,
                    "channel": self.channel,
                    "direction": "out",
                    "result": results.get(self.state, "no_answer"),
                    "summary": f"{row.recall_id.display_name}: {note}".strip(": "),
                    "res_model": row._name,
                    "res_id": row.id,
                }
            )
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _close(self, row, note):
        if not self.env.user.has_groups(JUDGES):
            raise AccessError(
                self.env._("The service manager or head office takes a car off.")
            )
        if not note:
            raise UserError(self.env._("Please write why."))
        if self.state == "done":
            row._step("done", note=note, date_done=fields.Date.context_today(self))
            row._log_done(company=self.env.company)
        else:
            row._step("not_affected", note=note)
        row._close_followups(note)
