from odoo.tests import tagged

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestMemberDiscount(ServiceCase):
    """A member's benefits at the counter and in the estimate."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        programs = cls.env["loyalty.program"]
        cls.program = programs.search([("is_member_program", "=", True)], limit=1)
        tier = cls.env["auto.member.tier"].create(
            {"name": "Test gold", "program_id": cls.program.id}
        )
        labour, wash = cls.env["auto.member.benefit"].create(
            [
                {
                    "name": "Cheaper labour",
                    "program_id": cls.program.id,
                    "kind": "labour",
                },
                {"name": "Test wash", "program_id": cls.program.id, "kind": "wash"},
            ]
        )
        cls.env["auto.member.tier.benefit"].create(
            [
                {"tier_id": tier.id, "benefit_id": labour.id, "percent": 10},
                {"tier_id": tier.id, "benefit_id": wash.id, "quantity": 2},
            ]
        )
        cls.env["auto.member"].create(
            {
                "partner_id": cls.owner.id,
                "program_id": cls.program.id,
                "company_id": cls.store.id,
                "tier_id": tier.id,
            }
        )

    def test_labour_is_cheaper(self):
        """The tier lowers the customer's labour, not parts nor the maker's share."""
        repair = self._receive()
        labour, part = self._job(repair, parts=1).line_ids
        maker = self._job(repair, pay_type="warranty").line_ids
        self.assertEqual((labour.discount, part.discount, maker.discount), (10, 0, 0))
        self.assertEqual(labour.price_total, 270)
        self._agree(repair, labour | part)
        labour.discount = 5
        self.assertEqual(labour.decision, "proposed")

    def test_spoken_of_at_the_counter(self):
        """Tier and what is left of each benefit are in view."""
        notes = self.vehicle.with_user(self.adviser)._counter_notes()
        text = "\n".join(notes)
        self.assertIn("Test gold", text)
        self.assertIn("Test wash: 2 left this year", text)
