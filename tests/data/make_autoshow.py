#!/usr/bin/env python3
"""Write the auto-show list as a stand's laptop would have saved it.

Makes ``autoshow_gbk.csv`` (1,000 rows, GBK, Windows line ends),
``autoshow.xlsx`` (50 rows, cell types as Excel keeps them; only where openpyxl
is installed) and ``autoshow_expected.json``. The counts in the last are known
from how each row was made, not read back from the list, so they are a second
opinion for the import. The same run always gives the same rows.

Everybody in the list is invented; numbers are from 1990000xxxx and
1990001xxxx, addresses end in example.com, example.net or example.org.
"""

import csv
import datetime
import io
import json
import pathlib
import random
import re

HERE = pathlib.Path(__file__).parent
SEED = 20260918
ROWS = 1000
HEADER = [
    "序号",
    "姓名",
    "手机号码",
    "微信号",
    "邮箱",
    "意向品牌",
    "意向车型",
    "预计购车时间",
    "城市",
    "登记日期",
    "备注",
]

SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
)
GIVEN_TEXT = (
    "伟 芳 娜 秀英 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀兰 霞 平 刚 桂英 "
    "建国 建华 志强 文博 子涵 雨桐 浩然 梓萱 一诺 欣怡 宇轩 俊杰 佳琪 思远 晓东 "
    "海燕 国栋 镕 喆 玥 瑄 睿 诗涵 天佑 雪梅 春燕 永康"
)
GIVEN = GIVEN_TEXT.split()
FOREIGN = ["Daniel Hartley", "Marie Lindqvist", "Tomas Okafor", "Priya Raman"]
# Brand and models as people write them: Chinese, English, nicknames, typos.
CARS = [
    ("大众", ["高尔夫", "Golf", "迈腾", "ID.4", "高尔夫8"]),
    ("丰田", ["卡罗拉", "Corolla", "凯美瑞", "RAV4荣放", "卡罗垃"]),
    ("福特", ["福克斯", "Focus", "蒙迪欧", "锐界"]),
    ("日产", ["轩逸", "天籁", "逍客"]),
    ("宝马", ["3系", "X3", "5系"]),
    ("比亚迪", ["汉", "宋PLUS", "海豚"]),
    ("VW", ["途观L", "Passat", "帕萨特"]),
    ("", [""]),
]
HORIZONS = [
    "现在",
    "三个月内",
    "3个月",
    "半年",
    "6个月",
    "一年内",
    "12个月",
    "随便看看",
    "",
]
CITIES = ["杭州", "杭州市", "成都", "成都市", "武汉", "武汉市", "西安", ""]
NOTES = [
    "",
    "想置换旧车",
    "要看新能源,预算20万左右",
    '对"三年免息"感兴趣',
    "周末来店试驾",
    "领了礼品",
    "已加微信",
    "家里有二胎，要七座",
    "嫌贵",
    "朋友介绍",
]
FULL_WIDTH = str.maketrans("0123456789+-() ", "０１２３４５６７８９＋－（）　")


def phone_spellings(number):
    """Return the eleven digits of ``number`` as people write them."""
    a, b, c = number[:3], number[3:7], number[7:]
    return [
        number,
        number,
        f"{a} {b} {c}",
        f"{a}-{b}-{c}",
        f"+86{number}",
        f"+86 {a} {b} {c}",
        f"0086-{number}",
        f"86{number}",
        f"(+86){number}",
        number.translate(FULL_WIDTH),
        f"+86 {a}-{b}-{c}".translate(FULL_WIDTH),
        f"'{number}",
        f" {number} ",
        f"{number}（微信同号）",
    ]


def name_spellings(name, rng):
    """Return a name as the second person at the stand would write it."""
    if name.isascii():
        return rng.choice([name, name.upper(), f" {name}"])
    return rng.choice(
        [
            name,
            f"{name[0]} {name[1:]}",
            f"{name[0]}{rng.choice(['先生', '女士'])}",
            f"{name} ",
            f"　{name}",
        ]
    )


def dates(rng):
    day = datetime.date(2026, 9, 18) + datetime.timedelta(days=rng.randrange(5))
    return rng.choice(
        [
            f"{day:%Y-%m-%d}",
            f"{day.year}/{day.month}/{day.day}",
            f"{day.year}.{day.month}.{day.day}",
            f"{day.year}年{day.month}月{day.day}日",
            f"{day:%Y%m%d}",
            f"{day:%d/%m/%Y}",
            f"{day.year}/{day.month}/{day.day}".translate(FULL_WIDTH),
            "",
        ]
    )


