"""What the demo group's salespeople look up. Prices and figures are invented.

Nothing here runs unless demo data is loaded.
"""

from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Command

# Key, category, title, models, days until it ends (0: never), read, paragraphs.
ARTICLES = (
    ("id4_winter", "arguments", "ID.4 冬季续航怎么回答", ("id4",), 0, 23, (
        "客户问：冬天续航是不是打对折？",
        "回答：零下十度、热泵空调开到二十二度，城市路况实测约为标称的七成。先预热再出发，"
        "可多跑百分之八。",
        "展示：车机里的预约充电和出发时间设置。",
    )),
    ("golf_rivals", "arguments", "Golf against its rivals: five sentences", ("golf",),
     0, 41, (
        "Boot: 381 litres, 47 more than the class average.",
        "Service every 10,000 km; the first one is ours.",
        "Residual value after three years: 61 % on our own trade-ins.",
        "Let the customer park it: that is the test drive that sells.",
    )),
    ("november_prices", "prices", "本月促销价格与金融方案",
     ("golf", "passat", "tiguan"), 9, 58, (
        "高尔夫 Life 直降 12,000 元；帕萨特 380 赠三年保养。",
        "金融：首付三成，十二期零利率；以旧换新另补贴 5,000 元。",
        "不得与集团采购协议叠加。",
    )),
    ("october_prices", "prices", "上月促销价格（已结束）", ("golf",), -21, 17, (
        "高尔夫 Life 直降 10,000 元，国庆期间赠脚垫。",
    )),
    ("first_call", "scripts", "首次致电潜在客户的话术", (), 0, 76, (
        "自我介绍，说明对方何时在哪里留下电话。",
        "先问：打算什么时候用车？谁开？主要跑什么路？",
        "约到店：给两个时间，让客户选。",
    )),
    ("promise", "rules", "What we promise, and what we never promise", (), 0, 12, (
        "A delivery date is promised when the car has a VIN and a transport.",
        "No discount by message: the price is on the contract.",
    )),
)  # fmt: skip


class AutoKnowledgeArticle(models.Model):
    _inherit = "auto.knowledge.article"

    @api.model
    def _load_demo_articles(self):
        """Write and publish the articles, once."""
        known = "auto_crm_base.demo_article_id4_winter"
        if self.env.ref(known, raise_if_not_found=False):
            return
        for entry in ARTICLES:
            self._demo_article("auto_crm_base", *entry)

    @api.model
    def _demo_article(
        self, module, key, category, name, model_keys, ends, read, paragraphs, **values
    ):
        today = fields.Date.today()
        article = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        ).create(
            {
                "name": name,
                "category_id": self.env.ref(
                    f"auto_crm_base.knowledge_category_{category}"
                ).id,
                "company_id": False,
                "model_ids": [
                    Command.set(
                        [
                            self.env.ref(f"auto_crm_base.model_{m}").id
                            for m in model_keys
                        ]
                    )
                ],
                "date_to": today + timedelta(days=ends) if ends else False,
                "body": Markup().join(
                    Markup("<p>%s</p>") % paragraph for paragraph in paragraphs
                ),
                **values,
            }
        )
        article._publish()
        article._step("published", read_count=read)
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"{module}.demo_article_{key}",
                    "record": article,
                    "noupdate": True,
                }
            ]
        )
