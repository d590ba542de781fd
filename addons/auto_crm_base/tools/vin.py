"""Vehicle identification numbers (ISO 3779, ISO 3780, GB 16735).

Pure functions: nothing here reads the database. A VIN has 17 characters, digits
and capital letters without I, O and Q: the maker (WMI, 1-3), the description
(VDS, 4-9, with the check digit at 9) and the serial part (VIS, 10-17, with the
model-year code at 10).
"""

import datetime
import unicodedata
from dataclasses import dataclass

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)

LENGTH = 17
CHECK_POSITION = 9
YEAR_POSITION = 10

# ISO 3779, annex B and GB 16735: letters count as these digits, by position
# they weigh this much; the check digit itself weighs nothing.
_VALUES = {
    **{digit: int(digit) for digit in "0123456789"},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}
_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)

# The code of the model year repeats every 30 years; 0, U and Z are not used.
_YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"
_FIRST_MODEL_YEAR = 1980

# What people take for a digit, since the letter is never right.
_LOOKALIKES = {"I": "1", "O": "0", "Q": "0"}

# ISO 3780: the second character counts in this order.
_SEQUENCE = "ABCDEFGHJKLMNPRSTUVWXYZ1234567890"

_REGIONS = {
    "africa": "ABCDEFG",
    "asia": "HJKLMNPR",
    "europe": "STUVWXYZ",
    "north_america": "123457",
    "oceania": "6",
    "south_america": "89",
}

# First character, then the range of the second, and the ISO 3166 country.
_COUNTRY_RANGES = """
AA-AH ZA, AJ-AK CI, BA-BB AO, BF-BG KE, CA-CB EG, CF-CG MA, CL-CM TN, DA-DE EG,
HA-H0 CN, JA-J0 JP, KF-KH IL, KL-KR KR, KS-KT JO, LA-L0 CN, MA-ME IN, MF-MK ID,
ML-MR TH, MS-MS MM, MX-MX KZ, M1-M0 IN, NA-NE IR, NF-NG PK, NL-NR TR, NS-NT UZ,
PA-PC PH, PF-PG SG, PL-PR MY, PS-PT BD, RA-RB AE, RF-RK TW, RL-RN VN, RS-RT SA,
R1-R7 HK, SA-SM GB, SN-ST DE, SU-SZ PL, S1-S2 LV, TA-TH CH, TJ-TP CZ, TR-TV HU,
TW-T2 PT, UA-UC ES, UH-UM DK, UN-UR IE, UU-UW RO, U5-U7 SK, VA-VE AT, VF-VR FR,
VS-VW ES, VX-V2 RS, V3-V5 HR, V6-V8 EE, WA-W0 DE, XA-XC BG, XD-XE RU, XF-XH GR,
XJ-XK RU, XL-XR NL, XS-XW RU, XX-XY LU, XZ-X0 RU, YA-YE BE, YF-YK FI, YN-YN MT,
YS-YW SE, YX-Y2 NO, Y3-Y5 BY, Y6-Y8 UA, ZA-ZU IT, ZX-ZZ SI, Z3-Z5 LT, Z6-Z0 RU,
1A-10 US, 2A-25 CA, 3A-3X MX, 4A-40 US, 5A-50 US, 6A-6X AU, 6Y-61 NZ, 7A-70 US,
8A-8E AR, 8F-8G CL, 8L-8N EC, 8S-8T PE, 8X-8Z VE, 82-82 BO, 84-84 CR, 9A-9E BR,
9F-9G CO, 93-99 BR
"""


def _unpack_countries():
    countries = {}
    for entry in _COUNTRY_RANGES.replace("\n", " ").split(","):
        span, country = entry.split()
        first, start, end = span[0], span[1], span[4]
        chosen = _SEQUENCE[_SEQUENCE.index(start) : _SEQUENCE.index(end) + 1]
        countries.update(dict.fromkeys((first + char for char in chosen), country))
    return countries


_COUNTRIES = _unpack_countries()


@dataclass(frozen=True)
class Problem:
    """What is wrong with a VIN.

    ``code`` is ``length``, ``character``, ``repeated`` or ``check_digit``;
    ``position`` counts from 1 and is 0 when the whole is meant; ``message`` is
    a sentence, translated where it is shown.
    """

    code: str
    position: int
    found: str
    expected: str
    message: object

    def __str__(self):
        return str(self.message)


