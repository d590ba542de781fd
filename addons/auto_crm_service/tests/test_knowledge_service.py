from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestKnowledgeService(ServiceCase):
    """The job finds what is known about its fault, and teaches it."""

    def test_from_job_to_job(self):
        """Written from a solved job, found at the next one of the same kind."""
        repair = self._receive()
        job = self._job(repair, parts=1, fault_code="C0035")
        with self.assertRaises(UserError):
            job.action_write_article()
        self._agree(repair)
        repair.action_to_workshop()
        self._work(repair)
        mine = job.with_user(self.technician)
        article = self.env["auto.knowledge.article"].browse(
            mine.action_write_article()["res_id"]
        )
        self.assertEqual((article.state, article.job_id), ("draft", job))
        self.assertIn("Pads worn down", article.body)
        self.assertEqual(article.part_ids, self.part)
        self.assertEqual(article.model_ids, self.model)
        article.with_user(self.technician).action_submit()
        article.approval_ids.with_user(self.service_manager).action_approve()
        self.assertEqual(article.state, "published")
        later = self._job(self._receive(self._vehicle(self.owner)), parts=0)
        self.assertIn(
            article,
            self.env["auto.knowledge.article"].search(later._articles_domain()),
        )
        self.assertGreaterEqual(later.article_count, 1)
        other = self.model.copy({"name": "Other"})
        elsewhere = self._receive(self._vehicle(self.owner, model_id=other.id))
        self.assertNotIn(
            article,
            self.env["auto.knowledge.article"].search(
                self._job(elsewhere)._articles_domain()
            ),
        )
        self.assertIn(article, article._find("C0035"))
