"""The demo group's demo cars, and who drove them.

They are booked as real ones; those of earlier days are dated back afterwards, so that
on whatever day the demo is loaded somebody drives today, one car is out, one customer
did not come and some drives led to an order. Nothing here runs unless demo data is
loaded. Licence numbers are invented.
"""

from datetime import UTC, datetime, time, timedelta

from odoo import api, fields, models
from odoo.tools.date_utils import localized

from odoo.addons.auto_crm_base.tools import vin as vin_tools

# Key, model, store, VIN without check digit, plate, km.
CARS = (
    ("golf", "Golf", 1, "LFV2A25K0T3900801", "浙A8S001", 3120),
    ("id4", "ID.4", 1, "LFVAB9E10T5900802", "浙AD80002", 2240),
    ("sienna", "Sienna", 1, "LVGGH41A0TG900803", "浙A8S003", 4410),
    ("passat", "Passat", 2, "LSVCE6C40TN900804", "川A8S004", 1980),
    ("rav4", "RAV4", 3, "LFMJN2CD0TE900805", "鄂A8S005", 2760),
)
# Prospect, car, user, days from today, hour, route, what becomes of it.
DRIVES = (
    ("hot_offer", "sienna", "user_store1_consultant2", -4, 14, "long", "offer"),
    ("won_week", "golf", "user_store1_consultant", -21, 10, "long", "order"),
    ("won_show", "id4", "user_store1_consultant", -45, 15, "long", "order"),
    ("won_month", "golf", "user_store1_consultant2", -40, 11, "short", "order"),
    ("won_store2", "passat", "user_store2_consultant", -42, 16, "long", "order"),
    ("lost_budget", "sienna", "user_store1_consultant2", -60, 10, "short", "no"),
    ("late_level1", "golf", "user_store1_consultant2", -12, 9, "short", "compare"),
    ("returns", "golf", "user_store1_consultant2", -10, 16, "short", "no_show"),
    ("late_level2", "id4", "user_store1_consultant", -9, 13, "long", "cancelled"),
    ("hot_today", "golf", "user_store1_consultant", 0, 15, "long", "booked"),
    ("other_01", "id4", "user_store1_consultant", 0, 10, "long", "back"),
    ("other_02", "sienna", "user_store1_consultant2", 0, 11, "long", "out"),
    ("new_website", "golf", "user_store1_consultant", 1, 10, "long", "booked"),
    ("new_chat", "id4", "user_store1_consultant2", 2, 14, "short", "booked"),
    ("twice_store1", "golf", "user_store1_consultant", 3, 9, "long", "booked"),
    ("late_store2", "passat", "user_store2_consultant", 1, 11, "long", "booked"),
)
SAID = {
    "offer": ("534545", "推拉门方便，第三排够大。", "白色内饰怕脏。", "Send the offer"),
    "order": ("555445", "加速平顺，隔音好。", "", "Contract"),
    "no": ("332231", "", "太大，停车不方便。", ""),
    "compare": (
        "434334",
        "Quiet, good seats.",
        "Small boot.",
        "Call after the weekend",
    ),
}


