from odoo import fields, models


class AutoAppointmentType(models.Model):
    """Work that a customer books: how long it takes and which trade does it."""

    _name = "auto.appointment.type"
    _inherit = ["auto.kept.mixin"]
    _description = "Work to book"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    skill_id = fields.Many2one(
        comodel_name="auto.skill",
        string="Trade",
        index="btree_not_null",
        ondelete="restrict",
        help="Only bays fitted for it and technicians of this trade are planned; "
        "empty: any.",
    )
    hours = fields.Float(
        string="Hours in the bay",
        required=True,
        default=1.0,
        help="How long the bay is held, in opening hours of the store.",
    )
    kind = fields.Selection(
        selection="_selection_kind",
        string="Job",
        required=True,
        default="maintenance",
        help="The kind of the job on the repair order.",
    )
    is_public = fields.Boolean(
        string="Customers may book it",
        default=True,
        help="Offered on the public page and to customers on the portal.",
    )
    note = fields.Char(
        string="For the customer",
        translate=True,
        help="One line on the public page: what is done, what to bring.",
    )

    _name_uniq = models.Constraint("UNIQUE (name)", "There is such work already.")
    _hours_check = models.Constraint(
        "CHECK (hours > 0 AND hours <= 80)", "Work takes between 0 and 80 hours."
    )

    def _selection_kind(self):
        field = self.env["auto.repair.job"]._fields["kind"]
        return field._description_selection(self.env)
