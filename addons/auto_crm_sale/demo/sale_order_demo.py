"""A month of contracts: most in store 1, some in store 2.

Each contract has its own car, which came into stock some weeks before, and add-ons
in all states. What follows a contract (money, notices, handover) is told by the
files of those documents. Names: ``demo_contract_NN`` and, for its car,
``demo_contract_car_NN``. Nothing here runs unless demo data is loaded.
"""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

# Customer or prospect, store, consultant, model, product, colour, days ago, discount,
# how far: sale, changed, waiting, refused, needed, draft.
CONTRACTS = (
    ("won_week", 1, "c1", "tiguan", "tiguan_380", "white", 21, 3800, "sale"),
    ("何雨", 1, "c1", "golf", "golf_life", "white", 29, 900, "sale"),
    ("林晓", 1, "c2", "corolla", "corolla_hev", "white", 28, 1800, "sale"),
    ("谢军", 1, "c1", "passat", "passat_380", "black", 27, 9900, "sale"),
    ("袁媛", 1, "c2", "id4", "id4_pro", "white", 25, 0, "sale"),
    ("潘悦", 1, "c1", "golf", "golf_rline", "blue", 23, 2900, "sale"),
    ("Emily Carter", 1, "c2", "rav4", "rav4_20", "black", 20, 1500, "sale"),
    ("huang_wei", 1, "c1", "camry", "camry_hev", "white", 18, 6800, "sale"),
    ("蔡明", 1, "c2", "corolla", "corolla_hev", "red", 16, 0, "sale"),
    ("余波", 1, "c1", "tiguan", "tiguan_380", "black", 14, 12800, "sale"),
    ("董雪", 1, "c2", "golf", "golf_life", "grey", 12, 1900, "sale"),
    ("xinghe", 1, "c1", "sienna", "sienna_hev", "white", 10, 0, "sale"),
    ("范冰", 1, "c1", "id4", "id4_pro", "grey", 8, 4900, "sale"),
    ("石磊", 1, "c2", "rav4", "rav4_20", "white", 6, 2000, "sale"),
    ("won_month", 1, "c2", "corolla", "corolla_hev", "grey", 4, 800, "sale"),
    ("章帆", 1, "c1", "passat", "passat_380", "white", 3, 8900, "changed"),
    ("蒋欣", 1, "c1", "golf", "golf_rline", "red", 1, 7900, "waiting"),
    ("hot_offer", 1, "c2", "camry", "camry_hev", "grey", 1, 16800, "needed"),
    ("hot_today", 1, "c1", "golf", "golf_life", "blue", 0, 0, "draft"),
    ("won_store2", 2, "s2", "camry", "camry_hev", "white", 26, 1800, "sale"),
    ("gao_yuan", 2, "s2", "golf", "golf_life", "white", 17, 2400, "sale"),
    ("阮航", 2, "s2", "tiguan", "tiguan_380", "blue", 11, 900, "sale"),
    ("jinjiang", 2, "s2", "sienna", "sienna_hev", "black", 5, 0, "sale"),
    ("严宽", 2, "s2", "passat", "passat_380", "grey", 2, 9900, "refused"),
)  # fmt: skip
# For the contracts in turn: kind, words in English and in Chinese, price, cost.
ADDONS = (
    (
        (
            "accessory",
            "Ceramic window film, boot mat|陶瓷车窗贴膜、后备厢垫",
            2980,
            1450,
        ),
        ("compulsory", "", 950, 0),
        ("commercial", "Third party 2 million, damage|三者险200万、车损险", 4860, 0),
        ("registration", "", 600, 180),
    ),
    (
        ("commercial", "Third party 1 million|三者险100万", 3920, 0),
        ("loan", "36 months|36期", 0, 0),
        ("registration", "", 600, 180),
    ),
    (
        ("accessory", "Dash camera, front and rear|前后双录行车记录仪", 1280, 640),
        ("service_pack", "Three services within two years|两年内三次保养", 2400, 1500),
        ("compulsory", "", 950, 0),
    ),
    (),
    (
        ("loan", "60 months|60期", 0, 0),
        ("performance", "Bond for the loan|贷款履约保证保险", 1500, 0),
        (
            "commercial",
            "Third party 3 million, damage, theft|三者险300万、车损险、盗抢险",
            6120,
            0,
        ),
        ("registration", "", 600, 180),
    ),
)
USERS = {
    "c1": "user_store1_consultant",
    "c2": "user_store1_consultant2",
    "s2": "user_store2_consultant",
}
MANAGERS = {1: "user_store1_sales_manager", 2: "user_store2_manager"}
BOSSES = {1: "user_store1_manager", 2: "user_hq"}
PLATES = {1: "浙A", 2: "川A"}


