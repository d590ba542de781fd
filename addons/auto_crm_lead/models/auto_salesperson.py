from odoo import fields, models


class AutoSalesperson(models.Model):
    """What a consultant can take on in a store: brands, capacity, presence.

    Consultants without such a record take everything, without limit.
    """

    _name = "auto.salesperson"
    _description = "Consultant's capacity"
    _order = "company_id, user_id, id"
    _rec_name = "user_id"

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Consultant",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    available = fields.Boolean(
        string="Takes new prospects",
        default=True,
        help="Switch off to give no new prospects for the time being.",
    )
    away_until = fields.Date(
        help="No new prospects before the day after this one.",
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        string="Brands",
        help="Prospects of other brands go to others; empty: all brands.",
    )
    max_per_day = fields.Integer(string="New a day, at most", help="0: without limit.")
    max_open = fields.Integer(string="Open, at most", help="0: without limit.")
    calendar_id = fields.Many2one(
        comodel_name="resource.calendar",
        string="Working hours",
        help="When empty, the working hours of the person, else of the store.",
    )

    _user_company_uniq = models.Constraint(
        "UNIQUE(user_id, company_id)", "This consultant is already in the list."
    )
    _capacity_positive = models.Constraint(
        "CHECK(max_per_day >= 0 AND max_open >= 0)", "A capacity cannot be negative."
    )
