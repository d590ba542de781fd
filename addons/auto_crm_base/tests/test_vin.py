from datetime import date

from odoo.exceptions import ValidationError
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.tools import vin as vin_tools

# Valid in ISO 3779's own sense; the first is the standard's well-known example.
EXAMPLE = "1M8GDM9AXKP042788"


@tagged("post_install", "-at_install")
class TestVinTools(TransactionCase):
    def test_normalise(self):
        self.assertEqual(vin_tools.normalise(" 1m8gd-m9ax kp04.2788 "), EXAMPLE)
        self.assertEqual(
            vin_tools.normalise("１Ｍ８ＧＤＭ９ＡＸＫＰ０４２７８８"), EXAMPLE
        )
        self.assertEqual(vin_tools.normalise("*1M8GDM9AXKP042788*"), EXAMPLE)
        self.assertEqual(
            vin_tools.normalise("1M8GDM9AX\u3000KP042788\ufeff\n"), EXAMPLE
        )
        self.assertEqual(vin_tools.normalise(None), "")
        self.assertEqual(vin_tools.normalise(False), "")

    def test_check_digit(self):
        self.assertEqual(vin_tools.check_digit(EXAMPLE), "X")
        self.assertEqual(vin_tools.check_digit("11111111111111111"), "1")
        self.assertEqual(vin_tools.check_digit("5GZCZ43D13S812715"), "1")
        self.assertEqual(vin_tools.check_digit("SHORT"), "")
        self.assertEqual(vin_tools.check_digit("1M8GDM9AXKP04278O"), "")
        self.assertEqual(vin_tools.validate(EXAMPLE), [])

    def test_every_single_slip_is_seen(self):
        """ISO 3779: a wrong digit at any place but 9 changes the check digit."""
        for position in (i for i in range(17) if i != 8):
            wrong = "5" if EXAMPLE[position] != "5" else "6"
            slipped = EXAMPLE[:position] + wrong + EXAMPLE[position + 1 :]
            same_value = (
                vin_tools._VALUES[wrong] == vin_tools._VALUES[EXAMPLE[position]]
            )
            problems = vin_tools.validate(slipped)
            self.assertEqual(not problems, same_value, slipped)

    def test_says_which_character(self):
        (problem,) = vin_tools.validate("1M8GDM9AXKPO42788")
        self.assertEqual(
            (problem.code, problem.position, problem.found, problem.expected),
            ("character", 12, "O", "0"),
        )
        # Outside a request there is no language to translate into.
        with mute_logger("odoo.tools.translate"):
            self.assertIn("12", str(problem))
        (problem,) = vin_tools.validate("1M8GDM9AXKP中42788")
        self.assertEqual((problem.position, problem.found), (12, "中"))
        (problem,) = vin_tools.validate("1M8GDM9A0KP042788")
        self.assertEqual(
            (problem.code, problem.position, problem.found, problem.expected),
            ("check_digit", 9, "0", "X"),
        )
        self.assertFalse(
            vin_tools.validate("1M8GDM9A0KP042788", with_check_digit=False)
        )
        (problem,) = vin_tools.validate(EXAMPLE[:-1])
        self.assertEqual((problem.code, problem.found), ("length", "16"))
        codes = [problem.code for problem in vin_tools.validate("IOQ")]
        self.assertEqual(codes, ["length", "character", "character", "character"])
        self.assertEqual(vin_tools.validate("1" * 17)[0].code, "repeated")
        self.assertEqual(vin_tools.validate("")[0].code, "length")

    def test_model_year(self):
        self.assertEqual(vin_tools.model_years(EXAMPLE, latest=2027), [1989, 2019])
        self.assertEqual(vin_tools.model_year(EXAMPLE, latest=2027), 2019)
        self.assertEqual(
            vin_tools.model_year(EXAMPLE, date(1988, 11, 1), latest=2027), 1989
        )
        newest = EXAMPLE[:9] + "V" + EXAMPLE[10:]
        self.assertEqual(vin_tools.model_years(newest, latest=2027), [1997, 2027])
        self.assertEqual(vin_tools.model_year(newest, latest=2026), 1997)
        no_code = EXAMPLE[:9] + "U" + EXAMPLE[10:]
        self.assertEqual(vin_tools.model_years(no_code), [])
        self.assertEqual(vin_tools.model_year(no_code), 0)

    def test_region_and_country(self):
        for vin, region, country in (
            ("LSVNV2187E2100001", "asia", "CN"),
            ("HXMA", "asia", "CN"),
            ("JTD", "asia", "JP"),
            ("KMH", "asia", "KR"),
            ("WVW", "europe", "DE"),
            ("SAL", "europe", "GB"),
            ("TMB", "europe", "CZ"),
            ("1G1", "north_america", "US"),
            ("3VW", "north_america", "MX"),
            ("6FP", "oceania", "AU"),
            ("9BW", "south_america", "BR"),
            ("AAV", "africa", "ZA"),
            ("", "", ""),
        ):
            self.assertEqual(vin_tools.region(vin), region, vin)
            self.assertEqual(vin_tools.country_code(vin), country, vin)


