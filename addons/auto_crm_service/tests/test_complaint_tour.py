from odoo.tests import tagged

from .test_complaint_portal import ComplaintFormCase


class ComplaintTourCase(ComplaintFormCase):
    """One complaint, from the web page to the customer's word."""

    lang = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(cls.lang)
        for user in (cls.desk, cls.adviser):
            user.write({"password": user.login, "lang": cls.lang})

    def _tour(self, path, name, user):
        path = f"/odoo/{path}"
        self.start_tour(path, f"auto_complaint_{name}", login=user.login)
        self.env.invalidate_all()

    def _whole_way(self):
        self._send(self.url_open(self.url), name="Tour Customer", phone="13900139333")
        complaint = self._complaints()
        self.assertEqual(complaint.state, "new")
        self._tour("auto-complaints", "take", self.desk)
        self.assertEqual(complaint.task_ids.user_id, self.adviser)
        self._tour("auto-complaint-tasks", "task", self.adviser)
        self.assertEqual(complaint.task_ids.state, "done")
        self._tour(f"auto-complaints/{complaint.id}", "answer", self.desk)
        self.assertEqual(complaint.closed_by, "customer")
        self.assertTrue(complaint.is_solved_in_time)


@tagged("post_install", "-at_install")
class TestComplaintTourEnglish(ComplaintTourCase):
    lang = "en_US"

    def test_whole_way(self):
        self._whole_way()


@tagged("post_install", "-at_install")
class TestComplaintTourChinese(ComplaintTourCase):
    lang = "zh_CN"

    def test_whole_way(self):
        self._whole_way()
