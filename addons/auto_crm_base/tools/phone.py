"""Phone numbers as people type them, made comparable and, where needed, masked."""

import re
import unicodedata

import phonenumbers

# Excel keeps a number as 19900001234.0 and people add a remark to the number,
# such as "(微信同号)", "转8001" or "same on WeChat".
_TAIL = re.compile(r"(\.0+)?[^0-9#]*$")


def clean_digits(text):
    """Return ``text`` with full-width characters made plain and blanks trimmed.

    Chinese input methods write ``１３８`` for ``138`` and ``＋`` for ``+``.
    """
    return unicodedata.normalize("NFKC", text or "").strip()


def normalise_phone(raw, country_code="CN"):
    """Return ``raw`` in E.164 form (``+8613800138000``), or ``""``.

    :param str raw: the number in any spelling
    :param str country_code: ISO country whose national numbers have no prefix
    :return: the number, empty when ``raw`` is no phone number. A number that
        merely has a possible length is none: ``12345`` and a mobile number with
        a digit too few come with every list and reach nobody.
    """
    text = _TAIL.sub("", clean_digits(raw))
    if not text:
        return ""
    if text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, country_code or "CN")
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_valid_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def mask_phone(number):
    """Return ``number`` with its middle hidden: ``+86 138****8000``.

    Three digits before and the last four stay, as Chinese counters print it;
    short numbers keep the last two digits only.
    """
    if not number:
        return number
    digits = [i for i, char in enumerate(number) if char.isdigit()]
    keep_tail = 4 if len(digits) >= 9 else 2
    hide = digits[-keep_tail - 4 : -keep_tail] if len(digits) >= 9 else digits[:-2]
    return "".join("*" if i in hide else char for i, char in enumerate(number))
