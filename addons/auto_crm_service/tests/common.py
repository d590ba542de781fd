from odoo.addons.auto_crm_base.tests.test_vehicle_stock import StockCase


class ServiceCase(StockCase):
    """Two stores with a workshop each: bays, technicians, operations and rates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.users.values():
            user.lang = "en_US"  # the tests compare what people read
        cls.store = cls.stores[1]
        cls.adviser = cls.users["adviser", 1]
        cls.technician = cls.users["technician", 1]
        cls.service_manager = cls.users["service_manager", 1]
        skills = cls.env["auto.skill"]
        cls.mechanical = skills.create({"name": "Test mechanical"})
        cls.paint = skills.create({"name": "Test paint"})
        cls.bays = {
            number: cls.env["auto.bay"].create(
                [{"name": f"Lift {count}", "company_id": store.id} for count in (1, 2)]
            )
            for number, store in cls.stores.items()
        }
        cls.technician_files = {
            number: cls.env["auto.technician"].create(
                {
                    "user_id": cls.users["technician", number].id,
                    "company_id": store.id,
                    "skill_ids": [(6, 0, cls.mechanical.ids)],
                }
            )
            for number, store in cls.stores.items()
        }
        cls.operation = cls.env["auto.labour.operation"].create(
            {
                "code": "TEST-1",
                "name": "Front brake pads, replace",
                "skill_id": cls.mechanical.id,
                "standard_hours": 1.5,
            }
        )
        cls.env["auto.labour.rate"].search([]).unlink()
        cls.env["auto.labour.rate"].create({"rate": 200})
        cls.owner = cls.env["res.partner"].create(
            {
                "name": "Car Owner",
                "phone": "13800138000",
                "store_ids": [(6, 0, cls.store.ids)],
            }
        )
        cls.vehicle = cls._vehicle(cls.owner)

    @classmethod
    def _vehicle(cls, owner, store=1, **values):
        """Return a car of a store's customer."""
        company = cls.stores[store]
        vehicle = (
            cls.env["auto.vehicle"]
            .with_company(company)
            .create(
                {
                    "vin": cls._vin(),
                    "model_id": cls.model.id,
                    "company_id": company.id,
                    "sale_state": "third_party",
                    **values,
                }
            )
        )
        vehicle._change_owner(owner)
        return vehicle
