from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLead(models.Model):
    _inherit = "crm.lead"

    need_budget_min = fields.Monetary(
        string="Budget from", currency_field="company_currency"
    )
    need_budget_max = fields.Monetary(
        string="Budget to", currency_field="company_currency"
    )
    need_brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        relation="crm_lead_need_brand_rel",
        string="Brands",
    )
    need_model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model",
        relation="crm_lead_need_model_rel",
        string="Models",
    )
    need_category_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.category",
        relation="crm_lead_need_category_rel",
        string="Body",
    )
    need_condition = fields.Selection(
        selection=[("new", "New"), ("used", "Used"), ("any", "New or used")],
        string="New or used",
    )
    need_seats = fields.Integer(string="Seats, at least")
    need_use_ids = fields.Many2many(
        comodel_name="auto.vehicle.use",
        relation="crm_lead_need_use_rel",
        string="Use",
    )
    need_color_ids = fields.Many2many(
        comodel_name="auto.color",
        relation="crm_lead_need_color_rel",
        string="Colours",
    )
    need_feature_ids = fields.Many2many(
        comodel_name="auto.vehicle.feature",
        relation="crm_lead_need_feature_rel",
        string="Must have",
    )
    need_date = fields.Date(
        string="Wanted by", help="The day by which the customer wants to drive it."
    )
    need_finance = fields.Selection(
        selection=[
            ("cash", "Pays cash"),
            ("loan", "Loan wanted"),
            ("lease", "Lease wanted"),
            ("open", "Not decided"),
        ],
        string="Finance",
    )
    need_household = fields.Text(
        string="Family and drivers",
        help="Who will drive and who rides along: children, parents, pets, a dog.",
    )
    tradein_wanted = fields.Selection(
        selection=[("yes", "Yes"), ("no", "No")],
        string="Trade-in",
        help="Whether the customer gives a car in payment; empty: not asked yet.",
    )
    tradein_model = fields.Char(string="Car traded in")
    tradein_year = fields.Integer(string="Year of the trade-in", aggregator=False)
    tradein_plate = fields.Char(string="Plate of the trade-in")
    tradein_odometer = fields.Integer(string="Odometer of the trade-in (km)")
    need_completeness = fields.Integer(
        string="Needs known (%)",
        compute="_compute_need_completeness",
        store=True,
        aggregator="avg",
        help="How many of the questions of the needs profile are answered.",
    )

    _need_budget = models.Constraint(
        "CHECK (COALESCE(need_budget_min, 0) >= 0 AND (COALESCE(need_budget_max, 0) = 0"
        " OR need_budget_max >= COALESCE(need_budget_min, 0)))",
        "A budget is not negative, and its upper end is not below its lower end.",
    )

    @api.model
    def _need_questions(self):
        """Return the questions of the needs profile, each a tuple of field names.

        A question is answered when one of its fields is filled in.
        """
        return (
            ("need_budget_min", "need_budget_max"),
            ("need_brand_ids", "need_model_ids"),
            ("need_category_ids", "need_seats", "need_model_ids"),
            ("need_condition",),
            ("need_use_ids",),
            ("need_color_ids",),
            ("need_feature_ids",),
            ("need_date",),
            ("need_finance",),
            ("need_household",),
            ("tradein_wanted",),
        )

    @api.depends(
        lambda self: sorted({f for names in self._need_questions() for f in names})
    )
    def _compute_need_completeness(self):
        questions = self._need_questions()
        for lead in self:
            answered = sum(any(lead[name] for name in names) for names in questions)
            lead.need_completeness = round(100 * answered / len(questions))

    @api.constrains("tradein_year", "need_seats", "tradein_odometer")
    def _check_need_numbers(self):
        next_year = fields.Date.context_today(self).year + 1
        for lead in self:
            if lead.tradein_year and not 1950 <= lead.tradein_year <= next_year:
                raise ValidationError(
                    self.env._(
                        "The year of the trade-in, %(year)s, is not between 1950 and "
                        "%(next_year)s.",
                        year=lead.tradein_year,
                        next_year=next_year,
                    )
                )
            if not 0 <= lead.need_seats <= 60 or lead.tradein_odometer < 0:
                raise ValidationError(
                    self.env._(
                        "Seats are between 0 and 60, and an odometer is not negative."
                    )
                )

    def _merge_get_fields(self):
        return [
            *super()._merge_get_fields(),
            "need_budget_min",
            "need_budget_max",
            "need_condition",
            "need_seats",
            "need_date",
            "need_finance",
            "need_household",
            "tradein_wanted",
            "tradein_model",
            "tradein_year",
            "tradein_plate",
            "tradein_odometer",
            "competitor_id",
        ]

    def _merge_get_fields_specific(self):
        def joined(name, leads):
            return [fields.Command.set(leads.mapped(name).ids)]

        return {
            **super()._merge_get_fields_specific(),
            **dict.fromkeys(
                (
                    "need_brand_ids",
                    "need_model_ids",
                    "need_category_ids",
                    "need_use_ids",
                    "need_color_ids",
                    "need_feature_ids",
                ),
                joined,
            ),
        }
