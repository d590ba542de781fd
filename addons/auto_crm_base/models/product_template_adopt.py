from odoo import api, models
from odoo.tools import SQL, split_every

from ..tools import vin as vin_tools

# So many of the latest serial numbers tell what a product is.
SAMPLE = 200
# So much of the sample must be VINs; a few are always mistyped.
MAJORITY = 2 / 3


class ProductTemplate(models.Model):
    """Cars that were in stock before: find their products by their serial numbers."""

    _inherit = "product.template"

    @api.model
    def _adopt_existing_cars(self, batch_size=500):
        """Make vehicles of the cars that are in stock, or were sold, already.

        Products whose serial numbers are VINs become products of vehicles, and each
        of their serial numbers a vehicle: where it is, since when, and whose. Stock
        itself is not changed, but for the spelling of a VIN. Products of other goods
        stay as they are.

        :param int batch_size: so many serial numbers at a time
        :return: how many serial numbers were looked at
        """
        # The installation works for all companies.
        templates = self.sudo()._existing_cars()
        if not templates:
            return 0
        templates._mark_as_vehicles()
        lots = self.env["stock.lot"].sudo()
        found = lots.search(
            [("product_id.product_tmpl_id", "in", templates.ids)], order="id"
        )
        found._adopt_owners()
        for batch in split_every(batch_size, found.ids):
            lots.browse(batch)._adopt()
            self.env.flush_all()
            self.env.invalidate_all()
        return len(found)

    @api.model
    def _existing_cars(self):
        """Return the products whose serial numbers are, for the most part, VINs."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT t.id, array_agg(l.name)
                  FROM product_template t
                  JOIN LATERAL (
                           SELECT lot.name
                             FROM stock_lot lot
                             JOIN product_product p ON p.id = lot.product_id
                            WHERE p.product_tmpl_id = t.id
                            ORDER BY lot.id DESC
                            LIMIT %s
                       ) l ON TRUE
                 WHERE t.tracking = 'serial' AND t.is_storable
                   AND t.is_vehicle IS NOT TRUE
                 GROUP BY t.id
                """,
                SAMPLE,
            )
        )
        everyone = self.env["auto.wmi"].search([])  # pylint: disable=no-search-all
        makers = set(everyone.mapped("code"))
        return self.browse(
            template_id
            for template_id, names in rows
            if sum(_is_vin(name, makers) for name in names) >= MAJORITY * len(names)
        )


def _is_vin(name, makers):
    """Return whether a serial number is a car's, and not some other 17 characters.

    :param makers: the maker codes that are known
    """
    vin = vin_tools.normalise(name)
    if not vin or vin_tools.validate(vin, with_check_digit=False):
        return False
    return vin[8] == vin_tools.check_digit(vin) or vin[:3] in makers
