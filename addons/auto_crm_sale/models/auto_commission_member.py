from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

NO_OVERLAP = (
    "EXCLUDE USING gist (int4range(company_id, company_id, '[]') WITH &&,"
    " int4range(user_id, user_id, '[]') WITH &&,"
    " daterange(date_start, date_end, '[]') WITH &&)"
    " WHERE (plan_state <> 'draft')"
)


class AutoCommissionMember(models.Model):
    """Somebody who is paid by a commission plan.

    On one day one person has one plan in one store, or a car would be paid twice.
    """

    _name = "auto.commission.member"
    _description = "Member of a commission plan"
    _order = "plan_id, user_id, id"
    _rec_name = "user_id"

    plan_id = fields.Many2one(
        comodel_name="auto.commission.plan",
        string="Plan",
        required=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    weight = fields.Float(
        default=1,
        digits=(8, 2),
        aggregator=False,
        help="The part of the pool that this person gets, against the weights of the "
        "others. Zero: brings in, but gets nothing.",
    )
    company_id = fields.Many2one(related="plan_id.company_id", store=True, index=True)
    date_start = fields.Date(related="plan_id.date_start", store=True)
    date_end = fields.Date(related="plan_id.date_end", store=True)
    plan_state = fields.Selection(
        related="plan_id.state", string="State of the plan", store=True
    )

    _user_uniq = models.Constraint(
        "UNIQUE(plan_id, user_id)", "This person is a member already."
    )
    _weight_check = models.Constraint(
        "CHECK(weight >= 0 AND weight <= 100000)",
        "A weight is from 0 to 100,000.",
    )
    _plan_overlap = models.Constraint(
        NO_OVERLAP,
        "One of the members has another commission plan of this store on some of "
        "these days.",
    )

    @api.constrains("user_id", "plan_id")
    def _check_store(self):
        for member in self:
            if member.company_id not in member.sudo().user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work for %(store)s.",
                        user=member.user_id.name,
                        store=member.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        plans = self.env["auto.commission.plan"].browse(
            {vals["plan_id"] for vals in vals_list if vals.get("plan_id")}
        )
        plans._check_draft()
        members = super().create(vals_list)
        members.plan_id._check_draft()  # named by a default
        return members

    def write(self, vals):
        self.plan_id._check_draft()
        result = super().write(vals)
        self.plan_id._check_draft()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        self.plan_id._check_draft()

    def _check_free(self):
        """Say in words what the database would refuse.

        :raise ValidationError: when somebody has another plan on some of these days
        """
        for member in self:
            later = Domain("date_end", "=", False) | Domain(
                "date_end", ">=", member.date_start
            )
            domain = (
                Domain("user_id", "=", member.user_id.id)
                & Domain("company_id", "=", member.company_id.id)
                & Domain("plan_state", "!=", "draft")
                & Domain("id", "!=", member.id)
                & later
            )
            if member.date_end:
                domain &= Domain("date_start", "<=", member.date_end)
            other = self.search(domain, limit=1)
            if other:
                raise ValidationError(
                    self.env._(
                        "%(user)s has “%(plan)s” on some of these days. Close that "
                        "first.",
                        user=member.user_id.name,
                        plan=other.plan_id.name,
                    )
                )
