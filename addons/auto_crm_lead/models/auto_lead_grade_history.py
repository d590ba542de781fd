from odoo import api, fields, models


class AutoLeadGradeHistory(models.Model):
    """Each change of a prospect's grade, with what was known at that moment."""

    _name = "auto.lead.grade.history"
    _inherit = ["auto.lead.log.mixin"]
    _description = "Grade history"
    _order = "date desc, id desc"
    _rec_name = "to_grade_id"

    from_grade_id = fields.Many2one(
        comodel_name="auto.lead.grade", string="From", ondelete="restrict"
    )
    to_grade_id = fields.Many2one(
        comodel_name="auto.lead.grade", string="To", ondelete="restrict"
    )
    reason = fields.Char()
    evidence = fields.Json(
        string="Evidence (data)",
        help="Visits, contacts and dates as they were known when the grade changed.",
    )
    evidence_text = fields.Char(string="Evidence", compute="_compute_evidence_text")

    @api.depends("evidence")
    @api.depends_context("lang")
    def _compute_evidence_text(self):
        for entry in self:
            entry.evidence_text = self.env["crm.lead"]._evidence_in_words(
                entry.evidence or {}
            )
