from dateutil.relativedelta import relativedelta

from odoo import api, fields, models


class AutoWarrantyTerm(models.Model):
    """How long a kind of part of a brand is under warranty, in months and km."""

    _name = "auto.warranty.term"
    _description = "Warranty term"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    group_ids = fields.Many2many(
        comodel_name="auto.part.group",
        string="For parts of",
        help="Empty: the whole car.",
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        string="Only for brands",
        help="Empty: every brand.",
    )
    months = fields.Integer(default=36, help="From the day of delivery; 0: no limit.")
    km = fields.Integer(
        string="Distance (km)",
        default=60000,
        aggregator=False,
        help="What comes first ends the warranty; 0: no limit.",
    )

    _months_check = models.Constraint(
        "CHECK (months >= 0 AND months <= 600)", "Between 0 and 600 months."
    )
    _km_check = models.Constraint(
        "CHECK (km >= 0 AND km <= 2000000)", "Between 0 and 2,000,000 km."
    )

    @api.model
    def _term_for(self, vehicle, product):
        """Return the most particular term of a part on a car, if there is one.

        :param vehicle: the ``auto.vehicle``
        :param product: the ``product.product`` that failed, or none
        """
        group = product.auto_part_group_id
        fitting = self.search([("active", "=", True)]).filtered(
            lambda term: (
                (not term.brand_ids or vehicle.brand_id in term.brand_ids)
                and (not term.group_ids or group in term.group_ids)
            )
        )
        return fitting.sorted(
            lambda term: (not term.group_ids, not term.brand_ids, term.sequence)
        )[:1]

    def _end_date(self, vehicle):
        """Return the last day of this term for a car, or False when not known."""
        if not self.group_ids and vehicle.warranty_end_date:
            return vehicle.warranty_end_date  # what was agreed for this very car
        if self and self.months and vehicle.delivery_date:
            return vehicle.delivery_date + relativedelta(months=self.months)
        return False
