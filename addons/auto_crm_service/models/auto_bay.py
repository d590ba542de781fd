from odoo import fields, models


class AutoBay(models.Model):
    """A place in the workshop where one car is worked on at a time."""

    _name = "auto.bay"
    _inherit = ["auto.kept.mixin"]
    _description = "Workshop bay"
    _order = "company_id, sequence, id"

    name = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    skill_ids = fields.Many2many(
        comodel_name="auto.skill",
        string="Fitted for",
        help="Work of other trades is not planned here; empty: for all work.",
    )
    note = fields.Char(string="Equipment")

    _name_uniq = models.Constraint(
        "UNIQUE (company_id, name)", "The store has a bay of that name already."
    )
