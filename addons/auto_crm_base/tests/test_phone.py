from odoo.tests import TransactionCase, tagged

from odoo.addons.auto_crm_base.tools.phone import mask_phone, normalise_phone


@tagged("post_install", "-at_install")
class TestPhone(TransactionCase):
    def test_every_spelling_is_one_number(self):
        for raw in (
            "19900001234",
            "199 0000 1234",
            "199-0000-1234",
            "+86 199 0000 1234",
            "0086-19900001234",
            "8619900001234",
            "(+86)19900001234",
            "\uff0b\uff18\uff16\u3000\uff11\uff19\uff19\uff10\uff10\uff10\uff10\uff11\uff12\uff13\uff14",
            "'19900001234",
            "19900001234.0",
            "19900001234(\u5fae\u4fe1\u540c\u53f7)",
            "\u624b\u673a\uff1a19900001234",
        ):
            self.assertEqual(normalise_phone(raw), "+8619900001234", raw)

    def test_what_is_no_number(self):
        for raw in (
            None,
            "",
            "\u65e0",
            "12345",
            "11111111111",
            "1990000123",
            "199000012345",
            "199000O1234",
            "1.99E+10",
        ):
            self.assertEqual(normalise_phone(raw), "", raw)

    def test_foreign_and_fixed_line(self):
        self.assertEqual(normalise_phone("010-8555 0123"), "+861085550123")
        self.assertEqual(normalise_phone("+1 (202) 555-0143"), "+12025550143")
        self.assertEqual(normalise_phone("(202) 555-0143", "US"), "+12025550143")

    def test_mask(self):
        self.assertEqual(mask_phone("+8619900001234"), "+86199****1234")
        self.assertFalse(mask_phone(False))
