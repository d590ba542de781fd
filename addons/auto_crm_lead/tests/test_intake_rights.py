from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .test_intake import IntakeCase


@tagged("post_install", "-at_install")
class TestIntakeRights(IntakeCase):
    def wizard(self, user, **values):
        values = {"name": "张伟", "phone": "13800138000", **values}
        return self.env["auto.intake.wizard"].with_user(user).create(values)

    def find(self, phone="13800138000"):
        return self.Lead._find_open_prospect(self.store, phone=phone)

    def test_every_role_that_may_register(self):
        for role in ("consultant", "sales_manager", "store_manager"):
            user = self.users[role, 1]
            phone = f"138001380{len(role):02}"
            action = self.wizard(user, phone=phone).action_confirm()
            self.assertEqual(action["res_model"], "crm.lead", role)
            lead = self.find(phone)
            if role == "consultant":
                self.assertEqual(lead.user_id, user)
        for role in ("adviser", "callcentre"):
            user = self.users[role, 1]
            phone = f"139001380{len(role):02}"
            self.wizard(user, phone=phone).action_confirm()
            self.assertTrue(self.find(phone), role)

    def test_others_may_not(self):
        for role in ("technician", "complaint", "service_manager"):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                self.wizard(self.users[role, 1])

    def test_hint_and_append(self):
        first = self.users["consultant", 1]
        self.wizard(first).action_confirm()
        wizard = self.wizard(self.users["adviser", 1], phone="+86 138-0013-8000")
        self.assertIn(first.name, wizard.hint)
        action = wizard.action_confirm()
        self.assertEqual(len(self.find().contact_ids), 2)
        if action["res_model"] == "auto.intake.wizard":
            self.assertEqual(wizard.state, "done")
            self.assertIn(first.name, wizard.result)

    def test_other_store_is_not_told(self):
        self.wizard(self.users["consultant", 1]).action_confirm()
        wizard = self.wizard(self.users["consultant", 2])
        self.assertFalse(wizard.hint)

    def test_what_was_received_shows_no_number_to_the_auditor(self):
        lead = self.Lead._intake(
            {"name": "张伟", "phone": "138 0013 8000", "email": "a@example.com"},
            "phone",
            raw='{"phone": "138 0013 8000", "message": "两万***", "year": 2026}',
        )
        self.env["auto.spam.entry"]._judge(
            lead, [(self.store.id, "phone", "+8613800138000")], "deny"
        )
        self.env.flush_all()
        auditor = self.users["auditor"]
        for model, names in (
            ("auto.lead.intake", ["raw"]),
            ("auto.lead.identity", ["value", "display_name"]),
            ("auto.spam.entry", ["value", "display_name"]),
        ):
            self.env.invalidate_all()
            records = self.env[model].with_user(auditor)
            rows = records.search_read([("lead_id", "=", lead.id)], names)
            self.assertTrue(rows, model)
            digits = "".join(filter(str.isdigit, str(rows)))
            self.assertNotIn("13800138000", digits, model)
            self.assertIn("8000", str(rows), model)
        self.assertIn("两万***", lead.intake_ids.raw)
        found = self.env["auto.lead.identity"].with_user(auditor)
        for value, count in (
            ("138-0013-8000", 1),
            ("a@example.com", 1),
            ("1380013", 0),
        ):
            domain = [("value", "=", value), ("lead_id", "=", lead.id)]
            self.assertEqual(found.search_count(domain), count, value)
        manager = self.env["auto.lead.intake"].with_user(self.users["sales_manager", 1])
        self.assertIn("138 0013 8000", manager.browse(lead.intake_ids.id).raw)
        [row] = manager.browse(lead.intake_ids.id).read(["raw"])
        self.assertIn("138 0013 8000", row["raw"])

    def test_bodies_show_no_number_to_whom_it_is_masked(self):
        """The corrected body, and what is kept as a file, are as the raw text."""
        lead = self.Lead._intake({"name": "张伟", "phone": "138 0013 8000"}, "phone")
        intake = lead.intake_ids
        intake.sudo().write(
            {"corrected_body": '{"phone": "138 0013 8000"}', "raw_file": "MTM4"}
        )
        self.env.flush_all()
        for user in (self.users["auditor"], self.users["head_office"]):
            self.env.invalidate_all()
            seen = intake.with_user(user)
            [row] = seen.read(["corrected_body", "raw"])
            self.assertNotIn("0013", str(row))
            self.assertIn("138 **** 8000", row["corrected_body"])
            self.assertNotIn("raw_file", seen.fields_get())
            self.assertNotIn("raw_file", seen.read()[0])
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                seen.read(["raw_file"])
        manager = intake.with_user(self.users["sales_manager", 1])
        [row] = manager.read(["corrected_body", "raw_file"])
        self.assertIn("138 0013 8000", row["corrected_body"])
        self.assertTrue(row["raw_file"])

    def test_a_masked_body_is_not_saved(self):
        lead = self.Lead._intake({"name": "张伟", "phone": "138 0013 8000"}, "phone")
        intake = lead.intake_ids.with_user(self.users["head_office"])
        with self.assertRaisesRegex(UserError, "masked"):
            intake.corrected_body = '{"phone": "138 **** 8000"}'
        intake.corrected_body = '{"phone": "139 0013 8000", "message": "两万***"}'
        self.assertIn("139 0013 8000", lead.intake_ids.corrected_body)

    def test_missing_values(self):
        with self.assertRaises(ValidationError):
            self.wizard(self.users["consultant", 1], name=" ").action_confirm()
        with self.assertRaises(ValidationError):
            self.wizard(self.users["consultant", 1], phone="").action_confirm()

    def test_secret_is_for_configuration_only(self):
        for role in ("consultant", "store_manager", "sales_manager"):
            source = self.source.with_user(self.users[role, 1])
            source.invalidate_recordset()
            self.assertTrue(source.name)
            for name in ("secret", "token", "json_url"):
                with self.assertRaises(AccessError), mute_logger("odoo.models"):
                    source.read([name])
        source = self.source.with_user(self.users["head_office"])
        old = source.secret
        source.action_rotate_secret()
        self.assertNotEqual(source.secret, old)

    def test_log_is_not_edited(self):
        self.intake(phone="13800138000")
        intake = self.env["auto.lead.intake"].search([], limit=1)
        manager = intake.with_user(self.users["store_manager", 1])
        for vals in ({"state": "discarded"}, {"raw": "x"}, {"person": "x"}):
            with self.assertRaises(UserError):
                manager.write(vals)
        with self.assertRaises(UserError), mute_logger("odoo.models"):
            manager.unlink()
        for role in ("consultant", "adviser", "technician"):
            with self.assertRaises(AccessError), mute_logger("odoo.models"):
                intake.with_user(self.users[role, 1]).read(["raw"])
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            intake.with_user(self.users["store_manager", 2]).read(["raw"])

    def test_retention(self):
        self.intake(phone="13800138000")
        intake = self.env["auto.lead.intake"].search([], limit=1)
        self.env["ir.config_parameter"].set_param(
            "auto_crm_lead.intake_retention_days", "30"
        )
        self.env.cr.execute(
            "UPDATE auto_lead_intake SET date = now() - interval '31 days'"
            " WHERE id = %s",
            [intake.id],
        )
        intake.invalidate_recordset()
        with self.enter_registry_test_mode():
            self.env.ref("auto_crm_lead.ir_cron_blank_raw").method_direct_trigger()
        intake.invalidate_recordset()
        self.assertFalse(intake.raw)
        self.assertTrue(intake.lead_id)