class AutoTestDrive(models.Model):
    _inherit = "auto.test.drive"

    @api.model
    def _load_demo_story(self):
        """Create the demo cars and their drives, once."""
        if self.env.ref("auto_crm_lead.demo_car_golf", raise_if_not_found=False):
            return
        quiet = self.with_context(
            auto_visit_quiet=True,
            tracking_disable=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
        )
        cars = quiet._demo_cars()
        for index, row in enumerate(DRIVES):
            quiet._demo_drive(index, cars, *row)

    @api.model
    def _demo_cars(self):
        cars = {}
        for key, model, store, vin, plate, km in CARS:
            digit = vin_tools.check_digit(vin)
            company = self.env.ref(f"auto_crm_base.company_store{store}")
            cars[key] = (
                self.env["auto.vehicle"]
                .with_company(company)
                .create(
                    {
                        "vin": f"{vin[:8]}{digit}{vin[9:]}",
                        "model_id": self.env["fleet.vehicle.model"]
                        .search([("name", "=", model)], limit=1)
                        .id,
                        "license_plate": plate,
                        "company_id": company.id,
                        "store_ids": [fields.Command.link(company.id)],
                        "supply_state": "out",
                        "sale_state": "free",
                        "is_demo": True,
                        "odometer": km,
                    }
                )
            )
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_lead.demo_car_{key}",
                    "record": car,
                    "noupdate": True,
                }
                for key, car in cars.items()
            ]
        )
        return cars

    @api.model
    def _demo_drive(self, index, cars, lead, car, user, days, hour, route, end):
        """Book one drive and let happen to it what happens."""
        lead = self.env.ref(f"auto_crm_lead.demo_lead_{lead}")
        car = cars[car]
        user = self.env.ref(f"auto_crm_base.{user}")
        if not lead.partner_id:
            lead._handle_partner_assignment()
        today = localized(fields.Datetime.now()).astimezone(
            self._zone_of(car.company_id)
        )
        start = self._demo_moment(car, today.date() + timedelta(days=days), hour)
        if end == "booked":
            start = max(start, self._next_quarter())
        elif end in ("out", "back"):
            start = fields.Datetime.now().replace(second=0) - timedelta(
                minutes=20 if end == "out" else 70
            )
        drive = self.with_company(car.company_id).create(
            {
                "lead_id": lead.id,
                "partner_id": lead.partner_id.id,
                "company_id": car.company_id.id,
                "vehicle_id": car.id,
                "user_id": user.id,
                "route_id": self.env.ref(f"auto_crm_lead.test_drive_route_{route}").id,
                # Those that took place are dated back below.
                "start": start
                if end == "booked"
                else fields.Datetime.now() + timedelta(days=30 + index),
                "licence_number": f"DEMO3301{19700 + index * 37}00{index:02d}",
                "licence_class_id": self.env.ref(
                    "auto_crm_lead.licence_class_cn_c1"
                    if index % 3
                    else "auto_crm_lead.licence_class_cn_c2"
                ).id,
                "licence_issue_date": fields.Date.subtract(
                    today.date(), years=index % 8, months=4
                ),
                "licence_expiry_date": fields.Date.add(
                    today.date(), years=1 + index % 6
                ),
                "is_licence_seen": end != "booked",
            }
        )
        drive._set({"start": start, "date_remind": drive._remind_moment()})
        if end not in ("booked", "no_show", "cancelled"):
            drive._demo_driven(end)
        elif end == "cancelled":
            reason = self.env.ref("auto_crm_lead.test_drive_reason_time")
            drive._set({"state": end, "reason_id": reason.id, "date_remind": False})
        elif end == "no_show":
            drive._set({"state": end, "date_remind": False})

    def _demo_moment(self, car, day, hour):
        """Return an hour of a day by the clock of the store, in UTC."""
        moment = datetime.combine(day, time(hour), self._zone_of(car.company_id))
        return moment.astimezone(UTC).replace(tzinfo=None)

    def _demo_driven(self, end):
        """Let the customer drive, and say what is in ``SAID``."""
        self.ensure_one()
        before = self.vehicle_id.odometer
        after = before + round(self.route_id.distance)
        day = self._day()
        self.vehicle_id._record_odometer(before, day, "test_drive", document=self)
        values = {
            "state": "out",
            "date_out": self.start + timedelta(minutes=6),
            "odometer_out": before,
            "date_remind": False,
        }
        if end != "out":
            self.vehicle_id._record_odometer(after, day, "test_drive", document=self)
            values |= {
                "state": "back",
                "date_in": self.start + timedelta(minutes=38),
                "odometer_in": after,
            }
        if end in SAID:
            stars, liked, disliked, step = SAID[end]
            names = ("driving", "comfort", "space", "equipment", "value")
            values |= {
                "state": "done",
                "liked": liked,
                "disliked": disliked,
                "next_step": step,
                "intent": end,
                "date_feedback": values["date_in"],
                **{
                    f"rating_{name}": star
                    for name, star in zip(names, stars, strict=False)
                },
            }
        self._set(values)