def people(rng, count, first_number, tag):
    """Return invented persons: name, eleven digits or "", WeChat id, e-mail."""
    result = []
    for index in range(count):
        if rng.random() < 0.02:
            name = rng.choice(FOREIGN)
        else:
            name = rng.choice(SURNAMES) + rng.choice(GIVEN)
        phone = str(first_number + index * 7)
        wechat = f"wx_{tag}{index:04d}" if rng.random() < 0.35 else ""
        domain = rng.choice(["example.com", "example.net", "example.org"])
        email = f"{tag}{index:04d}@{domain}" if rng.random() < 0.3 else ""
        # Some give no number at all, which is fine as long as one way is left.
        if (wechat or email) and rng.random() < 0.12:
            phone = ""
        result.append((name, phone, wechat, email))
    return result


def good_row(rng, person, again):
    """Return one row on ``person``; who comes back gives less, written otherwise."""
    name, phone, wechat, email = person
    if again:
        name = name_spellings(name, rng)
        known = [bool(phone), bool(wechat), bool(email)]
        keep = rng.choice([i for i, there in enumerate(known) if there])
        phone = phone if keep == 0 or rng.random() < 0.3 else ""
        wechat = wechat if keep == 1 or rng.random() < 0.3 else ""
        email = email if keep == 2 or rng.random() < 0.3 else ""
        email = rng.choice([email, email.upper(), f" {email}" if email else ""])
    if phone:
        phone = rng.choice(phone_spellings(phone))
    brand, models = rng.choice(CARS)
    return [
        name,
        phone,
        wechat,
        email,
        brand,
        rng.choice(models),
        rng.choice(HORIZONS),
        rng.choice(CITIES),
        dates(rng),
        rng.choice(NOTES),
    ]


def bad_row(rng, reason):
    """Return a row that cannot become a prospect, for the one given reason."""
    name = rng.choice(SURNAMES) + rng.choice(GIVEN)
    digits = f"1990001{rng.randrange(10000):04d}"
    row = good_row(rng, (name, digits, "", ""), again=False)
    if reason == "no_name":
        row[0] = rng.choice(["", " ", "　"])
    elif reason == "no_contact":
        row[1] = rng.choice(["", " ", "　"])
    elif reason == "bad_phone":
        row[1] = rng.choice(
            ["12345", digits[:-1], digits + "5", "1.99E+10", "11111111111", "无", "-"]
        )
    return row


def make(rows, rng, first_number, tag, bad):
    """Return (list of rows, expected counts) for ``rows`` rows."""
    good = rows - sum(bad.values())
    visitors = people(rng, int(good * 0.84), first_number, tag)
    plan = [("good", index) for index in range(len(visitors))]
    while len(plan) < good:
        plan.append(("good", rng.randrange(len(visitors))))
    for reason, count in bad.items():
        plan.extend((reason, None) for _unused in range(count))
    rng.shuffle(plan)
    seen, out = set(), []
    lines = {reason: [] for reason in bad}
    for line, (kind, index) in enumerate(plan, start=2):
        if kind == "good":
            row = good_row(rng, visitors[index], again=index in seen)
            seen.add(index)
        else:
            row = bad_row(rng, kind)
            lines[kind].append(line)
        out.append([str(line - 1), *row])
    expected = {
        "rows": rows,
        "good_rows": good,
        "distinct_persons": len(visitors),
        "bad_rows": {reason: len(found) for reason, found in lines.items()},
        "bad_lines": lines,
    }
    return out, expected


def write_csv(rows, rng):
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(HEADER)
    for row in rows:
        # Excel leaves empty columns behind where somebody once typed.
        writer.writerow(row + [""] * rng.choice([0, 0, 0, 0, 1, 3]))
    (HERE / "autoshow_gbk.csv").write_bytes(buffer.getvalue().encode("gbk"))


def write_xlsx(rows):
    try:
        import openpyxl
    except ImportError:
        print("openpyxl is not installed: autoshow.xlsx left as it is")
        return
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "车展登记"
    sheet.append(HEADER)
    for row in rows:
        cells = list(row)
        cells[0] = int(cells[0])
        if cells[2].isascii() and cells[2].isdigit():
            cells[2] = int(cells[2])  # Excel takes a plain number for a number
        if re.fullmatch(r"\d{4}-\d\d-\d\d", cells[9]):
            cells[9] = datetime.date.fromisoformat(cells[9])
        sheet.append([cell if cell != "" else None for cell in cells])
    saved = datetime.datetime(2026, 9, 22)  # noqa: DTZ001 (Excel knows no time zones)
    book.properties.created = book.properties.modified = saved
    book.save(HERE / "autoshow.xlsx")


def main():
    rng = random.Random(SEED)
    rows, expected_csv = make(
        ROWS,
        rng,
        19900000003,
        "show",
        {"no_name": 17, "no_contact": 21, "bad_phone": 24},
    )
    write_csv(rows, rng)
    rows, expected_xlsx = make(
        50, rng, 19900008003, "fair", {"no_name": 2, "no_contact": 2, "bad_phone": 3}
    )
    write_xlsx(rows)
    expected = {"autoshow_gbk.csv": expected_csv, "autoshow.xlsx": expected_xlsx}
    (HERE / "autoshow_expected.json").write_text(
        json.dumps(expected, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
