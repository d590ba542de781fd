import os
import threading
from contextlib import contextmanager
from functools import partial

from odoo import api
from odoo.exceptions import UserError
from odoo.fields import Command
from odoo.service.model import retrying
from odoo.tests import TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE
from odoo.addons.auto_crm_base.tools import vin as vin_tools

# Of each test; a longer proof is asked for by the environment.
ROUNDS = int(os.environ.get("AUTO_CRM_RACE_ROUNDS", "5"))
VIN = "LFV2A21K0R3990077"


@tagged("post_install", "-at_install")
class TestTradeinConcurrency(TransactionCase):
    """Two people take one used car at once, each on a connection of its own."""

    def setUp(self):
        super().setUp()
        # What several connections must see has to be committed; removed after.
        with self.committed() as env:
            company = env["res.company"].create({"name": "Raced store"})
            group = env.ref("auto_crm_base.group_sales_manager")
            users = env["res.users"].create(
                [
                    {
                        "name": f"Used racer {number}",
                        "login": f"used_racer_{number}",
                        "lang": "en_US",
                        "group_ids": [Command.set(group.ids)],
                        "company_id": company.id,
                        "company_ids": [Command.set(company.ids)],
                    }
                    for number in range(2)
                ]
            )
            partner = env["res.partner"].create(
                {"name": "Raced seller", "store_ids": [Command.set(company.ids)]}
            )
            vehicle = env["auto.vehicle"].create(
                {
                    "vin": VIN[:8] + vin_tools.check_digit(VIN) + VIN[9:],
                    "company_id": company.id,
                    "owner_id": partner.id,
                }
            )
            self.company_id, self.user_ids = company.id, users.ids
            self.partner_id, self.vehicle_id = partner.id, vehicle.id
        self.addCleanup(self.remove_committed)

    @contextmanager
    def committed(self):
        with self.registry.cursor() as cr:
            cr.execute("SET LOCAL lock_timeout = '10s'")
            yield api.Environment(cr, api.SUPERUSER_ID, {})

    def remove_committed(self):
        with self.committed() as env:
            self._forget(env)
            vehicle = env["auto.vehicle"].browse(self.vehicle_id)
            vehicle.event_ids.with_context(auto_erase=ERASE).unlink()
            owners = env["auto.vehicle.owner"].search([("vehicle_id", "=", vehicle.id)])
            owners.with_context(auto_erase=ERASE).unlink()
            vehicle.unlink()
            users = env["res.users"].browse(self.user_ids)
            partners = users.partner_id | env["res.partner"].browse(self.partner_id)
            users.unlink()
            # A partner or company with too much hanging on it is put away.
            partners.active = False
            company = env["res.company"].browse(self.company_id)
            company.active = False
            company.name = f"Raced store {company.id}"

    def _forget(self, env):
        """Delete the trade-ins with their purchases, which no user can."""
        tradeins = env["auto.tradein"].search([("company_id", "=", self.company_id)])
        orders = env["purchase.order"].search([("company_id", "=", self.company_id)])
        orders.filtered(lambda order: order.state != "cancel").button_cancel()
        tradeins._set_state({"state": "draft", "purchase_id": False})
        tradeins.unlink()
        pickings = orders.picking_ids
        pickings.move_ids.unlink()
        pickings.unlink()
        orders.unlink()

    def _race(self, call):
        """Let both call at once; return what each got."""
        barrier = threading.Barrier(2)
        results = {}

        def run(number):
            with self.registry.cursor() as cr:
                env = api.Environment(
                    cr,
                    self.user_ids[number],
                    {"allowed_company_ids": [self.company_id], "lang": "en_US"},
                )
                # Both have read before either writes.
                env["auto.tradein"].search_count([])
                barrier.wait(30)
                try:
                    results[number] = retrying(partial(call, env), env)
                    cr.commit()  # pylint: disable=invalid-commit
                except UserError as error:
                    cr.rollback()
                    results[number] = str(error)

        threads = [threading.Thread(target=run, args=(number,)) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(results), 2, results)
        told = [result for result in results.values() if isinstance(result, str)]
        self.assertEqual(len(told), 1, results)
        return told[0]

    def test_bought_once(self):
        def buy(env):
            return env["auto.tradein"].browse(tradein_id).action_purchase()

        with mute_logger("odoo.service.model", "odoo.sql_db"):
            for _round in range(ROUNDS):
                with self.committed() as env:
                    tradein = (
                        env["auto.tradein"]
                        .with_company(self.company_id)
                        .create(
                            {
                                "partner_id": self.partner_id,
                                "vehicle_id": self.vehicle_id,
                                "company_id": self.company_id,
                            }
                        )
                    )
                    tradein._set_state({"state": "accepted", "offer_amount": 50000})
                    tradein_id = tradein.id
                self._race(buy)
                with self.committed() as env:
                    tradein = env["auto.tradein"].browse(tradein_id)
                    orders = env["purchase.order"].search(
                        [("company_id", "=", self.company_id)]
                    )
                    self.assertEqual(tradein.state, "purchased")
                    self.assertEqual(tradein.purchase_id, orders)
                    self.assertEqual(len(orders.picking_ids), 1)
                    self._forget(env)

    def test_entered_once(self):
        for car in ({"vehicle_id": self.vehicle_id}, {"license_plate": "浙A0RACE"}):

            def enter(env, car=car):
                tradein = env["auto.tradein"].create(
                    {
                        "partner_id": self.partner_id,
                        "company_id": self.company_id,
                        **car,
                    }
                )
                env.flush_all()
                return tradein.id

            with mute_logger("odoo.service.model", "odoo.sql_db"):
                for _round in range(ROUNDS):
                    self.assertIn("open already", self._race(enter))
                    with self.committed() as env:
                        self._forget(env)
