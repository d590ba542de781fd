import base64
import io

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..tools import factory_list, sheet
from .factory_common import FactoryCase

XML = """<?xml version="1.0" encoding="{encoding}"?>
<orders xmlns="urn:example:factory">
  <order dealer="D-1">
    <production_number>X-1</production_number>
    <model>TL-R</model>
    <color>珍珠白</color>
    <status><code>BUILT</code><date>2026-01-05</date></status>
    <eta>2026-02-01</eta>
    <foreman>Somebody</foreman>
  </order>
  <order 生产编号="X-2" 车型代码="TL-R" 状态="PLANNED" 状态日期="2026-01-05"/>
  <order><production_number>X-3</production_number><model>TL-R</model>
    <status>WHAT</status><status_date>2026-01-05</status_date></order>
</orders>
"""
BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;"><!ENTITY f "&e;&e;&e;&e;&e;&e;&e;&e;&e;">]>
<orders><order><production_number>&f;</production_number></order></orders>
"""
LEAK = b"""<?xml version="1.0"?>
<!DOCTYPE order [<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<orders><order><production_number>&secret;</production_number></order></orders>
"""


@tagged("post_install", "-at_install")
class TestFactoryFile(FactoryCase):
    """What the factory sends as a file: good rows kept, bad rows come back."""

    def _file(self, data, name="factory.csv", user=None):
        files = self.env["auto.factory.file"].with_user(user or self.robot)
        return files.with_company(self.stores[1]).create(
            {"name": name, "file": base64.b64encode(data)}
        )

    def test_csv_of_the_template(self):
        # The template is there before any file is.
        file = self._file(b"")
        template = base64.b64decode(file.template_file)
        _kind, rows = sheet.read(template)
        self.assertEqual(rows[0][0], "Production number")
        rows += [
            ["C-1", "", "TL-R", "Red", "", "BUILT", "2026-01-05", "2026-02-01", "D-2"],
            ["C-2", "SHORT", "TL-R", "", "", "BUILT", "2026-01-05"],
        ]
        file = self._file(sheet.write("csv", rows))
        file.action_take_in()
        self.assertEqual(file.state, "done")
        self.assertEqual((file.applied_count, file.refused_count), (1, 1))
        car = self._car("C-1")
        self.assertEqual(car.company_id, self.stores[2])
        self.assertEqual(car.color, "Red")
        self.assertEqual(self._messages("C-1").file_id, file)
        # The bad rows come back as a file that can be corrected and brought in again.
        _kind, bad = sheet.read(base64.b64decode(file.bad_file))
        self.assertEqual(bad[1][0], "C-2")
        self.assertIn("3", bad[1])
        bad[1][1] = ""
        again = self._file(sheet.write("csv", [row[:12] for row in bad]))
        again.action_take_in()
        self.assertEqual(again.applied_count, 1)
        # The same file once more changes nothing.
        third = self._file(sheet.write("csv", rows))
        third.action_take_in()
        self.assertEqual((third.repeated_count, third.refused_count), (1, 1))
        with self.assertRaises(UserError):
            third.action_take_in()

    def test_chinese_csv_in_gbk(self):
        text = (
            "生产编号,车型代码,颜色,状态,状态日期,备注\n"
            "G-1,TL-R,珍珠白,BUILT,2026年1月5日,某某\n"
        )
        file = self._file(text.encode("gbk"))
        file.action_take_in()
        self.assertEqual(self._car("G-1").color, "珍珠白")
        self.assertEqual(file.unknown_columns, "备注")
        self.assertNotIn("某某", str(self._messages("G-1").raw))

    def test_xml(self):
        for encoding in ("utf-8", "gbk"):
            file = self._file(
                XML.format(encoding=encoding).encode(encoding), "factory.xml"
            )
            file.action_take_in()
            self.assertEqual(file.kind, "xml")
            self.assertEqual(file.row_count, 3)
            self.assertEqual(file.refused_count, 1)
            self.assertIn("foreman", file.unknown_columns)
        first, second = self._car("X-1"), self._car("X-2")
        self.assertEqual(first.supply_state, "factory_stock")
        self.assertEqual(first.color, "珍珠白")
        self.assertEqual(str(first.expected_date), "2026-02-01")
        self.assertEqual(second.supply_state, "planned")
        # Without a declared encoding, Chinese XML is understood all the same.
        text = XML.format(encoding="utf-8").partition("\n")[2].replace("X-1", "X-9")
        file = self._file(text.encode("gbk"), "factory.xml")
        file.action_take_in()
        self.assertEqual(self._car("X-9").color, "珍珠白")

    def test_dangerous_xml(self):
        before = self.env["auto.factory.message"].search_count([])
        for data in (BOMB, LEAK, b"<orders><order>", b"<" * 5000, b"<a/>", b""):
            with self.assertRaises(UserError):
                self._file(data, "factory.xml").action_take_in()
        deep = b"<a>" * 100000 + b"</a>" * 100000
        with self.assertRaises(UserError):
            self._file(deep, "factory.xml").action_take_in()
        self.assertEqual(self.env["auto.factory.message"].search_count([]), before)

    def test_too_much(self):
        titles = {"production_number": "production_number"}
        row = b"<o production_number='1'/>"
        data = b"<l>" + row * (factory_list.MAX_ROWS + 1) + b"</l>"
        with self.assertRaises(sheet.SheetError):
            factory_list.read(data, "", titles, str)
        big = b"<l>" + b" " * factory_list.MAX_BYTES + row + b"</l>"
        with self.assertRaises(sheet.SheetError):
            factory_list.read(big, "", titles, str)

    def test_no_list(self):
        for data in (b"a,b\n1,2\n", b"\x00\x01\x02", b"production_number\n"):
            with self.assertRaises(UserError):
                self._file(data).action_take_in()

    def test_xlsx(self):
        rows = [
            ["production_number", "model", "status", "status_date"],
            ["E-1", "TL-R", "PLANNED", "2026-01-05"],
        ]
        self._file(sheet.write("xlsx", rows), "f.xlsx").action_take_in()
        self.assertEqual(self._car("E-1").supply_state, "planned")

    def test_long_files_run_in_the_background(self):
        text = io.StringIO()
        text.write("production_number,model,status,status_date\n")
        for number in range(1001):
            text.write(f"L-{number},TL-R,PLANNED,2026-01-05\n")
        file = self._file(text.getvalue().encode())
        file.action_take_in()
        self.assertEqual((file.state, file.row_done), ("running", 0))
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_base.ir_cron_factory_file").method_direct_trigger()
        file.invalidate_recordset()
        self.assertEqual((file.state, file.applied_count), ("done", 1001))
        self.assertEqual(file.progress, 100)

    def test_who_may(self):
        data = b"production_number\nA\n"
        with self.assertRaises(AccessError):
            self._file(data, user=self.users["consultant", 1])
        file = self._file(data)
        manager = file.with_user(self.users["store_manager", 1])
        self.assertEqual(manager.name, "factory.csv")
        with self.assertRaises(AccessError):
            manager.action_take_in()
        with self.assertRaises(AccessError):
            file.with_user(self.users["store_manager", 2]).read(["name"])
