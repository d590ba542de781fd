from odoo.tests import new_test_user

from odoo.addons.auto_crm_base.models.res_users import ROLES
from odoo.addons.auto_crm_test import dealer_group
from odoo.addons.base.tests.common import BaseCommon


class AutoCase(BaseCommon):
    """A dealer group with two stores and one user for each role in each store.

    ``cls.group`` is head office, ``cls.stores[1]`` and ``cls.stores[2]`` its
    branches; ``cls.users["consultant", 1]`` is the consultant of store 1. Head
    office and the auditor work for all stores: ``cls.users["head_office"]``.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.group, cls.stores, cls.users = dealer_group.obtain(cls.env)

    @classmethod
    def _new_user(cls, role, login, company, companies):
        return new_test_user(
            cls.env,
            login,
            groups=f"auto_crm_base.group_{role}",
            company_id=company.id,
            company_ids=[(6, 0, companies.ids)],
        )

    def _role_users(self, number=1):
        """Return ``{role: user}`` of a store, with those who work for all."""
        return {
            role: self.users.get(role) or self.users[role, number] for role in ROLES
        }

    def _read_whole(self, user, record):
        """Read ``record`` as a program does that names no field.

        :return: the values, or None when ``user`` may not read the record
        """
        self.env.flush_all()
        self.env.invalidate_all()
        seen = (
            record.with_env(self.env)
            .with_user(user)
            .with_context(allowed_company_ids=user.company_ids.ids)
        )
        if not seen.has_access("read"):
            return None
        [values] = seen.read()
        return values
