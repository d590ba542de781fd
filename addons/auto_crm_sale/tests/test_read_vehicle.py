from odoo.tests import tagged

from odoo.addons.auto_crm_base.models.res_users import ROLES

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestReadVehicle(SaleCase):
    """A program reads whole vehicles with any role, as those who may see them."""

    def test_every_role_reads_all_fields(self):
        vehicle = self._receive()
        reservation = self._reservation(vehicle, self.partners[0])
        reservation.action_confirm()
        for role in ROLES:
            user = self.users.get(role) or self.users[role, 1]
            vehicles = (
                self.env["auto.vehicle"]
                .with_user(user)
                .with_context(allowed_company_ids=user.company_ids.ids)
            )
            vehicles._lookup(vin=vehicle.vin)
            seen = vehicles.search([("id", "=", vehicle.id)])
            values = seen.read()
            may = self.env["auto.reservation"].with_user(user).has_access("read")
            for one in values:
                self.assertEqual("reservation_ids" in one, may, role)
            if role != "technician":
                self.assertTrue(values, role)
