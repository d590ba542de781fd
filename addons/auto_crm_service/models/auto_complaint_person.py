from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AutoComplaintPerson(models.Model):
    """Who solves the complaints of a department in a store."""

    _name = "auto.complaint.person"
    _description = "Person responsible for complaints"
    _order = "company_id, department_id, sequence, id"
    _rec_name = "user_id"

    department_id = fields.Many2one(
        comodel_name="auto.complaint.department",
        string="Department",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    sequence = fields.Integer(default=10)

    _once_uniq = models.Constraint(
        "UNIQUE(department_id, company_id, user_id)",
        "This person is named for this department already.",
    )

    @api.constrains("company_id", "user_id")
    def _check_user_store(self):
        for person in self.sudo():  # a user's stores are checked for anybody
            if person.company_id not in person.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(store)s.",
                        user=person.user_id.name,
                        store=person.company_id.name,
                    )
                )
