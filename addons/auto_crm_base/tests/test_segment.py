import base64
from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged, warmup

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestSegment(AutoCase):
    """Who is in a segment, who may use and share it, and what goes out by post."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.manager = cls.users["store_manager", 1]
        cls.consultant = cls.users["consultant", 1]
        cls.brand = cls.env["fleet.vehicle.model.brand"].create({"name": "Segmobil"})
        cls.models = cls.env["fleet.vehicle.model"].create(
            [{"name": name, "brand_id": cls.brand.id} for name in ("One", "Two")]
        )
        cls.interest = cls.env["auto.customer.interest"].create({"name": "Opera (T)"})
        cls.old, cls.new, cls.bare = [
            cls._customer(1, name) for name in ("Old car", "New car", "No car")
        ]
        cls.far = cls._customer(2, "Far away")
        cls._car(cls.old, cls.models[0], delivery_date=cls._ago(6), odometer=90000)
        cls._car(
            cls.new,
            cls.models[1],
            delivery_date=cls._ago(1),
            odometer=9000,
            warranty_end_date=cls.today + timedelta(days=30),
        )
        cls._car(cls.far, cls.models[0], store=2, delivery_date=cls._ago(6))

    @classmethod
    def _ago(cls, years):
        return cls.today - relativedelta(years=years)

    @classmethod
    def _customer(cls, number, name, **values):
        store = cls.stores[number]
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_auto_customer": True,
                "auto_store_id": store.id,
                "store_ids": [Command.set(store.ids)],
                "auto_interest_ids": [Command.set(cls.interest.ids)],
                **values,
            }
        )

    @classmethod
    def _car(cls, owner, model, store=1, **values):
        return cls.env["auto.vehicle"].create(
            {
                "owner_id": owner.id,
                "model_id": model.id,
                "company_id": cls.stores[store].id,
                "license_plate": f"浙A{owner.id:05d}",
                **values,
            }
        )

    def _segment(self, user=None, **values):
        """Return a segment of the test's own people, as ``user`` sees it."""
        user = user or self.manager
        segment = self.env["auto.segment"].with_user(user)
        return segment.with_company(user.company_id).create(
            {"name": "S", "interest_ids": [Command.set(self.interest.ids)], **values}
        )

    def _as(self, user, record):
        return record.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )

    def test_each_criterion(self):
        self.old.write({"birthday": self._ago(50), "auto_gender": "male"})
        self.new.write({"birthday": self._ago(30), "city": "Hangzhou"})
        self.env["auto.contact"].create({"partner_id": self.new.id})
        everybody = self.old | self.new | self.bare
        for values, expected in (
            ({}, everybody),
            ({"car_age_min": 5}, self.old),
            ({"car_age_max": 2}, self.new),
            ({"odometer_min": 50000}, self.old),
            ({"odometer_max": 50000, "brand_ids": self.brand.ids}, self.new),
            ({"model_ids": self.models[0].ids}, self.old),
            ({"warranty_days": 40}, self.new),
            ({"warranty_state": "running"}, self.new),
            ({"warranty_days": 20}, self.new.browse()),
            ({"age_min": 50}, self.old),
            ({"age_min": 30, "age_max": 30}, self.new),
            ({"age_min": 31, "age_max": 49}, self.new.browse()),
            ({"gender": "male"}, self.old),
            ({"city": "hang"}, self.new),
            ({"quiet_days": 5}, self.old | self.bare),
            ({"car_age_min": 5, "odometer_max": 50000}, self.new.browse()),
        ):
            with self.subTest(values=values):
                segment = self._segment(**values)
                self.assertEqual(segment._members(), expected)
                self.assertEqual(segment.member_count, len(expected))

    def test_counted_before_it_is_saved(self):
        segment = self.env["auto.segment"].with_user(self.manager)
        draft = segment.new({"interest_ids": [Command.set(self.interest.ids)]})
        self.assertEqual(draft.member_count, 3)
        draft.car_age_min = 5
        self.assertEqual(draft.member_count, 1)

    def test_people_of_other_stores_never_show(self):
        head = self.users["head_office"]
        segment = self._segment(head, scope="group", company_id=self.stores[1].id)
        for user, expected in (
            (self.manager, self.old | self.new | self.bare),
            (self.users["store_manager", 2], self.far),
            (self.users["consultant", 2], self.far),
        ):
            seen = self._as(user, segment)
            self.assertEqual(seen._members(), expected)
            self.assertEqual(seen.member_count, len(expected))
            action = seen.action_open_members()
            people = self.env["res.partner"].with_user(user)
            self.assertEqual(people.search(action["domain"]), expected)
        # Nor to the system, when it works for a segment of one store.
        own = self._segment(scope="store")
        self.assertNotIn(self.far, own.sudo()._members())

    def test_who_sees_and_shares(self):
        own = self._segment(self.consultant)
        shared = self._segment(scope="store")
        colleague = self.users["sales_manager", 1]
        self.assertFalse(own.with_user(colleague).has_access("read"))
        auditor, stranger = self.users["auditor"], self.users["consultant", 2]
        self.assertTrue(self._as(auditor, own).has_access("read"))
        self.assertFalse(self._as(auditor, own).has_access("write"))
        self.assertTrue(self._as(self.consultant, shared).has_access("read"))
        self.assertFalse(self._as(self.consultant, shared).has_access("write"))
        self.assertFalse(self._as(stranger, shared).has_access("read"))
        for user, scope in (
            (self.consultant, "store"),
            (self.manager, "group"),
            (colleague, "group"),
        ):
            with self.subTest(scope=scope), self.assertRaises(AccessError):
                self._segment(user, scope=scope)
        with self.assertRaises(AccessError):
            own.scope = "store"
        with self.assertRaises(AccessError):
            own.user_id = colleague
        self.assertEqual(
            self._segment(self.consultant, user_id=colleague.id).user_id,
            self.consultant,
        )
        with self.assertRaises(AccessError):
            shared.unlink()
        # One's own of another store says nothing to a domain either.
        people = self.env["res.partner"].with_user(colleague)
        self.assertFalse(people.search([("auto_segment_ids", "in", own.ids)]))

    def test_bad_criteria_are_refused(self):
        for values in (
            {"car_age_min": -1},
            {"age_min": 40, "age_max": 30},
            {"odometer_min": 5, "odometer_max": 4},
        ):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self._segment(**values)

    def test_address_file_leaves_out_who_refused(self):
        address = {"street": "=1 Road", "city": "Hangzhou", "zip": "310000"}
        (self.old | self.new).write(address)
        self.env["auto.consent"].create(
            {
                "partner_id": self.new.id,
                "channel": "post",
                "purpose": "marketing",
                "state": "withdrawn",
            }
        )
        segment = self._segment(scope="store")
        window = self.env["auto.segment.export"].with_user(self.manager)
        window = window.create({"segment_id": segment.id, "kind": "csv"})
        window.action_make()
        self.assertEqual(
            (window.sent_count, window.missing_count, window.refused_count), (1, 1, 1)
        )
        text = base64.b64decode(window.file).decode("utf-8-sig")
        self.assertIn("'=1 Road", text)
        self.assertNotIn("New car", text)
        log = self.env["auto.access.log"].search([("kind", "=", "export")], limit=1)
        self.assertEqual((log.user_id, log.record_count), (self.manager, 1))
        letter = self.env["auto.contact"].search([("partner_id", "=", self.old.id)])
        self.assertEqual(letter.channel, "letter")
        with self.assertRaises(UserError):
            window.action_make()
        with self.assertRaises(AccessError):
            window.sent_count = 100

    def test_labels_have_each_address(self):
        people = [
            self._customer(1, f"L{at}", street="Road", city="Hangzhou")
            for at in range(26)
        ]
        window = self.env["auto.segment.export"].with_user(self.manager)
        window = window.create({"segment_id": self._segment().id, "kind": "pdf"})
        window.action_make()
        sheets = window._label_pages()
        self.assertEqual([len(sheet) for sheet in sheets], [8, 1])
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "auto_crm_base.report_auto_segment_label", window.ids
        )
        for person in people:
            self.assertIn(f">{person.name}<".encode(), html)

    def test_addresses_are_for_managers(self):
        segment = self._segment(self.consultant)
        window = self.env["auto.segment.export"].with_user(self.consultant)
        with self.assertRaises(AccessError):
            window.create({"segment_id": segment.id})
        other = self._segment(self.users["store_manager", 2])
        window = self.env["auto.segment.export"].with_user(self.manager)
        with self.assertRaises(AccessError):
            window.create({"segment_id": other.id})

    @warmup
    def test_counting_is_one_query(self):
        segment = self._segment(
            car_age_min=1,
            odometer_min=5,
            city="Hang",
            brand_ids=self.brand.ids,
            warranty_state="running",
        )
        segment._members()
        self.env.flush_all()
        domain = segment._member_domain()
        people = self.env["res.partner"].with_user(self.manager)
        with self.assertQueryCount(1):
            people.search_count(domain)
