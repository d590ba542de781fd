from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import freeze_time, tagged

from odoo.addons.auto_crm_sale.tests.common_handover import HandoverCase
from odoo.addons.auto_crm_service.models.auto_satisfaction_rule import (
    AutoSatisfactionRule,
)
from odoo.addons.base.models.ir_cron import IrCron


@tagged("post_install", "-at_install")
class TestHandoverSatisfaction(HandoverCase):
    """The buyer's answers about a handover, where sale and workshop meet."""

    def setUp(self):
        super().setUp()
        self.rule = self.env.ref("auto_crm_sale_service.satisfaction_rule_handover")
        self.buyer = self.partners[0]
        self.buyer.email = "buyer@example.com"
        # Known for long, not changed shortly before the survey.
        self.buyer.auto_contact_changed_on = False
        self.handover = self._handover()
        self._prepare(self.handover)
        self.handover.action_finish()
        self.env.flush_all()

    def _asked(self):
        return self.env["auto.satisfaction"].search(
            [("res_model", "=", "auto.handover"), ("res_id", "=", self.handover.id)]
        )

    def _sample(self, days, drawn=True):
        drawing = patch.object(AutoSatisfactionRule, "_draw", lambda *_: (drawn, 5))
        later = fields.Datetime.now() + timedelta(days=days)
        # The job commits after each; a test may not.
        commit = patch.object(IrCron, "_commit_progress", lambda *_args: 1)
        with drawing, commit, freeze_time(later):
            self.rule._cron_sample()

    def test_buyer_is_asked_once(self):
        """Days after the handover, about the consultant, and not twice."""
        self._sample(4)
        self.assertFalse(self._asked(), "not before the days of the rule")
        self._sample(6)
        asked = self._asked()
        self.assertEqual(asked.partner_id, self.buyer)
        self.assertEqual(asked.user_id, self.consultant)
        self.assertEqual(asked.kind, "sales")
        self.assertEqual(asked.company_id, self.store)
        self._sample(7)
        self.assertEqual(self._asked(), asked)

    def test_who_is_not_drawn_is_left_alone(self):
        self._sample(6, drawn=False)
        self.assertFalse(self._asked())

    def test_unhappy_visit_becomes_a_complaint(self):
        """What a buyer is unhappy with after the handover reaches the desk."""
        rule = self.env.ref("auto_crm_sale.followup_rule_handover_3_days")
        later = self.vehicle.delivery_date + timedelta(days=3)
        self.patch(fields.Date, "context_today", lambda *_args: later)
        rule._generate()
        followup = self.env["auto.followup"].search(
            [("rule_id", "=", rule.id), ("vehicle_id", "=", self.vehicle.id)]
        )
        # Ticked, whatever the result: the complaint, and the mark on the handover.
        self.env["auto.followup.close"].with_user(followup.user_id).create(
            {
                "followup_id": followup.id,
                "is_unhappy": True,
                "note": "The seat is dirty",
            }
        ).action_confirm()
        self.assertTrue(self.handover.is_unhappy)
        complaint = followup.complaint_id
        self.assertEqual(complaint.partner_id, self.buyer)
        self.assertEqual(complaint.vehicle_id, self.vehicle)
        self.assertIn("seat is dirty", complaint.description)
