from odoo import api, fields, models
from odoo.tools import format_date


class AutoVehicle(models.Model):
    """The warranty of a car, and the claims made for it."""

    _inherit = "auto.vehicle"

    claim_count = fields.Integer(string="Claims", compute="_compute_claim_count")

    def _compute_claim_count(self):
        claims = self.env["auto.claim"]
        counts = {}
        if claims.has_access("read"):
            counts = dict(
                claims._read_group(
                    [("vehicle_id", "in", self.ids)], ["vehicle_id"], ["__count"]
                )
            )
        for vehicle in self:
            vehicle.claim_count = counts.get(vehicle._origin, 0)

    def action_open_claims(self):
        """Open the claims made for this car."""
        return self._action_related(
            self.env._("Claims"), "auto_crm_service.auto_claim_action"
        )

    def _warranty_words(self, day, km, product):
        """Return whether a part of the car is under warranty, and why.

        :param date day: the day of the repair
        :param int km: the odometer then
        :param product: the ``product.product`` that failed, or none: the whole car
        :return: tuple of True, False or None (not known) and the reason in words
        """
        self.ensure_one()
        term = self.env["auto.warranty.term"]._term_for(self, product)
        end = term._end_date(self)
        what = product.display_name or term.name or self.env._("The car")
        if not term and not end:
            return None, self.env._("No warranty term is set up for this car.")
        if not end and (term.months or not term):
            return None, self.env._(
                "%(what)s: the day of delivery is not known, so neither is the end of "
                "the warranty.",
                what=what,
            )
        words = {
            "what": what,
            "term": term.name or "",
            "end": format_date(self.env, end) if end else self.env._("no end"),
            "km": term.km,
            "now": km,
        }
        if end and day > end:
            return False, self.env._(
                "%(what)s: the warranty (%(term)s) ended on %(end)s.", **words
            )
        if term.km and km > term.km:
            return False, self.env._(
                "%(what)s: the warranty (%(term)s) goes to %(km)s km, the odometer "
                "showed %(now)s km.",
                **words,
            )
        if term.km:
            return True, self.env._(
                "%(what)s: under warranty (%(term)s) until %(end)s or %(km)s km; the "
                "odometer showed %(now)s km.",
                **words,
            )
        return True, self.env._(
            "%(what)s: under warranty (%(term)s) until %(end)s.", **words
        )


class AutoVehicleEvent(models.Model):
    _inherit = "auto.vehicle.event"

    kind = fields.Selection(
        selection_add=[("claim", "Claim")],
        ondelete={"claim": lambda events: events._turn_into("repair")},
    )

    @api.model
    def _kind_icons(self):
        return {**super()._kind_icons(), "claim": "fa-shield"}
