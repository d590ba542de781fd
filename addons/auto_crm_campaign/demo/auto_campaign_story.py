"""Campaigns from the draft to the evaluation.

Nothing here runs unless demo data is loaded. Names: ``demo_campaign_<key>``.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

# Who was on the list of the auto show.
SHOW_GUESTS = (
    ("徐文杰", "+86 198 0002 1001"),
    ("曹睿", "+86 198 0002 1002"),
    ("邓芳", "+86 198 0002 1003"),
    ("潘一凡", "+86 198 0002 1004"),
    ("陆佳慧", "+86 198 0002 1005"),
    ("沈涛", "+86 198 0002 1006"),
    ("蒋敏", "+86 198 0002 1007"),
    ("蔡虹", "+86 198 0002 1008"),
    ("贾强", "+86 198 0002 1009"),
    ("丁月", "+86 198 0002 1010"),
    ("魏冬", "+86 198 0002 1011"),
    ("薛兰", "+86 198 0002 1012"),
)
# Key, kind, title in English and Chinese, planned by, begins in days, days, targets
# (guests, prospects, test drives, contracts, revenue). The auto show is there already:
# prospects of the demo came from it.
CAMPAIGNS = (
    ("show", "show", "Autumn auto show", "秋季车展", 1, -34, 3, (40, 12, 6, 2, 400000)),
    (
        "weekend",
        "showroom",
        "Showroom weekend",
        "展厅周末团购",
        1,
        -12,
        2,
        (20, 8, 4, 1, 200000),
    ),
    (
        "week",
        "launch",
        "Electric week",
        "新能源体验周",
        1,
        -2,
        7,
        (25, 10, 8, 2, 350000),
    ),
    (
        "drive",
        "test_drive",
        "Test-drive day on the closed course",
        "封闭场地试驾日",
        1,
        9,
        1,
        (30, 20, 25, 3, 500000),
    ),
    (
        "owners",
        "owners",
        "Owners' winter day",
        "车主冬季关怀日",
        2,
        16,
        1,
        (50, 5, 0, 1, 0),
    ),
)
AIMS = {
    "show": "Families who replace their first car: let them sit in the Tiguan L and "
    "the ID.4, and take their numbers.",
    "weekend": "Prospects of grade A and B who wait for a price.",
    "week": "Those who ask about electric cars but have never driven one.",
    "drive": "Prospects of the auto show: drive before the end of the year.",
    "owners": "Owners before their third winter: winter tyres, and a look at the new "
    "models.",
}
# Campaign: kind of cost, for what, planned, actual (0: not booked yet).
COSTS = {
    "show": (
        ("place", "Stand in hall 3, 120 m²", 27000, 26800),
        ("advertising", "Radio and WeChat", 12000, 12600),
        ("gifts", "Model cars and bags", 3500, 3420),
        ("catering", "Coffee bar", 2200, 1980),
    ),
    "weekend": (
        ("advertising", "WeChat moments", 4900, 4750),
        ("catering", "Food and drinks", 3900, 3940),
        ("gifts", "Umbrellas", 2600, 0),
    ),
    "drive": (
        ("place", "Closed course, one day", 4500, 0),
        ("staff", "Two instructors", 2400, 0),
        ("catering", "Lunch", 800, 0),
    ),
    "owners": (("gifts", "Winter kits", 2500, 0), ("catering", "Buffet", 1800, 0)),
    "week": (
        ("print", "Posters and price cards", 4800, 4760),
        ("gifts", "Home-charging vouchers", 9000, 0),
    ),
}
MARKS = {
    "result": ("4", ""),
    "people": ("4", "Many families; few from outside the city."),
    "place": ("5", "Next to the entrance."),
    "staff": ("3", "Too few at noon."),
    "material": ("4", ""),
    "follow_up": ("3", "Calls began only on the third day."),
}


# Prospects of the demo that came by a campaign without naming it.
LEADS = {
    "show": ("won_month",),
    "weekend": ("won_week", "hot_today", "customer_zhang_min", "returns"),
    "week": ("late_level2", "other_22", "other_38"),
}
# Guests of the events that are over or run: those of the demo's prospects on the list,
# and how many of them came.
EVENT_LEADS = {
    "weekend": (("hot_today", "hot_overdue", "returns", "late_level1"), 3),
    "week": (("late_level2", "wakes_today", "hot_offer"), 1),
}


class UtmCampaign(models.Model):
    _inherit = "utm.campaign"

    @api.model
    def _load_demo_campaigns(self):
        """Write the campaigns, their events, guests, costs and the evaluation."""
        made = {row[0]: self._demo_campaign(*row) for row in CAMPAIGNS}
        for key, campaign in made.items():
            self._demo_costs(key, campaign)
        for key in ("show", "weekend", "week"):
            made[key]._demo_approve()
        made["drive"].with_user(made["drive"].user_id).action_auto_submit()
        for key, names in LEADS.items():
            for name in names:
                lead = self.env.ref(
                    f"auto_crm_lead.demo_lead_{name}", raise_if_not_found=False
                )
                if lead:
                    lead.campaign_id = made[key]
        for key in ("show", "weekend", "week"):
            self._demo_book(key, made[key])
        self._demo_event(made["drive"], 9, 17)
        for key, (names, came) in EVENT_LEADS.items():
            event = self._demo_event(made[key], 9, 18)
            leads = self.env["crm.lead"]
            for name in names:
                leads |= (
                    self.env.ref(
                        f"auto_crm_lead.demo_lead_{name}", raise_if_not_found=False
                    )
                    or leads.browse()
                )
            invite = self.env["auto.event.invite"].create(
                {"event_id": event.id, "lead_ids": [Command.set(leads.ids)]}
            )
            invite.action_confirm()
            event.registration_ids[-came:].action_confirm()
            event.registration_ids[-came:].action_set_done()
        self._demo_show(made["show"])

    @api.model
    def _demo_one(self, name):
        return self.env.ref(f"auto_crm_base.{name}")

    @api.model
    def _demo_campaign(self, key, kind, title, chinese, number, begins, days, targets):
        store = self._demo_one(f"company_store{number}")
        stores = store
        campaign = self.browse()
        if key == "show":
            campaign = self.search([("name", "=", "auto_crm_autumn_show")])
            for other in (2, 3):
                stores |= self._demo_one(f"company_store{other}")
        users = {1: "user_store1_sales_manager", 2: "user_store2_manager"}
        start = fields.Date.context_today(self) + timedelta(days=begins)
        guests, leads, drives, orders, revenue = targets
        vals = {
            "title": title,
            "auto_kind_id": self.env.ref(f"auto_crm_campaign.campaign_kind_{kind}").id,
            "auto_store_id": store.id,
            "store_ids": [Command.set(stores.ids)],
            "user_id": self._demo_one(users[number]).id,
            "auto_date_begin": start,
            "auto_date_end": start + timedelta(days=days - 1),
            "auto_target_attended": guests,
            "auto_target_leads": leads,
            "auto_target_test_drives": drives,
            "auto_target_orders": orders,
            "auto_target_revenue": revenue,
            "auto_aim": AIMS[key],
        }
        name = campaign.name or title
        if campaign:
            campaign.write(vals)
        else:
            campaign = self.create(vals)
        if "zh_CN" in dict(self.env["res.lang"].get_installed()):
            campaign.with_context(lang="zh_CN").title = chinese
        # The identifier follows the title; links and lists know it by the first.
        campaign.name = name
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_campaign.demo_campaign_{key}",
                    "record": campaign,
                    "noupdate": True,
                }
            ]
        )
        return campaign

    @api.model
    def _demo_costs(self, key, campaign):
        self.env["auto.campaign.cost"].create(
            [
                {
                    "campaign_id": campaign.id,
                    "company_id": campaign.auto_store_id.id,
                    "kind_id": self.env.ref(f"auto_crm_campaign.cost_kind_{kind}").id,
                    "name": name,
                    "planned_amount": planned,
                }
                for kind, name, planned, _actual in COSTS[key]
            ]
        )

    def _demo_approve(self):
        """Have the plan submitted by who plans, and approved by the store manager."""
        self.with_user(self.user_id).action_auto_submit()
        if self.auto_state == "submitted":
            boss = self._demo_one("user_store1_manager")
            self.with_user(boss).action_auto_approve()

    @api.model
    def _demo_book(self, key, campaign):
        """Book what was spent; what went above its plan lately waits for approval."""
        boss = self._demo_one("user_store1_manager")
        actuals = {name: actual for _kind, name, _planned, actual in COSTS[key]}
        for cost in campaign.cost_ids:
            if not actuals[cost.name]:
                continue
            day = min(campaign.auto_date_end, fields.Date.context_today(self))
            cost.write({"actual_amount": actuals[cost.name], "date": day})
            cost.with_user(campaign.user_id).action_book()
            within = cost.actual_amount <= cost.planned_amount
            if cost.state == "submitted" and (key == "show" or within):
                cost.with_user(boss).action_approve()

    @api.model
    def _demo_event(self, campaign, hour_from, hour_to):
        begin = fields.Datetime.to_datetime(campaign.auto_date_begin)
        end = fields.Datetime.to_datetime(campaign.auto_date_end)
        return self.env["event.event"].create(
            {
                "name": campaign.title,
                "auto_campaign_id": campaign.id,
                "company_id": campaign.auto_store_id.id,
                "user_id": campaign.user_id.id,
                "organizer_id": campaign.auto_store_id.partner_id.id,
                "address_id": campaign.auto_store_id.partner_id.id,
                "date_tz": "Asia/Shanghai",
                # Hours of China, kept in UTC.
                "date_begin": begin + timedelta(hours=hour_from - 8),
                "date_end": end + timedelta(hours=hour_to - 8),
                "event_mail_ids": [Command.clear()],
            }
        )

    @api.model
    def _demo_show(self, campaign):
        """The auto show: guests who came, who did not, and the evaluation."""
        event = self._demo_event(campaign, 9, 18)
        guests = self.env["event.registration"].create(
            [
                {"event_id": event.id, "name": name, "phone": phone, "state": "open"}
                for name, phone in SHOW_GUESTS
            ]
        )
        # Most came; their registration makes them prospects.
        guests[:9].action_set_done()
        campaign.with_user(campaign.user_id).action_auto_done()
        sheet = self.env["auto.campaign.evaluation"].search(
            [("campaign_id", "=", campaign.id)]
        )
        for line in sheet.line_ids:
            name = line.criterion_id.get_external_id()[line.criterion_id.id]
            line.mark, line.note = MARKS[name.rpartition("criterion_")[2]]
        sheet.write(
            {
                "strengths": "The place beside the entrance, and cars to sit in.",
                "improvements": "More staff at noon; call everybody within two days.",
                "next_time": "change",
            }
        )
        sheet.with_user(campaign.user_id).action_close()
