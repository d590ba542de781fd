from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .test_call_list import CallListCase


@tagged("post_install", "-at_install")
class TestCallListTour(HttpCase, CallListCase):
    """An agent calls two people of a list, one after the other."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for lang in ("en_US", "zh_CN"):
            cls.env["res.lang"]._activate_lang(lang)

    def _two_calls(self, lang):
        login = self.agent.login
        self.agent.write({"password": login, "lang": lang})
        one = self._list(self._people(2), name="Tour list")
        with mute_logger("odoo.http"):  # the refusal that the agent sees on the way
            self.start_tour("/odoo/auto-call-lists", "auto_call_list", login=login)
        self.env.invalidate_all()
        first, second = one.entry_ids.sudo().sorted("id")
        self.assertEqual((first.state, first.last_result), ("done", "reached"))
        self.assertEqual(first.lead_id.contact_ids[:1].summary, "Comes on Saturday")
        self.assertEqual(first.lead_id.contact_ids[:1].user_id, self.agent)
        self.assertEqual((second.state, second.attempts), ("waiting", 1))
        self.assertEqual(second.last_result, "no_answer")

    def test_english(self):
        self._two_calls("en_US")

    def test_chinese(self):
        self._two_calls("zh_CN")
