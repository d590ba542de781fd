import io
import re
from pathlib import Path

import polib

from odoo.modules.module import get_module_path
from odoo.tests import TransactionCase, tagged
from odoo.tools.translate import trans_export

# What must survive: placeholders, and tags by name (their titles are translated).
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\$\{[^}]*\}|</?[a-z]+")


@tagged("post_install", "-at_install")
class TestTranslations(TransactionCase):
    """Every word of the product is there in English and in Chinese."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        modules = cls.env["ir.module.module"].search(
            [("name", "=like", "auto_crm_%"), ("state", "=", "installed")]
        )
        cls.modules = sorted(set(modules.mapped("name")) - {"auto_crm_test"})

    def _exported_terms(self, module):
        buffer = io.BytesIO()
        trans_export(None, [module], buffer, "po", self.env)
        exported = polib.pofile(buffer.getvalue().decode())
        return {entry.msgid for entry in exported}

    def _file(self, module, name):
        path = Path(get_module_path(module)) / "i18n" / name
        self.assertTrue(path.exists(), f"{module} has no i18n/{name}")
        return polib.pofile(str(path))

    def test_modules_are_found(self):
        self.assertIn("auto_crm_base", self.modules)

    def test_template_is_up_to_date(self):
        for module in self.modules:
            with self.subTest(module=module):
                template = {e.msgid for e in self._file(module, f"{module}.pot")}
                terms = self._exported_terms(module)
                self.assertFalse(
                    terms - template, f"terms of {module} missing in its .pot"
                )
                self.assertFalse(
                    template - terms, f"terms in the .pot that {module} lost"
                )

    def test_chinese_is_complete(self):
        for module in self.modules:
            with self.subTest(module=module):
                chinese = {e.msgid: e for e in self._file(module, "zh_CN.po")}
                terms = self._exported_terms(module)
                self.assertFalse(terms - set(chinese), "terms not in zh_CN.po")
                empty = [t for t in terms if not chinese[t].msgstr]
                self.assertFalse(empty, "terms without a Chinese text")
                fuzzy = [t for t in terms if chinese[t].fuzzy]
                self.assertFalse(fuzzy, "doubtful Chinese texts")

    def test_chinese_is_shown(self):
        """Labels and choices are translated where they stand, inherited ones too."""
        self.env.flush_all()
        self.env.cr.execute(
            """
            SELECT concat_ws(': ', m.model, m.value, m.label)
              FROM (
                  SELECT 'ir.model.fields' AS kind, f.id, f.model || '.' || f.name,
                         f.field_description->>'en_US', f.field_description ? 'zh_CN',
                         NULL
                    FROM ir_model_fields f
               UNION ALL
                  SELECT 'ir.model.fields.selection', s.id, f.model || '.' || f.name,
                         s.name->>'en_US', s.name ? 'zh_CN', s.value
                    FROM ir_model_fields_selection s
                    JOIN ir_model_fields f ON f.id = s.field_id
              ) AS m(kind, id, model, label, is_chinese, value)
              JOIN ir_model_data d ON d.model = m.kind AND d.res_id = m.id
             WHERE d.module = ANY(%s) AND NOT m.is_chinese AND m.label ~ '[a-z]'
            """,
            [self.modules],
        )
        self.assertFalse([text for (text,) in self.env.cr.fetchall()])

    def test_placeholders_survive_translation(self):
        for module in self.modules:
            for entry in self._file(module, "zh_CN.po"):
                with self.subTest(module=module, term=entry.msgid):
                    self.assertEqual(
                        sorted(PLACEHOLDER.findall(entry.msgid)),
                        sorted(PLACEHOLDER.findall(entry.msgstr)),
                    )
