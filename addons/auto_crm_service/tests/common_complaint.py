from odoo import fields

from odoo.addons.auto_crm_base.tests.common import AutoCase


class ComplaintCase(AutoCase):
    """A complaint desk in two stores that are open day and night."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for store in cls.stores.values():
            store.resource_calendar_id = cls._calendar(store)
        for user in cls.users.values():
            user.lang = "en_US"  # the tests compare what people read
        cls.store = cls.stores[1]
        cls.desk = cls.users["complaint", 1]
        cls.adviser = cls.users["adviser", 1]
        cls.technician = cls.users["technician", 1]
        cls.manager = cls.users["service_manager", 1]
        cls.department = cls.env["auto.complaint.department"].create(
            {"name": "Test department", "answer_hours": 4}
        )
        cls.category = cls.env["auto.complaint.category"].create(
            {
                "name": "Test matter",
                "severity": "high",
                "department_ids": [fields.Command.set(cls.department.ids)],
            }
        )
        cls.env["auto.complaint.person"].create(
            [
                {
                    "department_id": cls.department.id,
                    "company_id": cls.store.id,
                    "user_id": user.id,
                }
                for user in (cls.adviser, cls.technician)
            ]
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Test Customer",
                "phone": "13800138000",
                "email": "customer@example.com",
                "is_auto_customer": True,
                "store_ids": [fields.Command.set(cls.store.ids)],
                "auto_store_id": cls.store.id,
            }
        )
        cls.vehicle = (
            cls.env["auto.vehicle"]
            .with_company(cls.store)
            .create({"license_plate": "浙A12345", "company_id": cls.store.id})
        )
        cls.vehicle._change_owner(cls.customer)
        cls.env["auto.complaint.limit"].search([]).unlink()
        cls.env["auto.complaint.limit"].create(
            [
                {
                    "severity": severity,
                    "first_hours": 2,
                    "solution_hours": 10,
                    "callback_hours": 5,
                }
                for severity in ("low", "normal", "high", "critical")
            ]
        )

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
                                "name": str(day),
                                "dayofweek": str(day),
                                "hour_from": 0,
                                "hour_to": 24,
                            }
                        )
                        for day in range(7)
                    ),
                ],
            }
        )

    def _take_down(self, user=None, channel="phone", ref=None, **values):
        """Return a complaint that a user took down."""
        user = user or self.desk
        # The user has found the customer before, which is not the matter here.
        complaints = self.env["auto.complaint"].with_user(user).sudo()
        complaint = complaints.with_company(user.company_id)._register_complaint(
            {
                "partner_id": self.customer.id,
                "description": "It took three hours.",
                **values,
            },
            channel,
            ref,
        )
        return complaint.with_user(user).sudo(False)

    def _kinds(self, complaint):
        events = complaint.sudo().event_ids.sorted("id")
        return events.mapped("kind")
