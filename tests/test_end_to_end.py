"""From what the world sends to won and lost prospects, on a running server.

Everything goes in by the doors that real senders and users have: signed HTTP, the
web client's own calls with a password, Odoo's JSON-2 API with a key, and mails
handed over as a mail server does. The result is then looked up in the database
itself. The input is described in `tests/data/README.md`.
"""

import base64
import hashlib
import hmac
import json
import pathlib
import time
import uuid

import pytest
import requests
from clients import TIMEOUT, Api, WebClient, refused, rows

DATA = pathlib.Path(__file__).parent / "data"
WEB, WEB2 = ("demo-web", "demo-secret"), ("demo-web2", "demo-secret2")


def deliver(server, door, path, body, key=None, at=None, signature=None):
    """Post `body` to a door, signed; returns the response."""
    token, secret = door
    stamp = str(int(at or time.time()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256)
    headers = {
        "X-AutoCrm-Timestamp": stamp,
        "X-AutoCrm-Signature": signature or f"sha256={digest.hexdigest()}",
    }
    if key:
        headers["Idempotency-Key"] = key
    return requests.post(
        f"{server.url}/auto_crm/intake/{token}/{path}",
        data=body,
        headers=headers,
        timeout=TIMEOUT,
    )


def holders(server, kind, value):
    """The open prospects that a number, an address or an account leads to."""
    return rows(
        server,
        "SELECT lead_id FROM auto_lead_identity WHERE kind = %s AND value = %s",
        kind,
        value,
    )


def count_leads(server):
    return rows(server, "SELECT count(*) FROM crm_lead")[0][0]


@pytest.fixture
def admin(server):
    return WebClient(server, "admin")


@pytest.fixture
def program(server, admin):
    return Api(server, admin.api_key())


def new_phone():
    """A number that no other test uses: 1990002xxxx."""
    return f"+861990002{uuid.uuid4().int % 10000:04d}"


# ----------------------------------------------------------------------------
# ADF
# ----------------------------------------------------------------------------


def test_adf_messages_of_the_field(server):
    """Each message makes the prospects that it holds, or is refused and kept."""
    expected = json.loads((DATA / "adf" / "expected.json").read_text("utf-8"))
    for name in sorted(expected):
        before = count_leads(server)
        body = (DATA / "adf" / name).read_bytes()
        response = deliver(server, WEB, "adf", body)
        if expected[name].get("refused"):
            assert response.status_code == 400, (name, response.text)
            assert count_leads(server) == before, name
            digest = hashlib.sha256(body).hexdigest()
            [(state, error)] = rows(
                server,
                "SELECT state, error FROM auto_lead_intake WHERE body_hash = %s",
                digest,
            )
            assert state == "quarantined", name
            assert error, name
            continue
        prospects = expected[name]["prospects"]
        repeat = any("repeat_of" in prospect for prospect in prospects)
        status = 200 if repeat else 201
        assert response.status_code == status, (name, response.text)
        assert count_leads(server) == before + (0 if repeat else len(prospects)), name
        for prospect in prospects:
            check_adf_prospect(server, name, prospect)


def check_adf_prospect(server, name, prospect):
    """The database holds what the message says, under one identity each."""
    [(reference,)] = rows(
        server,
        "SELECT DISTINCT lead_id FROM auto_lead_intake WHERE external_ref = %s"
        " AND state <> 'quarantined'",
        f"{prospect['source']}:{prospect['ref']}",
    )
    [(contact, store, wanted)] = rows(
        server,
        "SELECT l.contact_name, c.name, l.wanted_text FROM crm_lead l"
        " JOIN res_company c ON c.id = l.company_id WHERE l.id = %s",
        reference,
    )
    assert contact == prospect["name"], name
    assert store == "Huaxing Hangzhou", name
    assert prospect["model"] in wanted, name
    assert prospect["make"] in wanted, name
    for kind in ("phone", "email"):
        if kind in prospect:
            assert holders(server, kind, prospect[kind]) == [(reference,)], name


# ----------------------------------------------------------------------------
# JSON
# ----------------------------------------------------------------------------


def test_json_door(server):
    """New, repeated, changed, unsigned, old and broken deliveries."""
    phone = new_phone()
    key = str(uuid.uuid4())
    values = {
        "name": "向晚",
        "phone": phone,
        "message": "周末试驾",
        "campaign": "Autumn auto show",
        "purchase_horizon": "now",
        "vehicle": {"brand": "Toyota", "model": "Corolla", "condition": "new"},
    }
    body = json.dumps(values).encode()
    first = deliver(server, WEB2, "json", body, key)
    assert first.status_code == 201, first.text
    assert first.json()["created"] is True
    reference = first.json()["lead"]
    again = deliver(server, WEB2, "json", body, key)
    assert (again.status_code, again.json()) == (
        200,
        {"lead": reference, "created": False},
    )
    changed = json.dumps({**values, "name": "向早"}).encode()
    assert deliver(server, WEB2, "json", changed, key).status_code == 409
    wrong = deliver(server, WEB2, "json", body, signature="sha256=" + "0" * 64)
    assert wrong.status_code in (401, 403)
    old = deliver(server, WEB2, "json", body, at=time.time() - 3600)
    assert old.status_code in (401, 403)
    assert deliver(server, WEB2, "json", b"{not json").status_code == 400
    nobody = json.dumps({"name": "Nobody"}).encode()
    assert deliver(server, WEB2, "json", nobody).status_code == 400
    [(lead, store)] = rows(
        server,
        "SELECT l.id, c.name FROM crm_lead l JOIN res_company c ON c.id = l.company_id"
        " WHERE l.public_ref = %s",
        reference,
    )
    assert store == "Huaxing Chengdu"
    assert holders(server, "phone", phone) == [(lead,)]
    assert rows(
        server, "SELECT count(*) FROM auto_contact WHERE lead_id = %s", lead
    ) == [(1,)]


def test_one_person_by_three_doors(server, program):
    """JSON, ADF and JSON-2 with three spellings of a number: one prospect."""
    phone = new_phone()
    local = phone[3:]
    plain = json.dumps({"name": "Iris Vance", "phone": phone}).encode()
    first = deliver(server, WEB, "json", plain)
    assert first.status_code == 201, first.text
    adf = (DATA / "adf" / "12_no_phone.xml").read_text("utf-8")
    adf = adf.replace("CP-100012", f"CP-{uuid.uuid4()}").replace(
        "Yuki Tanabe", "I. Vance"
    )
    adf = adf.replace("<email>yuki.tanabe@example.net</email>", "")
    adf = adf.replace("<phone/>", f"<phone>0086-{local[:3]}-{local[3:]}</phone>")
    second = deliver(server, WEB, "adf", adf.encode())
    assert second.status_code == 200, second.text
    [(store,)] = rows(
        server, "SELECT id FROM res_company WHERE name = 'Huaxing Hangzhou'"
    )
    third = program.call(
        "crm.lead",
        "intake_prospect",
        values={"name": "Vance", "phone": f"{local[:3]} {local[3:7]} {local[7:]}"},
        channel="api",
        external_ref=str(uuid.uuid4()),
        context={"allowed_company_ids": [store]},
    )
    assert third == {"lead": first.json()["lead"], "created": False}
    assert second.json()["lead"] == first.json()["lead"]
    [(lead,)] = holders(server, "phone", phone)
    assert rows(
        server, "SELECT count(*) FROM auto_contact WHERE lead_id = %s", lead
    ) == [(3,)]


# ----------------------------------------------------------------------------
# Lists
# ----------------------------------------------------------------------------


def run_import(admin, manager, name):
    """Upload a list of `tests/data` and have it taken in; returns the record."""
    form = manager.call(
        "auto.lead.import",
        "create",
        [
            {
                "filename": name,
                "file": base64.b64encode((DATA / name).read_bytes()).decode(),
                "campaign": "Autumn auto show",
            }
        ],
    )
    manager.call("auto.lead.import", "action_start", form)
    job = admin.xmlid("auto_crm_lead.ir_cron_import")
    for _attempt in range(20):
        [record] = manager.call(
            "auto.lead.import",
            "read",
            form,
            ["state", "created_count", "known_count", "repeated_count", "bad_count"],
        )
        if record["state"] != "running":
            break
        admin.call("ir.cron", "method_direct_trigger", [job])
    assert record["state"] == "done"
    return record


@pytest.mark.parametrize("name", ["autoshow_gbk.csv", "autoshow.xlsx"])
def test_auto_show_list(server, admin, name):
    """Good rows become one prospect a person, bad ones come back; twice is once."""
    expected = json.loads((DATA / "autoshow_expected.json").read_text("utf-8"))[name]
    manager = WebClient(server, "store1_sales_manager")
    before = count_leads(server)
    record = run_import(admin, manager, name)
    assert record["created_count"] == expected["distinct_persons"]
    assert record["bad_count"] == sum(expected["bad_rows"].values())
    assert count_leads(server) == before + expected["distinct_persons"]
    bad = rows(
        server,
        "SELECT line FROM auto_lead_import_line WHERE import_id = %s",
        record["id"],
    )
    assert {line for (line,) in bad} == {
        line for lines in expected["bad_lines"].values() for line in lines
    }
    again = run_import(admin, manager, name)
    assert again["created_count"] == 0
    assert again["bad_count"] == record["bad_count"]
    assert count_leads(server) == before + expected["distinct_persons"]


# ----------------------------------------------------------------------------
# Mail
# ----------------------------------------------------------------------------


def test_mails(server, admin, program):
    """Plain, HTML and ADF mails become prospects; what machines send does not."""
    server.allow_log("deprecated")  # the mail gate still speaks XML-RPC
    domain = admin.call(
        "mail.alias.domain", "search", [("name", "=", "huaxing.example.com")]
    ) or admin.call("mail.alias.domain", "create", [{"name": "huaxing.example.com"}])
    door = admin.xmlid("auto_crm_lead.intake_source_web")
    store = admin.xmlid("auto_crm_base.company_store1")
    admin.call("res.company", "write", [store], {"alias_domain_id": domain[0]})
    admin.call(
        "auto.intake.source",
        "write",
        [door],
        {"alias_name": "leads", "alias_domain_id": domain[0]},
    )
    before = count_leads(server)
    for path in sorted((DATA / "mail").iterdir()):
        data = path.read_bytes()
        if data.isascii():
            program.call(
                "mail.thread",
                "message_process",
                model="crm.lead",
                message=data.decode(),
            )
        else:
            program.deliver_mail(data)
    expected = {
        "zhaoqing@example.com": "+8619900019101",
        "katrin.vogel@example.net": "+8619900019102",
        "viktor.szabo@example.com": "+8619900019103",
        "amara.okoye@example.com": "+8619900019104",
        "fan.mei@example.com": "+8619900019110",
    }
    for address, phone in expected.items():
        [(lead,)] = holders(server, "email", address)
        assert holders(server, "phone", phone) == [(lead,)], address
    assert count_leads(server) == before + len(expected)
    [(lead,)] = holders(server, "email", "zhaoqing@example.com")
    # The first mail, the reply and the second thread; not the repeated one.
    assert rows(
        server, "SELECT count(*) FROM auto_contact WHERE lead_id = %s", lead
    ) == [(3,)]
    [(summary,)] = rows(
        server,
        "SELECT summary FROM auto_contact WHERE lead_id = %s ORDER BY id LIMIT 1",
        lead,
    )
    assert "高尔夫" in summary


# ----------------------------------------------------------------------------
# To the end
# ----------------------------------------------------------------------------


def take_in(server, name):
    """A new prospect of store 1 through its website; returns id and reference."""
    phone = new_phone()
    body = json.dumps(
        {
            "name": name,
            "phone": phone,
            "vehicle": {"brand": "Volkswagen", "model": "Golf"},
        }
    ).encode()
    response = deliver(server, WEB, "json", body)
    assert response.status_code == 201, response.text
    [(lead,)] = holders(server, "phone", phone)
    return lead


def log_contact(client, lead, grade, summary, result="reached"):
    """Log a contact by the window that My day opens."""
    form = client.call(
        "auto.contact.log",
        "create",
        [
            {
                "lead_ids": [(6, 0, [lead])],
                "channel": "phone",
                "summary": summary,
                "result": result,
                "grade_id": client.xmlid(f"auto_crm_lead.grade_{grade}"),
            }
        ],
        context={"active_model": "crm.lead", "active_ids": [lead]},
    )
    client.call("auto.contact.log", "action_log", form)


def state_of(server, lead):
    [state] = rows(
        server,
        "SELECT g.code, l.won_status, l.lost_state, l.active, l.followup_state"
        " FROM crm_lead l LEFT JOIN auto_lead_grade g ON g.id = l.grade_id"
        " WHERE l.id = %s",
        lead,
    )
    return state


def grades_of(server, lead):
    return [
        code
        for (code,) in rows(
            server,
            "SELECT g.code FROM auto_lead_grade_history h"
            " JOIN auto_lead_grade g ON g.id = h.to_grade_id"
            " WHERE h.lead_id = %s ORDER BY h.id",
            lead,
        )
    ]


@pytest.fixture
def people(server):
    """Consultant and sales manager of store 1, and the manager of store 2."""
    return {
        login: WebClient(server, login)
        for login in ("store1_consultant", "store1_sales_manager", "store2_manager")
    }


def hand_to_consultant(people, lead):
    manager = people["store1_sales_manager"]
    consultant = people["store1_consultant"]
    manager.call("crm.lead", "write", [lead], {"user_id": consultant.uid})


def test_from_website_to_won(server, people):
    """A prospect from the website is called twice and wins."""
    lead = take_in(server, "Nadia Winter")
    hand_to_consultant(people, lead)
    consultant = people["store1_consultant"]
    log_contact(consultant, lead, "b", "Wants to see the Golf")
    log_contact(consultant, lead, "h", "Signs on Saturday", "appointment")
    [(due,)] = rows(
        server, "SELECT next_followup_date FROM crm_lead WHERE id = %s", lead
    )
    assert due is not None
    consultant.call("crm.lead", "action_set_won", [lead])
    grade, status, lost, active, _followup = state_of(server, lead)
    assert (grade, status, lost, active) == ("S", "won", "none", True)
    assert grades_of(server, lead)[-3:] == ["B", "H", "S"]
    assert rows(
        server,
        "SELECT count(*) FROM auto_contact WHERE lead_id = %s AND user_id = %s",
        lead,
        consultant.uid,
    ) == [(2,)]
    assert rows(
        server,
        "SELECT count(*) FROM auto_lead_event WHERE lead_id = %s AND kind = %s",
        lead,
        "first_touch",
    ) == [(1,)]


def test_from_website_to_lost(server, people):
    """A loss counts only when somebody else approves it."""
    lead = take_in(server, "Pavel Sommer")
    hand_to_consultant(people, lead)
    consultant = people["store1_consultant"]
    manager = people["store1_sales_manager"]
    log_contact(consultant, lead, "c", "Compares")
    reason = consultant.xmlid("auto_crm_lead.lost_reason_budget")
    # No way round the approval.
    for values in ({"active": False}, {"lost_state": "approved"}):
        with refused(server):
            consultant.call("crm.lead", "write", [lead], values)
    consultant.call("crm.lead", "action_request_lost", [lead], reason, "Too expensive")
    assert state_of(server, lead)[:4] == ("C", "pending", "requested", True)
    with refused(server):
        consultant.call("crm.lead", "action_approve_lost", [lead])
    with refused(server):
        people["store2_manager"].call("crm.lead", "action_approve_lost", [lead])
    manager.call("crm.lead", "action_refuse_lost", [lead], "Try once more")
    assert state_of(server, lead)[:4] == ("C", "pending", "refused", True)
    consultant.call("crm.lead", "action_request_lost", [lead], reason, "Really lost")
    manager.call("crm.lead", "action_approve_lost", [lead])
    assert state_of(server, lead)[:4] == ("F", "lost", "approved", False)
    states = rows(
        server,
        "SELECT state, requester_id FROM auto_approval"
        " WHERE res_model = 'crm.lead' AND res_id = %s ORDER BY id",
        lead,
    )
    assert states == [("refused", consultant.uid), ("approved", consultant.uid)]
    with refused(server):
        manager.call("crm.lead", "action_approve_lost", [lead])


def test_manager_cannot_approve_own_request(server, people):
    """Who asked for a loss never decides on it, whatever the role."""
    lead = take_in(server, "Rosa Keller")
    manager = people["store1_sales_manager"]
    reason = manager.xmlid("auto_crm_lead.lost_reason_budget")
    manager.call("crm.lead", "action_request_lost", [lead], reason, "No answer")
    with refused(server):
        manager.call("crm.lead", "action_approve_lost", [lead])
    assert state_of(server, lead)[1:4] == ("pending", "requested", True)


def test_stores_do_not_see_each_other(server, people):
    """The prospect of one store does not exist for the manager of the other."""
    lead = take_in(server, "Store One")
    other = people["store2_manager"]
    assert other.call("crm.lead", "search", [("id", "=", lead)]) == []
    with refused(server):
        other.call("crm.lead", "read", [lead], ["name"])
