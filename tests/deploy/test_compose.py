"""docker-compose.yml is valid and means what the README says."""

import ast
import os
import re
import subprocess
import sys

import pytest
from ruamel.yaml import YAML

from launcher import addons
from launcher.cache import REPOSITORY

COMPOSE = REPOSITORY / "docker-compose.yml"
REQUIREMENTS = REPOSITORY / "config" / "requirements.txt"
# Odoo's own requirements that our addons name too: its image has them.
ODOO_REQUIRES = {"openpyxl", "lxml", "requests"}
PINNED = re.compile(r"^(\S+==\S+) \\$((?:\n    --hash=\S+(?: \\)?)+)", re.MULTILINE)


@pytest.fixture(scope="module")
def services():
    """The services by name."""
    return YAML(typ="safe").load(COMPOSE)["services"]


def test_schema():
    """The Compose specification's own schema accepts the file."""
    schema = ["--builtin-schema", "vendor.compose-spec"]
    done = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", *schema, COMPOSE],
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_no_secret_has_a_default():
    """Compose refuses to start without the password."""
    text = COMPOSE.read_text()
    for line in text.splitlines():
        if "PASSWORD:" in line:
            assert "${POSTGRES_PASSWORD:?" in line


def test_long_running_services_are_watched(services):
    for name in ("db", "web", "jobs"):
        assert services[name]["healthcheck"]["test"], name
        assert services[name]["restart"] == "unless-stopped", name


def test_web_and_jobs_wait_for_the_database(services):
    for name in ("web", "jobs"):
        assert services[name]["depends_on"] == {
            "db": {"condition": "service_healthy"},
            "init": {"condition": "service_completed_successfully"},
        }


def test_nothing_is_open_to_the_world(services):
    """Only the proxy on the same machine reaches Odoo; nobody reaches PostgreSQL."""
    published = {name: service.get("ports", []) for name, service in services.items()}
    assert [name for name, ports in published.items() if ports] == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_mounted_files_exist(services):
    for service in services.values():
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                assert (REPOSITORY / source).exists(), source


def test_jobs_run_in_one_place(services):
    """The web processes run no scheduled action, the job container does."""
    configuration = (REPOSITORY / "config" / "odoo.conf").read_text()
    assert "\nmax_cron_threads = 0\n" in configuration
    assert services["web"]["command"] == ["odoo"]
    assert "--max-cron-threads=2" in services["jobs"]["command"]


def test_all_addons_are_installed(services):
    """Those named in the file, with what they depend on, are all there are.

    Odoo itself adds those that install by themselves.
    """
    pattern = r"--(init|update)=\$\{AUTO_CRM_ADDONS:-([\w,]+)\}"
    named = dict(re.findall(pattern, " ".join(services["init"]["command"])))
    assert named["init"] == named["update"]
    manifests = addons.manifests()
    installed = named["init"].split(",")
    for name in installed:
        needed = set(manifests[name]["depends"]) & set(manifests)
        installed += needed - set(installed)
    missing = set(addons.names()) - set(installed)
    assert not {name for name in missing if not manifests[name].get("auto_install")}


def test_image_has_the_python_packages_of_the_addons():
    added = {line.split("==")[0] for line in REQUIREMENTS.read_text().splitlines()}
    available = added | ODOO_REQUIRES
    for name, manifest in addons.manifests().items():
        needed = manifest.get("external_dependencies", {}).get("python", [])
        assert set(needed) <= available, name


def test_image_has_the_tested_versions():
    """The pins and hashes are those the tests ran with."""
    tested = dict(PINNED.findall(_read("launcher/requirements.txt")))
    deployed = dict(PINNED.findall(_read("config/requirements.txt")))
    assert deployed
    assert deployed.items() <= tested.items()


def _read(path):
    """The text of a file of the repository."""
    return (REPOSITORY / path).read_text()


def test_odoo_reads_the_configuration(tmp_path):
    """Odoo accepts config/odoo.conf without a complaint, and takes it as meant."""
    wanted = ["workers", "proxy_mode", "list_db", "with_demo", "db_name"]
    text = _read("config/odoo.conf")
    outside = {"/mnt/extra-addons": addons.folder(), "/var/lib/odoo": tmp_path}
    for inside, path in outside.items():
        assert inside in text
        text = text.replace(inside, str(path))
    (tmp_path / "odoo.conf").write_text(text)
    script = (
        "from odoo.tools import config\n"
        f"config.parse_config(['-c', {str(tmp_path / 'odoo.conf')!r}])\n"
        f"print([config[name] for name in {wanted!r}])\n"
    )
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PG")}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env=environment,
        capture_output=True,
        check=True,
        text=True,
    )
    assert not re.search("warn|error", done.stderr, re.IGNORECASE), done.stderr
    values = ast.literal_eval(done.stdout.splitlines()[-1])
    assert values == [6, True, False, False, ["auto_crm"]]
