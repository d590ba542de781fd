from odoo.tests import new_test_user

from odoo.addons.auto_crm_base.tests.test_vehicle_stock import StockCase


class SaleCase(StockCase):
    """Two stores with cars in stock, and people who want them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.users.values():
            user.lang = "en_US"  # the tests compare what people read
        cls.consultant = cls.users["consultant", 1]
        cls.manager = cls.users["sales_manager", 1]
        cls.store = cls.stores[1]
        cls.partners = cls.env["res.partner"].create(
            [
                {"name": name, "store_ids": [(6, 0, [cls.store.id])]}
                for name in ("First Buyer", "Second Buyer", "Third Buyer")
            ]
        )

    def _reservation(self, vehicle, partner, user=None, store=1, **values):
        user = user or self.users["consultant", store]
        return (
            self.env["auto.reservation"]
            .with_user(user)
            .with_company(self.stores[store])
            .create(
                {
                    "vehicle_id": vehicle.id,
                    "partner_id": partner.id,
                    "user_id": user.id,
                    "company_id": self.stores[store].id,
                    **values,
                }
            )
        )

    def _contract(self, vehicle, partner, store=1, **values):
        company = self.stores[store]
        return (
            self.env["sale.order"]
            .with_company(company)
            .create(
                {
                    "partner_id": partner.id,
                    "company_id": company.id,
                    "warehouse_id": self.warehouses[store].id,
                    "user_id": self.users["consultant", store].id,
                    "order_line": [
                        (
                            0,
                            0,
                            {
                                "product_id": vehicle.product_id.id,
                                "vehicle_id": vehicle.id,
                                "price_unit": 150000,
                            },
                        )
                    ],
                    **values,
                }
            )
        )


class MoneyCase(SaleCase):
    """The two stores with the group's chart of accounts, tills and a cashier."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        chinese = cls.env["ir.module.module"]._get("l10n_cn").state == "installed"
        cls.env["account.chart.template"].try_loading(
            "cn" if chinese else "generic_coa", company=cls.group, install_demo=False
        )
        cls.product.taxes_id = False
        cls.tills = {
            number: cls.env["account.journal"].create(
                {
                    "name": f"Till {number}",
                    "type": "cash",
                    "code": f"TT{number}",
                    "company_id": store.id,
                }
            )
            for number, store in cls.stores.items()
        }
        cls.cashier = new_test_user(
            cls.env,
            "test_cashier",
            groups="auto_crm_base.group_user,account.group_account_invoice",
            company_id=cls.store.id,
            company_ids=[(6, 0, cls.store.ids)],
        )

    def _pay(self, order, amount, kind="balance", **values):
        """Take money as the cashier does; return the payment."""
        wizard = (
            self.env["auto.take.payment"]
            .with_user(self.cashier)
            .with_context(allowed_company_ids=self.store.ids)
            .create({"order_id": order.id, "amount": amount, "kind": kind, **values})
        )
        before = order.contract_payment_ids
        wizard.action_pay()
        return order.contract_payment_ids - before
