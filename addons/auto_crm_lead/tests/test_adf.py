import json
from pathlib import Path

from odoo.tests import BaseCase, tagged

from odoo.addons.auto_crm_base.tools.phone import normalise_phone
from odoo.addons.auto_crm_lead.tools import adf
from odoo.addons.auto_crm_lead.tools.horizon import months_of

DATA = Path(__file__).parents[3] / "tests" / "data" / "adf"


@tagged("post_install", "-at_install")
class TestAdf(BaseCase):
    def test_files_as_the_world_sends_them(self):
        if not DATA.is_dir():
            self.skipTest("the addon is installed without the repository's files")
        expected = json.loads((DATA / "expected.json").read_text("utf-8"))
        self.assertGreater(len(expected), 15)
        for name, outcome in expected.items():
            with self.subTest(name):
                self._check_file((DATA / name).read_bytes(), outcome)

    def _check_file(self, body, outcome):
        try:
            prospects = adf.parse(body)
        except adf.AdfError:
            self.assertFalse(outcome.get("prospects"), "refused")
            return
        if not outcome.get("prospects"):
            for prospect in prospects:
                self.assertFalse(normalise_phone(prospect.get("phone")))
                self.assertFalse(prospect.get("email"))
            return
        self.assertEqual(len(prospects), len(outcome["prospects"]))
        for prospect, wanted in zip(prospects, outcome["prospects"], strict=True):
            vehicle = prospect.get("vehicle", {})
            found = {
                "ref": prospect["external_ref"],
                "name": prospect["name"],
                "phone": normalise_phone(prospect.get("phone")),
                "email": prospect.get("email", "").lower(),
                "make": vehicle.get("brand"),
                "model": vehicle.get("model"),
                "year": vehicle.get("year"),
            }
            wanted = dict(wanted)
            source = wanted.pop("source", None)
            if source:
                wanted["ref"] = f"{source}:{wanted['ref']}"
            for key in wanted.keys() & found.keys():
                self.assertEqual(found[key], wanted[key], key)

    def test_entities_are_refused(self):
        bomb = '<!DOCTYPE adf [<!ENTITY a "x">]><adf><prospect>&a;</prospect></adf>'
        with self.assertRaises(adf.AdfError):
            adf.parse(bomb)

    def test_months(self):
        for text, months in (
            ("now", 0), ("3m", 3), ("6个月", 6), ("半年", 6), ("三个月内", 3),
            ("within 30 days", 1), ("1 year", 12), ("一年", 12), ("马上", 0),
            ("3-6 months", 6), ("十二个月", 12), ("", None), ("blue", None),
        ):  # fmt: skip
            with self.subTest(text):
                self.assertEqual(months_of(text), months)