@tagged("post_install", "-at_install")
class TestWmi(TransactionCase):
    # Where two lists name the same maker by another of its brands or companies.
    SAME_MAKER = {
        "LHG", "LJ1", "LKL", "LRB", "LZM", "JMY", "JNK", "JNR", "JTN", "KL1", "KL7",
        "KLA", "KMH", "KMT", "MA3", "TSM", "UU1", "VA0", "VNE", "WDC", "WDD", "WUA",
        "1C4", "6G1", "9BG",
    }  # fmt: skip

    def test_table_is_large_enough(self):
        wmi = self.env["auto.wmi"]
        self.assertGreaterEqual(wmi.search_count([]), 150)
        self.assertGreaterEqual(wmi.search_count([("country_id.code", "=", "CN")]), 48)

    def test_agrees_with_vininfo(self):
        """Cross-check of the seeded makers with another list, where it is there."""
        try:
            from vininfo.dicts.wmi import WMI
        except ImportError:
            self.skipTest("the package vininfo is not installed")
        table = {wmi.code: wmi.maker for wmi in self.env["auto.wmi"].search([])}
        compared = 0
        for code, known in WMI.items():
            if code not in table or code in self.SAME_MAKER:
                continue
            name = known if isinstance(known, str) else type(known).__name__
            compared += 1
            self.assertEqual(
                table[code][:3].lower(), name[:3].lower(), f"{code}: {name}"
            )
        self.assertGreater(compared, 150)
        chinese = {code for code in WMI if len(code) == 3 and code[0] == "L"}
        # A Korean car, a motorcycle, and one that no other list has.
        self.assertLessEqual(chinese - set(table), {"L56", "L5Y", "L4C"})

    def test_country_agrees_with_the_standard(self):
        for wmi in self.env["auto.wmi"].search([]):
            self.assertEqual(
                vin_tools.country_code(wmi.code), wmi.country_id.code, wmi.code
            )
            self.assertTrue(wmi.region, wmi.code)

    def test_bad_codes_are_refused(self):
        wmi = self.env["auto.wmi"]
        for code in ("", "LS", "LSVX", "LSO", "L V", "中文字"):
            with self.assertRaises(ValidationError, msg=code):
                wmi.create({"code": code, "maker": "X"})
        self.assertEqual(wmi.create({"code": "ｌ9z", "maker": "X"}).code, "L9Z")

    def test_small_maker_beats_the_shared_code(self):
        vin = "LA9" + "AAAA8" + "0" + "R" + "A" + "ZX7" + "001"
        small = self.env["auto.wmi"].create({"code": "LA9ZX7", "maker": "Small one"})
        shared = self.env["auto.wmi"].create({"code": "LA9", "maker": "Shared"})
        found = self.env["auto.wmi"]._find_for([vin, "LA9AAAA80RA000001", ""])
        self.assertEqual(found[vin], small)
        self.assertEqual(found["LA9AAAA80RA000001"], shared)

    def test_a_new_code_decodes_known_vehicles(self):
        vin = "L9YAAAA80RA000001"
        vin = vin[:8] + vin_tools.check_digit(vin) + vin[9:]
        vehicle = self.env["auto.vehicle"].create({"vin": vin})
        self.assertFalse(vehicle.wmi_id)
        wmi = self.env["auto.wmi"].create({"code": "L9Y", "maker": "New maker"})
        self.assertEqual(vehicle.wmi_id, wmi)
        self.assertEqual(vehicle.decoded_maker, "New maker")
        wmi.active = False
        self.assertFalse(vehicle.wmi_id)
