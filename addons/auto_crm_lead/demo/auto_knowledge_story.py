"""What the demo's salespeople say of their cars and against others. All invented.

Nothing here runs unless demo data is loaded.
"""

from odoo import api, models
from odoo.fields import Command

# Key, category, title, models, days until it ends, read, paragraphs, for customers.
ARTICLES = (
    ("tiguan_route", "arguments", "途观 L：三个场景的讲解路线", ("tiguan",), 0, 31, (
        "家庭：后排先坐人再放座椅，后备箱放婴儿车演示。",
        "高速：ACC 和车道保持，强调一次加油跑八百公里。",
        "周末：四驱按钮放最后讲，客户自己去按。",
    ), False),
    ("id4_page", "models", "ID.4 in one page: range, charging, equipment", ("id4",), 0,
     22, (
        "Range 600 km by the standard; about 430 km in winter.",
        "From 30 to 80 % in 30 minutes at a fast charger; a home charger is included.",
        "Heat pump, matrix headlights and navigation are standard from Pro.",
    ), True),
    ("camry_rates", "prices", "Camry: price and monthly rate", ("camry",), 12, 40, (
        "Camry 2.0 Elite from CNY 179,800; hybrid from CNY 206,800.",
        "A third down, 36 months: CNY 3,690 a month.",
    ), True),
    ("corolla_rival", "rivals", "卡罗拉对轩逸：客户说省钱时怎么答", ("corolla",), 0,
     37, (
        "客户：轩逸便宜一万。回答：三年保值率高五个点，差价就回来了。",
        "请客户比较后排空间和主动安全，不评价对方品牌。",
    ), False),
)  # fmt: skip
RATES = """Camry\tcash CNY\t36 months
2.0 Elite\t179,800\t3,190
2.5 Hybrid\t206,800\t3,690
"""


class AutoKnowledgeArticle(models.Model):
    _inherit = "auto.knowledge.article"

    @api.model
    def _load_demo_sales_articles(self):
        """Write and publish the articles of sales, once."""
        known = "auto_crm_lead.demo_article_tiguan_route"
        if self.env.ref(known, raise_if_not_found=False):
            return
        for key, category, name, keys, ends, read, text, send in ARTICLES:
            values = {"for_customers": send}
            if category in ("models", "rivals"):
                values["category_id"] = self.env.ref(
                    f"auto_crm_lead.knowledge_category_{category}"
                ).id
                category = "arguments"  # the one of base that is replaced
            if key == "camry_rates":
                rates = self.env["ir.attachment"].create(
                    {
                        "name": "camry-rates.txt",
                        "raw": RATES.encode(),
                        "res_model": self._name,
                    }
                )
                values["file_ids"] = [Command.set(rates.ids)]
            self._demo_article(
                "auto_crm_lead", key, category, name, keys, ends, read, text, **values
            )
            if key == "camry_rates":
                rates.res_id = self.env.ref("auto_crm_lead.demo_article_camry_rates").id
