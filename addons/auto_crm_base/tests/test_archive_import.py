import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tests.vehicle_common import VehicleCase, make_vin
from odoo.addons.auto_crm_base.tools import sheet


@tagged("post_install", "-at_install")
class TestArchiveImport(VehicleCase):
    """Good rows are kept, bad ones come back with line and reason."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.manager = cls.users["store_manager", 1]
        cls.vehicle = cls.new_vehicle(1)

    def take_in(self, archive, rows, user=None):
        content = "\n".join(",".join(row) for row in rows).encode()
        wizard = (
            self.env["auto.archive.import"]
            .with_user(user or self.manager)
            .create(
                {
                    "archive": archive,
                    "file": base64.b64encode(content),
                    "filename": "list.csv",
                }
            )
        )
        wizard.action_import()
        return wizard

    @mute_logger("odoo.sql_db")
    def test_customers(self):
        wizard = self.take_in(
            "customer",
            [
                ["Name", "Phone", "Birthday", "Shoe size"],
                ["Wu Lan", "138 0013 8111", "1990/3/8", "38"],
                ["", "138 0013 8112", "", ""],
                ["Twice", "+86 13800138111", "", ""],
                ["Bad day", "138 0013 8113", "1990-13-45", ""],
                ["=HYPERLINK(1)", "138 0013 8114", "", ""],
            ],
        )
        self.assertEqual((wizard.created_count, wizard.bad_count), (2, 3))
        self.assertEqual(wizard.line_ids.mapped("line"), [3, 4, 5])
        self.assertIn("known already", wizard.line_ids[1].reason)
        self.assertEqual(wizard.unknown_columns, "Shoe size")
        customer = self.env["res.partner"].search([("name", "=", "Wu Lan")])
        self.assertEqual(customer.store_ids, self.stores[1])
        self.assertTrue(customer.is_auto_customer)
        self.assertEqual(str(customer.birthday), "1990-03-08")
        _kind, rows = sheet.read(base64.b64decode(wizard.bad_file))
        self.assertEqual(rows[0][:2] + rows[0][-2:], ["Name", "Phone", "Row", "Reason"])
        self.assertEqual(rows[1][1], "138 0013 8112")
        with self.assertRaisesRegex(UserError, "already"):
            wizard.action_import()

    def test_many_rows(self):
        """Rows are written together; one bad row does not cost its neighbours."""
        rows = [["Name", "Phone", "Birthday"]]
        rows += [[f"Many {n}", f"138 0014 {n:04}", ""] for n in range(150)]
        rows[51][2] = "1990-02-31"
        wizard = self.take_in("customer", rows)
        self.assertEqual((wizard.created_count, wizard.bad_count), (149, 1))
        self.assertEqual(wizard.line_ids.line, 52)

    def test_vehicles(self):
        model = self.vehicle.model_id
        wizard = self.take_in(
            "vehicle",
            [
                ["VIN", "model_id", "Odometer (km)"],
                [make_vin(77), model.display_name, '"12,000"'],
                ["LSVAA49J532047911", model.name, ""],
                [self.vehicle.vin, model.name, ""],
                ["LFMAP22C8TF900209", "No such model", ""],
            ],
        )
        self.assertEqual(wizard.created_count, 1, wizard.line_ids.mapped("reason"))
        self.assertEqual(wizard.line_ids.mapped("line"), [3, 4, 5])
        self.assertIn("check digit", wizard.line_ids[0].reason)
        self.assertIn("exists already", wizard.line_ids[1].reason)
        self.assertIn("No such model", wizard.line_ids[2].reason)
        car = self.env["auto.vehicle"].search([("vin", "=", make_vin(77))])
        self.assertEqual((car.odometer, car.company_id), (12000, self.stores[1]))

    def test_history_of_a_vehicle(self):
        store = self.stores[1]
        owner = self.env["res.partner"].create(
            {
                "name": "Owner To Be",
                "phone": "13800138222",
                "is_auto_customer": True,
                "store_ids": [(6, 0, store.ids)],
                "auto_store_id": store.id,
            }
        )
        self.vehicle.license_plate = "浙A88888"
        wizard = self.take_in(
            "owner",
            [
                ["Vehicle", "Owner", "From", "Reason"],
                ["浙A 88888", "138 0013 8222", "2025年3月1日", "Bought"],
                [self.vehicle.vin, "Nobody Known", "2025-04-01", ""],
                [self.vehicle.vin, "138 0013 8222", "", "Again"],
            ],
        )
        self.assertEqual(wizard.line_ids.mapped("line"), [3, 4])
        self.assertEqual(self.vehicle.owner_id, owner)
        wizard = self.take_in(
            "odometer",
            [
                ["Vehicle", "Date", "Reading (km)"],
                [self.vehicle.vin, "2025-05-01", "15000"],
                [self.vehicle.vin, "2099-01-01", "16000"],
                [self.vehicle.vin, "2025-05-02", "-5"],
                ["UNKNOWN", "2025-05-02", "5"],
            ],
        )
        self.assertEqual(wizard.line_ids.mapped("line"), [3, 4, 5])
        self.assertEqual(self.vehicle.odometer, 15000)
        self.env["res.partner"].create({"name": "Taihe", "is_company": True})
        wizard = self.take_in(
            "policy",
            [
                ["Policy number", "Vehicle", "Insurer", "Kind", "From", "Until"],
                [
                    "P-1",
                    "浙A88888",
                    "Taihe",
                    "Commercial",
                    "2026-1-1",
                    "2026-12-31",
                ],
                [
                    "P-2",
                    "浙A88888",
                    "Taihe",
                    "Commercial",
                    "2026-2-1",
                    "2027-1-31",
                ],
            ],
        )
        self.assertEqual(wizard.line_ids.mapped("line"), [3])
        self.assertEqual(self.vehicle.policy_ids.mapped("number"), ["P-1"])

    def test_another_stores_car_is_unknown(self):
        other = self.new_vehicle(2, store=2)
        wizard = self.take_in("odometer", [["Vehicle", "value"], [other.vin, "15000"]])
        self.assertEqual(wizard.created_count, 0)
        self.assertFalse(other.odometer)

    def test_files_that_are_no_list(self):
        for rows, reason in (
            ([["Phone"], ["13800138333"]], "Name"),
            ([["Name"]], "at least one row"),
        ):
            with self.assertRaisesRegex(UserError, reason):
                self.take_in("customer", rows)

    def test_rights(self):
        for role in ("consultant", "technician", "adviser"):
            with self.assertRaises(AccessError):
                self.take_in("customer", [["Name"], ["X"]], self.users[role, 1])

    def test_template_is_understood(self):
        for archive in ("customer", "vehicle", "policy", "owner", "odometer"):
            wizard = (
                self.env["auto.archive.import"]
                .with_user(self.manager)
                .create({"archive": archive})
            )
            _kind, rows = sheet.read(base64.b64decode(wizard.template_file))
            columns = wizard._columns(rows[0])
            self.assertEqual(len(columns), len(rows[0]))
            self.assertFalse(wizard.unknown_columns)
