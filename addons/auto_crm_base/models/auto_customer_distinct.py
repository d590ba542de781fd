from odoo import fields, models


class AutoCustomerDistinct(models.Model):
    """Two customers who share a number or an address and are two all the same."""

    _name = "auto.customer.distinct"
    _description = "Customers that are not the same"
    _order = "id desc"
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        help="The one that was recorded first.",
    )
    other_id = fields.Many2one(
        comodel_name="res.partner",
        string="Other customer",
        required=True,
        index=True,
        ondelete="cascade",
    )

    _pair_uniq = models.Constraint(
        "UNIQUE(partner_id, other_id)", "These two were told apart already."
    )
