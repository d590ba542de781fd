from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain


class AutoSalespersonLeave(models.Model):
    """Days on which a consultant is away, and gets no new prospects."""

    _name = "auto.salesperson.leave"
    _description = "Leave of a salesperson"
    _order = "date_from desc, id desc"
    _rec_name = "salesperson_id"

    salesperson_id = fields.Many2one(
        comodel_name="auto.salesperson",
        string="Salesperson",
        required=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(related="salesperson_id.user_id", store=True)
    company_id = fields.Many2one(
        related="salesperson_id.company_id", store=True, index=True
    )
    date_from = fields.Date(
        string="First day", required=True, default=fields.Date.context_today
    )
    date_to = fields.Date(
        string="Until",
        required=True,
        default=fields.Date.context_today,
        help="The last day away.",
    )
    kind = fields.Selection(
        selection=[
            ("holiday", "Holiday"),
            ("sick", "Sick"),
            ("training", "Training"),
            ("other", "Other"),
        ],
        required=True,
        default="holiday",
    )
    note = fields.Char()

    _dates_check = models.Constraint(
        "CHECK(date_to >= date_from)", "Leave cannot end before it begins."
    )
    _dates_idx = models.Index("(salesperson_id, date_from, date_to)")

    @api.depends("date_from", "date_to", "user_id")
    def _compute_display_name(self):
        for leave in self:
            leave.display_name = (
                f"{leave.user_id.sudo().name}: {leave.date_from} – {leave.date_to}"
            )

    @api.constrains("salesperson_id", "date_from", "date_to")
    def _check_overlap(self):
        for leave in self:
            other = self.search(
                Domain("id", "!=", leave.id)
                & Domain("salesperson_id", "=", leave.salesperson_id.id)
                & Domain("date_from", "<=", leave.date_to)
                & Domain("date_to", ">=", leave.date_from),
                limit=1,
            )
            if other:
                raise ValidationError(
                    self.env._(
                        "%(leave)s is already entered as leave.",
                        leave=other.display_name,
                    )
                )
