from odoo import api, fields, models


class AutoPartClass(models.Model):
    """A class of parts by what is consumed of them (ABC), and how they are kept."""

    _name = "auto.part.class"
    _inherit = ["auto.kept.mixin"]
    _description = "Class of parts"
    _order = "sequence, id"
    _rec_name = "code"

    sequence = fields.Integer(default=10, help="The most valuable class first.")
    code = fields.Char(required=True)
    name = fields.Char(required=True, translate=True)
    share = fields.Float(
        string="Up to (% of the value)",
        required=True,
        digits=(5, 2),
        help="The parts with the highest consumption value belong to the class until "
        "they make this share of the whole; the last class takes the rest.",
    )
    safety_days = fields.Integer(
        string="Safety (days)",
        default=7,
        help="Consumption of so many days is kept beside that of the lead time.",
    )
    cover_days = fields.Integer(
        string="Cover (days)",
        default=30,
        help="An order covers the consumption of so many days.",
    )

    _code_uniq = models.UniqueIndex("(code)", "There is such a class already.")
    _share_check = models.Constraint(
        "CHECK (share > 0 AND share <= 100)", "A share is above 0 and at most 100 %."
    )
    _days_check = models.Constraint(
        "CHECK (safety_days BETWEEN 0 AND 365 AND cover_days BETWEEN 1 AND 730)",
        "Safety is 0 to 365 days, cover 1 to 730 days.",
    )

    @api.model
    def _class_of(self, classes, before):
        """Return the class of a part.

        :param classes: all classes, the most valuable first
        :param float before: share (%) of the value that the parts before it make
        """
        for one in classes:
            if before < one.share:
                return one
        return classes[-1:]
