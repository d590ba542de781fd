from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .common import AutoCase


@tagged("post_install", "-at_install")
class TestCustomerLevel(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rules = cls.env["auto.customer.level.rule"]
        cls.rules.search([]).active = False
        cls.best, cls.good = cls.env["auto.customer.level"].create(
            [
                {"name": "Test Best", "sequence": 1},
                {"name": "Test Good", "sequence": 2},
            ]
        )
        cls.rules.create(
            [
                {"level_id": cls.good.id, "measure": "cars", "minimum": 1},
                {"level_id": cls.best.id, "measure": "cars", "minimum": 2},
                {
                    "level_id": cls.good.id,
                    "measure": "visits",
                    "minimum": 2,
                    "within_months": 6,
                },
                {"level_id": cls.best.id, "measure": "years", "minimum": 10},
            ]
        )
        cls.partner = (
            cls.env["res.partner"]
            .with_user(cls.users["sales_manager", 1])
            .create({"name": "Level Customer"})
            .sudo()
        )

    def _run(self):
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_base.ir_cron_customer_level").method_direct_trigger()
        self.partner.invalidate_recordset()

    def _buy(self, plate, date=None):
        vehicle = self.env["auto.vehicle"].create({"license_plate": plate})
        vehicle._change_owner(self.partner, date or fields.Date.today(), "Bought")

    def test_cars(self):
        self._run()
        self.assertFalse(self.partner.auto_level_id)
        self._buy("浙A10001")
        self._run()
        self.assertEqual(self.partner.auto_level_id, self.good)
        self.assertEqual(self.partner.auto_level_by, "rule")
        self._buy("浙A10002")
        self._run()
        self.assertEqual(self.partner.auto_level_id, self.best)

    def test_visits_and_years(self):
        now = fields.Datetime.now()
        for days in (1, 400):
            self.env["auto.contact"].create(
                {
                    "partner_id": self.partner.id,
                    "channel": "visit",
                    "date": now - timedelta(days=days),
                }
            )
        self._run()
        self.assertFalse(self.partner.auto_level_id, "one is too long ago")
        self.env["auto.contact"].create(
            {"partner_id": self.partner.id, "channel": "phone", "result": "visited"}
        )
        self._run()
        self.assertEqual(self.partner.auto_level_id, self.good)
        self._buy("浙A10003", fields.Date.today() - timedelta(days=4000))
        self._run()
        self.assertEqual(self.partner.auto_level_id, self.best)

    def test_choice_of_a_person_stays(self):
        self._buy("浙A10001")
        self._buy("浙A10002")
        manager = self.partner.with_user(self.users["sales_manager", 1])
        manager.auto_level_id = self.good
        self._run()
        self.assertEqual(self.partner.auto_level_id, self.good)
        manager.auto_level_id = False
        self._run()
        self.assertFalse(self.partner.auto_level_id, "taken away is a choice, too")
        chosen = self.env["res.partner"].create(
            {
                "name": "Chosen",
                "is_auto_customer": True,
                "auto_level_id": self.best.id,
            }
        )
        self._run()
        self.assertEqual(chosen.auto_level_id, self.best)

    def test_level_ends_with_its_rule(self):
        self._buy("浙A10001")
        self._run()
        self.rules.search([]).active = False
        self._run()
        self.assertFalse(self.partner.auto_level_id)

    def test_no_client_says_that_a_rule_did_it(self):
        forged = self.partner.with_context(auto_level_by="rule")
        forged.auto_level_id = self.best
        self.assertEqual(self.partner.auto_level_by, "person")

    def test_goes_on_where_it_stopped(self):
        last = self.env["ir.config_parameter"].sudo()
        last.set_param("auto_crm_base.level_last_partner_id", self.partner.id)
        self._buy("浙A10001")
        self._run()
        self.assertFalse(self.partner.auto_level_id)
        self._run()
        self.assertEqual(self.partner.auto_level_id, self.good)
