from odoo.tests import Form, tagged, warmup

from .common import LeadCase


@tagged("post_install", "-at_install")
class TestLeadForm(LeadCase):
    """What opening the form of a prospect costs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lead = cls._lead(grade_id=cls.grades["B"].id, phone="+86 138 0013 8000")
        for number in range(5):
            cls.lead._log_contact("phone", f"Talk {number}", result="reached")

    @warmup
    def test_opening_the_form(self):
        """The query count is as measured; a field that asks per record raises it."""
        lead = self.lead.with_user(self.consultant)
        form = Form(lead)
        specification = form._view["fields_spec"]
        lead.web_read(specification)  # the first time is noted in the clock
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(54):
            lead.web_read(specification)
