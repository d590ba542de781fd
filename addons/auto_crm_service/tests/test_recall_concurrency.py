from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.vehicle_common import make_vin

from .test_repair_concurrency import ROUNDS, RepairRaceCase


@tagged("post_install", "-at_install")
class TestRecallConcurrency(RepairRaceCase):
    """Two at once look for the cars of one recall."""

    def prepare(self, env):
        prepared = super().prepare(env)
        vin = make_vin(790001)
        env["auto.vehicle"].browse(self.vehicle_id).vin = vin
        recall = env["auto.recall"].create(
            {
                "title": "Raced recall",
                "company_id": self.company_id,
                "range_ids": [
                    (0, 0, {"kind": "vin", "number_from": vin, "number_to": vin})
                ],
            }
        )
        self.recall_id = recall.id
        return prepared

    def remove_committed(self):
        with self.committed() as env:
            # Nobody deletes what was published in the product.
            for table, column in (
                ("auto_recall_vehicle", "recall_id"),
                ("auto_recall_range", "recall_id"),
                ("auto_recall", "id"),
            ):
                self.delete_rows(env, table, column, [self.recall_id])
        return super().remove_committed()

    def _publish(self, env, _number):
        env["auto.recall"].sudo().browse(self.recall_id).action_publish()
        return "done"

    def _match(self, env, _number):
        env["auto.recall"].sudo().browse(self.recall_id)._rematch()
        return "done"

    def _rows(self):
        with self.committed() as env:
            rows = env["auto.recall.vehicle"].search(
                [("recall_id", "=", self.recall_id)]
            )
            return [(row.vehicle_id.id, row.state) for row in rows]

    def test_matched_once(self):
        """Published and looked for twice at once: each car stands there once."""
        results = self._race(self._publish)
        self.assertIn("done", results.values())
        self.assertEqual(self._rows(), [(self.vehicle_id, "open")])
        for _round in range(ROUNDS):
            with self.committed() as env:
                self.delete_rows(
                    env, "auto_recall_vehicle", "recall_id", [self.recall_id]
                )
            self.assertEqual(set(self._race(self._match).values()), {"done"})
            self.assertEqual(self._rows(), [(self.vehicle_id, "open")])
