from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.auto_crm_base.tests.common_race import RaceCase, rounds

ROUNDS = rounds(10)
# What a race leaves behind, in the order in which it can go.
TABLES = (
    "auto_labour_time",
    "auto_repair_line",
    "auto_repair_approval",
    "auto_repair_job",
    "repair_order",
)


class RepairRaceCase(RaceCase):
    """A workshop with one order of two jobs, and an adviser who is a technician."""

    def prepare(self, env):
        company = env["res.company"].create({"name": "Raced workshop"})
        if not env["stock.warehouse"].search([("company_id", "=", company.id)]):
            env["stock.warehouse"].create(
                {"name": "Raced", "code": "RCD", "company_id": company.id}
            )
        groups = ("auto_crm_base.group_adviser", "auto_crm_base.group_technician")
        user = self.new_racers(env, company, *groups, count=1)
        owner = env["res.partner"].create(
            {"name": "Raced owner", "store_ids": [Command.set(company.ids)]}
        )
        vehicle = env["auto.vehicle"].create(
            {"license_plate": "浙R00001", "company_id": company.id}
        )
        operation = env["auto.labour.operation"].search([], limit=1)
        operation = operation or operation.create(
            {
                "code": "RACE",
                "name": "Race",
                "skill_id": env["auto.skill"].search([], limit=1).id,
            }
        )
        repair = (
            env["repair.order"]
            .with_company(company)
            .create(
                {
                    "vehicle_id": vehicle.id,
                    "partner_id": owner.id,
                    "company_id": company.id,
                    "job_ids": [
                        Command.create(
                            {
                                "concern": f"Job {number}",
                                "technician_id": user.id,
                                "line_ids": [
                                    Command.create({"operation_id": operation.id})
                                ],
                            }
                        )
                        for number in range(2)
                    ],
                }
            )
        )
        self.company_id, self.user_id = company.id, user.id
        self.partner_id, self.vehicle_id = owner.id, vehicle.id
        self.repair_id, self.job_ids = repair.id, repair.job_ids.ids

    def remove_committed(self):
        with self.committed() as env:
            for table in TABLES:
                # Nobody deletes these in the product.
                self.delete_rows(env, table, "company_id", [self.company_id])
            for table in ("auto_vehicle_event", "auto_vehicle_owner"):
                self.delete_rows(env, table, "vehicle_id", [self.vehicle_id])
            env["auto.vehicle"].browse(self.vehicle_id).unlink()
            self.remove_users(env["res.users"].browse(self.user_id))
            env["res.partner"].browse(self.partner_id).unlink()
            self.put_away(env["res.company"].browse(self.company_id))

    def look(self, env, number):
        env["repair.order"].browse(self.repair_id).read(["service_state"])

    def _race(self, call):
        context = {"allowed_company_ids": [self.company_id]}
        return self.race(call, [self.user_id] * 2, context)


@tagged("post_install", "-at_install")
class TestRepairConcurrency(RepairRaceCase):
    """Two at once on one repair order or one clock."""

    def _decide(self, env, _number):
        repair = env["repair.order"].browse(self.repair_id)
        lines = repair.line_ids._to_decide()
        repair._record_decision(
            lines, lines.browse(), "call", "Raced owner", recording_ref="REC"
        )
        return "done"

    def _start(self, env, number):
        env["auto.repair.job"].browse(self.job_ids[number]).action_start()
        return "done"

    def test_decided_once(self):
        """Of two decisions on one estimate the second is told."""
        for _round in range(ROUNDS):
            self.assert_one_done(self._race(self._decide), ".")
            with self.committed() as env:
                repair = env["repair.order"].browse(self.repair_id)
                self.assertEqual(len(repair.decision_ids), 1)
                repair.line_ids._decide(
                    "proposed", env["auto.repair.approval"].browse()
                )
                self.delete_rows(
                    env, "auto_repair_approval", "repair_id", [self.repair_id]
                )

    def test_one_clock(self):
        """A technician who starts two jobs at once is on one of them."""
        with self.committed() as env:
            user = env["res.users"].browse(self.user_id)
            repair = (
                env["repair.order"]
                .with_user(user)
                .with_context(allowed_company_ids=[self.company_id])
                .browse(self.repair_id)
            )
            self._decide(repair.env, 0)
            repair.action_to_workshop()
        for _round in range(ROUNDS):
            self.assert_one_done(self._race(self._start), "(S|s)top")
            with self.committed() as env:
                times = env["auto.labour.time"].search(
                    [("user_id", "=", self.user_id), ("stop", "=", False)]
                )
                self.assertEqual(len(times), 1)
                times.job_id._stop_clocks()
