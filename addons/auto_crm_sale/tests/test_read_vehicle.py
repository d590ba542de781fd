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

    def test_every_role_reads_whole_prospects_and_customers(self):
        vehicle = self._receive()
        partner = self.partners[0]
        partner.is_auto_customer = True
        lead = self.env["crm.lead"].create(
            {
                "name": "Wants a car",
                "partner_id": partner.id,
                "user_id": self.consultant.id,
                "company_id": self.store.id,
            }
        )
        reservation = self._reservation(vehicle, partner, lead_id=lead.id)
        reservation.action_confirm()
        self._contract(vehicle, partner, opportunity_id=lead.id)
        self.env["auto.tradein"].create(
            {
                "lead_id": lead.id,
                "partner_id": partner.id,
                "company_id": self.store.id,
                "license_plate": "沪A88801",
            }
        )
        for role, user in self._role_users().items():
            log = self.env["auto.access.log"].with_user(user)
            if role in ("callcentre", "complaint"):
                for found in (lead, partner):
                    log._log("lookup", found.with_user(user))
            with self.subTest(role=role):
                self.assertTrue(self._read_whole(user, partner))
                values = self._read_whole(user, lead)
                if not self.env["crm.lead"].with_user(user).has_access("read"):
                    continue
                for name, model in (
                    ("order_ids", "sale.order"),
                    ("sale_order_count", "sale.order"),
                    ("reservation_ids", "auto.reservation"),
                    ("tradein_ids", "auto.tradein"),
                ):
                    may = self.env[model].with_user(user).has_access("read")
                    self.assertEqual(name in values, may, name)

    def test_handover_tells_of_which_car(self):
        """Also whoever may not see the car."""
        partner = self.partners[0]
        vehicle = self._receive()
        order = self._contract(vehicle, partner)
        handover = self.env["auto.handover"].create(
            {"order_id": order.id, "vehicle_id": vehicle.id}
        )
        user = self.users["complaint", 1]
        log = self.env["auto.access.log"].with_user(user)
        log._log("lookup", partner.with_user(user))
        self.assertTrue(self._read_whole(user, handover))
