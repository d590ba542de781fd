from odoo import api, fields, models


class AutoAllocationSimulationLine(models.TransientModel):
    """How many prospects a consultant had, and would have had."""

    _name = "auto.allocation.simulation.line"
    _description = "Consultant in a trial of an allocation rule"
    _order = "trial desc, id"

    simulation_id = fields.Many2one(
        comodel_name="auto.allocation.simulation",
        required=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Consultant",
        readonly=True,
        help="Empty: nobody could take them.",
    )
    actual = fields.Integer(string="Really given", readonly=True)
    now = fields.Integer(
        string="Rules in use",
        readonly=True,
        help="What the rules as they are would give today.",
    )
    trial = fields.Integer(string="Changed rule", readonly=True)
    difference = fields.Integer(
        compute="_compute_difference", help="Changed rule against the rules in use."
    )

    @api.depends("now", "trial")
    def _compute_difference(self):
        for line in self:
            line.difference = line.trial - line.now

    def action_open_cases(self):
        """Open the prospects that the consultant gains, keeps or loses."""
        self.ensure_one()
        return self.simulation_id._action_cases(
            [
                "|",
                ("trial_user_id", "=", self.user_id.id),
                ("now_user_id", "=", self.user_id.id),
            ]
        )


class AutoAllocationSimulationCase(models.TransientModel):
    """One prospect of a trial: who had it, who would get it, and why."""

    _name = "auto.allocation.simulation.case"
    _description = "Prospect in a trial of an allocation rule"
    _order = "date, id"
    _rec_name = "lead_id"

    simulation_id = fields.Many2one(
        comodel_name="auto.allocation.simulation",
        required=True,
        index=True,
        ondelete="cascade",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead", string="Prospect", readonly=True, ondelete="cascade"
    )
    date = fields.Datetime(string="Given out", readonly=True)
    actual_user_id = fields.Many2one(
        comodel_name="res.users", string="Really given to", readonly=True
    )
    now_user_id = fields.Many2one(
        comodel_name="res.users", string="Rules in use", readonly=True
    )
    trial_user_id = fields.Many2one(
        comodel_name="res.users", string="Changed rule", readonly=True
    )
    is_moved = fields.Boolean(string="Somebody else", readonly=True)
    rule_name = fields.Char(string="Rule", readonly=True)
    method = fields.Char(readonly=True)
    candidates = fields.Json(readonly=True)
    explanation = fields.Text(string="Why", compute="_compute_explanation")

    @api.depends("candidates", "trial_user_id")
    @api.depends_context("lang")
    def _compute_explanation(self):
        assignments = self.env["auto.lead.assignment"]
        for case in self:
            # In the same words as what really happened.
            case.explanation = assignments.new(
                {
                    "kind": "auto",
                    "rule_name": case.rule_name,
                    "method": case.method,
                    "user_id": case.trial_user_id.id,
                    "candidates": case.candidates,
                }
            ).explanation

    def action_open_lead(self):
        """Open the prospect."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "views": [(False, "form")],
        }
