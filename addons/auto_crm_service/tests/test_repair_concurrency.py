import os
import threading
from contextlib import contextmanager
from functools import partial

from odoo import api
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

# A longer proof is asked for by the environment.
ROUNDS = int(os.environ.get("AUTO_CRM_RACE_ROUNDS", "10"))
# What a race leaves behind, in the order in which it can go.
TABLES = (
    "auto_labour_time",
    "auto_repair_line",
    "auto_repair_approval",
    "auto_repair_job",
    "repair_order",
)


@tagged("post_install", "-at_install")
class TestRepairConcurrency(TransactionCase):
    """Two at once on one repair order or one clock, each on an own connection."""

    def setUp(self):
        super().setUp()
        # What several connections must see has to be committed; removed after.
        with self.committed() as env:
            company = env["res.company"].create({"name": "Raced workshop"})
            if not env["stock.warehouse"].search([("company_id", "=", company.id)]):
                env["stock.warehouse"].create(
                    {"name": "Raced", "code": "RCD", "company_id": company.id}
                )
            roles = ("adviser", "technician")
            user = env["res.users"].create(
                {
                    "name": "Racing technician",
                    "login": "racing_technician",
                    "lang": "en_US",
                    "group_ids": [
                        Command.set(
                            [
                                env.ref(f"auto_crm_base.group_{role}").id
                                for role in roles
                            ]
                        )
                    ],
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                }
            )
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
        self.addCleanup(self.remove_committed)

    @contextmanager
    def committed(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '10s'")
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def remove_committed(self):
        with self.committed() as env:
            for table in TABLES:
                # Nobody deletes these in the product.
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE company_id = %s",
                        SQL.identifier(table),
                        self.company_id,
                    )
                )
            for table in ("auto_vehicle_event", "auto_vehicle_owner"):
                env.cr.execute(
                    SQL(
                        "DELETE FROM %s WHERE vehicle_id = %s",
                        SQL.identifier(table),
                        self.vehicle_id,
                    )
                )
            env["auto.vehicle"].browse(self.vehicle_id).unlink()
            user = env["res.users"].browse(self.user_id)
            partners = user.partner_id | env["res.partner"].browse(self.partner_id)
            user.unlink()
            partners.unlink()
            # A company has too much hanging on it to be deleted.
            company = env["res.company"].browse(self.company_id)
            company.active = False
            company.name = f"Raced workshop {company.id}"

    def _race(self, call):
        """Let both call at once; return what each got."""
        barrier = threading.Barrier(2)
        results = {}

        def run(number):
            with self.registry.cursor() as cr:
                env = api.Environment(
                    cr, self.user_id, {"allowed_company_ids": [self.company_id]}
                )
                # Both have read before either writes.
                env["repair.order"].browse(self.repair_id).read(["service_state"])
                barrier.wait(30)
                try:
                    results[number] = retrying(partial(call, env, number), env)
                    cr.commit()  # pylint: disable=invalid-commit
                except (UserError, ValidationError) as error:
                    cr.rollback()
                    results[number] = str(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(results), 2, results)
        return results

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
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for _round in range(ROUNDS):
                results = self._race(self._decide)
                self.assertEqual(sorted(results.values())[-1], "done", results)
                self.assertNotEqual(results[0], results[1])
                with self.committed() as env:
                    repair = env["repair.order"].browse(self.repair_id)
                    self.assertEqual(len(repair.approval_ids), 1)
                    repair.line_ids._decide(
                        "proposed", env["auto.repair.approval"].browse()
                    )
                    env.flush_all()
                    env.cr.execute(
                        SQL(
                            "DELETE FROM auto_repair_approval WHERE repair_id = %s",
                            self.repair_id,
                        )
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
        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for _round in range(ROUNDS):
                results = self._race(self._start)
                self.assertEqual(sorted(results.values())[-1], "done", results)
                self.assertRegex(sorted(results.values())[0], "(S|s)top")
                with self.committed() as env:
                    times = env["auto.labour.time"].search(
                        [("user_id", "=", self.user_id), ("stop", "=", False)]
                    )
                    self.assertEqual(len(times), 1)
                    times.job_id._stop_clocks()
