from odoo import fields, models
from odoo.exceptions import ValidationError


class AutoIntakeWizard(models.TransientModel):
    """A walk-in at an event: taken in, and on the guest list as somebody who came."""

    _inherit = "auto.intake.wizard"

    event_id = fields.Many2one(
        comodel_name="event.event",
        string="Event",
        domain="[('auto_campaign_id', '!=', False), ('company_id', '=', company_id)]",
        help="The event at which the person stands before you.",
    )

    def _intake_values(self):
        values = super()._intake_values()
        if self.event_id.auto_campaign_id:
            values["campaign"] = self.event_id.auto_campaign_id.name
        return values

    def action_confirm(self):
        self.ensure_one()
        event = self.event_id
        if event:
            event.check_access("read")
            if event.company_id != self.company_id:
                raise ValidationError(
                    self.env._(
                        "“%(event)s” is not of %(store)s.",
                        event=event.name,
                        store=self.company_id.name,
                    )
                )
        action = super().action_confirm()
        if event:
            self._add_guest(event)
        return action

    def _add_guest(self, event):
        """Put the person on the list of ``event``, as somebody who came."""
        values = self._intake_values()
        # Found by what this form was taken in as, whoever looks after it.
        intake = (
            self.env["auto.lead.intake"]
            .sudo()
            .search(
                [
                    ("external_ref", "=", self._form_ref(values)),
                    ("company_id", "=", self.company_id.id),
                ],
                limit=1,
            )
        )
        lead = intake.lead_id
        guests = self.env["event.registration"].sudo()  # the link is the system's
        there = guests.search(
            [
                ("event_id", "=", event.id),
                "|",
                ("lead_ids", "in", lead.ids),
                ("partner_id", "in", lead.partner_id.ids),
            ],
            limit=1,
        )
        if there:
            there._auto_link(lead)
            if there.state != "done":
                there.state = "done"
            return
        guest = guests.create(
            {
                "event_id": event.id,
                "partner_id": lead.partner_id.id,
                "name": values["name"],
                "phone": self.phone,
                "email": self.email,
                "state": "open",
            }
        )
        guest._auto_link(lead)
        guest.state = "done"
