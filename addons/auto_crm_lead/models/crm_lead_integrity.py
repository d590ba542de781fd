from odoo import api, fields, models

from ..report.auto_lead_grade_report import VERDICTS


class CrmLead(models.Model):
    """Grade integrity: the verdict of ``auto.lead.grade.report`` on the prospect."""

    _inherit = "crm.lead"

    grade_verdict = fields.Selection(
        selection=VERDICTS,
        string="Grade check",
        compute="_compute_grade_verdict",
        help="The grade held against visits, dates and contacts.",
    )
    grade_verdict_text = fields.Char(string="Why", compute="_compute_grade_verdict")

    @api.depends(
        "date_deadline",
        "followup_state",
        "grade_id",
        "horizon_id",
        "last_contact_date",
        "need_date",
        "next_followup_date",
    )
    @api.depends_context("lang")
    def _compute_grade_verdict(self):
        # Consultants have no right on the managers' report, but may know what it
        # says of their own prospect.
        report = self.env["auto.lead.grade.report"].sudo()
        # The report is a query: what was read before a change holds no longer.
        report.invalidate_model(flush=False)
        lines = {
            line.id: line for line in report.search([("id", "in", self._origin.ids)])
        }
        for lead in self:
            line = lines.get(lead._origin.id)
            lead.grade_verdict = line.verdict if line else False
            lead.grade_verdict_text = line.explanation if line else False
