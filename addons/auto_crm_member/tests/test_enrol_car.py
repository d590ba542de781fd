from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.test_vehicle_stock import StockCase


@tagged("post_install", "-at_install")
class TestEnrolCar(StockCase):
    """The first car delivered makes a member, where the programme says so."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program = cls.env.ref("auto_crm_member.program_club").copy()
        others = cls.env["loyalty.program"].search([]) - cls.program
        others.action_archive()
        cls.env["auto.member.tier"].create(
            {"name": "Plain", "program_id": cls.program.id}
        )
        cls.owner = cls.env["res.partner"].create(
            {
                "name": "An owner",
                "is_auto_customer": True,
                "store_ids": [Command.set(cls.stores[1].ids)],
            }
        )

    def _deliver(self):
        vin = self._vin()
        self._move(self.suppliers, self._stock(), vin)
        self._move(self._stock(), self.customers, vin, partner=self.owner)

    def test_only_by_hand(self):
        self._deliver()
        self.assertFalse(self.owner.member_ids)

    def test_first_car(self):
        self.program.auto_enrol = "car"
        self._deliver()
        member = self.owner.member_ids
        self.assertEqual(member.program_id, self.program)
        self.assertEqual(member.company_id, self.stores[1])
        self._deliver()
        self.assertEqual(self.owner.member_ids, member)
