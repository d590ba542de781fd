from odoo.tests import tagged, warmup

from .common import ServiceCase


@tagged("post_install", "-at_install")
class TestRepairQueries(ServiceCase):
    """What a repair order costs the database, from the counter to ready."""

    @warmup
    def test_life(self):
        """A job with labour and two parts: 120 queries at most."""
        self.env["stock.quant"]._update_available_quantity(
            self.part, self.warehouses[1].lot_stock_id, 20
        )
        self.env.flush_all()
        with self.assertQueryCount(45):
            repair = self._receive()
            self._job(repair, parts=2)
            self.env.flush_all()
        with self.assertQueryCount(38):
            self._agree(repair)
            repair.action_to_workshop()
            self.env.flush_all()
        with self.assertQueryCount(25):
            self._work(repair)
            self.env.flush_all()
        with self.assertQueryCount(12):
            repair.action_quality_passed()
            self.env.flush_all()
