from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.auto_crm_base.tests.vehicle_common import make_vin

from . import test_repair_concurrency as race


@tagged("post_install", "-at_install")
class TestRecallConcurrency(race.TestRepairConcurrency):
    """Two at once look for the cars of one recall, each on an own connection."""

    # Those of the repair order itself are not run again.
    test_decided_once = None
    test_one_clock = None

    def setUp(self):
        super().setUp()
        with self.committed() as env:
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

    def remove_committed(self):
        with self.committed() as env:
            # Nobody deletes what was published in the product.
            for table, column in (
                ("auto_recall_vehicle", "recall_id"),
                ("auto_recall_range", "recall_id"),
                ("auto_recall", "id"),
            ):
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE %s = %s",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        self.recall_id,
                    )
                )
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
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            results = self._race(self._publish)
            self.assertIn("done", results.values())
            self.assertEqual(self._rows(), [(self.vehicle_id, "open")])
            for _round in range(race.ROUNDS):
                with self.committed() as env:
                    env.cr.execute(
                        SQL(
                            "DELETE FROM auto_recall_vehicle WHERE recall_id = %s",
                            self.recall_id,
                        )
                    )
                self.assertEqual(set(self._race(self._match).values()), {"done"})
                self.assertEqual(self._rows(), [(self.vehicle_id, "open")])
