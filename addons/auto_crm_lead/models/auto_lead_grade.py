from odoo import fields, models


class AutoLeadGrade(models.Model):
    """How close a prospect is to buying, and how often to talk to it meanwhile.

    Makers grade differently, so grades are records: the seeded ones are H, A, B,
    C, D, F (lost) and S (won).
    """

    _name = "auto.lead.grade"
    _inherit = ["auto.kept.mixin"]
    _description = "Lead grade"
    _order = "sequence, id"
    _rec_names_search = ["name", "code"]

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True, help="The letter shown on badges and lists.")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(string="Colour")
    horizon_days = fields.Integer(
        string="Buys within (days)",
        help="Within how many days such a prospect intends to buy; 0: no clear intent.",
    )
    interval_days = fields.Integer(
        string="Contact every (days)",
        help="After each logged contact the next one is due this many days later.",
    )
    promise = fields.Integer(
        string="Promise (points)",
        aggregator=False,
        help="How much the grade counts when My day puts the most promising "
        "prospects first, from 0 to 100.",
    )
    treatment = fields.Text(
        translate=True, help="What the consultant should do; shown with the reminder."
    )
    is_lost = fields.Boolean(
        string="Lost", help="Given only when a manager has approved the loss."
    )
    is_won = fields.Boolean(string="Won", help="Given only by winning the prospect.")
    fold = fields.Boolean(string="Folded in kanban")

    _code_uniq = models.UniqueIndex("(code)", "A grade with this code exists.")
    _days_positive = models.Constraint(
        "CHECK (horizon_days >= 0 AND interval_days >= 0)",
        "The days of a grade are not negative.",
    )
    _interval_set = models.Constraint(
        "CHECK (COALESCE(interval_days, 0) > 0 OR is_lost IS TRUE OR is_won IS TRUE)",
        "A grade that is followed up needs a number of days between two contacts.",
    )
    _promise_range = models.Constraint(
        "CHECK (promise BETWEEN 0 AND 100)",
        "The promise of a grade is between 0 and 100 points.",
    )
    _one_end = models.Constraint(
        "CHECK (NOT (is_lost AND is_won))", "A grade is either lost or won."
    )

    def _is_open(self):
        """Return whether a prospect of this grade is still worked on."""
        return bool(self) and not self.is_lost and not self.is_won