def normalise(raw):
    """Return ``raw`` as a VIN is stored: capitals, plain ASCII, no separators.

    Full-width characters (as Chinese input methods write them) become plain;
    blanks, dashes, dots and asterisks around or inside are dropped. Whatever
    else is wrong stays, so that :func:`validate` can name it.

    :param raw: a string or nothing
    :rtype: str
    """
    text = unicodedata.normalize("NFKC", raw or "").upper()
    return "".join(
        char
        for char in text
        if char not in "*._·" and unicodedata.category(char) not in _DROPPED
    )


# Control and format characters, all dashes, all blanks.
_DROPPED = frozenset({"Cc", "Cf", "Pd", "Zs", "Zl", "Zp"})


def check_digit(vin):
    """Return the check digit that ``vin`` should have, ``"0"``-``"9"`` or ``"X"``.

    :param str vin: 17 normalised characters; the ninth may be anything
    :return: one character, or ``""`` when other characters make it impossible
    """
    if len(vin) != LENGTH:
        return ""
    total = 0
    for char, weight in zip(vin, _WEIGHTS, strict=True):
        if weight:
            if char not in _VALUES:
                return ""
            total += _VALUES[char] * weight
    remainder = total % 11
    return "X" if remainder == 10 else str(remainder)


def validate(vin, with_check_digit=True):
    """Return everything that is wrong with ``vin``.

    :param str vin: a normalised VIN
    :param bool with_check_digit: whether to compare the ninth character
    :return: list of :class:`Problem`, empty when the VIN is right
    """
    problems = []
    if len(vin) != LENGTH:
        problems.append(
            Problem(
                "length",
                0,
                str(len(vin)),
                str(LENGTH),
                _lt(
                    "A VIN has 17 characters, not %(count)s.",
                    count=str(len(vin)),
                ),
            )
        )
    problems += _character_problems(vin)
    if problems:
        return problems
    if len(set(vin)) == 1:
        return [
            Problem(
                "repeated",
                0,
                vin[0],
                "",
                _lt("All 17 characters are “%(char)s”.", char=vin[0]),
            )
        ]
    expected = check_digit(vin)
    found = vin[CHECK_POSITION - 1]
    if with_check_digit and found != expected:
        problems.append(
            Problem(
                "check_digit",
                CHECK_POSITION,
                found,
                expected,
                _lt(
                    "The check digit (character 9) is “%(found)s”, but “%(expected)s” "
                    "would be right: one of the characters is mistyped.",
                    found=found,
                    expected=expected,
                ),
            )
        )
    return problems


def _character_problems(vin):
    problems = []
    for position, char in enumerate(vin, 1):
        if char in _VALUES:
            continue
        like = _LOOKALIKES.get(char, "")
        if like:
            message = _lt(
                "Character %(position)s is the letter “%(char)s”, which no VIN has: "
                "is it “%(like)s”?",
                position=str(position),
                char=char,
                like=like,
            )
        else:
            message = _lt(
                "Character %(position)s is “%(char)s”: a VIN has only digits and the "
                "letters A to Z without I, O and Q.",
                position=str(position),
                char=char,
            )
        problems.append(Problem("character", position, char, like, message))
    return problems


def model_years(vin, latest=None):
    """Return the model years that character 10 may stand for, oldest first.

    :param str vin: a normalised VIN
    :param int latest: no year after this one; next year when left out
    :return: list of years, empty when the character is no year code. Makers
        outside North America and China need not use the code.
    """
    if len(vin) != LENGTH or vin[YEAR_POSITION - 1] not in _YEAR_CODES:
        return []
    if latest is None:
        # The calendar year of the machine is near enough for a model year.
        latest = datetime.date.today().year + 1  # noqa: DTZ011
    first = _FIRST_MODEL_YEAR + _YEAR_CODES.index(vin[YEAR_POSITION - 1])
    return list(range(first, latest + 1, len(_YEAR_CODES)))


def model_year(vin, production_date=None, latest=None):
    """Return the likely model year, or 0.

    :param production_date: when the car was built, which tells apart years that
        share a code: the nearest is taken
    :param int latest: as in :func:`model_years`; without a production date the
        last possible year is taken
    """
    years = model_years(vin, latest)
    if not years:
        return 0
    if production_date:
        return min(years, key=lambda year: abs(year - production_date.year))
    return years[-1]


def region(vin):
    """Return the code of the world region of the maker, or ``""`` (ISO 3780)."""
    first = vin[:1]
    if not first:
        return ""
    return next((code for code, chars in _REGIONS.items() if first in chars), "")


def country_code(vin):
    """Return the ISO 3166 code of the maker's country, or ``""`` (ISO 3780)."""
    return _COUNTRIES.get(vin[:2], "")


def is_vin_character(char):
    """Return whether a VIN may have ``char``: a digit or A-Z without I, O, Q."""
    return char in _VALUES
