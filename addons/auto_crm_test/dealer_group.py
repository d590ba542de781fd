"""The dealer group of the tests: a head office, two stores, a user for each role.

It is built once, when this addon is installed, so that a test class need not: the
companies, warehouses and users of one take seconds, and there are many classes. Where
the addon is not installed, each class builds its own.
"""

from typing import NamedTuple

from passlib.context import CryptContext

from odoo import models
from odoo.fields import Command
from odoo.tools import SQL

from odoo.addons.auto_crm_base.models.res_users import ROLES

STORES = (1, 2)
GROUP_ROLES = ("head_office", "auditor")  # work for all stores
# As the tests of Odoo itself create what they need. As in them, too, no chart of
# accounts comes with a company.
QUIET = {
    "install_mode": True,
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
}


class DealerGroup(NamedTuple):
    """The companies and users; ``users`` by role, or by role and number of store."""

    group: models.BaseModel
    stores: dict
    users: dict


def obtain(env):
    """Return the dealer group that is kept in the database, or build one.

    :param env: as superuser
    """
    return _kept(env) or _build(env)


def keep(env):
    """Build the dealer group and remember it by external ids, once."""
    if _kept(env):
        return
    built = _build(env(context={**env.context, **QUIET}))
    records = {"group": built.group}
    records |= {f"store_{number}": store for number, store in built.stores.items()}
    records |= {_name_of(key): user for key, user in built.users.items()}
    env["ir.model.data"]._update_xmlids(
        [
            {"xml_id": f"auto_crm_test.{name}", "record": record, "noupdate": True}
            for name, record in records.items()
        ]
    )
    _set_passwords(env, built.users.values())


def _kept(env):
    group = env.ref("auto_crm_test.group", raise_if_not_found=False)
    if not group:
        return None
    keys = [*GROUP_ROLES]
    keys += [(role, number) for role in _store_roles() for number in STORES]
    return DealerGroup(
        group,
        {number: env.ref(f"auto_crm_test.store_{number}") for number in STORES},
        {key: env.ref(f"auto_crm_test.{_name_of(key)}") for key in keys},
    )


def _build(env):
    # Odoo's demo data puts the system in Brussels, where the day changes earlier: a
    # test that compares days would depend on the hour at which it runs.
    env.user.tz = "UTC"
    china = env.ref("base.cn")
    company = env["res.company"]
    group = company.create({"name": "Test Group", "country_id": china.id})
    stores = {
        number: company.create(
            {
                "name": f"Test Store {number}",
                "parent_id": group.id,
                "country_id": china.id,
            }
        )
        for number in STORES
    }
    everything = group | stores[1] | stores[2]
    users = {role: _user(env, role, role, group, everything) for role in GROUP_ROLES}
    for role in _store_roles():
        for number, store in stores.items():
            users[role, number] = _user(env, role, (role, number), store, store)
    return DealerGroup(group, stores, users)


def _user(env, role, key, company, companies):
    """Create a user of a role; the password is the login."""
    login = _name_of(key).replace("user_", "test_")
    return env["res.users"].create(
        {
            "name": f"{login} (auto_crm_base.group_{role})",
            "login": login,
            "password": login,
            "email": "t.t@example.com",
            "group_ids": [Command.set(env.ref(f"auto_crm_base.group_{role}").ids)],
            "company_id": company.id,
            "company_ids": [Command.set(companies.ids)],
        }
    )


def _set_passwords(env, users):
    """Keep the logins as passwords, by hashes that a test checks in no time."""
    env["res.users"].flush_model(["password"])
    hashes = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=1)
    for user in users:
        env.cr.execute(
            SQL(
                "UPDATE res_users SET password = %s WHERE id = %s",
                hashes.hash(user.login),
                user.id,
            )
        )


def _store_roles():
    return [role for role in ROLES if role not in GROUP_ROLES]


def _name_of(key):
    return f"user_{key}" if isinstance(key, str) else f"user_{key[0]}_{key[1]}"
