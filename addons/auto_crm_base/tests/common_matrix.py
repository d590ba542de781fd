"""A table of rights, checked against what the server does.

Each addon writes its table as text, one line for each role::

    consultant: R st, CU own
    auditor: R all

The letters are create, read, update, delete; the scopes:

- ``own``: what is assigned to the user, in the user's store
- ``found``: what the user has found by an exact number, in the user's store
- ``st``: everything of the user's store (own and found with it)
- ``all``: everything of every store

What is not named is forbidden. A role without a line may do nothing.
"""

from odoo.exceptions import UserError

from odoo.addons.auto_crm_base.models.res_users import ROLES

from .common import AutoCase

OPERATIONS = {"C": "create", "R": "read", "U": "write", "D": "unlink"}
SCOPES = {
    "own": {"own"},
    "found": {"found"},
    "st": {"own", "found", "store"},
    "all": {"own", "found", "store", "other"},
}
CASES = ("own", "found", "store", "other")


def parse(text):
    """Return ``{role: {operation: set of cases}}`` of a table as above."""
    table = {role: {operation: set() for operation in OPERATIONS} for role in ROLES}
    for line in text.strip().splitlines():
        role, _colon, rights = line.partition(":")
        for right in filter(None, (part.strip() for part in rights.split(","))):
            letters, scope = right.split()
            for letter in letters:
                table[role.strip()][letter] |= SCOPES[scope]
    return table


class MatrixCase(AutoCase):
    """Checks tables of rights for two stores, all roles and all operations."""

    def check_matrix(self, model, text, make):
        """Compare the table with what each role may do, and tell all differences.

        :param str model: name of the model
        :param str text: the table, see above
        :param make: function ``(store, user)`` that makes, as superuser, a record
            of the store assigned to the user, and returns it and the person or car
            by whose number it is found (or ``None``)
        """
        wrong = []
        for role, rights in parse(text).items():
            user = self.users.get(role) or self.users[role, 1]
            for case in CASES:
                record = self._sample(case, role, user, make)
                self.env.flush_all()
                self.env.invalidate_all()
                record = (
                    self.env[model]
                    .with_user(user)
                    .with_context(allowed_company_ids=user.company_ids.ids)
                    .browse(record.id)
                )
                for letter, operation in OPERATIONS.items():
                    expected = case in rights[letter]
                    actual = record.has_access(operation)
                    if letter == "R" and actual:
                        actual = bool(record.search([("id", "=", record.id)]))
                    elif letter == "D" and actual:
                        actual = self._can_unlink(record)
                    if actual != expected:
                        may = "may" if actual else "may not"
                        wrong.append(f"{role} {may} {operation} ({case})")
        self.assertFalse(wrong, f"{model}:\n" + "\n".join(wrong))

    def _can_unlink(self, record):
        """Delete for real, since some models refuse past the access rules."""
        savepoint = self.cr.savepoint()
        try:
            record.unlink()
        except UserError:
            return False
        else:
            return True
        finally:
            savepoint.close(rollback=True)

    def _sample(self, case, role, user, make):
        store = self.stores[2 if case == "other" else 1]
        colleague_role = "consultant" if role != "consultant" else "sales_manager"
        colleague = self.users[colleague_role, 2 if case == "other" else 1]
        record, subject = make(store, user if case == "own" else colleague)
        if case == "found" and subject:
            log = self.env["auto.access.log"].with_user(user)
            log._log("lookup", subject, "test", company=store)
        return record
