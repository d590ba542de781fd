import base64
import re

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import file_open

from .common import SaleCase


@tagged("post_install", "-at_install")
class TestChecklist(SaleCase):
    def _pdi(self, vehicle):
        return vehicle.checklist_ids.filtered(
            lambda one: one.kind == "pdi" and one.state != "cancelled"
        )

    def test_receipt_starts_inspections(self):
        vehicle = self._receive()
        self.assertEqual(
            sorted(vehicle.checklist_ids.mapped("kind")), ["pdi", "receipt"]
        )
        self.assertEqual(vehicle.pdi_state, "open")
        self.assertEqual(vehicle.checklist_ids.company_id, self.store)
        self.assertTrue(self._pdi(vehicle).line_ids)
        # Sent to the other store, it is looked at on arrival, without a second PDI.
        transit = self.env.ref("stock.stock_location_inter_company")
        self._move(self._stock(1), transit, vehicle.vin)
        self._move(transit, self._stock(2), vehicle.vin, store=2)
        there = vehicle.checklist_ids.filtered(
            lambda one: one.company_id == self.stores[2]
        )
        self.assertEqual(there.kind, "receipt")

    def test_returned_car_is_inspected_again(self):
        vehicle = self._receive()
        first = self._pdi(vehicle)
        first.action_all_ok()
        first.action_finish()
        self.assertEqual(vehicle.pdi_state, "passed")
        self._move(self._stock(), self.customers, vehicle.vin, partner=self.buyer)
        self._move(self.customers, self._stock(), vehicle.vin)
        self.assertEqual(vehicle.pdi_state, "open")
        self.assertEqual(len(self._pdi(vehicle)), 2)
        self.assertEqual(vehicle.sale_state, "free")

    def test_setting_turns_it_off(self):
        self.store.auto_checklist_on_receipt = False
        vehicle = self._receive()
        self.assertFalse(vehicle.checklist_ids)
        self.assertEqual(vehicle.pdi_state, "none")

    def test_defect_becomes_a_task(self):
        vehicle = self._receive()
        pdi = self._pdi(vehicle).with_user(self.users["technician", 1])
        line = pdi.line_ids[0]
        with self.assertRaises(UserError):
            pdi.action_finish()
        with self.assertRaises(UserError), self.cr.savepoint():
            line.action_save_defect()
        line.note = "Scratch on the door"
        line.action_save_defect()
        task = line.sudo().activity_id
        self.assertEqual(task.user_id, self.users["service_manager", 1])
        pdi.action_all_ok()
        pdi.action_finish()
        self.assertEqual((pdi.state, vehicle.pdi_state), ("failed", "failed"))
        with self.assertRaises(UserError), self.cr.savepoint():
            line.result = "ok"
        task.with_user(self.users["service_manager", 1]).action_feedback(
            feedback="Polished"
        )
        self.assertTrue(line.is_resolved)
        self.assertEqual(line.resolution, "Polished")
        self.assertEqual((pdi.state, vehicle.pdi_state), ("passed", "passed"))

    def test_defect_resolved_on_the_point(self):
        pdi = self._pdi(self._receive())
        first, second = pdi.line_ids[:2]
        first.write({"result": "defect", "note": "Scratch"})
        second.write({"result": "defect", "note": "Lamp"})
        second.action_ok()
        self.assertFalse(second.activity_id.exists())
        pdi.action_all_ok()
        pdi.action_finish()
        with self.assertRaises(UserError), self.cr.savepoint():
            first.action_resolve()
        first.resolution = "Painted"
        first.action_resolve()
        self.assertEqual(pdi.state, "passed")
        self.assertFalse(first.activity_id.active)

    def test_read_in_every_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        template = self.env["auto.checklist.template"]._find(
            "pdi", self.env["auto.vehicle"], self.store
        )
        point = template.line_ids[0]
        point.update_field_translations(
            "name", {"en_US": "Paint all round", "zh_CN": "全车漆面"}
        )
        line = self._pdi(self._receive()).line_ids.filtered(
            lambda one: one.with_context(lang="en_US").name == "Paint all round"
        )
        self.assertEqual(line.with_context(lang="zh_CN").name, "全车漆面")

    def test_photo(self):
        pdi = self._pdi(self._receive())
        line = pdi.line_ids[0]
        line.is_photo_required = True
        pdi.action_all_ok()
        self.assertFalse(line.result)
        line.result = "ok"
        self.assertEqual(pdi.open_count, 1)
        self.assertLess(pdi.progress, 100)
        said = f"{line.name} (photo)"
        with self.assertRaisesRegex(UserError, re.escape(said)), self.cr.savepoint():
            pdi.action_finish()
        with file_open("base/static/img/avatar_grey.png", "rb") as image:
            line.photo = base64.b64encode(image.read())
        self.assertEqual((pdi.open_count, pdi.progress), (0, 100))

    def test_best_template(self):
        templates = self.env["auto.checklist.template"]
        base = {"kind": "pdi", "line_ids": [(0, 0, {"name": "Look"})]}
        templates.create({**base, "name": "Brand", "brand_ids": self.brand.ids})
        other = self.env["fleet.vehicle.model"].create(
            {"name": "Other", "brand_id": self.brand.id}
        )
        templates.create({**base, "name": "Other", "model_ids": other.ids})
        self.assertEqual(self._pdi(self._receive()).template_id.name, "Brand")
        templates.create({**base, "name": "Model", "model_ids": self.model.ids})
        self.assertEqual(self._pdi(self._receive()).template_id.name, "Model")
        templates.create(
            {
                **base,
                "name": "Store 2",
                "model_ids": self.model.ids,
                "company_id": self.stores[2].id,
            }
        )
        self.assertEqual(self._pdi(self._receive()).template_id.name, "Model")

    def test_rights_and_guards(self):
        pdi = self._pdi(self._receive())
        with self.assertRaises(UserError), self.cr.savepoint():
            pdi.with_user(self.users["technician", 1]).write({"state": "passed"})
        with self.assertRaises(UserError), self.cr.savepoint():
            pdi.line_ids[0].with_user(self.manager).is_resolved = True
        with self.assertRaises(AccessError):
            pdi.with_user(self.users["technician", 2]).read(["name"])
        with self.assertRaises(AccessError), self.cr.savepoint():
            pdi.with_user(self.users["auditor"]).action_all_ok()
        with self.assertRaises(AccessError), self.cr.savepoint():
            pdi.template_id.with_user(self.manager).name = "x"
        pdi.line_ids[0].result = "ok"
        with self.assertRaises(UserError), self.cr.savepoint():
            pdi.unlink()

    def test_who_inspected_stays(self):
        pdi = self._pdi(self._receive())
        pdi.user_id = self.manager
        pdi.action_all_ok()
        pdi.action_finish()
        with self.assertRaisesRegex(UserError, "finished"), self.cr.savepoint():
            pdi.user_id = self.consultant
        self.assertEqual(pdi.user_id, self.manager)
