from odoo import fields, models
from odoo.exceptions import UserError


class AutoRepairLine(models.Model):
    """Another part in the place of one that is short."""

    _inherit = "auto.repair.line"

    has_substitute = fields.Boolean(
        compute="_compute_has_substitute", help="Another part can stand in for it."
    )

    def _compute_has_substitute(self):
        parts = self.filtered(lambda line: line.kind == "part").product_id
        pairs = self.env["auto.part.substitute"].search_fetch(
            [
                "|",
                ("product_id", "in", parts.ids),
                "&",
                ("substitute_id", "in", parts.ids),
                ("kind", "=", "alternative"),
            ],
            ["product_id", "substitute_id", "kind"],
        )
        with_one = (
            pairs.product_id
            | pairs.filtered(lambda pair: pair.kind == "alternative").substitute_id
        )
        for line in self:
            line.has_substitute = line.kind == "part" and line.product_id in with_one

    def action_substitutes(self):
        """Open what may stand in for the part, with its stock.

        :raise UserError: when nothing may
        """
        self.ensure_one()
        if not self.has_substitute:
            raise UserError(self.env._("Nothing is known to stand in for this part."))
        # Kept before it is shown, so that its rows have buttons.
        swap = self.env["auto.part.swap"].create({"line_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Instead of %(part)s", part=self.name),
            "res_model": "auto.part.swap",
            "views": [(False, "form")],
            "res_id": swap.id,
            "target": "new",
        }

    def _substitute(self, product):
        """Put another part in the place of this line's.

        A dearer one is asked for again, as every change of an estimate.

        :param product: one of its substitutes
        :raise UserError: for any other part, or when the part was issued
        """
        self.ensure_one()
        self.check_access("write")
        known = self.env["auto.part.substitute"]._substitutes_of(self.product_id)
        if product not in known:
            raise UserError(
                self.env._(
                    "%(part)s does not stand in for it.", part=product.display_name
                )
            )
        before = self.product_id.display_name
        self.product_id = product
        self.repair_id._plan_parts()
        self.repair_id.message_post(
            body=self.env._(
                "%(before)s replaced by %(after)s",
                before=before,
                after=product.display_name,
            )
        )
