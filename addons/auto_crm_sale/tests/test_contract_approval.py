from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, tagged

from .common import SaleCase

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6"
    "kgAAAABJRU5ErkJggg=="
)


class ContractCase(SaleCase):
    """Cars at a list price of 150,000 and a floor price of 140,000."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.product.lst_price = 150000
        cls.product.floor_price = 140000
        cls.mat = cls.env["product.product"].create(
            {"name": "Floor mats", "type": "consu", "lst_price": 800}
        )
        cls.kind = cls.env.ref("auto_crm_sale.approval_kind_contract")
        cls.floor_kind = cls.env.ref("auto_crm_sale.approval_kind_contract_floor")
        cls.kind.amount_free = 2000
        cls.boss = cls.users["store_manager", 1]

    def _order(self, price=150000, user=None, partner=None, **values):
        vehicle = self._receive()
        order = self._contract(vehicle, partner or self.partners[0], **values)
        order.order_line.price_unit = price
        return order.with_user(user or self.consultant)

    def _approve(self, order, user=None):
        order.action_request_contract_approval()
        order.with_user(user or self.manager).action_approve_contract()

    def _refused(self, call):
        with self.assertRaises(UserError), self.cr.savepoint():
            call()


@tagged("post_install", "-at_install")
class TestContractApproval(ContractCase):
    def test_at_list_price_none_is_needed(self):
        order = self._order(149000)
        self.assertEqual(order.contract_approval, "none")
        self._refused(order.action_request_contract_approval)
        order.action_confirm()
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.sudo().version_ids.reason, "confirmed")

    def test_a_car_without_a_price_needs_approval(self):
        self.product.lst_price = 0
        order = self._order(0)
        self.assertEqual(order.contract_approval, "needed")
        self._refused(order.action_confirm)
        order.order_line.price_unit = 60000
        self.assertEqual(order.contract_approval, "needed", "nothing to compare with")
        with self.assertRaises(ValidationError), self.cr.savepoint():
            order.order_line.price_unit = -1

    def test_discount_needs_approval_by_any_path(self):
        order = self._order(145000)
        self.assertEqual(order.contract_approval, "needed")
        self.assertEqual(order.contract_discount, 5000)
        self._refused(order.action_confirm)
        self._refused(order.sudo().action_confirm)
        self._refused(lambda: order.write({"state": "sale"}))
        self._refused(lambda: order.sudo()._validate_order())
        self._refused(lambda: order.sudo().write({"signature": PIXEL}))
        vehicle = order.vehicle_ids
        self._refused(
            lambda: self._contract(
                vehicle,
                self.partners[0],
                state="sale",
                order_line=[
                    (
                        0,
                        0,
                        {
                            "product_id": vehicle.product_id.id,
                            "vehicle_id": vehicle.id,
                            "price_unit": 1,
                        },
                    )
                ],
            )
        )
        self.assertEqual(order.state, "draft")
        order.action_request_contract_approval()
        self.assertEqual(order.contract_approval, "waiting")
        self._refused(order.action_confirm)
        self._refused(order.action_request_contract_approval)
        with self.assertRaises(UserError):
            order.action_approve_contract()
        order.with_user(self.manager).action_approve_contract()
        self.assertEqual(order.contract_approval, "approved")
        order.action_confirm()
        self.assertEqual(order.state, "sale")

    def test_nobody_approves_by_hand(self):
        order = self._order(145000)
        for vals in (
            {"agreed_terms": order._terms_key()},
            {"contract_approval": "approved"},
            {"terms_approved": True},
        ):
            self._refused(lambda vals=vals: order.write(vals))
            self._refused(lambda vals=vals: order.sudo().write(vals))
            self._refused(
                lambda vals=vals: order.with_context(auto_terms=True).write(vals)
            )
        forged = (
            self.env["sale.order"]
            .with_context(default_agreed_terms=order._terms_key())
            .create({"partner_id": self.partners[0].id, "terms_approved": True})
        )
        self.assertFalse(forged.agreed_terms)
        self.assertFalse(forged.terms_approved)

    def test_only_a_manager_gives_a_contract_away(self):
        order = self._order(150000).with_user(self.consultant)
        order.action_confirm()
        for user in (self.manager, self.env["res.users"]):
            self._refused(lambda one=user: order.write({"user_id": one.id}))
        order.write({"user_id": self.consultant.id})
        order.with_user(self.manager).user_id = self.manager
        self.assertEqual(order.sudo().user_id, self.manager)

    def test_no_way_round(self):
        order = self._order(145000)
        self._refused(lambda: order.write({"is_vehicle_contract": False}))
        self._refused(order.action_confirm)
        order = self._order(150000)
        self.env["sale.order.line"].create(
            {
                "order_id": order.id,
                "product_id": self.mat.id,
                "is_downpayment": True,
                "price_unit": -9000,
                "product_uom_qty": 1,
            }
        )
        self.assertEqual(order.contract_approval, "needed")
        self._refused(order.action_confirm)

    def test_any_edit_reopens(self):
        other = self._receive()
        edits = {
            "price": lambda one: one.order_line.write({"price_unit": 144999}),
            "better": lambda one: one.order_line.write({"price_unit": 149999}),
            "discount": lambda one: one.order_line.write({"discount": 1}),
            "nested": lambda one: one.write(
                {"order_line": [(1, one.order_line[0].id, {"price_unit": 1000})]}
            ),
            "car": lambda one: one.order_line.write({"vehicle_id": other.id}),
            "added": lambda one: one.env["sale.order.line"].create(
                {"order_id": one.id, "product_id": self.mat.id}
            ),
            "added by order": lambda one: one.write(
                {"order_line": [(0, 0, {"product_id": self.mat.id})]}
            ),
            "customer": lambda one: one.write({"partner_id": self.partners[1].id}),
            "removed": lambda one: one.order_line.unlink(),
            "quantity": lambda one: one.order_line.write({"product_uom_qty": 0}),
        }
        for name, edit in edits.items():
            with self.subTest(name):
                order = self._order(145000)
                self._approve(order)
                edit(order)
                self.assertEqual(order.contract_approval, "changed")
                self._refused(order.action_confirm)

    def test_edit_makes_a_waiting_request_void(self):
        order = self._order(145000)
        order.action_request_contract_approval()
        approval = order.sudo().approval_ids
        order.order_line.price_unit = 130000
        self.assertEqual(approval.state, "cancelled")
        self.assertEqual(order.contract_approval, "needed")
        self._refused(approval.with_user(self.manager).action_approve)
        order.order_line.name = "Only the words"
        order.order_line.price_unit = 145000
        self._approve(order)
        order.order_line.name = "Other words"
        order.note = "A remark"
        self.assertEqual(order.contract_approval, "approved")

    def test_back_to_what_was_approved(self):
        order = self._order(145000)
        self._approve(order)
        order.order_line.price_unit = 144000
        self.assertEqual(order.contract_approval, "changed")
        order.order_line.price_unit = 145000
        self.assertEqual(order.contract_approval, "approved")
        order.action_confirm()
        self.assertEqual(len(order.sudo().version_ids), 1)

    def test_change_after_confirmation(self):
        order = self._order(150000)
        order.action_confirm()
        order.order_line.price_unit = 149500
        self.assertEqual(order.contract_approval, "changed")
        picking = order.sudo().picking_ids
        picking.move_ids.picked = True
        self._refused(picking.with_context(skip_sms=True).button_validate)
        self._refused(order.sudo()._create_invoices)
        self.env["sale.order.line"].create(
            {"order_id": order.id, "product_id": self.mat.id, "price_unit": 0}
        )
        self.assertIn("149,500", order.change_html)
        self.assertIn("Floor mats", order.change_html)
        order.sudo().vehicle_ids.product_id.default_code = "NAMED-LATER"
        self._approve(order)
        self.assertFalse(order.change_html)
        self.assertEqual(order.contract_approval, "approved")
        last, first = order.sudo().version_ids
        self.assertEqual((first.number, last.number), (1, 2))
        self.assertEqual(first.snapshot["lines"][0]["price"], 150000)
        what = {row[0]: row[2:] for row in last.difference}
        self.assertEqual(what["price"], [150000, 149500])
        self.assertIn("added", what)
        self.assertNotIn("product", what)
        self.assertIn("149,500", last.difference_html)
        picking = order.sudo().picking_ids.filtered(lambda one: one.state != "done")
        picking.move_ids.picked = True
        picking.with_context(skip_sms=True).button_validate()
        self.assertEqual(order.sudo().vehicle_ids.sale_state, "delivered")

    def test_change_without_approval_where_configured(self):
        self.kind.ask_on_change = False
        order = self._order(150000)
        order.action_confirm()
        order.order_line.price_unit = 149500
        self.assertEqual(order.contract_approval, "none")
        self.assertEqual(order.sudo().version_ids.mapped("number"), [2, 1])
        order.order_line.price_unit = 145000
        self.assertEqual(order.contract_approval, "changed")

    def test_configuration(self):
        order = self._order(145000)
        self.kind.amount_free = 5000
        self.assertEqual(order.contract_approval, "none")
        self.kind.ask_always = True
        self.assertEqual(order.contract_approval, "needed")
        self.kind.active = False
        self.assertEqual(order.contract_approval, "none")
        order.action_confirm()

    def test_levels(self):
        order = self._order(141000)
        order.action_request_contract_approval()
        self.assertEqual(order.sudo().approval_ids.kind_id, self.kind)
        self.kind.limit_ids.filtered(
            lambda limit: (
                limit.group_id == self.env.ref("auto_crm_base.group_sales_manager")
            )
        ).amount_max = 8000
        order.action_withdraw_contract()
        order.action_request_contract_approval()
        with self.assertRaises(AccessError), self.cr.savepoint():
            order.with_user(self.manager).action_approve_contract()
        order.with_user(self.boss).action_approve_contract()
        self.assertEqual(order.contract_approval, "approved")

    def test_below_floor_goes_higher(self):
        order = self._order(139000)
        order.action_request_contract_approval()
        self.assertEqual(order.sudo().approval_ids.kind_id, self.floor_kind)
        with self.assertRaises(AccessError), self.cr.savepoint():
            order.with_user(self.manager).action_approve_contract()
        order.with_user(self.boss).action_approve_contract()
        order.action_confirm()
        # A gift on another line is a discount of the car as well.
        gift = self._order(140500)
        self.assertFalse(gift.sudo().is_below_floor)
        self.env["sale.order.line"].create(
            {"order_id": gift.id, "product_id": self.mat.id, "price_unit": 0}
        )
        self.assertEqual(gift.contract_discount, 10300)
        self.assertTrue(gift.sudo().is_below_floor)
        # The floor of the car itself comes before the product's.
        gift.vehicle_ids.sudo().floor_price = 130000
        gift.invalidate_recordset()
        self.assertFalse(gift.sudo().is_below_floor)

    def test_floor_price_is_hidden(self):
        order = self._order(139000)
        vehicle = order.vehicle_ids
        for record, name in (
            (vehicle, "floor_price"),
            (vehicle.product_id, "floor_price"),
            (vehicle.product_id.product_tmpl_id, "floor_price"),
            (order, "is_below_floor"),
        ):
            mine = record.with_user(self.consultant)
            with self.assertRaises(AccessError):
                mine.read([name])
            with self.assertRaises(AccessError):
                mine.search([(name, "!=", False)])
            with self.assertRaises(AccessError):
                mine.write({name: 1})
            record.with_user(self.manager).read([name])
        approval = order.sudo().approval_ids
        self.assertFalse(approval)
        order.action_request_contract_approval()
        # What the consultant reads of it does not tell how far below.
        self.assertEqual(order.sudo().approval_ids.amount, 11000)

    def test_refusal(self):
        order = self._order(145000)
        order.action_request_contract_approval()
        order.sudo().approval_ids.with_user(self.manager).action_refuse("Too much")
        self.assertEqual(order.contract_approval, "refused")
        self._refused(order.action_confirm)
        order.order_line.price_unit = 147000
        self.assertEqual(order.contract_approval, "needed")
        self._approve(order)
        order.action_confirm()

    def test_order_that_becomes_a_contract(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.partners[0].id,
                "company_id": self.store.id,
                "warehouse_id": self.warehouses[1].id,
                "order_line": [(0, 0, {"product_id": self.mat.id})],
            }
        )
        order.action_confirm()
        self.assertFalse(order.version_ids)
        vehicle = self._receive()
        line = {"product_id": vehicle.product_id.id, "vehicle_id": vehicle.id}
        order.order_line = [(0, 0, {**line, "price_unit": 100000})]
        self.assertEqual(order.contract_approval, "changed")
        picking = order.picking_ids.filtered(
            lambda one: one.move_ids.vehicle_id == vehicle
        )
        picking.move_ids.picked = True
        self._refused(picking.with_context(skip_sms=True).button_validate)

    def test_versions_are_kept(self):
        order = self._order(150000)
        order.action_confirm()
        version = order.version_ids
        self.assertTrue(version.read(["difference_html"]))
        with self.assertRaises(UserError):
            version.write({"number": 9})
        self.assertFalse(version.has_access("write"))
        with self.assertRaises(UserError):
            version.sudo().write({"number": 9})
        with self.assertRaises(UserError):
            version.sudo().unlink()
        other = self.users["consultant", 2]
        self.assertFalse(
            self.env["auto.contract.version"].with_user(other).search_count([])
        )

    def test_rights(self):
        order = self._order(150000)
        for user, may in (
            (self.consultant, True),
            (self.manager, True),
            (self.boss, True),
            (self.users["consultant", 2], False),
            (self.users["sales_manager", 2], False),
            (self.users["technician", 1], False),
        ):
            theirs = order.with_user(user).with_context(
                allowed_company_ids=user.company_ids.ids
            )
            self.assertEqual(theirs.has_access("write"), may, user.login)
        auditor = self.users["auditor"]
        audited = order.with_user(auditor).with_context(
            allowed_company_ids=auditor.company_ids.ids
        )
        self.assertTrue(audited.has_access("read"))
        self.assertFalse(audited.has_access("write"))
        order.sudo().user_id = self.manager
        self.assertFalse(order.with_user(self.consultant).has_access("read"))

    def test_contract_from_reservation(self):
        vehicle = self._receive()
        reservation = self._reservation(vehicle, self.partners[0])
        reservation.action_confirm()
        action = reservation.action_make_contract()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.vehicle_ids, vehicle)
        self.assertEqual(order.partner_id, self.partners[0])
        self.assertEqual(order.company_id, self.store)
        self.assertEqual(order.order_line.price_unit, 150000)
        self.assertEqual(reservation.action_make_contract()["res_id"], order.id)
        order.with_user(self.consultant).action_confirm()
        self.assertEqual(reservation.state, "active")
        self.assertEqual(reservation.sudo().order_id, order)
        self.assertEqual(vehicle.sale_state, "sold")

    def test_contract_from_lead(self):
        vehicle = self._receive()
        lead = self.env["crm.lead"].create(
            {
                "name": "Wants a car",
                "contact_name": "Fourth Buyer",
                "phone": "+86 138 0013 8222",
                "company_id": self.store.id,
                "user_id": self.consultant.id,
                "type": "opportunity",
            }
        )
        self.env["auto.lead.match"].create(
            {
                "lead_id": lead.id,
                "vehicle_id": vehicle.id,
                "company_id": self.store.id,
                "state": "proposed",
            }
        )
        action = lead.with_user(self.consultant).action_make_contract()
        order = self.env["sale.order"].browse(action["res_id"])
        self.assertEqual(order.opportunity_id, lead)
        self.assertEqual(order.partner_id, lead.partner_id)
        self.assertEqual(order.partner_id.name, "Fourth Buyer")
        self.assertEqual(order.vehicle_ids, vehicle)
        self.assertEqual(order.user_id, self.consultant)
        order.with_user(self.consultant).action_confirm()
        self.assertEqual(lead.won_status, "won")
        with self.assertRaises(AccessError):
            lead.with_user(self.users["consultant", 2]).action_make_contract()

    def test_everybody_reads_the_title_in_their_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        order = self._order(140000).with_context(lang="en_US")
        summary = type(order)._approval_summary

        def title(one):
            return f"合同 {one.name}" if one.env.lang == "zh_CN" else summary(one)

        self.patch(type(order), "_approval_summary", title)
        order.action_request_contract_approval()
        approval = order.sudo().approval_ids
        self.assertIn("below list", approval.with_context(lang="en_US").summary)
        self.assertEqual(
            approval.with_context(lang="zh_CN").summary, f"合同 {order.name}"
        )
        self.assertIn("合同", approval.with_context(lang="zh_CN").display_name)

    def test_print(self):
        order = self._order(150000)
        order.order_line = [(0, 0, {"product_id": self.mat.id})]
        html = self.env["ir.actions.report"]._render_qweb_html(
            "auto_crm_sale.report_contract", order.ids
        )[0]
        text = html.decode()
        self.assertIn(order.vehicle_ids.vin, text)
        self.assertIn("Floor mats", text)
        self.assertIn(order.partner_id.name, text)
        self.assertNotIn("paid out by the bank", text)

    def test_print_says_what_the_bank_pays(self):
        order = self._order(150000)
        bank = self.env["res.partner"].create({"name": "Test Bank", "is_company": True})
        self.env["auto.sale.addon"].create(
            {
                "order_id": order.id,
                "kind_id": self.env.ref("auto_crm_sale.addon_kind_loan").id,
                "supplier_id": bank.id,
                "loan_amount": 80000,
            }
        )
        total = order.amount_total
        text = self.env["ir.actions.report"]._render_qweb_html(
            "auto_crm_sale.report_contract", order.ids
        )[0]
        text = text.decode()
        self.assertIn("Test Bank", text)
        self.assertIn("80,000", text)
        self.assertIn(f"{total - 80000:,.2f}", text)

    def test_print_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        colors = self.env["auto.color"].with_context(lang="en_US")
        color = colors.create({"name": "Sky blue"})
        color.update_field_translations("name", {"zh_CN": "天空蓝"})
        order = self._order(150000).sudo()
        order.vehicle_ids.write({"color": "sky Blue", "interior_color": "Oyster"})
        order.partner_id.lang = "zh_CN"
        text = self.env["ir.actions.report"]._render_qweb_html(
            "auto_crm_sale.report_contract", order.ids
        )[0]
        self.assertIn("天空蓝 / Oyster", text.decode())
        vehicle = order.vehicle_ids.with_context(lang="en_US")
        self.assertEqual(vehicle._color_words(), "Sky blue / Oyster")


@tagged("post_install", "-at_install")
class TestContractPortal(HttpCase, ContractCase):
    def test_sign_on_the_portal(self):
        order = self._order(145000).sudo()
        order.require_signature = True
        order.require_payment = False
        order.state = "sent"
        url = order._get_share_url(redirect=True)
        page = self.url_open(url).text
        self.assertIn(order.vehicle_ids.vin, page)
        # The scripts of the page ask it for its language.
        self.assertRegex(page, r'<html[^>]* lang="[a-z]{2}-[A-Z]{2}"')
        self.assertNotIn('data-bs-target="#modalaccept"', page)
        answer = self._sign(order)
        self.assertIn("error", answer["result"])
        order.invalidate_recordset()
        self.assertFalse(order.signature)
        self._approve(order.with_user(self.consultant))
        self.assertIn('data-bs-target="#modalaccept"', self.url_open(url).text)
        answer = self._sign(order)
        self.assertNotIn("error", answer.get("result") or answer)
        order.invalidate_recordset()
        self.assertEqual(order.state, "sale")
        self.assertTrue(order.signature)
        self.assertFalse(order.is_signature_void)
        order.order_line[0].price_unit = 144000
        self.assertTrue(order.is_signature_void)

    def test_change_takes_the_signature_back(self):
        order = self._order(150000).sudo()
        order.write({"signature": PIXEL, "signed_by": "First Buyer"})
        order.order_line.price_unit = 149000
        self.assertFalse(order.signature)

    def _sign(self, order):
        return self.make_jsonrpc_request_raw(order)

    def make_jsonrpc_request_raw(self, order):
        return self.url_open(
            f"/my/orders/{order.id}/accept?access_token={order.access_token}",
            json={
                "jsonrpc": "2.0",
                "params": {"name": "First Buyer", "signature": PIXEL},
            },
        ).json()
