from datetime import timedelta

from odoo import fields

from odoo.addons.auto_crm_base.tests.common import AutoCase


class LeadCase(AutoCase):
    """Prospects of the consultant of store 1, in a store that works every day."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for store in cls.stores.values():
            store.resource_calendar_id = cls._calendar(store)
        cls.grades = {
            grade.code: grade for grade in cls.env["auto.lead.grade"].search([])
        }
        cls.horizons = {
            horizon.code: horizon for horizon in cls.env["auto.lead.horizon"].search([])
        }
        for user in cls.users.values():
            user.lang = "en_US"  # the tests compare what people read
        cls.consultant = cls.users["consultant", 1]
        cls.manager = cls.users["sales_manager", 1]
        cls.store = cls.stores[1]
        cls.today = fields.Date.today()

    @classmethod
    def _calendar(cls, store):
        """Return working hours from 0:00 to 24:00 UTC on all seven days."""
        return cls.env["resource.calendar"].create(
            {
                "name": f"All days of {store.name}",
                "company_id": store.id,
                "tz": "UTC",
                "attendance_ids": [
                    fields.Command.clear(),
                    *(
                        fields.Command.create(
                            {
                                "name": f"{day} {part}",
                                "dayofweek": str(day),
                                "hour_from": start,
                                "hour_to": stop,
                                "day_period": part,
                            }
                        )
                        for day in range(7)
                        for part, start, stop in (
                            ("morning", 0, 12),
                            ("afternoon", 12, 24),
                        )
                    ),
                ],
            }
        )

    @classmethod
    def _lead(cls, count=None, user=None, store=None, **values):
        """Create prospects as the system does; one, or ``count`` of them."""
        user = cls.consultant if user is None else user
        store = store or cls.store
        return cls.env["crm.lead"].create(
            [
                {
                    "name": f"Prospect {number}",
                    "contact_name": f"Person {number}",
                    "company_id": store.id,
                    "user_id": user.id if user else False,
                    "intake_channel_id": cls.env["auto.intake.channel"]
                    .search([], limit=1)
                    .id,
                    **values,
                }
                for number in range(count or 1)
            ]
        )

    def in_days(self, days):
        return self.today + timedelta(days=days)
