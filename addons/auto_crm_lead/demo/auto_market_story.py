"""What the demo group's people hear of the market, and who has read it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

# Key, who reports, who publishes (empty: nobody yet), days ago, category, importance,
# store, title, text, brand, competitor, valid from and for days, who has read it.
NOTES = (
    ("sylphy_price", "user_store1_consultant", "user_store1_sales_manager", 9, "price",
     "1", "company_store1", "Jiangnan sells the Sylphy at ¥92,500",
     "<p>A customer showed me a written offer: <b>¥92,500</b> with insurance. "
     "Argue with consumption and resale value; our loan is cheaper over 36 months.</p>",
     "fleet.brand_toyota", "competitor_jiangnan", -9, 60,
     ("user_store1_consultant2",)),
    ("song_launch", "user_store2_consultant", "user_store2_manager", 15, "launch", "1",
     "company_store2", "Shuguang brings a Song with a range of 1,150 km",
     "<p>In the showroom from next week; the waiting time is said to be eight "
     "weeks.</p>", "fleet.brand_volkswagen", "competitor_shuguang", -15, 180,
     ("user_store2_consultant",)),
    ("subsidy", "user_hq", "user_hq", 4, "law", "2", "",
     "以旧换新补贴延长到年底",
     "<p>报废旧车并购买新车的个人消费者，补贴政策延长到年底。请主动告诉置换客户。</p>",
     "", "", -4, 200, ("user_store1_consultant", "user_store1_sales_manager")),
    ("wuhan_fair", "user_store3_consultant", "", 1, "campaign", "0", "company_store3",
     "Shuguang has booked the largest hall of the spring fair",
     "<p>Heard from the fair's own people; they plan test drives in the car park.</p>",
     "", "competitor_shuguang", 20, 30, ()),
    ("seats", "user_store1_consultant2", "", 0, "customers", "0", "company_store1",
     "三位客户问 Golf 的座椅通风",
     "<p>这周有三位客户因为没有座椅通风去看了思域。</p>", "fleet.brand_volkswagen",
     "competitor_jiangnan", 0, 0, ()),
)  # fmt: skip


class AutoMarketInfo(models.Model):
    _inherit = "auto.market.info"

    @api.model
    def _load_demo_market(self):
        """Let the demo's people report, publish and read, once."""
        if self.env.ref("auto_crm_lead.demo_market_sylphy_price", False):
            return
        quiet = self.with_context(
            tracking_disable=True,
            mail_notify_force_send=False,
            mail_create_nosubscribe=True,
            mail_activity_quick_update=True,
        )
        now = fields.Datetime.now()
        today = fields.Date.today()
        for (
            key, author, publisher, days, category, importance, store, title, text,
            brand, competitor, start, length, readers,
        ) in NOTES:  # fmt: skip
            base = self.env.ref
            user = base(f"auto_crm_base.{author}")
            info = quiet.with_user(user).create(
                {
                    "name": title,
                    "category_id": base(f"auto_crm_lead.market_category_{category}").id,
                    "importance": importance,
                    "company_id": base(f"auto_crm_base.{store}").id if store else False,
                    "body": text,
                    "brand_ids": base(brand).ids if brand else [],
                    "competitor_ids": (
                        base(f"auto_crm_lead.{competitor}").ids if competitor else []
                    ),
                    "date_from": today + timedelta(days=start),
                    "date_to": (
                        today + timedelta(days=start + length) if length else False
                    ),
                }
            )
            info = info.with_user(base("base.user_root"))
            self.env["ir.model.data"]._update_xmlids(
                [
                    {
                        "xml_id": f"auto_crm_lead.demo_market_{key}",
                        "record": info,
                        "noupdate": True,
                    }
                ]
            )
            if publisher:
                info.with_user(base(f"auto_crm_base.{publisher}")).action_publish()
                info._step("published", date_published=now - timedelta(days=days))
                info.receipt_ids.sudo().date_sent = now - timedelta(days=days)
                for reader in readers:
                    info.with_user(
                        base(f"auto_crm_base.{reader}")
                    ).action_confirm_read()
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE auto_market_receipt SET date_read = date_sent + interval '5h',"
                " hours = 5 WHERE date_read IS NOT NULL AND date_sent < %s"
                " RETURNING id",
                now - timedelta(days=1),
            )
        )
        self.env["auto.market.receipt"].invalidate_model()
