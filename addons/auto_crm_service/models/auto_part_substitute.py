from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# So many steps from a part to what supersedes what supersedes it.
MAX_STEPS = 5


class AutoPartSubstitute(models.Model):
    """A part that another one supersedes, or can stand in for."""

    _name = "auto.part.substitute"
    _description = "Substitute of a part"
    _order = "product_id, sequence, id"
    _rec_name = "substitute_id"

    sequence = fields.Integer(default=10)
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Part",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('type', '=', 'consu'), ('is_vehicle', '=', False)]",
    )
    substitute_id = fields.Many2one(
        comodel_name="product.product",
        string="Substitute",
        required=True,
        index=True,
        ondelete="cascade",
        domain="[('type', '=', 'consu'), ('is_vehicle', '=', False)]",
    )
    kind = fields.Selection(
        selection=[
            ("superseded", "Superseded by"),
            ("alternative", "Alternative, both ways"),
        ],
        required=True,
        default="superseded",
        help="What supersedes a part takes its place; an alternative fits as well, "
        "and the other way round.",
    )
    note = fields.Char(help="What to mind: only with the new gasket.")

    _pair_uniq = models.Constraint(
        "UNIQUE (product_id, substitute_id)", "These two parts are known already."
    )
    _self_check = models.Constraint(
        "CHECK (product_id != substitute_id)", "A part is no substitute of itself."
    )

    @api.constrains("product_id", "substitute_id", "kind")
    def _check_circle(self):
        for pair in self.filtered(lambda one: one.kind == "superseded"):
            if pair.product_id in self._superseding(pair.substitute_id):
                raise ValidationError(
                    self.env._(
                        "%(part)s would supersede itself.",
                        part=pair.product_id.display_name,
                    )
                )

    @api.model
    def _superseding(self, product):
        """Return what supersedes a part, and what supersedes that."""
        found, last = product.browse(), product
        for _step in range(MAX_STEPS):
            pairs = self.search(
                [("product_id", "in", last.ids), ("kind", "=", "superseded")]
            )
            last = pairs.substitute_id - found
            found |= last
            if not last:
                break
        return found

    @api.model
    def _substitutes_of(self, product):
        """Return what may stand in for a part, by substitute.

        :param product: the ``product.product`` that is wanted
        :return: a dict of the pair that says so by product, the best first
        """
        found, last = {}, product
        for _step in range(MAX_STEPS):
            pairs = self.search(
                Domain("product_id", "in", last.ids)
                | Domain("substitute_id", "in", last.ids)
                & Domain("kind", "=", "alternative")
            )
            others = product.browse()
            for pair in pairs.sorted(lambda one: one.kind != "superseded"):
                other = (
                    pair.substitute_id if pair.product_id in last else pair.product_id
                )
                if other != product and other not in found and other.active:
                    found[other] = pair
                    others |= other
            if not others:
                break
            last = others
        return found
