"""The demo's database follows the addons, whichever command opens it."""

import json

import pytest

from launcher import addons, cache, databases, demo, odoo_run, runtime


@pytest.fixture
def installed(own_cache, tmp_path, monkeypatch):
    """The arguments of Odoo's runs, on a demo database with the addon auto_crm_a."""
    monkeypatch.setenv("AUTO_CRM_ADDONS", str(tmp_path / "addons"))
    _write_addon(tmp_path, "auto_crm_a", "A")
    calls = []
    monkeypatch.setattr(databases, "exists", lambda *arguments: True)
    monkeypatch.setattr(odoo_run, "install", lambda *args: calls.append(args[2]))
    state = cache.folder("templates") / f"{demo.database_name()}.json"
    state.write_text(json.dumps(addons.fingerprints(addons.names())))
    return calls


def _write_addon(folder, name, title):
    """Write the manifest of the addon `name`."""
    path = folder / "addons" / name / "__manifest__.py"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{{'name': '{title}'}}")


def test_nothing_changed(installed):
    demo.existing_database(runtime.Runtime.from_environment())
    assert installed == []


def test_shell_and_psql_upgrade_what_changed(installed, tmp_path):
    _write_addon(tmp_path, "auto_crm_a", "A, changed")
    _write_addon(tmp_path, "auto_crm_b", "B, new")
    for _ in range(2):
        demo.existing_database(runtime.Runtime.from_environment())
    assert installed == [["--with-demo", "-i", "auto_crm_b", "-u", "auto_crm_a"]]


def test_running_demo_is_left_alone(installed, tmp_path, capsys):
    _write_addon(tmp_path, "auto_crm_a", "A, changed")
    with cache.lock(demo.database_name()):
        demo.existing_database(runtime.Runtime.from_environment())
    assert installed == []
    assert "restart it" in capsys.readouterr().out


def test_failed_upgrade_is_tried_again(installed, tmp_path, monkeypatch):
    _write_addon(tmp_path, "auto_crm_a", "A, broken")

    def fail(*arguments):
        raise demo.Problem("Odoo failed")

    with monkeypatch.context() as patch, pytest.raises(demo.Problem, match="--fresh"):
        patch.setattr(odoo_run, "install", fail)
        demo.existing_database(runtime.Runtime.from_environment())
    demo.existing_database(runtime.Runtime.from_environment())
    assert installed == [["--with-demo", "-u", "auto_crm_a"]]
