"""How people and programs reach a running server, for the tests across addons.

A `WebClient` calls as a browser does, an `Api` as a program with a key does; `rows`
looks the result up in the database itself.
"""

import uuid
import xmlrpc.client
from contextlib import contextmanager

import pytest
import requests

TIMEOUT = 120


class WebClient:
    """A browser's session: logs in and calls methods as the web client does."""

    def __init__(self, server, login):
        self.url = server.url
        self.login = login
        self.http = requests.Session()
        answer = self._post(
            "/web/session/authenticate",
            {"db": server.database, "login": login, "password": login},
        )
        self.uid = answer["uid"]
        companies = answer["user_companies"]
        self.context = {
            "lang": "en_US",
            "tz": "Asia/Shanghai",
            "uid": self.uid,
            "allowed_company_ids": sorted(
                map(int, companies["allowed_companies"]),
                key=lambda company: company != companies["current_company"],
            ),
        }

    def _post(self, path, params):
        response = self.http.post(
            f"{self.url}{path}",
            json={"jsonrpc": "2.0", "method": "call", "params": params},
            timeout=TIMEOUT,
        )
        response.raise_for_status()
        answer = response.json()
        if "error" in answer:
            raise RefusedError(answer["error"]["data"]["message"])
        return answer["result"]

    def call(self, model, method, *args, **kwargs):
        context = {**self.context, **kwargs.pop("context", {})}
        return self._post(
            f"/web/dataset/call_kw/{model}/{method}",
            {
                "model": model,
                "method": method,
                "args": args,
                "kwargs": {**kwargs, "context": context},
            },
        )

    def xmlid(self, name):
        """The id of a record by its XML id."""
        return self.call("ir.model.data", "check_object_reference", *name.split("."))[1]

    def api_key(self):
        """A key for programs, made as a user does in the preferences."""
        form = self.call(
            "res.users.apikeys.description",
            "create",
            [{"name": f"end to end {uuid.uuid4()}", "duration": "1"}],
        )
        answer = self.call("res.users.apikeys.description", "make_key", form)
        if answer["res_model"] == "res.users.identitycheck":
            answer = self.call(
                "res.users.identitycheck",
                "run_check",
                [answer["res_id"]],
                context={"password": self.login},
            )
        return answer["context"]["default_key"]


@contextmanager
def refused(server):
    """The block must end in a refusal, which Odoo logs as a warning."""
    server.allow_log(r"odoo\.http: ")
    with pytest.raises(RefusedError):
        yield


class RefusedError(Exception):
    """The server answered with an error; the text is what the user reads."""


class Api:
    """A program that uses Odoo's JSON-2 API with a key."""

    def __init__(self, server, key):
        self.server = server
        self.key = key

    def call(self, model, method, /, **kwargs):
        response = requests.post(
            f"{self.server.url}/json/2/{model}/{method}",
            json=kwargs,
            headers={
                "Authorization": f"bearer {self.key}",
                "X-Odoo-Database": self.server.database,
            },
            timeout=TIMEOUT,
        )
        if not response.ok:
            raise RefusedError(response.text)
        return response.json()

    def deliver_mail(self, data):
        """Hand a mail over byte by byte, as Odoo's own mail gate does."""
        proxy = xmlrpc.client.ServerProxy(f"{self.server.url}/xmlrpc/2/object")
        return proxy.execute_kw(
            self.server.database,
            2,
            self.key,
            "mail.thread",
            "message_process",
            ["crm.lead", xmlrpc.client.Binary(data)],
        )


def rows(server, query, *parameters):
    """What the database answers, as a list of tuples."""
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return cursor.fetchall()
