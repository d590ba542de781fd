from odoo import api, fields, models


class AutoCampaignMark(models.Model):
    """One mark of an evaluation."""

    _name = "auto.campaign.mark"
    _description = "Mark of a campaign"
    _order = "evaluation_id, sequence, id"
    _rec_name = "criterion_id"

    evaluation_id = fields.Many2one(
        comodel_name="auto.campaign.evaluation",
        string="Evaluation",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="evaluation_id.company_id", store=True)
    criterion_id = fields.Many2one(
        comodel_name="auto.campaign.criterion",
        string="Criterion",
        required=True,
        index=True,
        ondelete="restrict",
    )
    sequence = fields.Integer(related="criterion_id.sequence", store=True)
    mark = fields.Selection(
        selection=[
            ("1", "Poor"),
            ("2", "Fair"),
            ("3", "Good"),
            ("4", "Very good"),
            ("5", "Excellent"),
        ]
    )
    note = fields.Char(string="Remark")

    _criterion_uniq = models.Constraint(
        "UNIQUE(evaluation_id, criterion_id)", "Each criterion is marked once."
    )

    @api.model_create_multi
    def create(self, vals_list):
        marks = super().create(vals_list)
        marks.evaluation_id._check_open()
        return marks

    def write(self, vals):
        self.evaluation_id._check_open()
        res = super().write(vals)
        self.evaluation_id._check_open()
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        self.evaluation_id._check_open()
