"""Appointments of the demo stores: two weeks behind us and one ahead.

Most of the cars of the workshop's story had an appointment; two customers did not come,
two cancelled, one asked for another day. What is to come fills the next days. Nothing
here runs unless demo data is loaded.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..models.auto_appointment import STATE

# Repair orders of the story that were booked: number, work, channel.
KEPT = (
    (1, "maintenance", "phone"),
    (2, "maintenance", "web"),
    (4, "maintenance", "phone"),
    (5, "repair", "phone"),
    (6, "maintenance", "portal"),
    (8, "maintenance", "web"),
    (9, "maintenance", "phone"),
    (12, "electrical", "phone"),
    (16, "maintenance", "portal"),
    (17, "maintenance", "web"),
    (18, "maintenance", "phone"),
)
# Store, days from today, work, channel, what became of it, what the customer says.
OTHERS = (
    (1, -8, "maintenance", "web", "no_show", ""),
    (1, -4, "repair", "phone", "no_show", "Pulls to the right when braking"),
    (1, -6, "maintenance", "phone", "cancelled", ""),
    (1, -2, "electrical", "portal", "cancelled", "Screen goes dark"),
    (1, 0, "maintenance", "phone", "confirmed", "30,000 km service"),
    (1, 0, "repair", "web", "booked", "Squeaks when turning"),
    (1, 0, "electrical", "phone", "confirmed", "Left headlamp flickers"),
    (1, 1, "maintenance", "phone", "confirmed", "20,000 km service"),
    (1, 1, "maintenance", "portal", "booked", ""),
    (1, 1, "high_voltage", "phone", "booked", "Charges slower than last winter"),
    (1, 1, "repair", "web", "booked", "Knocks on speed bumps"),
    (1, 2, "maintenance", "web", "booked", ""),
    (1, 2, "body", "phone", "booked", "Scratched the left rear door"),
    (1, 2, "recall", "phone", "confirmed", ""),
    (1, 3, "repair", "phone", "moved", "Air conditioning blows warm"),
    (1, 3, "maintenance", "portal", "booked", ""),
    (1, 4, "electrical", "web", "booked", "Camera stays black in the rain"),
    (1, 5, "maintenance", "phone", "booked", "40,000 km service"),
    (2, 0, "maintenance", "phone", "confirmed", ""),
    (2, 1, "repair", "phone", "booked", "Brake pedal feels soft"),
    (2, 2, "maintenance", "web", "booked", ""),
)


class AutoAppointment(models.Model):
    _inherit = "auto.appointment"

    @api.model
    def _load_demo_appointments(self):
        """Tell the story, once."""
        if self.search([], limit=1):
            return
        quiet = self.with_context(
            tracking_disable=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            auto_visit_quiet=True,
            auto_appointment_past=STATE,
        )
        for entry in KEPT:
            quiet._demo_kept(*entry)
        for number, entry in enumerate(OTHERS):
            quiet._demo_other(number, *entry)

    @api.model
    def _demo_book(self, store, day, work, channel, vehicle, concern, number):
        """Book the first free time of a day, a little later for each of them."""
        company = self.env.ref(f"auto_crm_base.company_store{store}")
        adviser = self.env.ref(f"auto_crm_base.user_store{store}_adviser")
        kind = self.env.ref(f"auto_crm_service.appointment_type_{work}")
        desk = self.with_user(adviser).with_company(company)
        midnight = fields.Datetime.to_datetime(day) - timedelta(days=1)
        [(_day, starts)] = desk._free_times(company, kind, day, days=1, now=midnight)
        if not starts:
            return self.browse()
        appointment = desk._book(
            {
                "company_id": company.id,
                "partner_id": vehicle.owner_id.id,
                "vehicle_id": vehicle.id,
                "type_id": kind.id,
                "start": starts[(number * 3) % len(starts)],
                "concern": concern,
                "user_id": adviser.id,
            }
        ).sudo()
        appointment._set({"channel": channel})
        appointment._demo_date_back()
        return appointment

    def _demo_date_back(self):
        """Let it have been booked some days before."""
        booked = min(self.start - timedelta(days=3), fields.Datetime.now())
        self.env.flush_all()
        # The timeline refuses every write: its lines are dated where they lie.
        self.env.cr.execute(
            SQL(
                "UPDATE auto_vehicle_event SET date = %s"
                " WHERE res_model = 'auto.appointment' AND res_id = %s",
                booked,
                self.id,
            )
        )
        self.env["auto.vehicle.event"].invalidate_model(["date"])

    @api.model
    def _demo_kept(self, number, work, channel):
        """Book what a repair order of the story came from."""
        repair = self.env.ref(
            f"auto_crm_service.demo_repair_{number:02d}", raise_if_not_found=False
        )
        if not repair:
            return
        store = 1
        if repair.company_id == self.env.ref("auto_crm_base.company_store2"):
            store = 2
        appointment = self._demo_book(
            store,
            repair.date_in.date(),
            work,
            channel,
            repair.vehicle_id,
            repair.job_ids[:1].concern,
            number,
        )
        if appointment:
            state = "done" if repair.service_state == "returned" else "arrived"
            appointment._set({"state": state, "date_arrived": repair.date_in})
            repair.appointment_id = appointment

    @api.model
    def _demo_other(self, number, store, days, work, channel, state, concern):
        company = self.env.ref(f"auto_crm_base.company_store{store}")
        adviser = self.env.ref(f"auto_crm_base.user_store{store}_adviser")
        cars = (
            self.env["auto.vehicle"]
            .with_user(adviser)
            .search(
                [
                    ("company_id", "=", company.id),
                    ("owner_id", "!=", False),
                    ("license_plate", "!=", False),
                    ("appointment_ids", "=", False),
                ],
                order="id",
                limit=1,
            )
        )
        if not cars:
            return
        day = self._store_today(company) + timedelta(days=days)
        appointment = self._demo_book(store, day, work, channel, cars, concern, number)
        if not appointment or state == "booked":
            return
        values = {"state": state}
        if state == "confirmed":
            values["date_confirmed"] = fields.Datetime.now()
        if state in ("cancelled", "moved"):
            reason = self.env.ref("auto_crm_service.appointment_reason_customer_time")
            values.update(reason_id=reason.id, changed_by="customer")
        if state == "moved":
            values.update(
                state="booked",
                move_count=1,
                first_start=appointment.start - timedelta(days=2),
            )
        appointment._set(values)
