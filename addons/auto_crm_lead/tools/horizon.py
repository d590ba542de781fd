"""How soon somebody wants to buy, as people say it, in months."""

import re
import unicodedata

_NUMBERS = {
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7,
    "八": 8, "九": 9, "十": 10, "十一": 11, "十二": 12, "one": 1, "two": 2,
    "three": 3, "six": 6, "twelve": 12,
}  # fmt: skip
_AT_ONCE = re.compile(
    r"\b(now|at once|immediately|asap|right away|today|this week)\b"
    r"|马上|立刻|立即|现在|近期|尽快|本周|本月|当天"
)
_HALF_YEAR = re.compile(r"half a year|半年")
_SPAN = re.compile(
    r"(\d+(?:\.\d+)?|[一二两三四五六七八九十]+|one|two|three|six|twelve)\s*个?\s*"
    r"(days?|d\b|天|日|weeks?|w\b|周|星期|礼拜|months?|mo\b|m\b|月|years?|y\b|年)"
)
_MONTHS = (
    (("d", "天", "日"), 1 / 30),
    (("w", "周", "星", "礼"), 7 / 30),
    (("m", "月"), 1),
    (("y", "年"), 12),
)


def months_of(text):
    """Return the months until the purchase that ``text`` speaks of.

    :param str text: such as ``within 30 days``, ``3m``, ``三个月内``, ``半年``
    :return: a number, 0 for at once, ``None`` when ``text`` does not say
    """
    text = unicodedata.normalize("NFKC", text or "").casefold()
    if _HALF_YEAR.search(text):
        return 6
    spans = _SPAN.findall(text)
    if spans:
        number, unit = spans[-1]
        value = _NUMBERS[number] if number in _NUMBERS else float(number)
        for letters, factor in _MONTHS:
            if unit.startswith(letters):
                return value * factor
    if _AT_ONCE.search(text):
        return 0
    return None
