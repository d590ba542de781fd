import base64

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, HttpCase, tagged, warmup

from odoo.addons.auto_crm_base.tests.common_matrix import MatrixCase
from odoo.addons.auto_crm_base.tests.vehicle_common import make_vin

from .common import ServiceCase


class RecallCase(ServiceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["auto.recall"].search([("state", "=", "active")]).action_close()
        cls.recall = cls._recall(title="Brake hose may leak")

    @classmethod
    def _recall(cls, **values):
        return cls.env["auto.recall"].create(
            {
                "title": "Test recall",
                "company_id": False,
                "line_ids": [
                    (0, 0, {"operation_id": cls.operation.id}),
                    (0, 0, {"kind": "part", "product_id": cls.part.id, "quantity": 2}),
                ],
                **values,
            }
        )

    def _range(self, recall=None, **values):
        return self.env["auto.recall.range"].create(
            {"recall_id": (recall or self.recall).id, **values}
        )

    def _cars(self, *serials, store=1, **values):
        return self.env["auto.vehicle"].union(
            *(
                self._vehicle(self.owner, store=store, vin=make_vin(serial), **values)
                for serial in serials
            )
        )

    def _published(self, vehicle=None):
        """Return the recall in force for one car, and the car's row."""
        vehicle = vehicle or self.vehicle
        self.env["auto.recall.vin"]._add(self.recall, vehicle.mapped("vin"))
        self.recall.action_publish()
        return vehicle.recall_row_ids


@tagged("post_install", "-at_install")
class TestRecallMatch(RecallCase):
    """Which cars a recall finds."""

    def test_serial_range(self):
        """The serial part decides, whatever the check digits before it are."""
        before, first, last, after = self._cars(710099, 710100, 710199, 710200)
        self._range(
            kind="serial", prefix="LSVNV218", number_from="710100", number_to="710199"
        )
        self.recall.action_publish()
        self.assertEqual(self.recall.vehicle_ids.vehicle_id, last | first)
        self.assertFalse((before | after).recall_row_ids)

    def test_vin_range_without_check_digit(self):
        first, middle, last = self._cars(710100, 710101, 710102)
        self._range(kind="vin", number_from=first.vin, number_to=last.vin)
        self.recall.action_publish()
        self.assertEqual(
            set(self.recall.vehicle_ids.vehicle_id.ids), {first.id, middle.id, last.id}
        )

    def test_list_and_new_car(self):
        """A car that is registered later is found at once."""
        vin = make_vin(720001)
        self.env["auto.recall.vin"].create({"recall_id": self.recall.id, "vin": vin})
        self.recall.action_publish()
        self.assertFalse(self.recall.vehicle_count)
        [car] = self._cars(720001)
        self.assertEqual(car.open_recall_count, 1)
        self.assertIn("Brake hose", car._counter_notes()[0])

    def test_narrowing(self):
        """Models and years narrow a range; an unknown model does not save a car."""
        other = self.model.copy({"name": "Other"})
        mine, theirs = self._cars(730001, 730002)
        theirs.model_id = other
        [unknown] = self._cars(730003, model_id=False)
        old = self._cars(730004)
        old.model_year = 2015
        self._range(
            kind="serial",
            prefix="LSV",
            number_from="730001",
            number_to="730009",
            model_ids=[(6, 0, self.model.ids)],
            year_from=2020,
        )
        self.recall.action_publish()
        self.assertEqual(
            set(self.recall.vehicle_ids.vehicle_id.ids), {mine.id, unknown.id}
        )

    def test_corrected(self):
        """Who leaves the numbers leaves the recall, and comes back with them."""
        [car] = self._cars(740001)
        part = self._range(
            kind="serial", prefix="LSV", number_from="740001", number_to="740009"
        )
        self.recall.action_publish()
        row = car.recall_row_ids
        self.assertEqual(row.state, "open")
        part.number_from = "740005"
        self.recall.action_rematch()
        self.assertEqual(row.state, "not_affected")
        self.assertFalse(car.open_recall_count)
        part.number_from = "740001"
        self.recall.action_rematch()
        self.assertEqual(row.state, "open")
        car.sudo().vin = make_vin(740100)
        self.assertEqual(row.state, "not_affected")

    def test_own_campaign(self):
        """A store's own campaign finds the cars of the store."""
        mine, theirs = self._cars(750001) + self._cars(750002, store=2)
        campaign = self._recall(kind="campaign", company_id=self.store.id)
        self._range(campaign, kind="model", model_ids=[(6, 0, self.model.ids)])
        campaign.action_publish()
        self.assertIn(mine, campaign.vehicle_ids.vehicle_id)
        self.assertNotIn(theirs, campaign.vehicle_ids.vehicle_id)

    def test_twice(self):
        """The database keeps one row for a car, however often it is found."""
        row = self._published()
        self.assertEqual(len(row), 1)
        self.assertFalse(self.recall._match())
        self.assertEqual(self.vehicle.recall_row_ids, row)

    def test_bad_ranges(self):
        for values, words in (
            ({"kind": "serial", "number_from": "1", "number_to": "22"}, "same length"),
            ({"kind": "serial", "number_from": "2", "number_to": "1"}, "before"),
            ({"kind": "serial", "number_from": "1", "number_to": "2"}, "repeat"),
            ({"kind": "vin", "number_from": "1", "number_to": "2"}, "17"),
            ({"kind": "model"}, "models"),
            (
                {"kind": "serial", "prefix": "LSV车", "number_from": "1",
                 "number_to": "2"},
                "cannot be part",
            ),
        ):  # fmt: skip
            with (
                self.subTest(words=words),
                self.assertRaises(ValidationError) as caught,
            ):
                self._range(**values)
            self.assertIn(words, str(caught.exception))
        with self.assertRaisesRegex(UserError, "which cars"):
            self.recall.action_publish()

    def test_job(self):
        """The nightly job finds cars that came past the form, and ends campaigns."""
        today = fields.Date.today()
        over = self._recall(
            kind="campaign",
            date_published=fields.Date.subtract(today, days=30),
            date_end=fields.Date.subtract(today, days=1),
        )
        self._range(over, kind="model", model_ids=[(6, 0, self.model.ids)])
        over.action_publish()
        row = self._published().filtered(lambda one: one.recall_id == self.recall)
        self.env.cr.execute("DELETE FROM auto_recall_vehicle WHERE id = %s", [row.id])
        self.env.invalidate_all()
        with self.enter_registry_test_mode():
            self.env.ref(
                "auto_crm_service.ir_cron_recall_match"
            ).method_direct_trigger()
        self.env.invalidate_all()
        self.assertIn(self.recall, self.vehicle.recall_row_ids.recall_id)
        self.assertEqual(over.state, "closed")

    @warmup
    def test_queries(self):
        """All cars are matched by one statement."""
        self._range(kind="model", model_ids=[(6, 0, self.model.ids)])
        self.recall.action_publish()
        self.env.flush_all()
        with self.assertQueryCount(1):
            self.recall._match()

    def test_import(self):
        """Good VINs are kept, bad rows come back with line and reason."""
        good, other = make_vin(760001), make_vin(760002)
        text = f"No,车架号\n1,{good.lower()}\n2,SHORT\n3,{good}\n4,{other}\n5,\n"
        wizard = (
            self.env["auto.recall.import"]
            .with_user(self.users["head_office"])
            .create(
                {
                    "recall_id": self.recall.id,
                    "file": base64.b64encode(text.encode("gb18030")),
                    "filename": "vins.csv",
                }
            )
        )
        wizard.action_import()
        self.assertEqual((wizard.added_count, wizard.bad_count), (2, 3))
        self.assertEqual([row[1] for row in wizard.bad_rows], [3, 4, 6])
        self.assertTrue(wizard.bad_file)
        self.assertEqual(self.recall.vin_count, 2)
        empty = wizard.create(
            {"recall_id": self.recall.id, "file": base64.b64encode(b"\n")}
        )
        with self.assertRaises(UserError):
            empty.action_import()


@tagged("post_install", "-at_install")
class TestRecallWork(RecallCase):
    """From the counter to done."""

    def test_to_done(self):
        """One click adds the work; the maker pays; done with the job."""
        row = self._published()
        repair = self._receive()
        self.assertEqual(repair.recall_row_ids, row)
        self.assertIn("Brake hose", repair.recall_text)
        repair.action_add_recalls()
        job = repair.job_ids
        self.assertEqual((job.kind, job.pay_type), ("recall", "warranty"))
        self.assertEqual(job.line_ids.mapped("quantity"), [1.5, 2])
        self.assertEqual(set(job.line_ids.mapped("pay_type")), {"warranty"})
        self.assertEqual(row.state, "booked")
        self.assertFalse(repair.recall_row_ids)
        with self.assertRaisesRegex(UserError, "already"):
            repair._add_recall(row.with_env(repair.env))
        job.technician_id = self.technician
        repair.action_to_workshop()
        self._work(repair)
        self.assertEqual(row.state, "done")
        self.assertEqual(row.done_company_id, self.store)
        event = self.vehicle.event_ids.filtered(lambda one: one.kind == "recall")
        self.assertIn("Brake hose", event.name)
        self.assertEqual(self.recall.done_share, 100)
        self.assertFalse(self.vehicle.open_recall_count)
        job.with_user(self.adviser)._again()
        self.assertEqual(row.state, "booked")

    def test_given_up(self):
        """A cancelled order or a deleted job frees the recall."""
        row = self._published()
        for give_up in (
            lambda repair: repair.job_ids.unlink(),
            lambda repair: repair.action_cancel_service(),
        ):
            repair = self._receive()
            repair._add_recall(row.with_env(repair.env))
            self.assertEqual(row.state, "booked")
            give_up(repair)
            self.assertEqual(row.state, "open")

    def test_owner_says(self):
        """What the owner says is logged; a refused recall stays in view."""
        row = self._published().with_user(self.adviser)
        note = self.env["auto.recall.note"].with_user(self.adviser)
        wizard = note.create({"row_id": row.id, "state": "refused"})
        with self.assertRaises(UserError):
            wizard.action_save()
        wizard.note = "No time"
        wizard.action_save()
        self.assertEqual(row.state, "refused")
        self.assertTrue(self.vehicle.open_recall_count)
        contact = self.env["auto.contact"].search(
            [("partner_id", "=", self.owner.id)], limit=1
        )
        self.assertIn("No time", contact.summary)
        off = note.create({"row_id": row.id, "state": "not_affected", "note": "x"})
        with self.assertRaises(AccessError):
            off.action_save()
        values = {"row_id": row.id, "state": "not_affected", "note": "x"}
        note.with_user(self.service_manager).create(values).action_save()
        self.assertEqual(row.state, "not_affected")

    def test_states_are_guarded(self):
        row = self._published()
        for record, values in (
            (row.with_user(self.adviser), {"state": "done"}),
            (row.with_user(self.service_manager), {"note": "x"}),
            (self.recall.with_user(self.users["head_office"]), {"state": "closed"}),
        ):
            with self.assertRaises(UserError):
                record.write(values)
        with self.assertRaises(AccessError):
            row.with_user(self.service_manager).create(
                {"recall_id": self.recall.id, "vehicle_id": self.vehicle.id}
            )
        with self.assertRaises(UserError):
            self.recall.with_user(self.users["head_office"]).unlink()

    def test_follow_up(self):
        """The engine calls the owner once; the result goes to the recall."""
        row = self._published()
        rule = self.env.ref("auto_crm_service.followup_rule_recall")
        rule._generate()
        [followup] = self.env["auto.followup"].search(
            [("rule_id", "=", rule.id), ("vehicle_id", "=", self.vehicle.id)]
        )
        self.assertEqual(followup.user_id, self.adviser)
        followup.with_user(self.adviser)._done("no_answer", "Nobody there")
        self.assertEqual(row.state, "unreachable")
        rule._generate()
        self.assertFalse(self.vehicle.followup_ids.filtered("is_open"))

    def test_follow_up_falls_away(self):
        row = self._published()
        rule = self.env.ref("auto_crm_service.followup_rule_recall")
        rule._generate()
        followup = self.vehicle.followup_ids.filtered(lambda one: one.rule_id == rule)
        self.env["auto.recall.note"].with_user(self.service_manager).create(
            {"row_id": row.id, "state": "done", "note": "At another dealer"}
        ).action_save()
        self.assertEqual(followup.state, "skipped")

    def test_reception(self):
        """The VIN of a car that nobody knows tells its recalls before it is made."""
        vin = make_vin(770001)
        self.env["auto.recall.vin"]._add(self.recall, [vin])
        self.recall.action_publish()
        form = Form(self.env["auto.reception"].with_user(self.adviser))
        reception = form.save()
        reception.action_new_car()
        reception.new_vin = vin
        self.assertIn("Brake hose", reception.vin_recalls)


@tagged("post_install", "-at_install")
class TestRecallRights(MatrixCase, RecallCase):
    def test_recall(self):
        def make(store, user):
            return self._recall(company_id=store.id), None

        self.check_matrix(
            "auto.recall",
            """
            consultant: R st
            sales_manager: R st
            adviser: R st
            technician: R st
            service_manager: CRUD st
            complaint: R st
            callcentre: R st
            store_manager: R st
            head_office: CRUD all
            auditor: R all
            """,
            make,
        )

    def test_row(self):
        def make(store, user):
            number = next(self.serials)
            vehicle = self.env["auto.vehicle"].create(
                {"company_id": store.id, "license_plate": f"浙T{number:05d}"}
            )
            recall = self._recall()
            self.env["auto.recall.range"].create(
                {
                    "recall_id": recall.id,
                    "kind": "model",
                    "model_ids": [(6, 0, self.model.ids)],
                }
            )
            vehicle.model_id = self.model
            recall.action_publish()
            return vehicle.recall_row_ids.filtered(
                lambda row: row.recall_id == recall
            ), vehicle

        self.serials = iter(range(1, 1000))
        self.check_matrix(
            "auto.recall.vehicle",
            """
            consultant: R st
            sales_manager: R st
            adviser: RU st
            service_manager: RU st
            complaint: R found
            callcentre: RU found
            store_manager: RU st
            head_office: RU all
            auditor: R all
            """,
            make,
        )


@tagged("post_install", "-at_install")
class TestRecallPage(RecallCase, HttpCase):
    """The public page tells about the number, never about the owner."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("en_US")

    def _check(self, vin, lang="en_US"):
        page = self.url_open(f"/recall?lang={lang}").text
        token = page.split('name="csrf_token"')[1].split('value="')[1].split('"')[0]
        return self.url_open(
            "/recall", {"csrf_token": token, "vin": vin, "lang": lang}
        ).text

    def setUp(self):
        super().setUp()
        self.env["auto.intake.hit"].search([]).unlink()

    def test_known_car(self):
        row = self._published()
        text = self._check(self.vehicle.vin.lower())
        self.assertIn("Brake hose may leak", text)
        self.assertNotIn("Car Owner", text)
        self.assertNotIn(self.store.name, text)
        row._step("done")
        self.assertIn("No open recall", self._check(self.vehicle.vin))

    def test_unknown_car(self):
        self._range(
            kind="serial", prefix="LSV", number_from="780001", number_to="780009"
        )
        self.recall.action_publish()
        self.assertIn("Brake hose may leak", self._check(make_vin(780003)))
        self.assertIn("No open recall", self._check(make_vin(780013)))

    def test_bad_input(self):
        self.assertIn("17", self._check("LSV"))
        self.assertNotIn("<script>", self._check("<script>alert(1)</script>"))

    def test_rate(self):
        # Counted by the minute: a change of the minute gives twelve more.
        texts = [self._check(make_vin(790001)) for _time in range(25)]
        self.assertTrue(any("Too many" in text for text in texts))
