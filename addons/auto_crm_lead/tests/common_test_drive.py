from datetime import timedelta

from odoo import fields

from .common import LeadCase

# One pixel.
SIGNATURE = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQ"
    "AAAABJRU5ErkJggg=="
)


class TestDriveCase(LeadCase):
    """A demo car in each store, and a prospect of the consultant of store 1."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.tz = "UTC"  # as the stores: readings lie on the same day
        brand = cls.env["fleet.vehicle.model.brand"].create({"name": "Drive Motors"})
        cls.model = cls.env["fleet.vehicle.model"].create(
            {"name": "Drive One", "brand_id": brand.id, "transmission": "automatic"}
        )
        cls.cars = {
            number: cls._demo_car(f"DRIVE{number}", store)
            for number, store in cls.stores.items()
        }
        cls.car = cls.cars[1]
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Wei Lan",
                "phone": "+86 198 0009 0001",
                "email": "weilan@example.net",
                "lang": "en_US",
                "is_auto_customer": True,
                "store_ids": [fields.Command.set(cls.store.ids)],
            }
        )
        cls.lead = cls._lead(partner_id=cls.customer.id)
        cls.classes = {
            one.code: one for one in cls.env["auto.licence.class"].search([])
        }
        cls.reason = cls.env.ref("auto_crm_lead.test_drive_reason_time")
        cls.noon = (fields.Datetime.now() + timedelta(days=3)).replace(
            hour=12, minute=0, second=0
        )

    @classmethod
    def _demo_car(cls, plate, store, **values):
        return cls.env["auto.vehicle"].create(
            {
                "license_plate": plate,
                "model_id": cls.model.id,
                "company_id": store.id,
                "store_ids": [fields.Command.link(store.id)],
                "supply_state": "out",
                "sale_state": "free",
                "is_demo": True,
                "odometer": 1000,
                **values,
            }
        )

    def _drive(self, user=None, **values):
        """Book a drive, by the consultant if nobody else is named."""
        user = user or self.consultant
        return (
            self.env["auto.test.drive"]
            .with_user(user)
            .with_company(self.store)
            .create(
                {
                    "lead_id": self.lead.id,
                    "vehicle_id": self.car.id,
                    "start": self.noon,
                    "hours": 1.0,
                    **values,
                }
            )
        )

    def _licence(self, **values):
        return {
            "licence_number": "330106199001011234",
            "licence_class_id": self.classes["C1"].id,
            "licence_issue_date": self.in_days(-3000),
            "licence_expiry_date": self.in_days(300),
            "is_licence_seen": True,
            **values,
        }

    def _ready(self, **values):
        """Return a drive whose key can be handed out."""
        return self._drive(**self._licence(), driver_signature=SIGNATURE, **values)

    def _driven(self, **values):
        drive = self._ready(**values)
        before = self.car.odometer
        drive._key_out(before + 10)
        drive._key_in(before + 30)
        return drive
