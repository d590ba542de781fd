from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase

from .common_complaint import ComplaintCase

CONFIG = """
    consultant: R all
    sales_manager: R all
    adviser: R all
    technician: R all
    service_manager: R all
    complaint: R all
    callcentre: R all
    store_manager: R all
    head_office: CRUD all
    auditor: R all
"""


@tagged("post_install", "-at_install")
class TestComplaintRights(MatrixCase, ComplaintCase):
    """Who may do what with complaints, role by role, in two stores."""

    def make_complaint(self, store, user):
        complaint = (
            self.env["auto.complaint"]
            .with_company(store)
            .create(
                {
                    "partner_id": self.customer.id,
                    "description": "x",
                    "company_id": store.id,
                }
            )
        )
        # Who registered it owns it; written by the database alone.
        self.env.cr.execute(
            "UPDATE auto_complaint SET registered_by_id = %s WHERE id = %s",
            [user.id, complaint.id],
        )
        complaint.invalidate_recordset(["registered_by_id"])
        return complaint, None

    def make_task(self, store, user):
        complaint, _subject = self.make_complaint(store, self.env.user)
        task = self.env["auto.complaint.task"].create(
            {
                "complaint_id": complaint.id,
                "department_id": self.department.id,
                "user_id": user.id if store in user.company_ids else False,
                "name": "x",
                "date_due": fields.Datetime.now(),
            }
        )
        return task, None

    def test_complaint(self):
        self.check_matrix(
            "auto.complaint",
            """
            consultant: CR own
            sales_manager: R st
            adviser: CR st
            service_manager: RU st
            complaint: CRU st
            callcentre: CR own
            store_manager: RU st
            head_office: RU all
            auditor: R all
            """,
            self.make_complaint,
        )

    def test_task(self):
        self.check_matrix(
            "auto.complaint.task",
            """
            consultant: RU own
            sales_manager: R st, U own
            adviser: R st, U own
            technician: RU own
            service_manager: CRU st
            complaint: CRU st
            callcentre: RU own
            store_manager: CRU st
            head_office: CRU all
            auditor: R all
            """,
            self.make_task,
        )

    def test_improvement(self):
        def make(store, user):
            return (
                self.env["auto.improvement"].create(
                    {
                        "title": "x",
                        "finding": "x",
                        "company_id": store.id,
                        "user_id": user.id,
                        "date_due": fields.Date.today(),
                    }
                ),
                None,
            )

        self.check_matrix(
            "auto.improvement",
            """
            sales_manager: CRU st
            service_manager: CRU st
            complaint: CRU st
            store_manager: CRU st
            head_office: CRU all
            auditor: R all
            """,
            make,
        )

    def test_configuration(self):
        def make(store, _user):
            return self.category.copy({"name": f"Copy {store.id}"}), None

        self.check_matrix("auto.complaint.category", CONFIG, make)

    def test_task_opens_the_complaint(self):
        consultant = self.users["consultant", 1]
        complaint = self._take_down()
        own = complaint.with_user(consultant)
        self.assertFalse(own.has_access("read"))
        self.env["auto.complaint.task"].create(
            {
                "complaint_id": complaint.id,
                "department_id": self.department.id,
                "user_id": consultant.id,
                "name": "x",
                "date_due": fields.Datetime.now(),
            }
        )
        self.env.invalidate_all()
        self.assertTrue(own.has_access("read"))
        self.assertEqual(len(own.event_ids), 3, "the same history for everybody")
        self.assertFalse(own.has_access("write"))
        with self.assertRaises(AccessError):
            own._answer("Mine")

    def test_technician_sees_the_words_of_the_task_only(self):
        complaint = self._take_down(category_id=self.category.id)
        task = complaint.task_ids
        task.sudo().user_id = self.technician
        own = task.with_user(self.technician)
        self.assertEqual(own.description, "It took three hours.")
        self.assertEqual(own.customer_name, "Test Customer")
        with self.assertRaises(AccessError):
            complaint.with_user(self.technician).read(["description"])

    def test_desk_reads_whom_it_handles(self):
        desk = self.users["complaint", 1]
        person = self.customer.with_user(desk)
        self.assertFalse(person.has_access("read"))
        self.assertFalse(self.vehicle.with_user(desk).has_access("read"))
        self.env["auto.complaint"].with_company(self.store).create(
            {
                "partner_id": self.customer.id,
                "vehicle_id": self.vehicle.id,
                "description": "x",
                "company_id": self.store.id,
            }
        )
        self.env.invalidate_all()
        self.assertTrue(person.has_access("read"))
        self.assertTrue(self.vehicle.with_user(desk).has_access("read"))
        tiles = {tile["key"]: tile["count"] for tile in person._auto_360_counters()}
        self.assertEqual(tiles["complaints"], 1)

    def test_who_takes_it_sees_what_it_is_about(self):
        complaint = self._take_down(self.adviser, vehicle_id=self.vehicle.id)
        policy = self.env["auto.insurance.policy"].create(
            {
                "vehicle_id": self.vehicle.id,
                "kind": "commercial",
                "number": "P1",
                "insurer_id": self.env["res.partner"].create({"name": "Insurer"}).id,
                "date_start": fields.Date.today(),
                "date_end": fields.Date.add(fields.Date.today(), days=365),
                "company_id": self.store.id,
            }
        )
        seen = policy.with_user(self.desk)
        self.assertFalse(seen.has_access("read"))
        complaint.with_user(self.desk).action_take()
        self.env.invalidate_all()
        self.assertTrue(seen.has_access("read"))

    def test_call_centre_reads_those_of_who_calls(self):
        agent = self.users["callcentre", 1]
        complaint = self._take_down()
        seen = complaint.with_user(agent)
        self.assertFalse(seen.has_access("read"))
        self.env["auto.access.log"].with_user(agent)._log("lookup", self.customer)
        self.env.invalidate_all()
        self.assertEqual(seen.read(["state"])[0]["state"], "assigned")
        self.assertTrue(seen.event_ids)
        with self.assertRaises(AccessError):
            seen.action_take()

    def test_other_store_sees_nothing_on_the_timeline(self):
        self._take_down(vehicle_id=self.vehicle.id)
        self.vehicle._join_store(self.stores[2], "test")
        self.env.invalidate_all()
        for number, count in ((1, 1), (2, 0)):
            events = self.env["auto.vehicle.event"].with_user(
                self.users["adviser", number]
            )
            found = events.search_count(
                [("vehicle_id", "=", self.vehicle.id), ("kind", "=", "complaint")]
            )
            self.assertEqual(found, count)

    def test_phone_is_masked(self):
        complaint = self._take_down(self.users["callcentre", 1], name="x")
        [row] = complaint.read(["phone"])
        self.assertIn("*", row["phone"])
        [row] = complaint.with_user(self.desk).read(["phone"])
        self.assertNotIn("*", row["phone"])

    def test_erase(self):
        complaint = self._take_down(category_id=self.category.id)
        complaint.with_user(self.manager)._close_by_manager("Test Customer has gone")
        wizard = self.env["auto.erase.person"].create(
            {"partner_id": self.customer.id, "reason": "asked"}
        )
        wizard.action_erase()
        self.env.invalidate_all()
        known = complaint.sudo()
        self.assertNotIn("three hours", known.description)
        self.assertFalse(known.closing_reason)
        self.assertFalse(any(known.event_ids.mapped("note")))

    def test_strangers_are_not_named(self):
        """A guessed id shows nothing of another store's customer or car."""
        customer = self.env["res.partner"].create(
            {
                "name": "Stranger",
                "phone": "13700137000",
                "is_auto_customer": True,
                "store_ids": [fields.Command.set(self.stores[2].ids)],
            }
        )
        car = (
            self.env["auto.vehicle"]
            .with_company(self.stores[2])
            .create({"license_plate": "浙B54321", "company_id": self.stores[2].id})
        )
        own = self._take_down()
        for role in ("adviser", "complaint", "callcentre"):
            complaints = self.env["auto.complaint"].with_user(self.users[role, 1])
            for vals in (
                {"partner_id": customer.id},
                {"partner_id": self.customer.id, "vehicle_id": car.id},
            ):
                with self.subTest(role, **vals), self.assertRaises(AccessError):
                    complaints.create({"description": "x", **vals})
        for vals in ({"partner_id": customer.id}, {"vehicle_id": car.id}):
            with self.subTest(**vals), self.assertRaises(AccessError):
                own.write(vals)
