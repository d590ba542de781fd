from odoo import api, fields, models


class AutoLeadGradeHistory(models.Model):
    """Each change of a prospect's grade, with what was known at that moment."""

    _name = "auto.lead.grade.history"
    _inherit = ["auto.append.only.mixin"]
    _description = "Grade history"
    _order = "date desc, id desc"
    _rec_name = "to_grade_id"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(comodel_name="res.company", string="Store", index=True)
    from_grade_id = fields.Many2one(
        comodel_name="auto.lead.grade", string="From", ondelete="restrict"
    )
    to_grade_id = fields.Many2one(
        comodel_name="auto.lead.grade", string="To", ondelete="restrict"
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", default=lambda self: self.env.user
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    reason = fields.Char()
    evidence = fields.Json(
        string="Evidence (data)",
        help="Visits, contacts and dates as they were known when the grade changed.",
    )
    evidence_text = fields.Char(string="Evidence", compute="_compute_evidence_text")

    @api.model
    def _append_only_open_fields(self):
        # A merge takes the history along to the prospect that stays.
        return super()._append_only_open_fields() | {"lead_id"}

    @api.depends("evidence")
    @api.depends_context("lang")
    def _compute_evidence_text(self):
        for entry in self:
            entry.evidence_text = self.env["crm.lead"]._evidence_in_words(
                entry.evidence or {}
            )
