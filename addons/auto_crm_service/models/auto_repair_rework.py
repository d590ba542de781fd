from odoo import fields, models


class AutoRepairRework(models.Model):
    """Work that had to be done again, and who has to answer for it."""

    _name = "auto.repair.rework"
    _inherit = ["auto.append.only.mixin"]
    _description = "Rework"
    _order = "date desc, id desc"

    repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Repair order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    job_id = fields.Many2one(
        comodel_name="auto.repair.job",
        string="Job",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", required=True, index=True
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    found = fields.Selection(
        selection=[
            ("check", "At the quality check"),
            ("handover", "When the car was returned"),
            ("comeback", "The customer came back"),
        ],
        required=True,
        default="check",
    )
    reason = fields.Selection(
        selection=[
            ("work", "Workmanship"),
            ("diagnosis", "Wrong diagnosis"),
            ("part", "Faulty part"),
            ("order", "Order or estimate incomplete"),
            ("other", "Something else"),
        ],
        required=True,
    )
    responsible_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index="btree_not_null",
        ondelete="restrict",
        help="Who has to answer for it; nobody for a faulty part.",
    )
    note = fields.Text(required=True, help="What must be done again.")
    hours = fields.Float(string="Lost hours", digits=(8, 2))
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Found by",
        required=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )

    _hours_check = models.Constraint(
        "CHECK (hours >= 0 AND hours <= 1000)",
        "Lost hours are between 0 and 1,000.",
    )
