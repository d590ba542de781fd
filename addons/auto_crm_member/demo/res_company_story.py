"""The demo group's books: one chart of accounts, shared by the stores.

The stores are branches, so they use the accounts, taxes and sales journal of the
group; each has a till and a bank account of its own. Nothing here runs unless
demo data is loaded.
"""

from odoo import api, models

STORES = {1: ("HZ", "Hangzhou"), 2: ("CD", "Chengdu"), 3: ("WH", "Wuhan")}
CARS = (
    "golf_life", "golf_rline", "passat_380", "tiguan_380", "id4_pro", "corolla_hev",
    "camry_hev", "rav4_20", "sienna_hev",
)  # fmt: skip


class ResCompany(models.Model):
    _inherit = "res.company"

    @api.model
    def _load_demo_accounts(self):
        """Give the demo group a chart of accounts, 13 % VAT and journals, once."""
        group = self.env.ref("auto_crm_base.company_group", raise_if_not_found=False)
        if not group or group.chart_template:
            return
        chinese = self.env["ir.module.module"]._get("l10n_cn").state == "installed"
        if not chinese:
            # The generic chart is of the country that it names; stores must agree
            # with the group on how they book, which follows from it.
            group.search(
                [("id", "child_of", group.id)]
            ).account_fiscal_country_id = self.env.ref("base.us")
        # Past try_loading(), which warns while modules are being installed.
        self.env["account.chart.template"]._load(
            "cn" if chinese else "generic_coa", group, install_demo=False
        )
        tax = group._demo_sale_tax()
        stores = {
            number: self.env.ref(f"auto_crm_base.company_store{number}")
            for number in STORES
        }
        for company in [group, *stores.values()]:
            company.account_sale_tax_id = tax
        for key in CARS:
            product = self.env.ref(f"auto_crm_base.product_{key}")
            others = product.taxes_id.filtered(lambda one: one.company_id != group)
            product.taxes_id = others | tax
        for number, (code, city) in STORES.items():
            stores[number]._demo_journals(code, city)

    def _demo_sale_tax(self):
        """Return the VAT of 13 % that is in the price, as cars are priced."""
        self.ensure_one()
        taxes = self.env["account.tax"].with_company(self)
        tax = taxes.search(
            [
                *taxes._check_company_domain(self),
                ("type_tax_use", "=", "sale"),
                ("amount", "in", (13, 15)),
            ],
            order="amount",
            limit=1,
        ).copy(
            {
                "name": "13% VAT",
                "amount": 13,
                "invoice_label": "13% VAT",
                "price_include_override": "tax_included",
            }
        )
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": "auto_crm_member.demo_tax_sale",
                    "record": tax,
                    "noupdate": True,
                }
            ]
        )
        return tax

    def _demo_journals(self, code, city):
        """Give a store its till and its bank account."""
        self.ensure_one()
        journals = (
            self.env["account.journal"]
            .with_company(self)
            .create(
                [
                    {
                        "name": f"{city} till",
                        "type": "cash",
                        "code": f"{code}T",
                        "company_id": self.id,
                    },
                    {
                        "name": f"{city} bank",
                        "type": "bank",
                        "code": f"{code}B",
                        "company_id": self.id,
                    },
                ]
            )
        )
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_member.demo_journal_{kind}_{code.lower()}",
                    "record": journal,
                    "noupdate": True,
                }
                for kind, journal in zip(("till", "bank"), journals, strict=True)
            ]
        )
