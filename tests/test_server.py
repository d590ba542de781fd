"""The server as deployed, with workers: it serves, survives and keeps its data."""

import requests


def test_answers_with_database(server):
    """The health check reaches the database."""
    answer = requests.get(
        f"{server.url}/web/health", params={"db_server_status": 1}, timeout=30
    )
    assert answer.status_code == 200
    assert answer.json()["status"] == "pass"


def test_database_has_demo_data(server):
    """Tests across addons start from the demo data."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ir_module_module WHERE demo")
        assert cursor.fetchone()[0] > 10


def test_starts_again_after_kill(server):
    """A crash of the server leaves nothing that keeps it from starting."""
    server.kill()
    assert not server.answers()
    server.start()
    assert server.answers()
