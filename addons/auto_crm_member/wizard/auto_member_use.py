from odoo import api, fields, models


class AutoMemberUse(models.TransientModel):
    """Takes down that a member uses a benefit."""

    _name = "auto.member.use"
    _description = "Use a benefit"

    member_id = fields.Many2one(
        comodel_name="auto.member", string="Member", required=True, readonly=True
    )
    available_ids = fields.Many2many(
        comodel_name="auto.member.benefit", compute="_compute_available_ids"
    )
    benefit_id = fields.Many2one(
        comodel_name="auto.member.benefit",
        string="Benefit",
        required=True,
        domain="[('id', 'in', available_ids)]",
    )
    left_text = fields.Char(string="Left this year", compute="_compute_left_text")
    date = fields.Date(required=True, default=fields.Date.context_today)
    note = fields.Char(help="What for, on which document.")

    @api.depends("member_id", "date")
    def _compute_available_ids(self):
        for wizard in self:
            wizard.available_ids = [
                row["id"] for row in wizard._rows() if row["left"] != 0
            ]

    @api.depends("benefit_id", "date")
    def _compute_left_text(self):
        for wizard in self:
            row = next(
                (row for row in wizard._rows() if row["id"] == wizard.benefit_id.id),
                None,
            )
            if not row:
                wizard.left_text = False
            elif row["left"] is None:
                wizard.left_text = self.env._("As often as wanted")
            else:
                wizard.left_text = self.env._(
                    "%(left)s of %(quantity)s",
                    left=row["left"],
                    quantity=row["quantity"],
                )

    def _rows(self):
        return self.member_id._benefit_states(self.date).get(self.member_id.id, [])

    def action_use(self):
        """Take the use down; see ``auto.member._use_benefit()``."""
        self.ensure_one()
        self.member_id._use_benefit(
            self.benefit_id, date=self.date, note=(self.note or "").strip()
        )
        return {"type": "ir.actions.act_window_close"}
