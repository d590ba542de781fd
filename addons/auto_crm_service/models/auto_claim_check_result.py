from odoo import fields, models


class AutoClaimCheckResult(models.Model):
    """What a check found on a claim, the last time it was checked."""

    _name = "auto.claim.check.result"
    _description = "Finding on a claim"
    _order = "claim_id, outcome, severity, sequence, id"
    _rec_name = "message"

    claim_id = fields.Many2one(
        comodel_name="auto.claim",
        string="Claim",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    check_id = fields.Many2one(
        comodel_name="auto.claim.check",
        string="Check",
        required=True,
        index=True,
        ondelete="restrict",
    )
    sequence = fields.Integer()
    outcome = fields.Selection(
        selection=[("failed", "To do"), ("passed", "In order")], required=True
    )
    severity = fields.Selection(
        selection=[("block", "Blocks"), ("warn", "Warns")], required=True
    )
    message = fields.Char(string="Finding")
    advice = fields.Text(string="What to do")
    job_id = fields.Many2one(
        comodel_name="auto.repair.job",
        string="Job",
        index="btree_not_null",
        ondelete="cascade",
    )
