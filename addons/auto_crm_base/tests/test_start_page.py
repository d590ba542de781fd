from odoo.tests import HttpCase, tagged

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestStartPage(AutoCase, HttpCase):
    """Which stores are open when a person logs in."""

    def _companies_after_login(self, user):
        self.authenticate(user.login, user.login)
        self.url_open("/odoo")
        cookie = self.opener.cookies.get("cids") or ""
        return {int(part) for part in cookie.split("-") if part}

    def test_head_office_starts_on_all_stores(self):
        user = self.users["head_office"]
        self.assertEqual(self._companies_after_login(user), set(user.company_ids.ids))

    def test_consultant_is_left_to_odoo(self):
        user = self.users["consultant", 1]
        self.assertFalse(self._companies_after_login(user))

    def test_choice_made_before_is_kept(self):
        user = self.users["auditor"]
        self.authenticate(user.login, user.login)
        self.opener.cookies.set("cids", str(self.stores[1].id))
        response = self.url_open("/odoo")
        self.assertNotIn("cids", response.cookies)
