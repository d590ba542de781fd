"""Deliveries of one person at once: one prospect, whatever the door and the timing."""

import hashlib
import hmac
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import requests

TOKEN, SECRET = "demo-web", "demo-secret"
COUNT = 50


def spellings(number):
    """Six ways to write the Chinese mobile ``number`` (11 digits)."""
    wide = number.translate({ord("0") + i: ord("０") + i for i in range(10)})
    return (
        number,
        f"{number[:3]} {number[3:7]} {number[7:]}",
        f"{number[:3]}-{number[3:7]}-{number[7:]}",
        f"+86 {number[:3]}-{number[3:7]}-{number[7:]}",
        f"0086{number}",
        wide,
    )


def deliver(url, values, key):
    body = json.dumps(values).encode()
    moment = str(int(time.time()))
    digest = hmac.new(SECRET.encode(), moment.encode() + b"." + body, hashlib.sha256)
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": key,
        "X-AutoCrm-Timestamp": moment,
        "X-AutoCrm-Signature": f"sha256={digest.hexdigest()}",
    }
    address = f"{url}/auto_crm/intake/{TOKEN}/json"
    for _attempt in range(5):
        # A worker hangs up on a client that is slow to speak, as on a busy machine;
        # the key makes it safe to deliver again.
        try:
            return requests.post(address, data=body, headers=headers, timeout=120)
        except requests.ConnectionError:
            continue
    raise AssertionError("no answer")


def at_once(server, calls):
    # See deliver: what hangs up on a slow client also logs it.
    server.allow_log("Request timed out")
    with ThreadPoolExecutor(len(calls)) as pool:
        return [future.result() for future in [pool.submit(*call) for call in calls]]


def number():
    """A mobile number that no other test uses."""
    return f"1380{uuid.uuid4().int % 10**7:07}"


def figures(server, reference):
    """Return how many prospects, contacts, customers and intakes there are."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, partner_id FROM crm_lead WHERE public_ref = %s", [reference]
        )
        [(lead, partner)] = cursor.fetchall()
        cursor.execute("SELECT count(*) FROM auto_contact WHERE lead_id = %s", [lead])
        [contacts] = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM auto_lead_intake WHERE lead_id = %s", [lead]
        )
        [intakes] = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM crm_lead l JOIN crm_lead o ON o.id = %s"
            " AND l.phone_sanitized = o.phone_sanitized",
            [lead],
        )
        [leads] = cursor.fetchone()
        cursor.execute(
            "SELECT count(*) FROM res_partner p JOIN res_partner o ON o.id = %s"
            " AND p.phone_sanitized = o.phone_sanitized",
            [partner],
        )
        [partners] = cursor.fetchone()
        return {
            "leads": leads,
            "contacts": contacts,
            "intakes": intakes,
            "partners": partners,
        }


def test_one_person_fifty_times(server):
    written = spellings(number())
    name = f"Person {uuid.uuid4().hex[:8]}"
    answers = at_once(
        server,
        [
            (
                deliver,
                server.url,
                {"name": name, "phone": written[i % 6], "message": f"No. {i}"},
                uuid.uuid4().hex,
            )
            for i in range(COUNT)
        ],
    )
    assert {answer.status_code for answer in answers} <= {200, 201}
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 1, statuses
    [reference] = {answer.json()["lead"] for answer in answers}
    assert figures(server, reference) == {
        "leads": 1,
        "contacts": COUNT,
        "intakes": COUNT,
        "partners": 1,
    }


def test_one_delivery_fifty_times(server):
    values = {"name": "Retry", "phone": number(), "message": "once"}
    key = uuid.uuid4().hex
    answers = at_once(server, [(deliver, server.url, values, key)] * COUNT)
    assert {answer.status_code for answer in answers} <= {200, 201}
    [reference] = {answer.json()["lead"] for answer in answers}
    assert figures(server, reference) == {
        "leads": 1,
        "contacts": 1,
        "intakes": 1,
        "partners": 1,
    }


def test_one_key_with_two_bodies(server):
    key, phone = uuid.uuid4().hex, number()
    bodies = [{"name": "Key", "phone": phone, "message": str(i % 2)} for i in range(20)]
    answers = at_once(server, [(deliver, server.url, body, key) for body in bodies])
    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 1
    assert statuses.count(200) == 9
    assert statuses.count(409) == 10
