from odoo.fields import Command
from odoo.tests import tagged

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE
from odoo.addons.auto_crm_base.tests.common_race import RaceCase, rounds
from odoo.addons.auto_crm_base.tools import vin as vin_tools

ROUNDS = rounds(5)
VIN = "LFV2A21K0R3990077"


@tagged("post_install", "-at_install")
class TestTradeinConcurrency(RaceCase):
    """Two people take one used car at once."""

    def prepare(self, env):
        company = env["res.company"].create({"name": "Raced store"})
        users = self.new_racers(env, company, "auto_crm_base.group_sales_manager")
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
            # A partner with too much hanging on it is put away.
            partners.active = False
            self.put_away(env["res.company"].browse(self.company_id))

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

    def look(self, env, number):
        env["auto.tradein"].search_count([])

    def _race(self, call, told):
        context = {"allowed_company_ids": [self.company_id], "lang": "en_US"}
        results = self.race(call, self.user_ids, context)
        self.assert_one_done(results, told)

    def test_bought_once(self):
        def buy(env, _number):
            env["auto.tradein"].browse(tradein_id).action_purchase()
            return "done"

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
            self._race(buy, ".")
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

            def enter(env, _number, car=car):
                env["auto.tradein"].create(
                    {
                        "partner_id": self.partner_id,
                        "company_id": self.company_id,
                        **car,
                    }
                )
                return "done"

            for _round in range(ROUNDS):
                self._race(enter, "open already")
                with self.committed() as env:
                    self._forget(env)
