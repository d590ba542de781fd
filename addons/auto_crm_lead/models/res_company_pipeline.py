from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    match_max_count = fields.Integer(
        string="Cars suggested at most",
        default=20,
        help="How many matching cars a prospect's list holds.",
    )
    match_min_score = fields.Float(
        string="Suggest from score",
        default=50,
        help="0 to 100; cars that suit less are not suggested.",
    )
    match_notify_score = fields.Float(
        string="Tell of arrivals from score",
        default=75,
        help="0 to 100; the consultant is told when a car that suits at least so "
        "well arrives.",
    )
    lost_check_percent = fields.Float(
        string="Lost prospects called back (%)",
        default=10,
        help="How many of the prospects whose loss was approved are called back by "
        "somebody else, picked at random.",
    )
    lost_check_days = fields.Integer(
        string="Call back after (days)",
        default=14,
        help="Days from the approval of the loss to the call.",
    )
    lost_check_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Called back by",
        help="Who makes these calls; when empty, the calls wait in a common list.",
    )
    spam_score = fields.Float(
        string="Doubtful from score",
        default=100,
        help="An enquiry whose spam rules add up to this score is kept apart.",
    )
    competitor_change_months = fields.Integer(
        string="Change of cars after (months)",
        default=48,
        help="When somebody who bought from a competitor is worth a call again; 0: no "
        "date is proposed.",
    )

    _competitor_change = models.Constraint(
        "CHECK (competitor_change_months BETWEEN 0 AND 240)",
        "Cars are changed after 0 to 240 months.",
    )
    _match_scores = models.Constraint(
        "CHECK (match_max_count BETWEEN 1 AND 200"
        " AND match_min_score BETWEEN 0 AND 100"
        " AND match_notify_score BETWEEN 0 AND 100)",
        "Scores are between 0 and 100, and 1 to 200 cars can be suggested.",
    )
    _lost_check = models.Constraint(
        "CHECK (lost_check_percent BETWEEN 0 AND 100 AND lost_check_days >= 0)",
        "The share is between 0 and 100 %, and the days are not negative.",
    )
