from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged, warmup
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tests.common import AutoCase
from odoo.addons.auto_crm_lead.models.crm_lead_intake import INTAKE


@tagged("post_install", "-at_install")
class TestMatch(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.store = cls.stores[1]
        cls.suv, cls.sedan = cls.env["fleet.vehicle.model.category"].create(
            [{"name": "Test SUV"}, {"name": "Test Sedan"}]
        )
        cls.brand, cls.other_brand = cls.env["fleet.vehicle.model.brand"].create(
            [{"name": "Test Brand"}, {"name": "Other Brand"}]
        )
        cls.model, cls.other_model = cls.env["fleet.vehicle.model"].create(
            [
                {
                    "name": "Climber",
                    "brand_id": cls.brand.id,
                    "category_id": cls.suv.id,
                    "seats": 7,
                },
                {
                    "name": "Cruiser",
                    "brand_id": cls.other_brand.id,
                    "category_id": cls.sedan.id,
                    "seats": 5,
                },
            ]
        )
        cls.roof, cls.hook = cls.env["auto.vehicle.feature"].create(
            [{"name": "Test roof"}, {"name": "Test hook"}]
        )
        cls.silver = cls.env.ref("auto_crm_lead.color_silver")
        cls.consultant = cls.users["consultant", 1]
        cls.lead = cls._new_lead("Prospect")

    @classmethod
    def _new_lead(cls, name, number=1, **values):
        return cls.env["crm.lead"].create(
            {
                "name": name,
                "type": "opportunity",
                "company_id": cls.stores[number].id,
                "user_id": cls.users["consultant", number].id,
                **values,
            }
        )

    @classmethod
    def _new_car(cls, price=200000, number=1, **values):
        product = cls.env["product.product"].create(
            {"name": "Car", "list_price": price}
        )
        return cls.env["auto.vehicle"].create(
            {
                "model_id": cls.model.id,
                "product_id": product.id,
                "color": "Glacier Silver Metallic",
                "supply_state": "in_stock",
                "sale_state": "free",
                "company_id": cls.stores[number].id,
                "store_ids": [(6, 0, cls.stores[number].ids)],
                **values,
            }
        )

    def _match(self, car, lead=None):
        lead = lead or self.lead
        lead._match_vehicles()
        return lead.match_ids.filtered(lambda match: match.vehicle_id == car)

    def test_ranked_with_reasons_in_words(self):
        best = self._new_car(feature_ids=[(6, 0, self.roof.ids)])
        dearer = self._new_car(price=230000, color="Deep Blue")
        other = self._new_car(model_id=self.other_model.id)
        self.lead.write(
            {
                "need_budget_max": 210000,
                "need_model_ids": [(6, 0, self.model.ids)],
                "need_color_ids": [(6, 0, self.silver.ids)],
                "need_feature_ids": [(6, 0, self.roof.ids)],
            }
        )
        matches = self.lead.match_ids
        self.assertEqual(matches.vehicle_id[0], best)
        self.assertEqual(matches[0].score, 100)
        text = matches[0].reason_text
        self.assertIn("within budget", text)
        self.assertIn("Glacier Silver Metallic as wished", text)
        self.assertIn("in stock", text)
        self.assertIn("has all that it must have", text)
        second = matches.filtered(lambda m: m.vehicle_id == dearer)
        self.assertIn("10% over the budget", second.reason_text)
        self.assertIn("another colour", second.reason_text)
        self.assertLess(second.score, 100)
        self.assertLess(
            sum(matches.filtered(lambda m: m.vehicle_id == other).mapped("score")), 100
        )
        self.assertTrue(self.lead.match_date)

    def test_words_in_the_readers_language(self):
        self._new_car()
        self.lead.need_budget_max = 210000
        french = self.lead.match_ids[0].with_context(lang="zh_CN")
        self.assertTrue(french.reason_text)
        self.assertIn("badge", self.lead.match_ids[0].reason_html)

    def test_a_colour_word_is_not_found_inside_another(self):
        red = self.env.ref("auto_crm_lead.color_red")
        car = self._new_car(color="Shimmered Black")
        self.lead.need_color_ids = red
        match = self._match(car)
        self.assertFalse(match and match.reasons["color"]["met"])
        self.lead.need_color_ids = self.env.ref("auto_crm_lead.color_black")
        self.assertEqual(self._match(car).reasons["color"]["met"], 1)

    def test_chinese_colour_names(self):
        car = self._new_car(color="冰川银")
        self.lead.need_color_ids = self.silver
        self.assertEqual(self._match(car).reasons["color"]["met"], 1)

    def test_on_order_with_its_date(self):
        day = fields.Date.today() + timedelta(days=20)
        car = self._new_car(supply_state="in_transit", expected_date=day)
        self.lead.write({"need_budget_max": 210000, "need_date": day})
        match = self._match(car)
        self.assertIn("on order, arrives", match.reason_text)
        self.lead.need_date = day - timedelta(days=10)
        self.assertIn("later than wished", self._match(car).reason_text)

    def test_only_sellable_cars(self):
        self.lead.need_budget_max = 210000
        for values in (
            {"sale_state": "reserved"},
            {"sale_state": "sold"},
            {"supply_state": "out"},
            {"supply_state": "planned"},
            {"active": False},
        ):
            with self.subTest(values=values):
                self.assertFalse(self._match(self._new_car(**values)))
        planned = self._new_car(
            supply_state="planned", expected_date=fields.Date.today()
        )
        self.assertTrue(self._match(planned))

    def test_no_wish_no_match(self):
        car = self._new_car()
        self.assertFalse(self._match(car))

    def test_far_over_the_budget_is_left_out(self):
        self.lead.need_budget_max = 100000
        self.assertFalse(self._match(self._new_car()))

    def test_new_or_used(self):
        used = self._new_car(is_used=True)
        new = self._new_car()
        self.lead.write({"need_condition": "used", "need_budget_max": 210000})
        self.lead._match_vehicles()
        by_car = {match.vehicle_id: match for match in self.lead.match_ids}
        self.assertGreater(by_car[used].score, by_car[new].score)
        self.assertIn("used, as wished", by_car[used].reason_text)

    def test_a_weight_of_zero_switches_a_criterion_off(self):
        car = self._new_car(color="Blue")
        self.lead.write(
            {"need_budget_max": 210000, "need_color_ids": [(6, 0, self.silver.ids)]}
        )
        before = self._match(car).score
        self.env.ref("auto_crm_lead.match_weight_color").weight = 0
        self.assertGreater(self._match(car).score, before)

    def test_propose_and_dismiss(self):
        car, other = self._new_car(), self._new_car()
        self.lead.need_budget_max = 210000
        lead = self.lead.with_user(self.consultant)
        matches = {match.vehicle_id: match for match in lead.match_ids}
        matches[car].action_propose()
        self.assertEqual(matches[car].state, "proposed")
        self.assertEqual(matches[car].proposed_by, self.consultant)
        self.assertIn("Proposed", lead.message_ids[0].body)
        matches[other].action_dismiss()
        lead.action_find_cars()
        self.assertEqual(matches[other].state, "dismissed")
        self.assertEqual(matches[car].state, "proposed")
        car.sale_state = "sold"
        lead.action_find_cars()
        self.assertTrue(matches[car].exists(), "what was proposed is kept")

    def test_suggestions_that_no_longer_hold_go(self):
        car = self._new_car()
        self.lead.need_budget_max = 210000
        self.assertTrue(self._match(car))
        car.sale_state = "sold"
        self.assertFalse(self._match(car))

    def test_store_walls(self):
        self.lead.need_budget_max = 210000
        other = self._new_car(number=2)
        self.assertFalse(self._match(other))
        with self.assertRaises(AccessError):
            self.lead.with_user(self.users["consultant", 2]).action_find_cars()
        own = self._new_car()
        match = self._match(own)
        for user in (self.users["consultant", 2], self.users["sales_manager", 2]):
            with self.assertRaises(AccessError):
                match.with_user(user).read(["score"])
        for user in (self.consultant, self.users["auditor"]):
            match.with_user(user).read(["score"])
        with self.assertRaises(AccessError):
            match.with_user(self.consultant).write({"score": 100})
        with self.assertRaises(AccessError):
            match.with_user(self.users["auditor"]).action_propose()

    def test_head_office_finds_group_stock(self):
        self.lead.need_budget_max = 210000
        other = self._new_car(number=2)
        self.lead.with_user(self.users["head_office"]).action_find_cars()
        match = self.lead.match_ids.filtered(lambda m: m.vehicle_id == other)
        self.assertIn("another store", match.reason_text)
        self.assertFalse(
            self.env["auto.lead.match"]
            .with_user(self.consultant)
            .search([("id", "=", match.id)]),
            "the consultant may not see the other store's car",
        )

    def test_bad_needs_are_refused(self):
        for values in (
            {"need_budget_min": 5, "need_budget_max": 3},
            {"need_budget_min": -5},
        ):
            with (
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
                mute_logger("odoo.sql_db"),
            ):
                self.lead.write(values)
                self.env.flush_all()
        for values in ({"tradein_year": 19}, {"need_seats": -1}):
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.lead.write(values)

    def test_completeness(self):
        self.assertEqual(self.lead.need_completeness, 0)
        self.lead.write({"need_budget_max": 1000, "need_finance": "loan"})
        self.assertEqual(self.lead.need_completeness, 18)

    def _arrive(self):
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_lead.ir_cron_match_arrivals").method_direct_trigger()

    def test_arrivals_are_told_once(self):
        self.env["auto.vehicle"].search(
            [("match_queued", "=", True)]
        ).match_queued = False
        self.lead.need_budget_max = 210000
        elsewhere = self._new_lead("Other store", number=2, need_budget_max=210000)
        indifferent = self._new_lead("No wish")
        cars = self._new_car() | self._new_car()
        self.assertTrue(all(cars.mapped("match_queued")))
        self._arrive()
        activity_type = self.env.ref("auto_crm_lead.activity_type_arrival")

        def told(lead):
            return lead.activity_ids.filtered(
                lambda a: a.activity_type_id == activity_type
            )

        self.assertEqual(len(told(self.lead)), 1)
        self.assertEqual(told(self.lead).user_id, self.consultant)
        self.assertFalse(told(elsewhere) or told(indifferent))
        self.assertFalse(any(cars.mapped("match_queued")))
        self.assertEqual(cars[0].waiting_lead_count, 1)
        self._new_car()
        self._arrive()
        self.assertEqual(len(told(self.lead)), 1)

    def test_becoming_free_counts_as_arrival(self):
        car = self._new_car(sale_state="reserved")
        self.assertFalse(car.match_queued)
        car.sale_state = "free"
        self.assertTrue(car.match_queued)
        coming = self._new_car(supply_state="in_transit")
        self.assertFalse(coming.match_queued)
        coming.supply_state = "in_stock"
        self.assertTrue(coming.match_queued)

    @warmup
    def test_ten_thousand_cars_in_one_statement(self):
        self.env["auto.vehicle"].flush_model()
        self.env.cr.execute(
            """
            WITH car AS (
                INSERT INTO auto_vehicle (
                    model_id, company_id, supply_state, sale_state, active, color,
                    list_price, is_used)
                SELECT CASE WHEN n %% 2 = 0 THEN %s ELSE %s END, %s, 'in_stock',
                       'free', TRUE,
                       (ARRAY['Silver', 'Deep Blue', 'White'])[1 + n %% 3],
                       100000 + n * 20, FALSE
                  FROM generate_series(1, 10000) n RETURNING id)
            INSERT INTO auto_vehicle_res_company_rel (auto_vehicle_id, res_company_id)
            SELECT id, %s FROM car
            """,
            [self.model.id, self.other_model.id, self.store.id, self.store.id],
        )
        self.env.invalidate_all()
        self.lead.with_context(auto_intake=INTAKE).write(
            {
                "need_budget_max": 210000,
                "need_model_ids": [(6, 0, self.model.ids)],
                "need_color_ids": [(6, 0, self.silver.ids)],
            }
        )
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.lead._match_vehicles()
        self.assertEqual(len(self.lead.match_ids), self.store.match_max_count)
        self.assertEqual(self.lead.match_ids[0].score, 100)
