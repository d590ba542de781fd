"""Regions (provinces, states) as people name them, and as phone numbers tell.

The table of area codes is that of the phonenumbers package. It takes some 100 MB and
seconds to load, so it is loaded when the first rule by region asks for it, and only
in the process that does.
"""

import functools
import logging
import re
import unicodedata
from collections import defaultdict

import phonenumbers

_logger = logging.getLogger(__name__)

#: The regions of China by ISO 3166-2 code, in Chinese and in English; Odoo has them
#: in Chinese only.
_CHINA = """
    AH 安徽 anhui
    BJ 北京 beijing
    CQ 重庆 chongqing
    FJ 福建 fujian
    GD 广东 guangdong
    GS 甘肃 gansu
    GX 广西 guangxi
    GZ 贵州 guizhou
    HA 河南 henan
    HB 湖北 hubei
    HE 河北 hebei
    HI 海南 hainan
    HK 香港 hong kong
    HL 黑龙江 heilongjiang
    HN 湖南 hunan
    JL 吉林 jilin
    JS 江苏 jiangsu
    JX 江西 jiangxi
    LN 辽宁 liaoning
    MO 澳门 macao
    NM 内蒙古 inner mongolia
    NX 宁夏 ningxia
    QH 青海 qinghai
    SC 四川 sichuan
    SD 山东 shandong
    SH 上海 shanghai
    SN 陕西 shaanxi
    SX 山西 shanxi
    TJ 天津 tianjin
    TW 台湾 taiwan
    XJ 新疆 xinjiang
    XZ 西藏 xizang
    YN 云南 yunnan
    ZJ 浙江 zhejiang
"""
CHINESE_REGIONS = {
    name.lower(): chinese
    for code, chinese, english in (
        line.split(maxsplit=2) for line in _CHINA.strip().splitlines()
    )
    for name in (code, f"cn-{code}", english)
}

_SUFFIX = re.compile(
    r"(特别行政区|维吾尔自治区|壮族自治区|回族自治区|自治区|省|市"
    r"|\s+(province|municipality|city|state|autonomous region))$"
)
_REGION_PREFIX = re.compile(r"^(内蒙古|广西|西藏|宁夏|新疆|.{2,3}省|.{2,6}自治区)")
_CITY_SUFFIX = re.compile(r"(市|地区|盟|自治州|州)$")


def key_of(name):
    """Return ``name`` so that two ways to write one region are equal.

    ``江苏省`` and ``江苏``, ``Jiangsu Province`` and ``jiangsu`` are the same.
    """
    text = " ".join(unicodedata.normalize("NFKC", name or "").lower().split())
    return _SUFFIX.sub("", text)


@functools.cache
def _geocoder():
    try:
        from phonenumbers import geocoder
    except ImportError:
        _logger.warning("phonenumbers has no area codes: regions are not derived")
        return None
    return geocoder


def names_of_phone(number):
    """Return what the area of a phone number is called, the likeliest first.

    :param str number: in E.164 form
    :return: list of texts such as ``江苏省南京市``, ``Jiangsu``, ``Nanjing``
    """
    geocoder = _geocoder()
    if not geocoder or not number:
        return []
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return []
    names = []
    for language in ("zh", "en"):
        text = geocoder.description_for_valid_number(parsed, language)
        names += [text, *reversed(text.split(", "))]
    return [name for name in dict.fromkeys(names) if name]


@functools.cache
def chinese_names():
    """Return how regions and cities of China are called in Chinese and English.

    :return: dict from the key of an English region, or of a city in either language,
        to a Chinese text that begins with the region; names that two regions share
        are left out
    """
    if not _geocoder():
        return {}
    from phonenumbers.geodata import GEOCODE_DATA

    found = defaultdict(set)
    for prefix, texts in GEOCODE_DATA.items():
        chinese, english = texts.get("zh"), texts.get("en")
        if not prefix.startswith("86") or not chinese or not english:
            continue
        city, _comma, region = english.rpartition(", ")
        found[key_of(region)].add(chinese[:2])
        if city:
            found[key_of(city)].add(chinese[:2])
        tail = _REGION_PREFIX.sub("", chinese) or chinese
        found[_CITY_SUFFIX.sub("", tail)].add(chinese[:2])
    return {
        name: next(iter(starts))
        for name, starts in found.items()
        if name and len(starts) == 1
    }
