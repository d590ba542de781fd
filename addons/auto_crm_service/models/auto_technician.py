from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AutoTechnician(models.Model):
    """The file of a technician in a store: trades and working hours."""

    _name = "auto.technician"
    _inherit = ["mail.thread"]
    _description = "Technician"
    _order = "company_id, user_id, id"
    _rec_name = "user_id"

    active = fields.Boolean(default=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Technician",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    photo = fields.Image(related="user_id.avatar_128")
    skill_ids = fields.Many2many(comodel_name="auto.skill", string="Trades")
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working hours",
        ondelete="restrict",
        help="Empty: those of the store.",
    )
    note = fields.Text()

    _user_uniq = models.Constraint(
        "UNIQUE (user_id, company_id)", "This person has a file in the store already."
    )

    @api.constrains("user_id", "company_id")
    def _check_user_store(self):
        # Whoever keeps the file may not read the other stores of a person.
        for technician in self.sudo():
            if technician.company_id not in technician.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(store)s.",
                        user=technician.user_id.name,
                        store=technician.company_id.name,
                    )
                )

    def _working_calendar(self):
        """Return the hours in which the technician works."""
        self.ensure_one()
        return self.calendar_id or self.company_id.resource_calendar_id
