"""Nothing half-built is ever used, and nothing is built twice."""

import pytest

from launcher import addons, cache, databases, runtime
from launcher.console import Problem


def test_built_once(own_cache):
    calls = []

    def build(into):
        calls.append(into)
        (into / "file").write_text("whole")

    for _ in range(2):
        path = cache.built(own_cache / "thing", build)
        assert (path / "file").read_text() == "whole"
    assert len(calls) == 1


def test_failed_build_leaves_nothing(own_cache):
    def build(into):
        (into / "file").write_text("half")
        raise Problem("broken off")

    with pytest.raises(Problem, match="broken off"):
        cache.built(own_cache / "thing", build)
    assert not (own_cache / "thing").exists()
    assert not list(own_cache.glob(".thing*"))


def test_rest_of_a_killed_build_is_not_used(own_cache):
    rest = own_cache / ".thing.partial"
    rest.mkdir()
    (rest / "old").write_text("of a killed build")
    path = cache.built(own_cache / "thing", lambda into: None)
    assert list(path.iterdir()) == []


def test_lock_is_exclusive(own_cache):
    with cache.lock("x"), cache.lock("x", wait=False) as free:
        assert not free
    with cache.lock("x", wait=False) as free:
        assert free


def test_fingerprint_sees_what_reaches_the_database(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTO_CRM_ADDONS", str(tmp_path))
    for name in ("models/a.py", "tests/test_a.py", "static/src/a.js"):
        path = tmp_path / "auto_crm_x" / name
        path.parent.mkdir(parents=True)
        path.write_text("one")
    before = addons.fingerprint("auto_crm_x")
    (tmp_path / "auto_crm_x" / "tests" / "test_a.py").write_text("two")
    (tmp_path / "auto_crm_x" / "static" / "src" / "a.js").write_text("two")
    assert addons.fingerprint("auto_crm_x") == before
    (tmp_path / "auto_crm_x" / "models" / "a.py").write_text("two")
    assert addons.fingerprint("auto_crm_x") != before


def test_only_installable_addons_count(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTO_CRM_ADDONS", str(tmp_path))
    for name, text in {
        "auto_crm_a": "{'name': 'A', 'depends': ['crm', 'auto_crm_b']}",
        "auto_crm_b": "{'name': 'B'}",
        "auto_crm_old": "{'name': 'Old', 'installable': False}",
        "auto_crm_test": "{'name': 'Test', 'depends': ['auto_crm_a']}",
    }.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__manifest__.py").write_text(text)
    assert addons.names() == ["auto_crm_a", "auto_crm_b"]
    assert addons.foreign_dependencies() == ["crm", "web"]


def test_broken_manifest(tmp_path, monkeypatch):
    monkeypatch.setenv("AUTO_CRM_ADDONS", str(tmp_path))
    (tmp_path / "auto_crm_a").mkdir()
    (tmp_path / "auto_crm_a" / "__manifest__.py").write_text("{'name': ")
    with pytest.raises(Problem, match="not a readable manifest"):
        addons.names()


def test_layers_change_with_what_is_in_them(tmp_path, monkeypatch):
    found = runtime.Runtime.from_environment()
    monkeypatch.setenv("AUTO_CRM_ADDONS", str(tmp_path))
    (tmp_path / "auto_crm_a").mkdir()
    manifest = tmp_path / "auto_crm_a" / "__manifest__.py"
    manifest.write_text("{'name': 'A', 'depends': ['crm']}")
    before = databases.layers(found)
    manifest.write_text("{'name': 'Another', 'depends': ['crm']}")
    after = databases.layers(found)
    assert before[0] == after[0]
    assert before[1] != after[1]
    assert before[2] != after[2]