class SaleOrder(models.Model):
    _inherit = "sale.order"

    @api.model
    def _load_demo_contracts(self):
        """Create the demo agreements and contracts, once."""
        if self.env.ref("auto_crm_sale.demo_contract_01", raise_if_not_found=False):
            return
        # The story tells some customers in Chinese; Odoo translates an addon's own
        # records only after its demo data.
        self.env.ref("base.module_auto_crm_sale")._update_translations()
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        quiet._demo_addon_taxes()
        quiet._demo_floor_prices()
        quiet._demo_agreements()
        for number, line in enumerate(CONTRACTS, start=1):
            quiet._demo_contract(number, line)

    @api.model
    def _demo_ref(self, name):
        return self.env.ref(f"auto_crm_base.{name}")

    @api.model
    def _demo_names(self, names):
        """Give records XML ids.

        :param dict names: name → record
        """
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_sale.{name}",
                    "record": record,
                    "noupdate": True,
                }
                for name, record in names.items()
            ]
        )

    @api.model
    def _demo_as(self, user, store):
        """Return the model as that user, in that store."""
        user = self._demo_ref(user)
        return self.with_user(user).with_context(
            allowed_company_ids=self._demo_ref(f"company_store{store}").ids
        )

    @api.model
    def _demo_addon_taxes(self):
        """Let the VAT be in the price of add-ons, as in that of cars."""
        tax = self.env.ref("auto_crm_member.demo_tax_sale", raise_if_not_found=False)
        kinds = self.env["auto.sale.addon.kind"]
        products = kinds.search([]).product_id  # pylint: disable=no-search-all
        for product in products if tax else ():
            others = product.taxes_id.filtered(
                lambda one: one.company_id != tax.company_id
            )
            product.taxes_id = others | tax

    @api.model
    def _demo_floor_prices(self):
        products = self.env["product.product"].search([("is_vehicle", "=", True)])
        for product in products:
            product.floor_price = round(product.lst_price * 0.94, -2)
        # An aged car may go for less.
        aged = self._demo_ref("demo_vehicle_stock_10")
        aged.floor_price = round(aged.list_price * 0.9, -2)

    @api.model
    def _demo_agreements(self):
        today = fields.Date.context_today(self)
        sienna = {"model_id": self._demo_ref("model_sienna").id}
        passat = self._demo_ref("product_passat_380").id
        for key, store, title, begin, end, approved, lines in (
            (
                "xinghe",
                1,
                "Fleet of people carriers|商务车车队采购",
                -40,
                320,
                True,
                [{**sienna, "price_kind": "discount", "discount": 5, "volume": 6}],
            ),
            (
                "jinjiang",
                2,
                "Tour vehicles|旅游用车",
                -300,
                40,
                True,
                [{**sienna, "price_kind": "fixed", "price": 292000, "volume": 4}],
            ),
            (
                "blue_lake",
                1,
                "Company cars|公司用车",
                0,
                364,
                False,
                [
                    {
                        "product_tmpl_id": passat,
                        "price_kind": "discount",
                        "discount": 8,
                        "volume": 5,
                    }
                ],
            ),
        ):  # fmt: skip
            agreement = (
                self._demo_as(MANAGERS[store], store)
                .env["auto.group.agreement"]
                .create(
                    {
                        "title": self._demo_words(
                            title, self._demo_ref(f"demo_customer_{key}")
                        ),
                        "partner_id": self._demo_ref(f"demo_customer_{key}").id,
                        "company_id": self._demo_ref(f"company_store{store}").id,
                        "date_start": fields.Date.add(today, days=begin),
                        "date_end": fields.Date.add(today, days=end),
                        "line_ids": [Command.create(line) for line in lines],
                    }
                )
            )
            agreement.action_request()
            if approved:
                head_office = self._demo_ref("user_hq")
                agreement.with_user(head_office).with_context(
                    allowed_company_ids=head_office.company_ids.ids
                ).action_approve()
            self._demo_names({f"demo_agreement_{key}": agreement.sudo()})

    # ------------------------------------------------------------
    # Contracts
    # ------------------------------------------------------------

    @api.model
    def _demo_contract(self, number, line):
        customer, store, user, model, product, colour, days, off, step = line
        company = self._demo_ref(f"company_store{store}")
        car = self._demo_contract_car(number, company, model, product, colour, days)
        lead = self.env["crm.lead"]
        if customer.isascii() and customer.islower():
            lead = (
                self.env.ref(
                    f"auto_crm_lead.demo_lead_{customer}", raise_if_not_found=False
                )
                or lead
            )
        partner = self._demo_customer(number, customer, store, user, lead)
        own = self._demo_as(USERS[user], store)
        order = own.create(
            {
                "partner_id": partner.id,
                "user_id": own.env.uid,
                "company_id": company.id,
                "opportunity_id": lead.id,
                "order_line": [own.order_line._contract_line_vals(car)],
            }
        )
        self._demo_names({f"demo_contract_{number:02d}": order.sudo()})
        if off:
            order.order_line.price_unit -= off
        order._demo_addons(number, days)
        order._demo_go(step, store)
        order._demo_live(number, days)
        order.sudo()._demo_date_back(days)

    @api.model
    def _demo_contract_car(self, number, company, model, product, colour, days):
        """Put a car into the store's stock, some weeks before the contract."""
        vehicles = self.env["auto.vehicle"].with_company(company)
        here = days + 10 + number * 7 % 40
        built = fields.Date.subtract(fields.Date.context_today(self), days=here + 30)
        variant = vehicles._demo_variant(product, colour)
        car = vehicles.create(
            {
                **vehicles._demo_car_values(
                    model, 600 + number, built, self._demo_ref(f"colour_{colour}").name
                ),
                "product_id": variant.id,
                "company_id": company.id,
                "production_number": f"HX6{number:04d}",
                "supply_state": "in_transit",
            }
        )
        car._demo_put_in_stock(variant)
        car._demo_backdate_events(here)
        car._demo_backdate_stock(here)
        self._demo_names({f"demo_contract_car_{number:02d}": car})
        return car

    @api.model
    def _demo_customer(self, number, customer, store, user, lead):
        """Return the customer: of the prospect, known, or new."""
        if lead:
            if not lead.partner_id:
                lead._handle_partner_assignment()
            return lead.partner_id
        known = self.env.ref(
            f"auto_crm_base.demo_customer_{customer}", raise_if_not_found=False
        )
        if known:
            return known
        base = self.env["auto.vehicle"]._demo_customer_values(
            store, "sales", "standard", user
        )
        partner = self.env["res.partner"].create(
            {
                **base,
                "name": customer,
                "phone": f"+86 198 0002 {1000 + number * 17:04d}",
                "email": f"buyer{number:02d}@example.com",
                "lang": "zh_CN"
                if not customer.isascii()
                and self.env["res.lang"]._get_data(code="zh_CN")
                else "en_US",
            }
        )
        self._demo_names({f"demo_buyer_{number:02d}": partner})
        return partner

    def _demo_words(self, words, partner=None):
        """Return words in the language of the contract's customer.

        :param str words: in English, ``|``, and in Chinese
        :param partner: the customer, when there is no contract
        """
        english, _bar, chinese = words.partition("|")
        partner = partner or self.partner_id
        return chinese if partner.lang == "zh_CN" else english

    def _demo_addons(self, number, days):
        """Sell some things together with the car."""
        self.ensure_one()
        insurer = self._demo_ref(f"demo_insurer_{('taihe', 'anlan')[number % 2]}")
        addons = self.env["auto.sale.addon"]
        now = fields.Datetime.now().replace(minute=0, second=0)
        for place, (kind, words, price, cost) in enumerate(
            ADDONS[number % len(ADDONS)]
        ):
            start = now - relativedelta(days=days - 2 - place, hours=place)
            vals = {
                "order_id": self.id,
                "kind_id": self.env.ref(f"auto_crm_sale.addon_kind_{kind}").id,
                "description": self._demo_words(words),
                "amount": price,
                "user_id": self.env.uid,
                "date_planned_start": start,
            }
            if kind in ("compulsory", "commercial", "performance"):
                vals["supplier_id"] = insurer.id
            if kind == "loan":
                vals |= {
                    "loan_amount": round(self.amount_total * 0.6, -3),
                    "loan_months": 36,
                    "supplier_id": self._demo_bank().id,
                }
            # What it costs is entered by who may see it.
            addons.create(vals).sudo().cost = cost

    @api.model
    def _demo_bank(self):
        name = "auto_crm_sale.demo_bank"
        bank = self.env.ref(name, raise_if_not_found=False)
        if not bank:
            bank = (
                self.sudo()
                .env["res.partner"]
                .create(
                    {"name": "恒通汽车金融 Hengtong Auto Finance", "is_company": True}
                )
            )
            self._demo_names({"demo_bank": bank})
        return bank

    def _demo_go(self, step, store):
        """Bring the contract as far as its story says."""
        self.ensure_one()
        if step in ("draft", "needed"):
            return
        if not self._contract_is_approved():
            self.action_request_contract_approval()
            if step == "waiting":
                return
            approval = self.sudo().approval_ids.filtered(
                lambda one: one.state == "waiting"
            )
            approval = approval.sudo(False).with_context(
                allowed_company_ids=self.company_id.ids
            )
            # The lowest level that may decide the amount.
            levels = [MANAGERS[store], BOSSES[store], "user_hq"]
            approval = next(
                asked
                for asked in (approval.with_user(self._demo_ref(one)) for one in levels)
                if asked.has_access("read") and asked.can_decide
            )
            if step == "refused":
                approval.action_refuse("两周前这款车还按标价卖出。")
                return
            approval.action_approve()
        self.action_confirm()
        if step == "changed":
            self.order_line[:1].price_unit -= 2000
            self.action_request_contract_approval()

    def _demo_live(self, number, days):
        """Let the add-ons of confirmed contracts go their way."""
        self.ensure_one()
        if self.state != "sale" or days < 4:
            return
        today = fields.Date.context_today(self)
        for addon in self.addon_ids:
            addon.action_start()
            addon._write_state({"date_start": addon.date_planned_start})
            if addon.category == "loan":
                # Not by the consultant, whose contract it is.
                addon.sudo().action_loan_approve()
            if days < 12 or (number == 1 and addon.category == "registration"):
                continue
            if addon.category in ("insurance", "performance"):
                addon.write(
                    {
                        "policy_number": f"DEMO-{number:02d}-{addon.id:05d}",
                        "policy_start": fields.Date.subtract(today, days=days - 3),
                    }
                )
            if addon.category == "registration":
                store = 1 if self.company_id == self._demo_ref("company_store1") else 2
                addon.license_plate = f"{PLATES[store]}{number:02d}H{number * 7:02d}"[
                    :7
                ]
            addon.action_done()
            done = addon.date_planned_end + relativedelta(minutes=number * 13 % 90 - 50)
            addon._write_state({"date_done": max(done, addon.date_start)})

    def _demo_date_back(self, days):
        """Say that the contract was written some days ago, as only a demo may."""
        self.ensure_one()
        moment = fields.Datetime.now() - relativedelta(days=days)
        self.date_order = moment
        self.env.flush_all()
        approvals = self.approval_ids.ids
        for table, column, link, ids in (
            ("auto_contract_version", "date", "order_id", self.ids),
            ("auto_reservation", "date_start", "order_id", self.ids),
            ("auto_approval", "date_requested", "id", approvals),
            ("auto_approval", "date_decided", "id", approvals),
            ("sale_order", "create_date", "id", self.ids),
        ):
            if ids:
                self.env.execute_query(
                    SQL(
                        "UPDATE %s SET %s = %s - (now() AT TIME ZONE 'UTC' - %s)"
                        " WHERE %s IN %s RETURNING id",
                        SQL.identifier(table),
                        SQL.identifier(column),
                        moment,
                        SQL.identifier(column),
                        SQL.identifier(link),
                        tuple(ids),
                    )
                )
        self.env.execute_query(
            SQL(
                "UPDATE auto_vehicle_event SET date = date - %s * INTERVAL '1 day'"
                " WHERE vehicle_id IN %s AND date > now() AT TIME ZONE 'UTC'"
                " - INTERVAL '1 hour' RETURNING id",
                days,
                tuple(self.vehicle_ids.ids),
            )
        )
        self.env.invalidate_all()
