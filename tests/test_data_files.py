"""The input files are what their descriptions say, by arithmetic of their own."""

import csv
import io
import json
import pathlib
import re
import runpy

DATA = pathlib.Path(__file__).parent / "data"
WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
VALUES = {
    **{str(digit): digit for digit in range(10)},
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)),
    **dict(zip("JKLMN", range(1, 6), strict=True)),
    "P": 7,
    "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)),
}


def test_vins():
    rows = list(csv.DictReader((DATA / "vins.csv").open(encoding="utf-8")))
    assert len(rows) >= 60
    assert len({row["vin"] for row in rows}) == len(rows)
    for row in rows:
        vin = row["vin"]
        well_formed = bool(re.fullmatch("[A-HJ-NPR-Z0-9]{17}", vin))
        assert row["well_formed"] == ("yes" if well_formed else "no"), vin
        if well_formed:
            rest = sum(VALUES[c] * w for c, w in zip(vin, WEIGHTS, strict=True)) % 11
            right = vin[8] == ("X" if rest == 10 else str(rest))
            assert row["check_digit"] == ("valid" if right else "invalid"), vin
        assert row["source"], vin


def test_auto_show_list():
    text = (DATA / "autoshow_gbk.csv").read_bytes().decode("gbk")
    rows = list(csv.reader(io.StringIO(text)))
    expected = json.loads((DATA / "autoshow_expected.json").read_text("utf-8"))
    expected = expected["autoshow_gbk.csv"]
    assert len(rows) == 1001 == expected["rows"] + 1
    bad = sum(expected["bad_rows"].values())
    assert expected["good_rows"] + bad == expected["rows"]
    assert expected["distinct_persons"] < expected["good_rows"]


def test_auto_show_list_is_made_again_to_the_byte(tmp_path):
    module = runpy.run_path(str(DATA / "make_autoshow.py"))
    module["main"].__globals__["HERE"] = tmp_path
    module["main"]()
    for name in ("autoshow_gbk.csv", "autoshow_expected.json"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name


def test_every_message_is_described():
    readme = (DATA / "README.md").read_text("utf-8")
    adf = {path.name for path in (DATA / "adf").iterdir()} - {"expected.json"}
    assert adf == set(json.loads((DATA / "adf" / "expected.json").read_text("utf-8")))
    mail = {path.name for path in (DATA / "mail").iterdir()}
    assert all(f"| {name} |" in readme for name in adf | mail)
