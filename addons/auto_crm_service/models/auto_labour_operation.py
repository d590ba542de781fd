from odoo import api, fields, models
from odoo.fields import Domain


class AutoLabourOperation(models.Model):
    """A labour operation of the maker's or the house's catalogue."""

    _name = "auto.labour.operation"
    _inherit = ["auto.kept.mixin"]
    _description = "Labour operation"
    _order = "code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(
        required=True, help="The labour operation code of the maker or the house."
    )
    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index=True,
        help="Only for this store and its branches; empty: for all stores.",
    )
    skill_id = fields.Many2one(
        comodel_name="auto.skill",
        string="Trade",
        required=True,
        index=True,
        ondelete="restrict",
        help="Who can do it, and which rate applies.",
    )
    standard_hours = fields.Float(
        digits=(8, 2), help="Flat-rate hours: what is charged, whoever does it."
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        string="Only for brands",
        help="Empty: for all.",
    )
    model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model",
        string="Only for models",
        help="Empty: for all.",
    )
    part_categ_ids = fields.Many2many(
        comodel_name="product.category",
        string="Parts that belong to it",
        help="A claim for this operation with another causal part is questioned; "
        "empty: any part.",
    )
    note = fields.Text(string="What it includes")

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(company_id, 0))", "There is such a code already."
    )
    _hours_check = models.Constraint(
        "CHECK (standard_hours >= 0 AND standard_hours <= 1000)",
        "Standard hours are between 0 and 1,000.",
    )

    @api.depends("code", "name")
    def _compute_display_name(self):
        for operation in self:
            operation.display_name = (
                f"[{operation.code}] {operation.name}" if operation.code else ""
            )

    @api.model
    def _domain_for(self, vehicle, company):
        """Return the domain of the operations that fit a car in a store.

        :param vehicle: the ``auto.vehicle``, or none: then all of the store
        :param company: the store
        """
        domain = Domain("company_id", "=", False) | Domain(
            "company_id", "parent_of", company.ids
        )
        if vehicle:
            domain &= Domain("brand_ids", "=", False) | Domain(
                "brand_ids", "in", vehicle.brand_id.ids
            )
            domain &= Domain("model_ids", "=", False) | Domain(
                "model_ids", "in", vehicle.model_id.ids
            )
        return domain
