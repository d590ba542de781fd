from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import AutoCase

NUMBER = "+86 138 0013 8000"


@tagged("post_install", "-at_install")
class TestMasking(AutoCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.owner = cls.users["consultant", 1]
        cls.colleague = cls._new_user(
            "consultant", "test_colleague", cls.stores[1], cls.stores[1]
        )
        cls.customer = cls.env["res.partner"].create(
            {
                "name": "Zhang Wei",
                "phone": NUMBER,
                "email": "zhang.wei@example.com",
                "is_auto_customer": True,
                "store_ids": [(6, 0, cls.stores[1].ids)],
                "auto_store_id": cls.stores[1].id,
                "user_id": cls.owner.id,
            }
        )
        cls.env.flush_all()

    def _as(self, user):
        self.env.invalidate_all()
        return self.customer.with_user(user)

    def _masked_number(self):
        masked = self.customer._mask_value("phone", NUMBER)
        self.assertIn("*", masked)
        self.assertTrue(masked.endswith("8000"))
        return masked

    def test_every_way_of_reading(self):
        masked = self._masked_number()
        names = ["phone", "phone_sanitized"]
        customer = self._as(self.colleague)
        domain = [("id", "=", customer.id)]
        self.assertEqual(customer.read(["phone"])[0]["phone"], masked)
        self.assertNotIn("00138000", str(customer.read(names)))
        self.assertNotIn("00138000", str(customer.search_read(domain, names)))
        spec = {name: {} for name in names}
        self.assertEqual(customer.web_read(spec)[0]["phone"], masked)
        records = customer.web_search_read(domain, spec)["records"]
        self.assertEqual(records[0]["phone"], masked)
        rows = customer.with_user(self.users["auditor"])
        self.assertEqual(rows.web_read(spec)[0]["phone"], masked)

    def test_through_another_record(self):
        contact = self.env["auto.contact"].create(
            {"partner_id": self.customer.id, "company_id": self.stores[1].id}
        )
        values = contact.with_user(self.colleague).web_read(
            {"partner_id": {"fields": {"display_name": {}, "phone": {}}}}
        )
        self.assertEqual(values[0]["partner_id"]["phone"], self._masked_number())

    def test_contacts_of_a_customer_follow_its_consultant(self):
        child = self.customer.create(
            {"name": "Spouse", "parent_id": self.customer.id, "phone": "13900139000"}
        )
        child.user_id = False
        spec = {"child_ids": {"fields": {"phone": {}}}}
        seen = self._as(self.colleague).web_read(spec)[0]["child_ids"][0]["phone"]
        self.assertIn("*", seen)
        seen = self._as(self.owner).web_read(spec)[0]["child_ids"][0]["phone"]
        self.assertNotIn("*", seen)

    def test_who_sees_it_in_full(self):
        roles = ("sales_manager", "adviser", "service_manager", "store_manager")
        for user in (self.owner, *(self.users[role, 1] for role in roles)):
            customer = self._as(user)
            self.assertEqual(customer.read(["phone"])[0]["phone"], NUMBER, user.login)
        self.assertEqual(self.customer.sudo().read(["phone"])[0]["phone"], NUMBER)

    def test_no_role_no_mask(self):
        plain = new_test_user(
            self.env,
            "test_plain",
            groups="base.group_user,base.group_partner_manager",
            company_id=self.stores[1].id,
            company_ids=[(6, 0, self.stores[1].ids)],
        )
        customer = self._as(plain).with_context(allowed_company_ids=self.stores[1].ids)
        self.assertEqual(customer.read(["phone"])[0]["phone"], NUMBER)

    def test_one_query_more_for_many(self):
        customers = self.customer.create(
            [
                {
                    "name": f"Customer {index}",
                    "phone": f"139001390{index:02}",
                    "is_auto_customer": True,
                    "store_ids": [(6, 0, self.stores[1].ids)],
                }
                for index in range(30)
            ]
        )
        self.env.flush_all()
        customers = customers.with_user(self.colleague)
        customers[:1].read(["phone"])
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        rows = customers.read(["phone"])
        self.assertTrue(all("*" in row["phone"] for row in rows))
        self.assertLessEqual(self.cr.sql_log_count - before, 6)

    def test_export(self):
        group = self.env.ref("base.group_allow_export")
        with self.assertRaises(UserError):
            self._as(self.colleague).export_data(["name", "phone"])
        self.colleague.group_ids |= group
        rows = self._as(self.colleague).export_data(["name", "phone", "email"])["datas"]
        self.assertEqual(
            rows, [["Zhang Wei", self._masked_number(), "z***@example.com"]]
        )
        log = self.env["auto.access.log"].search([("kind", "=", "export")], limit=1)
        self.assertEqual(log.user_id, self.colleague)
        self.assertEqual(log.record_count, 1)
        self.assertIn("phone", log.detail)

    def test_export_through_another_record_and_with_lines(self):
        self.colleague.group_ids |= self.env.ref("base.group_allow_export")
        self.customer.create(
            [
                {"name": f"Child {i}", "parent_id": self.customer.id, "phone": NUMBER}
                for i in range(2)
            ]
        )
        self.customer.child_ids.user_id = False
        contact = self.env["auto.contact"].create(
            {"partner_id": self.customer.id, "company_id": self.stores[1].id}
        )
        rows = contact.with_user(self.colleague).export_data(["partner_id/phone"])
        self.assertEqual(rows["datas"], [[self._masked_number()]])
        rows = (
            self._as(self.colleague)
            .with_context(import_compat=False)
            .export_data(["name", "phone", "child_ids/phone", "child_ids/name"])[
                "datas"
            ]
        )
        self.assertEqual(len(rows), 2)
        self.assertEqual(rows[0][:2], ["Zhang Wei", self._masked_number()])
        self.assertTrue(all("*" in row[2] for row in rows))
        self.assertEqual(rows[1][:2], ["", ""])

    def test_export_makes_no_formula(self):
        manager = self.users["store_manager", 1]
        for start in ("=", "@", "\t", "\r"):
            self.customer.name = f"{start}HYPERLINK('http://x')"
            rows = self._as(manager).export_data(["name"])["datas"]
            self.assertEqual(rows[0][0][0], "'")

    def test_group_and_sort_are_refused(self):
        partners = self._as(self.colleague)
        for call in (
            lambda: partners.formatted_read_group([], ["phone"], ["__count"]),
            lambda: partners.formatted_read_group([], [], ["phone:max"]),
            lambda: partners.search([], order="phone"),
            lambda: partners.search_read([], ["name"], order="phone_sanitized desc"),
            lambda: (
                self.env["auto.contact"]
                .with_user(self.colleague)
                ._read_group([], ["partner_id.phone"], ["__count"])
            ),
        ):
            with self.assertRaises(AccessError):
                call()
        for customer, offered in ((partners, False), (self._as(self.owner), False)):
            views = customer.get_views([(False, "list"), (False, "search")])
            fields_info = views["models"]["res.partner"]["fields"]
            self.assertEqual(fields_info["phone"]["sortable"], offered)
            self.assertEqual(fields_info["phone"]["groupable"], offered)
        manager = self._as(self.users["sales_manager", 1])
        self.assertTrue(manager.search([], order="phone", limit=1))

    def test_search_finds_strangers_by_the_whole_number_only(self):
        partners = self._as(self.colleague)
        found = lambda *leaf: partners.search([leaf]) & partners  # noqa: E731
        for spelling in ("13800138000", "138 0013 8000", "+8613800138000"):
            self.assertTrue(found("phone", "ilike", spelling), spelling)
        self.assertTrue(found("phone_mobile_search", "ilike", "13800138000"))
        for guess in ("1380013", "8000", "138%8000", "1380013800_", "%"):
            for operator in ("ilike", "like", "=like", "=ilike"):
                self.assertFalse(found("phone", operator, guess), (operator, guess))
        contacts = self.env["auto.contact"].with_user(self.colleague)
        self.assertFalse(contacts.search([("partner_id.phone", "like", "13800")]))
        for operator in (">", "<=", "not in", "not ilike"):
            value = ["x"] if operator == "not in" else "+861380"
            with self.assertRaises(UserError):
                found("phone", operator, value)
        self.assertTrue(found("phone", "!=", False))
        own = self._as(self.owner)
        self.assertTrue(own.search([("phone", "ilike", "13 8000")]) & own)

    def test_name_search_does_not_leak(self):
        partners = self._as(self.colleague)
        self.assertNotIn(self.customer.id, dict(partners.name_search("138 0013")))
        self.assertNotIn("0013", str(partners.name_search("Zhang Wei")))

    def test_onchange_keeps_and_masks(self):
        spec = {"phone": {}, "country_id": {}, "user_id": {}, "name": {}}
        customer = self._as(self.owner)
        masked = self._masked_number()
        result = customer.onchange(
            {"phone": masked, "country_id": self.env.ref("base.cn").id},
            ["country_id"],
            spec,
        )
        self.assertNotIn("*", str(result["value"].get("phone", "")))
        # A forged owner in the form does not open the number.
        self.customer.user_id = False
        cc = self.users["callcentre", 1]
        self.env["auto.access.log"].with_user(cc)._log("lookup", self.customer)
        new = self._as(cc).new({"user_id": cc.id}, origin=self._as(cc))
        self.assertEqual(new.web_read({"phone": {}})[0]["phone"], masked)

    def test_mask_is_never_saved(self):
        with self.assertRaises(UserError):
            self._as(self.owner).write({"phone": self._masked_number()})
        with self.assertRaises(UserError):
            self.customer.create({"name": "Copy", "phone": "138****8000"})
        self.env.invalidate_all()
        self.assertEqual(self.customer.phone, NUMBER)

    def test_copy_does_not_open_the_number(self):
        vals = self._as(self.colleague).copy_data({"user_id": self.colleague.id})
        self.assertNotIn("phone", vals[0])

    def test_history_of_the_number_is_hidden(self):
        field = self.env["ir.model.fields"]._get("res.partner", "phone")
        message = self.customer.message_post(body="changed")
        phone = self.env["mail.tracking.value"].create(
            {
                "field_id": field.id,
                "mail_message_id": message.id,
                "old_value_char": NUMBER,
                "new_value_char": "13900139000",
            }
        )
        env = self.env(user=self.colleague)
        self.assertFalse(phone._filter_has_field_access(env))
        env = self.env(user=self.users["sales_manager", 1])
        self.assertTrue(phone._filter_has_field_access(env))

    def test_reveal_is_logged(self):
        customer = self._as(self.colleague)
        self.assertTrue(customer.is_phone_masked)
        action = customer.action_reveal_phone()
        reveal = self.env[action["res_model"]].with_user(self.colleague)
        self.assertEqual(reveal.browse(action["res_id"]).phone, NUMBER)
        log = self.env["auto.access.log"].search(
            [("kind", "=", "reveal"), ("user_id", "=", self.colleague.id)]
        )
        self.assertEqual(log.res_id, self.customer.id)
        with self.assertRaises(AccessError):
            self._as(self.users["technician", 1]).action_reveal_phone()
        with self.assertRaises(AccessError):
            self._as(self.users["consultant", 2]).action_reveal_phone()

    def test_contact_number_is_seen_by_who_took_the_call(self):
        contact = (
            self.env["auto.contact"]
            .with_user(self.owner)
            .create({"partner_id": self.customer.id, "number": NUMBER})
        )
        self.assertEqual(contact.read(["number"])[0]["number"], NUMBER)
        seen = contact.with_user(self.colleague).read(["number"])[0]["number"]
        self.assertIn("*", seen)

    def test_identity_document(self):
        document = self.env["auto.customer.document"].create(
            {"partner_id": self.customer.id, "number": "330102198805120011"}
        )
        logs = self.env["auto.access.log"]
        domain = [("kind", "=", "restricted_read"), ("res_id", "=", document.id)]
        seen = document.with_user(self.owner).read(["number"])[0]["number"]
        self.assertEqual(seen, "**************0011")
        self.assertFalse(logs.search_count(domain))
        with self.assertRaises(AccessError):
            document.with_user(self.owner).read(["scan"])
        manager = self.users["store_manager", 1]
        seen = document.with_user(manager).read(["number"])[0]["number"]
        self.assertEqual(seen, "330102198805120011")
        self.assertEqual(logs.search(domain).user_id, manager)
        document.with_user(manager).read(["expiry_date"])
        self.assertEqual(logs.search_count(domain), 1)
