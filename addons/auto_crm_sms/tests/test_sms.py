from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from odoo.addons.auto_crm_base.tests.common import AutoCase
from odoo.addons.sms.tests.common import MockSMS

NUMBER = "+8613800138000"


@tagged("post_install", "-at_install")
class TestSms(AutoCase, MockSMS):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Zhang Wei",
                "phone": NUMBER,
                "is_auto_customer": True,
                "store_ids": [(6, 0, cls.stores[1].ids)],
                "auto_store_id": cls.stores[1].id,
            }
        )
        cls.consultant = cls.users["consultant", 1]
        cls.manager = cls.users["store_manager", 1]
        # By our own rules, none who sees a number masked may write to the customer;
        # a company may set its rules otherwise.
        for model in ("res.partner", "auto.vehicle"):
            rights = {
                "name": "test",
                "model_id": cls.env["ir.model"]._get(model).id,
                "perm_read": False,
                "perm_write": True,
                "perm_create": False,
                "perm_unlink": False,
            }
            group = cls.env.ref("auto_crm_base.group_consultant")
            cls.env["ir.model.access"].create({**rights, "group_id": group.id})
            cls.env["ir.rule"].create(
                {**rights, "groups": [(6, 0, group.ids)], "domain_force": "[]"}
            )

    def _composer(self, user, **context):
        return (
            self.env["sms.composer"]
            .with_user(user)
            .with_context(
                active_model="res.partner",
                active_id=self.customer.id,
                default_composition_mode="comment",
                default_number_field_name="phone",
                **context,
            )
        )

    def test_who_sees_it_masked_writes_without_seeing(self):
        form = Form(self._composer(self.consultant))
        form.body = "Your car is ready"
        self.assertTrue(form.is_number_hidden)
        self.assertTrue(form.recipient_single_valid)
        self.assertIn("*", form.recipient_single_number)
        self.assertFalse(form.recipient_single_number_itf)
        composer = form.save()
        self.env.invalidate_all()
        names = [
            "numbers",
            "sanitized_numbers",
            "recipient_single_number",
            "recipient_single_number_itf",
            "recipient_single_description",
        ]
        self.assertNotIn("00138000", str(composer.read(names)))
        with self.mockSMSGateway():
            composer.action_send_sms()
        self.assertEqual([sms["number"] for sms in self._sms], [NUMBER])
        self.assertEqual(self.customer.phone, NUMBER)

    def test_what_is_typed_over_a_masked_number_counts_for_nothing(self):
        composer = self._composer(self.consultant).create(
            {"body": "Hello", "recipient_single_number_itf": "+8613911112222"}
        )
        with self.mockSMSGateway():
            composer.action_send_sms()
        self.assertEqual([sms["number"] for sms in self._sms], [NUMBER])
        self.assertEqual(self.customer.phone, NUMBER)

    def test_with_the_right_nothing_changes(self):
        form = Form(self._composer(self.manager))
        self.assertFalse(form.is_number_hidden)
        self.assertEqual(form.recipient_single_number_itf, NUMBER)

    def test_ones_own_customer(self):
        self.customer.user_id = self.consultant
        form = Form(self._composer(self.consultant))
        self.assertEqual(form.recipient_single_number_itf, NUMBER)

    def test_through_the_car(self):
        """A record without a number of its own: its customer's is used, unseen."""
        car = self.env["auto.vehicle"].create(
            {
                "license_plate": "沪A88801",
                "company_id": self.stores[1].id,
                "owner_id": self.customer.id,
            }
        )
        composer = (
            self.env["sms.composer"]
            .with_user(self.consultant)
            .create(
                {
                    "res_model": "auto.vehicle",
                    "res_id": car.id,
                    "composition_mode": "comment",
                    "body": "Your car is ready",
                }
            )
        )
        self.assertTrue(composer.is_number_hidden)
        self.assertNotIn("00138000", composer.recipient_single_number)
        with self.mockSMSGateway():
            composer.action_send_sms()
        self.assertEqual([sms["number"] for sms in self._sms], [NUMBER])

    def test_the_history_tells_no_number(self):
        with self.mockSMSGateway():
            self._composer(self.consultant).create({"body": "Hello"}).action_send_sms()
        notifications = self.env["mail.notification"].search(
            [("sms_number", "=", NUMBER)]
        )
        self.assertTrue(notifications)
        with self.assertRaises(AccessError):
            notifications.with_user(self.consultant).read(["sms_number"])
        notifications.with_user(self.manager).read(["sms_number"])

    def _withdraw(self, purpose):
        self.env["auto.consent"].create(
            {
                "partner_id": self.customer.id,
                "channel": "sms",
                "purpose": purpose,
                "state": "withdrawn",
                "wording": "No SMS, please.",
            }
        )

    def test_no_sms_at_all(self):
        self._withdraw("all")
        composer = self._composer(self.manager).create({"body": "Your car is ready"})
        with self.assertRaises(UserError):
            composer.action_send_sms()

    def test_no_advertising(self):
        self._withdraw("marketing")
        other = self.customer.copy({"phone": "+8613911112222"})
        composer = self.env["sms.composer"].create(
            {
                "res_model": "res.partner",
                "res_ids": repr((self.customer | other).ids),
                "composition_mode": "mass",
                "use_exclusion_list": False,
                "mass_force_send": True,
                "body": "Spring offer",
            }
        )
        with self.mockSMSGateway():
            composer.action_send_sms()
        self.assertEqual([sms["number"] for sms in self._sms], ["+8613911112222"])
        # What concerns the car may still be said.
        with self.mockSMSGateway():
            self._composer(self.manager).create({"body": "Ready"}).action_send_sms()
        self.assertEqual(len(self._sms), 1)

    def test_followup_by_sms(self):
        """A rule that is carried out by SMS writes to whom it may, once."""
        template = self.env["sms.template"].create(
            {
                "name": "Greeting",
                "model_id": self.env["ir.model"]._get("auto.followup").id,
                "body": "Dear {{ object.partner_id.name }}",
            }
        )
        field = self.env["ir.model.fields"]._get("res.partner", "birthday")
        today = (
            self.env["auto.followup"]._fields["date_due"].context_today(self.env.user)
        )
        self.customer.birthday = today.replace(year=1990, day=min(today.day, 28))
        rule = self.env["auto.followup.rule"].create(
            {
                "name": "By SMS",
                "target": "customer",
                "date_field_id": field.id,
                "repeat_yearly": True,
                "quiet_days": 0,
                "company_id": self.stores[1].id,
                "delivery": "sms",
                "sms_template_id": template.id,
            }
        )
        rule._generate()
        followup = rule.followup_ids
        self.assertEqual(followup.state, "done")
        self.assertEqual(followup.contact_id.channel, "sms")
        messages = self.env["sms.sms"].search([("number", "=", NUMBER)])
        self.assertEqual(messages.mapped("body"), ["Dear Zhang Wei"])
        self.assertEqual(rule._generate(), 0)
