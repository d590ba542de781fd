from odoo.addons.auto_crm_base.tests.common import AutoCase
from odoo.addons.auto_crm_base.tools import vin as vin_tools


def make_vin(serial, start="LSVNV218", year="R", plant="2"):
    """Return a VIN with the right check digit.

    :param int serial: 0 to 999999, the last six characters
    """
    vin = f"{start}0{year}{plant}{serial:06d}"
    return vin[:8] + vin_tools.check_digit(vin) + vin[9:]


class VehicleCase(AutoCase):
    """Two stores, a model, two people of store 1 and one of store 2."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.brand = cls.env.ref("fleet.brand_volkswagen")
        cls.model = cls.env["fleet.vehicle.model"].create(
            {"name": "Test Lavida", "brand_id": cls.brand.id}
        )
        partner = cls.env["res.partner"]
        cls.anna, cls.bob, cls.carl = partner.create(
            [
                {"name": "Anna", "store_ids": [(6, 0, cls.stores[1].ids)]},
                {"name": "Bob", "store_ids": [(6, 0, cls.stores[1].ids)]},
                {"name": "Carl", "store_ids": [(6, 0, cls.stores[2].ids)]},
            ]
        )

    @classmethod
    def vehicles_as(cls, role, store=None):
        """Return the vehicle model for the user with ``role`` in ``store``."""
        user = cls.users[(role, store) if store else role]
        companies = cls.stores[store] if store else user.company_ids
        return (
            cls.env["auto.vehicle"]
            .with_user(user)
            .with_context(allowed_company_ids=companies.ids)
        )

    @classmethod
    def new_vehicle(cls, serial, store=1, **values):
        return (
            cls.env["auto.vehicle"]
            .with_company(cls.stores[store])
            .create(
                {
                    "vin": make_vin(serial),
                    "model_id": cls.model.id,
                    "company_id": cls.stores[store].id,
                    **values,
                }
            )
        )
