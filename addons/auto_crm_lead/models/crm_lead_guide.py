from odoo import api, fields, models
from odoo.fields import Command

WISHES = [
    ("price", "A price"),
    ("test_drive", "A test drive"),
    ("advice", "Advice"),
]


class CrmLead(models.Model):
    """What a visitor of the buying guide wishes, and was looking for."""

    _inherit = "crm.lead"

    guide_wish = fields.Selection(
        selection=WISHES,
        string="Asked for",
        readonly=True,
        copy=False,
        help="In the buying guide; the words are in the contact log.",
    )

    @api.model
    def _intake_normalise(self, values, company):
        clean = super()._intake_normalise(values, company)
        wish = values.get("wish")
        clean["wish"] = wish if wish in dict(WISHES) else ""
        needs = values.get("needs")
        clean["needs"] = self._intake_needs(needs if isinstance(needs, dict) else {})
        return clean

    @api.model
    def _intake_needs(self, needs):
        """Return the needs that a form gives, without what makes no sense.

        :param dict needs: ``budget`` (highest, in the store's currency), ``seats``
            (at least), ``category`` and ``use`` (ids)
        """

        def number(name, highest):
            value = needs.get(name)
            plain = isinstance(value, int) and not isinstance(value, bool)
            return value if plain and 0 < value <= highest else 0

        # A stranger names them; that they exist is no secret.
        bodies = self.env["fleet.vehicle.model.category"].sudo()
        uses = self.env["auto.vehicle.use"].sudo()
        return {
            "budget": number("budget", 10**9),
            "seats": number("seats", 60),
            "category": bodies.browse(number("category", 2**31 - 1) or []).exists().id,
            "use": uses.browse(number("use", 2**31 - 1) or []).exists().id,
        }

    @api.model
    def _intake_optional_values(self, item, cache):
        vals = super()._intake_optional_values(item, cache)
        values = item["values"]
        needs = values.get("needs") or {}
        offered = {
            "guide_wish": values.get("wish"),
            "need_budget_max": needs.get("budget"),
            "need_seats": needs.get("seats"),
            "need_category_ids": needs.get("category")
            and [Command.set([needs["category"]])],
            "need_use_ids": needs.get("use") and [Command.set([needs["use"]])],
        }
        return vals | {name: value for name, value in offered.items() if value}
