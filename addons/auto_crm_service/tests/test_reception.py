from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestReception(ServiceCase):
    """The counter: one box, and a repair order in under a minute."""

    def _reception(self, query="", user=None):
        user = user or self.adviser
        reception = (
            self.env["auto.reception"]
            .with_user(user)
            .with_company(user.company_id)
            .create({"query": query})
        )
        if query:
            reception.action_find()
        return reception

    def test_by_vin_plate_and_phone(self):
        """Whatever is exact finds the car, and its owner with it."""
        self.vehicle.license_plate = "浙A12345"
        for query in (self.vehicle.vin, "浙A·12345", "138 0013 8000"):
            reception = self._reception(query)
            self.assertEqual(reception.state, "found", query)
            self.assertEqual(reception.vehicle_id, self.vehicle)
            self.assertEqual(reception.partner_id, self.owner)

    def test_by_name(self):
        """A name finds the store's own; several are shown to choose from."""
        second = self._vehicle(self.owner)
        reception = self._reception("car own")
        self.assertEqual(reception.state, "several")
        self.assertEqual(reception.candidate_ids, self.vehicle | second)
        second.with_user(self.adviser).with_context(
            auto_reception_id=reception.id
        ).action_reception_take()
        self.assertEqual(reception.vehicle_id, second)
        elsewhere = self._reception("car own", self.users["adviser", 2])
        self.assertEqual(elsewhere.state, "new")
        self.assertFalse(elsewhere.candidate_ids)

    def test_signs_are_letters(self):
        """A per cent sign is looked for like any letter, and does not find all."""
        for query in ("%", "_", "100%"):
            reception = self._reception(query)
            self.assertEqual(reception.state, "new", query)
            self.assertFalse(reception.candidate_ids, query)

    def test_unknown_number(self):
        """A phone number that nobody has is one, however it is written."""
        for query, name in (
            ("137 0000 5678", "new_phone"),
            ("+86 137-0000-5678", "new_phone"),
            ("(021) 5555-1234", "new_phone"),
            ("１３７００００５６７８", "new_phone"),
            ("浙A 99Z99", "new_plate"),
            ("WVWZZZ1JZXW000", "new_vin"),
        ):
            reception = self._reception(query)
            names = ("new_phone", "new_plate", "new_vin", "new_name")
            filled = [one for one in names if reception[one]]
            self.assertEqual(filled, [name], query)

    def test_other_stores_car(self):
        """A car of another store is found by its VIN, and the look-up is logged."""
        stranger = self.env["res.partner"].create(
            {"name": "Passing Through", "store_ids": [(6, 0, self.stores[2].ids)]}
        )
        car = self._vehicle(stranger, store=2)
        reception = self._reception(car.vin)
        self.assertEqual(reception.vehicle_id, car)
        log = self.env["auto.access.log"].search(
            [("res_model", "=", "auto.vehicle"), ("res_id", "=", car.id)]
        )
        self.assertIn("lookup", log.mapped("kind"))

    def test_receive(self):
        """The form becomes a repair order with its first job."""
        reception = self._reception(self.vehicle.vin)
        with self.assertRaisesRegex(UserError, "what the customer says"):
            reception.action_receive()
        reception.concern = "Squeals when braking"
        with self.assertRaisesRegex(UserError, "odometer"):
            reception.action_receive()
        reception.odometer = 41000
        action = reception.action_receive()
        repair = self.env["repair.order"].browse(action["res_id"])
        self.assertEqual(repair.partner_id, self.owner)
        self.assertEqual(repair.user_id, self.adviser)
        self.assertEqual(repair.job_ids.concern, "Squeals when braking")
        self.assertEqual(self.vehicle.odometer, 41000)

    def test_pressed_twice(self):
        """One car, one order; the counter says that it is in the house already."""
        reception = self._reception(self.vehicle.vin)
        reception.write({"concern": "Oil change", "odometer": 31000})
        first = reception.action_receive()["res_id"]
        self.assertEqual(reception.action_receive()["res_id"], first)
        again = self._reception(self.vehicle.vin)
        self.assertIn("In the house already", again.notes)

    def test_new_car(self):
        """A car that nobody knows is registered with its customer, once."""
        vin = self._vin()
        reception = self._reception(vin)
        self.assertEqual((reception.state, reception.new_vin), ("new", vin))
        reception.write({"concern": "Oil change", "no_odometer": True})
        with self.assertRaisesRegex(UserError, "customer's name"):
            reception.action_receive()
        reception.write({"new_name": "New Person", "new_phone": "13900139000"})
        reception.action_receive()
        car = self.env["auto.vehicle"].search([("vin", "=", vin)])
        self.assertEqual(car.owner_id.name, "New Person")
        self.assertEqual(car.company_id, self.store)
        again = self._reception("139 0013 9000")
        self.assertEqual(again.vehicle_id, car)

    def test_known_person_with_new_car(self):
        """A known number brings its customer; nobody is recorded twice."""
        reception = self._reception()
        reception.action_new_car()
        reception.write(
            {
                "new_plate": "浙B55555",
                "new_name": "Spelled Differently",
                "new_phone": "+86 13800138000",
                "concern": "Tyres",
                "odometer": 8000,
            }
        )
        reception.action_receive()
        self.assertEqual(reception.partner_id, self.owner)

    def test_bad_vin(self):
        """A wrong VIN is refused with the reason, and nothing is left behind."""
        reception = self._reception()
        reception.action_new_car()
        reception.write(
            {"new_vin": "LFV2A21K0J300000O", "new_name": "Nobody", "concern": "Oil"}
        )
        self.assertIn("O", reception.vin_says)
        before = self.env["res.partner"].search_count([("name", "=", "Nobody")])
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            reception.action_receive()
        after = self.env["res.partner"].search_count([("name", "=", "Nobody")])
        self.assertEqual(before, after)

    def test_notes(self):
        """What is due and what was declined is spoken of at the counter."""
        self.vehicle.inspection_due_date = "2020-05-01"
        repair = self._receive()
        job = self._job(repair)
        self._agree(repair, job.line_ids.browse(), job.line_ids)
        reception = self._reception(self.vehicle.vin)
        self.assertIn("Annual inspection due", reception.notes)
        self.assertIn("Declined last time", reception.notes)
        self.assertEqual(reception.repair_ids, repair)

    def test_rights(self):
        """The counter is for advisers."""
        for role in ("technician", "consultant", "callcentre"):
            with self.assertRaises(AccessError):
                self._reception(user=self.users[role, 1])
