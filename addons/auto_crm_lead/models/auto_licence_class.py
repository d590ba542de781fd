from odoo import fields, models


class AutoLicenceClass(models.Model):
    """A class of driving licence, and what may be driven with it."""

    _name = "auto.licence.class"
    _inherit = ["auto.kept.mixin"]
    _description = "Class of driving licence"
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(required=True, help="As printed on the licence, such as C1.")
    name = fields.Char(string="What it is for", required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    country_id = fields.Many2one(
        comodel_name="res.country",
        string="Country",
        index="btree_not_null",
        help="Where such licences are given; empty: anywhere.",
    )
    is_car = fields.Boolean(
        string="For cars",
        default=True,
        help="Who holds another class, such as one for motorcycles, cannot drive a "
        "demo car.",
    )
    is_automatic_only = fields.Boolean(
        string="Automatic gearbox only",
        help="Not for cars with a manual gearbox.",
    )

    _code_uniq = models.UniqueIndex(
        "(code, COALESCE(country_id, 0))", "There is such a class already."
    )

    def _compute_display_name(self):
        for one in self:
            one.display_name = f"{one.code} · {one.name}" if one.name else one.code
