from odoo import fields
from odoo.tests import new_test_user

from .vehicle_common import VehicleCase, make_vin


class FactoryCase(VehicleCase):
    """Two stores, a model with a code, and a program that speaks for the factory."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.users.values():
            user.lang = "en_US"  # the tests compare what people read
        cls.trim = cls.env["auto.trim"].create(
            {"name": "Test R-Line", "model_id": cls.model.id, "code": "TL-R"}
        )
        for number, store in cls.stores.items():
            store.auto_factory_code = f"D-{number}"
        every_store = cls.group | cls.stores[1] | cls.stores[2]
        cls.robot = new_test_user(
            cls.env,
            "test_factory",
            groups="auto_crm_base.group_factory_interface",
            tz="Asia/Shanghai",
            company_id=cls.stores[1].id,
            company_ids=[(6, 0, every_store.ids)],
        )
        cls.today = fields.Date.today()

    def _row(self, number="PO-1", status="IN_PRODUCTION", days=0, **values):
        """Return a row as the factory sends it.

        :param int days: before today
        """
        day = fields.Date.subtract(self.today, days=days)
        return {
            "production_number": number,
            "status": status,
            "status_date": str(day),
            "model": "TL-R",
            "store": "D-1",
            **values,
        }

    def _send(self, *rows, user=None):
        """Send rows as the factory; return their results."""
        vehicles = self.env["auto.vehicle"].with_user(user or self.robot)
        answer = vehicles.factory_update(list(rows))
        self.answer = answer
        return [one["result"] for one in answer]

    def _car(self, number="PO-1"):
        return self.env["auto.vehicle"].search([("production_number", "=", number)])

    def _messages(self, number="PO-1"):
        return self.env["auto.factory.message"].search(
            [("production_number", "=", number)]
        )

    vin = staticmethod(make_vin)
