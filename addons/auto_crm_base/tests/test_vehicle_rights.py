from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from odoo.addons.auto_crm_base.models.res_users import ROLES
from odoo.addons.auto_crm_base.tests.vehicle_common import VehicleCase, make_vin

# Role → what it may do with a car of its own store: Create, Read, Update.
MATRIX = {
    "consultant": "R",
    "sales_manager": "RU",
    "adviser": "R",
    "technician": "",
    "service_manager": "RU",
    "complaint": "",
    "callcentre": "",
    "store_manager": "CRU",
    "head_office": "CRU",
    "auditor": "R",
}
FOUND = ("complaint", "callcentre")


@tagged("post_install", "-at_install")
class TestVehicleRights(VehicleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        insurer = cls.env["res.partner"].create({"name": "PICC", "is_company": True})
        cls.cars = {}
        for number in (1, 2):
            car = cls.new_vehicle(
                number,
                store=number,
                owner_id=(cls.anna if number == 1 else cls.carl).id,
                license_plate=f"京A0000{number}",
                odometer=100,
            )
            cls.env["auto.insurance.policy"].create(
                {
                    "number": f"P{number}",
                    "vehicle_id": car.id,
                    "insurer_id": insurer.id,
                    "company_id": cls.stores[number].id,
                }
            )
            cls.cars[number] = car

    def may(self, user, records, operation):
        records = records.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
        records.invalidate_recordset()
        return records.has_access(operation)

    def parts(self, car):
        """Return the records that hang on a car."""
        return (car, car.event_ids, car.owner_ids, car.odometer_ids, car.policy_ids)

    def test_matrix(self):
        self.assertEqual(set(MATRIX), set(ROLES))
        for role, rights in MATRIX.items():
            everywhere = role in ("head_office", "auditor")
            user = self.users[role if everywhere else (role, 1)]
            own, other = self.cars[1], self.cars[2]
            with self.subTest(role=role):
                self.assertEqual(self.may(user, own, "read"), "R" in rights)
                self.assertEqual(self.may(user, own, "write"), "U" in rights)
                self.assertFalse(self.may(user, own, "unlink"))
                for part in self.parts(own):
                    self.assertEqual(self.may(user, part, "read"), "R" in rights, part)
                    self.assertFalse(self.may(user, part, "unlink"), part)
                for part in self.parts(other):
                    self.assertEqual(self.may(user, part, "read"), everywhere, part)
                    if not (everywhere and "U" in rights):
                        self.assertFalse(self.may(user, part, "write"), part)
                vehicles = (
                    self.env["auto.vehicle"]
                    .with_user(user)
                    .with_context(allowed_company_ids=user.company_ids.ids)
                )
                values = {"vin": make_vin(100 + ROLES.index(role))}
                if "C" in rights:
                    self.assertTrue(vehicles.create(values))
                else:
                    with self.assertRaises(AccessError):
                        vehicles.create(values)

    def test_somebody_without_a_role(self):
        user = new_test_user(self.env, "test_no_role", groups="base.group_user")
        for part in self.parts(self.cars[1]):
            self.assertFalse(self.may(user, part, "read"))

    def test_found_by_number(self):
        """The call centre sees what it has found, and only that."""
        self.new_vehicle(3, store=2)
        for role in FOUND:
            user = self.users[role, 1]
            vehicles = self.vehicles_as(role, 1)
            self.assertFalse(vehicles.search([]))
            self.assertFalse(vehicles._lookup(vin="LSVNV2180R2999999"))
            self.assertFalse(vehicles._lookup(vin="", plate=""))
            self.assertFalse(vehicles._lookup(plate="京A0000"))
            found = vehicles._lookup(plate="京a·0000 2")
            self.assertEqual(found.vin, self.cars[2].vin)
            self.assertEqual(vehicles.search([]), found)
            self.assertTrue(found.event_ids.read(["name"]))
            self.assertFalse(self.may(user, self.cars[2].policy_ids, "read"))
            self.assertFalse(self.may(user, self.cars[2], "write"))
            # Nobody else of the desk sees it by that.
            self.assertFalse(self.vehicles_as(role, 2).search([]))
        self.assertIn(self.stores[1], self.cars[2].store_ids)
        logs = self.env["auto.access.log"].search(
            [("res_model", "=", "auto.vehicle"), ("res_id", "=", self.cars[2].id)]
        )
        self.assertEqual(
            sorted(logs.mapped("kind")), ["join_store", "lookup", "lookup"]
        )

    def test_lookup_joins_the_store(self):
        policies = self.cars[2].policy_ids
        adviser = self.vehicles_as("adviser", 1)
        self.assertFalse(adviser.search([("vin", "=", self.cars[2].vin)]))
        wizard = self.env["auto.vehicle.find"].with_env(adviser.env)
        action = wizard.create({"number": self.cars[2].vin.lower()}).action_find()
        self.assertEqual(action["res_id"], self.cars[2].id)
        self.assertTrue(adviser.search([("vin", "=", self.cars[2].vin)]))
        # The history is whole, the other store's policy is not shown.
        car = adviser.browse(self.cars[2].id)
        self.assertTrue(car.odometer_ids.read(["value"]))
        car.invalidate_recordset()
        self.assertFalse(car.policy_ids)
        self.assertFalse(self.may(self.users["adviser", 1], policies, "read"))

    def test_a_store_cannot_share_by_hand(self):
        car = self.cars[1].with_user(self.users["store_manager", 1])
        with self.assertRaises(AccessError):
            car.write({"store_ids": [(4, self.stores[2].id)]})
        with self.assertRaises(AccessError):
            car.write({"store_ids": [(5,)]})
        head_office = self.vehicles_as("head_office")
        head_office.browse(self.cars[1].id).write(
            {"store_ids": [(4, self.stores[2].id)]}
        )
        self.assertIn(self.stores[2], self.cars[1].store_ids)

    def test_catalogue(self):
        """Every role reads the catalogue, with its screens; the configurer edits."""
        for role in ROLES:
            user = self.users[role if role in ("head_office", "auditor") else (role, 1)]
            model = self.model.with_user(user)
            model.invalidate_recordset()
            self.assertTrue(model.read())
            self.assertTrue(model.brand_id.read())
            self.assertTrue(self.env["auto.wmi"].with_user(user).search([], limit=1))
            self.assertEqual(model.has_access("write"), role == "head_office")
            for kind in ("form", "list", "search"):
                model.get_view(view_type=kind)

    def test_screens_of_every_reader(self):
        """What a screen reads can be read by whoever may open it."""
        for role, rights in MATRIX.items():
            if "R" not in rights:
                continue
            user = self.users[role if role in ("head_office", "auditor") else (role, 1)]
            car = (
                self.cars[1]
                .with_user(user)
                .with_context(allowed_company_ids=user.company_ids.ids)
            )
            car.invalidate_recordset()
            mine = [
                name
                for name in car.fields_get()
                if car._fields[name]._module == "auto_crm_base"
            ]
            self.assertTrue(car.read(mine))
            self.assertTrue(car.event_ids.read())
            self.assertTrue(car.owner_ids.read())
            self.assertTrue(car.odometer_ids.read())
            car.get_view(view_type="form")
