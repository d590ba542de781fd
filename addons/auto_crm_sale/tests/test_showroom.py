from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestShowroom(SaleCase):
    def _as_consultant(self, record):
        return record.with_user(self.consultant).with_company(self.store)

    def test_reserve_from_the_car(self):
        vehicle = self._as_consultant(self._receive())
        action = vehicle.action_reserve()
        form = Form(
            self._as_consultant(self.env["auto.reservation"]).with_context(
                **action["context"]
            ),
            view="auto_crm_sale.auto_reservation_view_form_new",
        )
        form.partner_id = self.partners[0]
        reservation = form.save()
        opened = reservation.action_confirm_new()
        self.assertEqual(opened["res_id"], reservation.id)
        self.assertEqual(vehicle.sale_state, "reserved")
        self.assertIn(self.consultant.name, vehicle.holder_text)
        self.assertEqual(vehicle.reservation_count, 1)
        mine = (
            self.env["auto.vehicle"]
            .with_user(self.consultant)
            .search(
                [
                    (
                        "reservation_ids",
                        "any",
                        [
                            ("user_id", "=", self.consultant.id),
                            ("state", "=", "active"),
                        ],
                    )
                ]
            )
        )
        self.assertEqual(mine, vehicle)

    def test_cars_of_one_model_differ(self):
        vehicle = self._as_consultant(self._receive())
        self.assertEqual(vehicle.configuration_text, self.product.name)
        vehicle.sudo().trim_id = self.env["auto.trim"].create(
            {"name": "R-Line", "model_id": self.model.id}
        )
        self.assertEqual(vehicle.configuration_text, "R-Line")
        view = self.env.ref("auto_crm_sale.auto_vehicle_view_kanban_sellable")
        arch = vehicle.get_view(view.id, "kanban")["arch"]
        for name in ("configuration_text", "is_late", "late_days"):
            self.assertIn(f'name="{name}"', arch)

    def test_price_as_people_type_it(self):
        vehicle = self._receive()
        vehicle.list_price = 150000
        cars = self._as_consultant(self.env["auto.vehicle"])
        for typed in ("15万", "１５００００", "¥150,000", "150 000 元", "15.0 万"):
            for name in ("price_up_to", "price_from"):
                found = cars.search([(name, "ilike", typed), ("id", "=", vehicle.id)])
                self.assertEqual(found, vehicle, (name, typed))
        self.assertFalse(
            cars.search([("price_up_to", "ilike", "14.9万"), ("id", "=", vehicle.id)])
        )
        for typed in ("cheap", "-5", "1e999", "万"):
            self.assertFalse(cars.search([("price_up_to", "ilike", typed)]), typed)

    def test_colour_in_the_readers_language(self):
        color = self.env["auto.color"].create({"name": "Dawn pink"})
        self.env["res.lang"]._activate_lang("zh_CN")
        color.with_context(lang="zh_CN").name = "晨曦粉"
        first, second = self._receive(), self._receive()
        first.color, second.color = "Dawn pink", "晨曦粉"
        for lang, word in (("en_US", "Dawn pink"), ("zh_CN", "晨曦粉")):
            cars = (first + second).with_context(lang=lang)
            self.assertEqual(cars.mapped("color_text"), [word, word])
        first.color = "Mother's own"
        self.assertEqual(first.color_text, "Mother's own")

    def test_from_the_contract_to_where_it_comes_from(self):
        lead = self.env["crm.lead"].create(
            {
                "name": "Wants a car",
                "type": "opportunity",
                "partner_id": self.partners[0].id,
                "company_id": self.store.id,
                "user_id": self.consultant.id,
            }
        )
        reservation = self._reservation(
            self._receive(), self.partners[0], lead_id=lead.id
        )
        reservation.action_confirm()
        reservation.action_make_contract()
        order = reservation.order_id.with_user(self.consultant)
        self.assertEqual(order.reservation_count, 1)
        self.assertEqual(order.action_view_reservations()["res_id"], reservation.id)
        self.assertEqual(order.action_view_lead()["res_id"], lead.id)
        arch = order.get_view(view_type="form")["arch"]
        for name in ("action_view_reservations", "action_view_lead"):
            self.assertIn(f'name="{name}"', arch)

    def test_holder_of_another_store_is_not_named(self):
        vehicle = self._receive()
        self._reservation(vehicle, self.partners[0]).action_confirm()
        vehicle.store_ids += self.stores[2]
        other = vehicle.with_user(self.users["consultant", 2]).with_company(
            self.stores[2]
        )
        self.assertTrue(other.holder_text)
        self.assertNotIn(self.consultant.name, other.holder_text)

    def test_quotation_from_the_car(self):
        vehicle = self._as_consultant(self._receive())
        action = vehicle.action_quotation()
        form = Form(
            self._as_consultant(self.env["sale.order"]).with_context(
                **action["context"]
            )
        )
        form.partner_id = self.partners[0]
        order = form.save()
        self.assertEqual(order.vehicle_ids, vehicle)
        reservation = self._reservation(vehicle, self.partners[0])
        reservation.action_confirm()
        opened = vehicle.action_quotation()
        self.assertEqual(opened["res_id"], reservation.order_id.id)

    def test_car_that_is_gone_or_held_by_another(self):
        vehicle = self._receive()
        self._reservation(vehicle, self.partners[0], user=self.manager).action_confirm()
        with self.assertRaises(UserError):
            self._as_consultant(vehicle).action_quotation()
        gone = self._receive()
        self._move(self._stock(), self.customers, gone.vin, partner=self.buyer)
        for method in ("action_reserve", "action_quotation"):
            with self.assertRaises(UserError):
                getattr(self._as_consultant(gone), method)()

    def test_reserve_from_the_prospect(self):
        vehicle = self._receive()
        lead = self.env["crm.lead"].create(
            {
                "name": "Test prospect",
                "contact_name": "Lead Person",
                "phone": "+86 138 0013 8000",
                "type": "opportunity",
                "company_id": self.store.id,
                "user_id": self.consultant.id,
            }
        )
        match = (
            self.env["auto.lead.match"]
            .sudo()
            .create(
                {
                    "lead_id": lead.id,
                    "vehicle_id": vehicle.id,
                    "company_id": self.store.id,
                    "score": 90,
                }
            )
        )
        for record in (match, lead):
            context = self._as_consultant(record).action_reserve()["context"]
            self.assertEqual(context["default_vehicle_id"], vehicle.id)
            self.assertEqual(context["default_partner_id"], lead.partner_id.id)
            self.assertEqual(context["default_lead_id"], lead.id)

    def test_floor_price_is_for_those_with_the_right(self):
        vehicle = self._receive()
        vehicle.sudo().product_id.floor_price = 90000
        seen = vehicle.with_user(self.manager).with_company(self.store)
        self.assertEqual(seen.sellable_floor_price, 90000)
        self.assertNotIn(
            "sellable_floor_price",
            self._as_consultant(self.env["auto.vehicle"]).fields_get(),
        )

    def test_customer_sees_in_360(self):
        reservation = self._reservation(self._receive(), self.partners[0])
        reservation.action_confirm()
        partner = self._as_consultant(self.partners[0])
        tiles = {tile["key"]: tile["count"] for tile in partner._auto_360_counters()}
        self.assertEqual(tiles["reservations"], 1)
        self.assertEqual(partner.reservation_count, 1)
        self.assertTrue(
            any(
                event["res_model"] == "auto.reservation"
                and event["res_id"] == reservation.id
                for event in partner._auto_360_timeline()
            )
        )
