from odoo import api, fields, models


class AutoComplaintDepartment(models.Model):
    """A department that solves complaints: sales, service, quality, claims …"""

    _name = "auto.complaint.department"
    _inherit = ["auto.kept.mixin"]
    _description = "Department for complaints"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    manager_role = fields.Selection(
        selection=[
            ("sales_manager", "Sales manager"),
            ("service_manager", "Service manager"),
            ("store_manager", "Store manager"),
        ],
        required=True,
        default="service_manager",
        help="Who is told first when a complaint of this department takes too long, "
        "and who gets its tasks in a store that names nobody.",
    )
    answer_hours = fields.Float(
        string="Hours for a task",
        default=8,
        help="In working hours of the store.",
    )
    person_ids = fields.One2many(
        comodel_name="auto.complaint.person",
        inverse_name="department_id",
        string="Persons responsible",
    )

    _hours_positive = models.Constraint(
        "CHECK(answer_hours > 0)", "A task needs some time: enter hours above zero."
    )

    def _next_persons(self, company):
        """Return who gets the next task of each department in a store.

        The persons responsible take turns: who was given one longest ago is next. A
        store that names nobody gives its tasks to the manager of the department.

        :param company: the store
        :return: dict of department to user, empty where nobody is found
        """
        # Who is responsible is no secret to whoever hands over a complaint.
        persons = (
            self.env["auto.complaint.person"]
            .sudo()
            .search(
                [
                    ("department_id", "in", self.ids),
                    ("company_id", "=", company.id),
                    ("user_id.active", "=", True),
                ]
            )
        )
        turns = dict(
            self.env["auto.complaint.task"]
            .sudo()
            ._read_group(
                [
                    ("company_id", "=", company.id),
                    ("user_id", "in", persons.user_id.ids),
                ],
                ["user_id"],
                ["id:max"],
            )
            if len(persons) > len(persons.department_id)
            else []
        )
        result = {}
        for department in self:
            users = persons.filtered(
                lambda person, department=department: person.department_id == department
            ).user_id
            if not users:
                role = department.manager_role
                users = self._role_users(role, company) or self._role_users(
                    "store_manager", company
                )
            result[department] = min(
                users, key=lambda user: turns.get(user, 0), default=users[:0]
            )
        return result

    @api.model
    def _role_users(self, role, company):
        """Return the users with a role in a store, as superuser."""
        by_store = self.env["auto.followup.rule"]._users_by_store(
            self.env.ref(f"auto_crm_base.group_{role}"), {company.id}
        )
        return self.env["res.users"].sudo().browse(by_store.get(company.id, []))
