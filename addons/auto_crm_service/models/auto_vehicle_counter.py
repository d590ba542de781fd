from datetime import timedelta

from odoo import fields, models
from odoo.tools import format_date

# A date that comes up within these days is spoken of at the counter.
NEAR_DAYS = 45


class AutoVehicle(models.Model):
    """What an adviser should speak of when the car is at the counter."""

    _inherit = "auto.vehicle"

    def _counter_notes(self):
        """Return what is due or open on this car, in words, the most urgent first.

        Other addons add their own.
        """
        self.ensure_one()
        notes = []
        if self.odometer_alert:
            notes.append(self.env._("The odometer was turned back once."))
        notes += self._member_notes()
        notes += self._near_dates()
        notes += self._open_matters()
        return notes

    def _member_notes(self):
        """Return what the owner enjoys as a member."""
        known = self.owner_id._member_benefits().get(self.owner_id.id)
        if not known:
            return []
        notes = [self.owner_id.member_badge]
        for benefit in known["benefits"]:
            if benefit["left"] is None:
                notes.append(benefit["name"])
            elif benefit["left"]:
                notes.append(
                    self.env._(
                        "%(benefit)s: %(left)s left this year",
                        benefit=benefit["name"],
                        left=benefit["left"],
                    )
                )
        return notes

    def _near_dates(self):
        """Return the dates of the car that are near or past."""
        soon = fields.Date.context_today(self) + timedelta(days=NEAR_DAYS)
        labels = {
            "inspection_due_date": self.env._("Annual inspection due"),
            "insurance_end_date": self.env._("Insurance ends"),
            "next_service_date": self.env._("Service due"),
            "warranty_end_date": self.env._("Warranty ends"),
        }
        return [
            f"{label}: {format_date(self.env, self[name])}"
            for name, label in labels.items()
            if self[name] and self[name] <= soon
        ]

    def _open_matters(self):
        """Return what is open with the car's customer."""
        matters = [
            self.env._("In the house already: %(order)s", order=order.display_name)
            for order in self.env["repair.order"].search(
                [
                    ("vehicle_id", "=", self.id),
                    ("service_state", "not in", ("returned", "cancelled")),
                ]
            )
        ]
        declined = self.env["auto.declined.work"]
        if declined.has_access("read"):
            matters += [
                self.env._("Declined last time: %(work)s", work=one._text())
                for one in declined.search(
                    [
                        ("vehicle_id", "=", self.id),
                        ("state", "in", ("open", "offered")),
                    ],
                    limit=5,
                )
            ]
        complaints = self.env["auto.complaint"]
        if complaints.has_access("read"):
            matters += [
                self.env._("Open complaint: %(complaint)s", complaint=one.display_name)
                for one in complaints.search(
                    [("vehicle_id", "=", self.id), ("state", "!=", "closed")]
                )
            ]
        return matters

    def action_reception_take(self):
        """Go on at the counter with this one of the cars found."""
        self.ensure_one()
        receptions = self.env["auto.reception"]
        reception = receptions.browse(self.env.context.get("auto_reception_id"))
        reception.check_access("write")
        reception._take(self)
        return reception._reopen()
