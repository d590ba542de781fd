import base64
import csv
import io
import json
from pathlib import Path

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tools import sheet

from .test_intake import IntakeCase

DATA = Path(__file__).parents[3] / "tests" / "data"


@tagged("post_install", "-at_install")
class TestImport(IntakeCase, HttpCase):
    def load(self, data, filename="list.csv", user=None, **values):
        if isinstance(data, str):
            data = data.encode()
        return (
            self.env["auto.lead.import"]
            .with_user(user or self.users["sales_manager", 1])
            .create({"file": base64.b64encode(data), "filename": filename, **values})
        )

    def test_good_and_bad_rows(self):
        record = self.load(
            "姓名;手机;意向车型;购车时间;备注\n"
            "张三;13800138000;卡罗拉;半年;好\n"
            ";13900139000;;;\n"
            "李四;'=cmd|x;;;\n"
            "张三;+86 138-0013-8000;;;\n"
            "张三;13800138000;卡罗拉;半年;好\n",
            campaign="Auto Shanghai",
        )
        targets = record.column_ids.mapped("target")
        self.assertEqual(targets, ["name", "phone", "model", "horizon", "message"])
        self.assertIn("13800138000", record.preview)
        record.action_start()
        self.assertEqual(record.state, "done")
        self.assertEqual(record.created_count, 1)
        self.assertEqual(record.known_count, 1)
        self.assertEqual(record.repeated_count, 1)
        self.assertEqual(record.line_ids.mapped("line"), [3, 4])
        bad = base64.b64decode(record.bad_file).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(bad)))
        self.assertEqual(len(rows), 3)
        self.assertTrue(rows[2][1].startswith("'="))
        lead = self.env["crm.lead"].search([("campaign_id.name", "=", "Auto Shanghai")])
        self.assertEqual(len(lead), 1)
        self.assertEqual(lead.wanted_text, "卡罗拉")
        self.assertEqual(len(lead.contact_ids), 2)
        self.assertEqual(lead.intake_channel_id.code, "event")

    def test_reasons_name_what_stands_on_the_screen(self):
        record = self.load("name,phone\n,13800138000\nB,12\nC,\n")
        record.with_context(lang="en_US").action_start()
        missing, wrong, unreachable = record.line_ids.sorted("line").mapped("reason")
        self.assertIn("“Name”", missing)
        self.assertIn("“Phone”", wrong)
        self.assertIn("“WeChat or other account”", unreachable)

    def test_same_file_twice_changes_nothing(self):
        text = "name,phone\nA,13800138000\nB,13800138001\n"
        self.load(text).action_start()
        contacts = self.env["auto.contact"].search_count([])
        again = self.load(text, filename="other name.csv")
        again.action_start()
        self.assertEqual(again.repeated_count, 2)
        self.assertEqual(self.env["auto.contact"].search_count([]), contacts)

    def test_long_list_is_a_job(self):
        text = "name,phone\n" + "".join(f"N{i},1390000{i:04}\n" for i in range(600))
        record = self.load(text)
        record.action_start()
        self.assertEqual((record.state, record.row_done), ("running", 0))
        # The test mode of the HTTP case is on already, which Odoo remarks upon.
        with mute_logger("odoo.tests.common"), self.enter_registry_test_mode():
            self.env.ref("auto_crm_lead.ir_cron_import").method_direct_trigger()
        record.invalidate_recordset()
        self.assertEqual((record.state, record.created_count), ("done", 600))
        self.assertEqual(record.progress, 100)

    def test_encodings(self):
        text = "姓名\t电话\n王芳\t13800138000\n"
        for number, encoding in enumerate(("utf-8-sig", "gb18030", "utf-16")):
            with self.subTest(encoding):
                record = self.load(
                    text.replace("8000", f"800{number}").encode(encoding)
                )
                self.assertEqual(record.column_ids.mapped("target"), ["name", "phone"])
                record.action_start()
                self.assertEqual(record.created_count, 1)

    @mute_logger("odoo.tools.mimetypes.guess_mimetype")
    def test_files_that_are_no_list(self):
        for data in (b"\x00\x01\x02" * 9, b"PK\x03\x04junk", b"name,phone\n"):
            with self.subTest(data=data), self.assertRaises(UserError):
                self.load(data)

    def test_columns_must_be_known(self):
        record = self.load("a,b\nx,13800138000\n")
        with self.assertRaises(ValidationError):
            record.action_start()
        record.column_ids[0].target = "name"
        record.column_ids[1].target = "phone"
        record.action_start()
        self.assertEqual(record.created_count, 1)

    def test_xlsx_there_and_back(self):
        data = sheet.write(
            "xlsx", [["Name", "Mobile"], ["A", "13800138000"], ["", "x"]]
        )
        record = self.load(data, "list.xlsx")
        record.action_start()
        self.assertEqual((record.created_count, record.bad_count), (1, 1))
        self.assertTrue(record.bad_filename.endswith(".xlsx"))
        kind, rows = sheet.read(base64.b64decode(record.bad_file))
        self.assertEqual((kind, len(rows)), ("xlsx", 2))

    def test_rights(self):
        for role in ("consultant", "technician", "adviser"):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self.load("name,phone\nA,1\n", user=self.users[role, 1])
        record = self.load("name,phone\nA,13800138000\n")
        other = record.with_user(self.users["sales_manager", 2])
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            other.action_start()

    def test_template(self):
        self.env.flush_all()
        user = self.users["sales_manager", 1]
        self.authenticate(user.login, user.login)
        response = self.url_open("/auto_crm/import/template")
        _kind, rows = sheet.read(response.content)
        record = self.load(response.content, "prospects.xlsx")
        self.assertIn("name", record.column_ids.mapped("target"))
        self.assertEqual(len(rows), 2)

    def test_auto_show_list(self):
        if not DATA.is_dir():
            self.skipTest("the addon is installed without the repository's files")
        expected = json.loads((DATA / "autoshow_expected.json").read_text("utf-8"))
        for name, counts in expected.items():
            with self.subTest(name):
                leads = self.env["crm.lead"].search_count([])
                record = self.load((DATA / name).read_bytes(), name)
                record.state = "running"
                record._take_in()
                lines = sorted(n for part in counts["bad_lines"].values() for n in part)
                self.assertEqual(record.line_ids.mapped("line"), lines)
                self.assertEqual(record.row_count, counts["rows"])
                made = self.env["crm.lead"].search_count([]) - leads
                if name.endswith(".csv"):
                    self.assertEqual(made, counts["distinct_persons"])
