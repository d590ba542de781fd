"""The demo group's prospects and what happened to them.

They go through the same methods as real ones: intake, logged contacts, grades,
shelving, the request of a loss and its approval. What they leave behind is dated
back afterwards, so that on whatever day the demo is loaded something is due
today, something is overdue and something was won last month. Nothing here runs
unless demo data is loaded. All persons are invented, their numbers are from
1980001xxxx.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command, Domain
from odoo.tools import SQL

# Users and stores by short name.
USERS = {
    "c1": ("user_store1_consultant", 1),
    "c2": ("user_store1_consultant2", 1),
    "s2": ("user_store2_consultant", 2),
    "s3": ("user_store3_consultant", 3),
    "m1": ("user_store1_sales_manager", 1),
    "m2": ("user_store2_manager", 2),
    "m3": ("user_store3_manager", 3),
}
BRANDS = {
    "Golf": "Volkswagen",
    "Passat": "Volkswagen",
    "Tiguan L": "Volkswagen",
    "ID.4": "Volkswagen",
    "Corolla": "Toyota",
    "Camry": "Toyota",
    "RAV4": "Toyota",
    "Sienna": "Toyota",
}
PRICES = {
    "Golf": 149900,
    "Passat": 219900,
    "Tiguan L": 239800,
    "ID.4": 189900,
    "Corolla": 139800,
    "Camry": 206800,
    "RAV4": 199800,
    "Sienna": 309800,
}
KEYS = (
    "key", "name", "user", "channel", "days", "model", "horizon", "asked", "contacts",
    "next", "end",
)  # fmt: skip
# Key, name, user, channel, days since received, model, horizon, what was asked,
# contacts, next follow-up in days from today (None: as it comes), end.
# A contact: days ago, channel, direction, result, grade given, words.
CHARACTERS = (
    ("new_website", "叶青", "c1", "website", 0, "Golf", "now",
     "周六想试驾高尔夫，有现车吗？", (), 0, ""),
    ("new_portal", "Leon Hartwig", "c1", "adf", 0, "RAV4", "3m",
     "Is the RAV4 available in white?", (), 0, ""),
    ("new_chat", "蔡琳", "c2", "chat", 0, "Corolla", "",
     "卡罗拉双擎落地多少钱？", (), 0, ""),
    ("new_store2", "贺强", "s2", "website", 0, "Passat", "now",
     "帕萨特黑色有没有？", (), 0, ""),
    ("hot_today", "范晓东", "c1", "walk_in", 5, "Golf", "now",
     "和妻子一起来，坐了 R-Line。",
     ((5, "visit", "in", "visited", "A", "想要蓝色的 R-Line。"),
      (2, "phone", "out", "reached", "H", "银行贷款已批。")), 0, ""),
    ("hot_offer", "邹敏", "c2", "website", 8, "Sienna", "now",
     "七座，家里三个孩子。",
     ((8, "phone", "out", "reached", "A", "春天要生第三个孩子。"),
      (4, "visit", "in", "visited", "H", "试驾了，先生喜欢白色。"),
      (1, "chat", "out", "reached", "", "Offer sent.")), 0, ""),
    ("hot_overdue", "石磊", "c1", "phone", 9, "Tiguan L", "now",
     "问 380TSI 的价格。",
     ((9, "phone", "in", "reached", "H", "已经比较了三家店。"),
      (4, "phone", "out", "no_answer", "", "打了两次没人接。")), -3, ""),
    ("late_level1", "韩雪", "c2", "event", 20, "Camry", "3m",
     "在车展上留了电话。",
     ((19, "phone", "out", "reached", "B", "公司的车冬天到期。"),), -5, ""),
    ("late_level2", "秦川", "c1", "website", 32, "ID.4", "3m",
     "充电桩能装吗？",
     ((31, "phone", "out", "reached", "A", "要先问房东能不能装充电桩。"),
      (24, "chat", "out", "reached", "", "Brochure on home charging sent.")), -11, ""),
    ("late_store2", "薛冰", "s2", "phone", 16, "Golf", "3m",
     "想用旧 Polo 置换。",
     ((15, "phone", "in", "reached", "B", "旧车估价三万左右。"),), -6, ""),
    ("shelved_year", "白洁", "c1", "event", 60, "ID.4", "12m",
     "先看看，明年再说。",
     ((59, "phone", "out", "reached", "D", "新房交付以后再买。"),),
     None, "shelve:90"),
    ("shelved_abroad", "Tomas Lind", "c2", "referral", 40, "Camry", "6m",
     "Recommended by a colleague.",
     ((39, "email", "out", "reached", "C", "Abroad until spring."),),
     None, "shelve:45"),
    ("wakes_today", "康宁", "c1", "website", 70, "Corolla", "6m",
     "等年终奖。",
     ((69, "phone", "out", "reached", "C", "等年终奖发了再定。"),), None, "wake"),
    ("lost_waiting", "彭飞", "c1", "website", 28, "Corolla", "3m",
     "想比较一下轩逸。",
     ((27, "phone", "out", "reached", "B", "在和轩逸比较。"),
      (9, "phone", "out", "not_interested", "", "已经在别家签了合同。")),
     None, "request"),
    ("lost_waiting2", "江涛", "s2", "event", 35, "RAV4", "3m",
     "Show visitor.",
     ((33, "phone", "out", "reached", "C", "只看价格。"),
      (6, "phone", "out", "not_interested", "", "Took a hybrid from another maker.")),
     None, "request"),
    ("lost_refused", "龚丽", "c2", "phone", 24, "Camry", "now",
     "这个月就要用车。",
     ((23, "phone", "in", "reached", "A", "希望两周内提车。"),
      (7, "phone", "out", "no_answer", "", "不再接电话。")), 1, "refuse"),
    ("lost_price", "常亮", "c1", "website", 75, "Golf", "now", "最低多少？",
     ((74, "phone", "out", "reached", "A", "要求优惠两万。"),), None, "lose"),
    ("lost_budget", "武岳", "c2", "walk_in", 64, "Sienna", "3m",
     "周日路过进店。",
     ((64, "visit", "in", "visited", "B", "预算最多二十万。"),),
     None, "lose"),
    ("lost_store2", "史蓉", "s2", "website", 82, "ID.4", "3m", "续航多少？",
     ((80, "phone", "out", "reached", "B", "担心冬天续航。"),), None, "lose"),
    ("won_week", "雷鸣", "c1", "walk_in", 21, "Tiguan L", "now",
     "想这个月开回老家。",
     ((21, "visit", "in", "visited", "H", "试驾了，非常喜欢。"),
      (12, "visit", "in", "visited", "", "Chose accessories."),
      (4, "visit", "in", "appointment", "", "定金已付。")), None, "win:3"),
    ("won_month", "俞婷", "c2", "website", 50, "Corolla", "now", "有现车吗？",
     ((49, "phone", "out", "reached", "A", "上下班用。"),
      (40, "visit", "in", "visited", "H", "和父亲一起试驾。")),
     None, "win:33"),
    ("won_show", "柳岩", "c1", "event", 66, "ID.4", "3m", "Show visitor.",
     ((64, "phone", "out", "reached", "B", "第一次买电动车。"),
      (45, "visit", "in", "visited", "A", "Home charger is possible.")),
     None, "win:38"),
    ("won_store2", "段誉", "s2", "phone", 45, "Camry", "now", "Asks for the HEV.",
     ((44, "phone", "in", "reached", "H", "Knows exactly what he wants."),),
     None, "win:40"),
    ("won_referral", "Priya Nair", "c2", "referral", 90, "RAV4", "now",
     "Friend of an owner.",
     ((89, "phone", "out", "reached", "H", "Moves here next month."),), None, "win:70"),
    ("spam_links", "Best SEO", "", "website", 2, "", "",
     "Rank first! http://a.example http://b.example http://c.example cheap loan",
     (), None, ""),
    ("spam_judged", "测试测试", "c1", "website", 3, "Golf", "", "test test test",
     (), None, "spam"),
    ("twice_store1", "任静", "c1", "website", 12, "Golf", "3m",
     "想了解高尔夫。",
     ((11, "phone", "out", "reached", "B", "住在我们两家店之间。"),),
     2, ""),
    ("twice_store2", "任静", "s2", "phone", 4, "Golf", "3m",
     "打电话问高尔夫。",
     ((4, "phone", "in", "reached", "B", "Asks for the same car."),), 3, ""),
    ("returns", "方圆", "c2", "website", 18, "RAV4", "3m", "RAV4的油耗多少？",
     ((17, "phone", "out", "reached", "B", "想开去露营。"),), 1, ""),
)  # fmt: skip
# People who are customers already, by the XML id of the customer.
OWNERS = (
    ("customer_zhang_min", "c1", "walk_in", 30, "Golf", "3m",
     "保养时在前台问起新的 R-Line。", "B", 4),
    ("customer_xinghe", "c1", "email", 9, "Sienna", "now",
     "Offer for three more Sienna, please.", "A", 0),
    ("customer_luo_dan", "s2", "phone", 25, "ID.4", "6m",
     "先生想要一辆电动车。", "C", 9),
)  # fmt: skip
# The others: names; what else there is follows from the position.
OTHERS = (
    "傅雅", "曾毅", "汪洋", "田甜", "姜波", "崔健", "钟慧", "谭松", "陆遥", "廖凡",
    "孟瑶", "侯亮", "尹航", "黎明辉", "易欣", "常青", "贾楠", "万里", "顾盼", "毛峰",
    "郝运", "邵兵", "龙翔", "覃芳", "严肃", "文静", "Olga Duran", "安宁", "倪虹",
    "施展", "翟颖", "苗苗", "童心", "殷悦", "Jonas Weber", "耿直", "左岸", "时光",
)  # fmt: skip
OTHERS_USERS = ("c1", "c2", "c1", "s2", "s3")
# Left in a hot grade for longer than it allows: what "Grade check" must find.
OTHERS_TOO_LONG = ("施展",)
OTHERS_CHANNELS = (
    "website", "walk_in", "phone", "event", "adf", "chat", "website", "referral",
    "email", "event", "fax",
)  # fmt: skip
OTHERS_GRADES = ("A", "B", "C", "B", "D", "H", "C", "B", "A", "C", "D", "C")
OTHERS_HORIZONS = {"H": "now", "A": "now", "B": "3m", "C": "3m", "D": "12m"}
OTHERS_INTERVALS = {"H": 1, "A": 3, "B": 5, "C": 15, "D": 30}
# What they ask, what they say: in Chinese, and in English by who has no Chinese name.
OTHERS_ASKED = (
    ("落地一共多少钱？", "What does it cost on the road?"),
    ("周日可以试驾吗？", "Is a test drive possible on Sunday?"),
    ("想置换旧车，能估多少？", "What would you give for my old car?"),
    ("现车有哪些颜色？", "Which colours are in stock?"),
    ("首付三成，月供多少？", "What is the rate with a third paid at once?"),
    ("住得远，想先电话了解。", "Lives far away, wants everything by phone."),
    ("家用，后备箱要大。", "For the family, with a large boot."),
)
OTHERS_SAID = (
    ("在和另外两个品牌比较。", "Compares with two other makes."),
    ("要先和家里商量。", "Has to ask at home first."),
    ("发了资料，会看。", "Brochure sent, will read it."),
    ("有兴趣，但节后再说。", "Interested, but not before the holiday."),
    ("问了贷款和保险。", "Asked about loan and insurance."),
    ("想看别的颜色。", "Wants to see it in another colour."),
    ("报价满意，还在考虑。", "Happy with the offer, still thinking."),
    ("没接，已留言。", "Not reached, left a message."),
)
NEEDS = (
    {"need_finance": "loan", "tradein_wanted": "yes", "tradein_model": "日产轩逸",
     "tradein_year": 2014, "uses": ("family",), "colors": ("white",)},
    {"need_finance": "cash", "tradein_wanted": "no", "uses": ("commuting",),
     "colors": ("blue", "grey"), "features": ("camera",)},
    {"need_finance": "open", "uses": ("business", "long_distance"),
     "colors": ("black",), "features": ("leather", "cruise")},
    {"need_finance": "loan", "tradein_wanted": "no", "uses": ("family", "outdoor"),
     "need_seats": 5, "features": ("isofix",), "need_household": "Two children."},
)  # fmt: skip
# Logs of a prospect and the field that leads to it; their dates are moved back.
LOGS = {
    "crm.lead": "id",
    "auto.contact": "lead_id",
    "auto.lead.intake": "lead_id",
    "auto.lead.event": "lead_id",
    "auto.lead.grade.history": "lead_id",
    "auto.lead.assignment": "lead_id",
    "auto.approval": "res_id",
    "mail.message": "res_id",
}

# Losses that somebody else checks by a call: result (None: still to call), days from
# today, what the customer said.
CALLED_BACK = {
    "lost_price": (None, 1, ""),
    "lost_store2": (None, -1, ""),
    "lost_budget": ("resurrected", -2, "贷款批下来了，还想要七座车。"),
}


class CrmLead(models.Model):
    _inherit = "crm.lead"

    @api.model
    def _load_demo_story(self):
        """Take the demo prospects in and let happen to them what happens, once."""
        if self.env.ref("auto_crm_lead.demo_lead_new_website", False):
            return
        story = self.with_context(
            auto_demo_start=min(fields.Datetime.now(), self.env.cr.now())
            - timedelta(seconds=2),
            tracking_disable=True,
            mail_auto_subscribe_no_notify=True,
            mail_create_nosubscribe=True,
            mail_activity_quick_update=True,
        )
        people = story._demo_people()
        story._demo_take_in(people)
        for person in people:
            story._demo_live(person)
        story._demo_second_enquiries(people)
        story._demo_finish(people)
        story._demo_call_back(people)

    @api.model
    def _demo_ref(self, name):
        return self.env.ref(f"auto_crm_base.{name}")

    @api.model
    def _demo_people(self):
        """Return all prospects to be, as dicts."""
        people = [dict(zip(KEYS, row, strict=True)) for row in CHARACTERS]
        for xmlid, user, channel, days, model, horizon, asked, grade, due in OWNERS:
            customer = self._demo_ref(f"demo_{xmlid}")
            people.append(
                {
                    "key": xmlid,
                    "name": customer.name,
                    "phone": customer.phone,
                    "user": user,
                    "channel": channel,
                    "days": days,
                    "model": model,
                    "horizon": horizon,
                    "asked": asked,
                    "contacts": (
                        (days, "visit", "in", "reached", grade, "Owner of ours."),
                    ),
                    "next": due,
                    "end": "",
                }
            )
        people += [self._demo_other(index) for index in range(len(OTHERS))]
        for index, person in enumerate(people):
            twice = person["key"].startswith("twice")
            number = 777 if twice else 1000 + index * 11
            person.setdefault("phone", f"+86 198 0001 {number:04d}")
            person["email"] = (
                f"prospect{index:02d}@example.net" if index % 3 == 0 else False
            )
            user, person["store"] = USERS.get(person["user"], (False, 1))
            person["company"] = self._demo_ref(f"company_store{person['store']}")
            person["consultant"] = user and self._demo_ref(user)
            person["needs"] = NEEDS[index % len(NEEDS)] if index % 5 else {}
        return people

    @api.model
    def _demo_other(self, index):
        """Return one of the prospects that make the lists full."""
        grade = OTHERS_GRADES[index % len(OTHERS_GRADES)]
        interval = OTHERS_INTERVALS[grade]
        due = index * 5 % (interval + 3) - 2
        # The last contact was as long ago as the cadence of the grade wants.
        last = max(interval - due, 1)
        days = max(2 + index * 7 % 58, last)
        english = OTHERS[index].isascii()
        given = {days: grade}
        if grade in "HAB" and OTHERS[index] not in OTHERS_TOO_LONG:
            # A hot grade is given late: one that lasts for weeks is too high.
            given = {days: "C", last: grade}
        contacts = []
        for number, ago in enumerate(sorted({days, (days + last) // 2, last})[::-1]):
            said = (index + number) % len(OTHERS_SAID)
            contacts.append(
                (
                    ago,
                    ("phone", "phone", "chat", "visit")[(index + number) % 4],
                    "in" if number == 0 and index % 3 == 0 else "out",
                    "no_answer" if said == len(OTHERS_SAID) - 1 else "reached",
                    given.get(ago, ""),
                    OTHERS_SAID[said][english],
                )
            )
        return {
            "key": f"other_{index + 1:02d}",
            "name": OTHERS[index],
            "user": OTHERS_USERS[index % len(OTHERS_USERS)],
            "channel": OTHERS_CHANNELS[index % len(OTHERS_CHANNELS)],
            "days": days,
            "model": tuple(BRANDS)[index * 3 % len(BRANDS)],
            "horizon": OTHERS_HORIZONS[grade],
            "asked": OTHERS_ASKED[index % len(OTHERS_ASKED)][english],
            "contacts": contacts,
            "next": due,
            "end": "",
        }

    @api.model
    def _demo_moment(self, days, hour=0):
        """Return a moment ``days`` ago within opening hours, or hours ago today."""
        now = fields.Datetime.now()
        if not days:
            return now - timedelta(hours=2 + hour)
        # 01:00 to 08:00 in UTC is 9 to 16 o'clock in China.
        day = now.replace(hour=1 + hour % 8, minute=hour * 7 % 60, second=0)
        return day - timedelta(days=days)

    # ------------------------------------------------------------
    # What happens
    # ------------------------------------------------------------

    @api.model
    def _demo_take_in(self, people):
        """Let the prospects come in by their channels; sets ``lead`` on each."""
        doors = {
            ("website", 1): self.env.ref("auto_crm_lead.intake_source_web"),
            ("website", 2): self.env.ref("auto_crm_lead.intake_source_web2"),
            ("adf", 1): self.env.ref("auto_crm_lead.intake_source_portal"),
        }
        show = self.env.ref("auto_crm_lead.utm_campaign_show")
        ordered = sorted(people, key=lambda person: -person["days"])
        for company, group in (
            (company, [person for person in ordered if person["company"] == company])
            for company in self.env["res.company"].union(
                *(person["company"] for person in people)
            )
        ):
            leads = self.with_company(company)._intake_batch(
                [
                    {
                        "values": self._demo_intake_values(person),
                        "channel": person["channel"],
                        "company": company,
                        "source": doors.get((person["channel"], person["store"])),
                        "external_ref": f"DEMO-{person['key']}",
                        "user": person["consultant"],
                    }
                    for person in group
                ]
            )
            for person, lead in zip(group, leads, strict=True):
                person["lead"] = lead
        moments = {}
        for index, person in enumerate(people):
            person["hour"] = index % 7
            moments[person["lead"].id] = self._demo_moment(
                person["days"], person["hour"]
            )
            if person["channel"] == "event":
                person["lead"].campaign_id = show
        self._demo_date_back(moments)
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_lead.demo_lead_{person['key']}",
                    "record": person["lead"],
                    "noupdate": True,
                }
                for person in people
            ]
        )

    @api.model
    def _demo_intake_values(self, person):
        values = {
            "name": person["name"],
            "phone": person["phone"],
            "message": person["asked"],
            "purchase_horizon": person["horizon"],
        }
        if person["email"]:
            values["email"] = person["email"]
        if person["model"]:
            values["vehicle"] = {
                "brand": BRANDS[person["model"]],
                "model": person["model"],
                "condition": "new",
            }
        return values

    @api.model
    def _demo_live(self, person):
        """Log the contacts with one prospect and bring it to its end."""
        lead = person["lead"]
        if not person["consultant"]:
            return
        # As the consultant: the logs say who did it.
        own = lead.with_user(person["consultant"]).with_company(person["company"])
        if person["contacts"]:
            own.write(self._demo_needs(person))
        for ago, channel, direction, result, grade, words in person["contacts"]:
            moment = self._demo_moment(ago, person["hour"] + 1)
            own._log_contact(
                channel,
                words,
                result,
                grade=grade or None,
                direction=direction,
                date=moment,
                **self._demo_progress(own, grade),
            )
            self._demo_date_back({lead.id: moment})
        step, _colon, days = person["end"].partition(":")
        if step:
            getattr(self, f"_demo_{step}")(person, own, int(days or 0))

    @api.model
    def _demo_progress(self, lead, grade):
        """Return how far a contact brings the prospect on."""
        if (grade or lead.grade_id.code) == "H":
            stage = self.env.ref("crm.stage_lead3")
            return {"followup_state": "quotation", "stage_id": stage.id}
        return {"stage_id": self.env.ref("crm.stage_lead2").id}

    @api.model
    def _demo_needs(self, person):
        price = PRICES.get(person["model"], 0)
        values = {"expected_revenue": price}
        needs = dict(person["needs"])
        if not needs:
            return values
        for name, prefix, field in (
            ("uses", "use", "need_use_ids"),
            ("colors", "color", "need_color_ids"),
            ("features", "feature", "need_feature_ids"),
        ):
            found = [
                self.env.ref(f"auto_crm_lead.{prefix}_{code}").id
                for code in needs.pop(name, ())
            ]
            values[field] = [Command.set(found)]
        return {
            **values,
            **needs,
            "need_budget_min": round(price * 0.85, -3),
            "need_budget_max": round(price * 1.1, -3),
        }

    @api.model
    def _demo_shelve(self, person, own, days):
        own._shelve(
            fields.Date.add(fields.Date.context_today(self), days=days),
            "Asked to be called later",
        )
        self._demo_date_back(
            {own.id: self._demo_moment(person["contacts"][-1][0], person["hour"] + 1)}
        )

    @api.model
    def _demo_wake(self, person, own, days):
        self._demo_shelve(person, own, 30)
        own._wake()

    @api.model
    def _demo_win(self, person, own, days):
        own.action_set_won()
        self._demo_date_back({own.id: self._demo_moment(days, person["hour"])})

    @api.model
    def _demo_request(self, person, own, days):
        reasons = {
            "lost_price": ("lost_reason_competitor_price", "competitor_jiangnan"),
            "lost_budget": ("lost_reason_budget", None),
            "lost_store2": ("lost_reason_competitor", "competitor_shuguang"),
            "lost_waiting": ("lost_reason_competitor", "competitor_jiangnan"),
            "lost_waiting2": ("lost_reason_competitor_price", "competitor_shuguang"),
            "lost_refused": ("lost_reason_unreachable", None),
        }
        reason, competitor = reasons[person["key"]]
        own.action_request_lost(
            self.env.ref(f"auto_crm_lead.{reason}").id,
            "Said so on the telephone.",
            competitor and self.env.ref(f"auto_crm_lead.{competitor}").id,
        )
        last = max(person["contacts"][-1][0] - 1, 1)
        self._demo_date_back({own.id: self._demo_moment(last, person["hour"] + 2)})

    @api.model
    def _demo_manager(self, person):
        manager = self._demo_ref(USERS[f"m{person['store']}"][0])
        return person["lead"].with_user(manager).with_company(person["company"])

    @api.model
    def _demo_lose(self, person, own, days):
        self._demo_request(person, own, days)
        self._demo_manager(person).action_approve_lost()
        last = max(person["contacts"][-1][0] - 2, 1)
        self._demo_date_back({own.id: self._demo_moment(last, person["hour"])})

    @api.model
    def _demo_refuse(self, person, own, days):
        self._demo_request(person, own, days)
        self._demo_manager(person).action_refuse_lost(
            "Two calls are not enough: try WeChat and the office number."
        )
        self._demo_date_back({own.id: self._demo_moment(3, person["hour"])})

    @api.model
    def _demo_spam(self, person, own, days):
        self._demo_manager(person).action_mark_spam()

    @api.model
    def _demo_second_enquiries(self, people):
        """Let two prospects ask once more by another channel."""
        for person in people:
            if person["key"] not in ("returns", "hot_offer"):
                continue
            self.with_company(person["company"])._intake(
                {
                    "name": person["name"],
                    "phone": person["phone"].replace(" ", "-"),
                    "message": "Once more: when could I have it?",
                },
                "website",
                external_ref=f"DEMO-{person['key']}-again",
                source=self.env.ref("auto_crm_lead.intake_source_web"),
            )
            self._demo_date_back({person["lead"].id: self._demo_moment(1, 3)})

    @api.model
    def _demo_finish(self, people):
        """Set what is due when, match cars, and tell the managers of what is late."""
        today = fields.Date.context_today(self)
        leads = self.union(*(person["lead"] for person in people))
        for person in people:
            lead = person["lead"]
            if person["next"] is not None and lead._is_open_prospect():
                lead.next_followup_date = fields.Date.add(today, days=person["next"])
        still_open = leads.filtered(lambda lead: lead._is_open_prospect())
        still_open._match_vehicles()
        still_open.filtered(
            lambda lead: (
                lead.user_id
                and lead.next_followup_date
                and lead.next_followup_date <= today
            )
        )._remind()
        for level, name, role in self._escalation_levels():
            for company in leads.company_id:
                limit = today - timedelta(days=company[name])
                late = self.search(
                    self._open_domain()
                    & Domain("company_id", "=", company.id)
                    & Domain("next_followup_date", "<=", limit)
                    & Domain("id", "in", leads.ids)
                )
                manager = self._manager_of(company, role)
                if late and manager:
                    late._escalate(level, manager)

    @api.model
    def _demo_call_back(self, people):
        """Check some losses by a call: two still to call, one untrue."""
        today = fields.Date.context_today(self)
        checks = self.env["auto.lead.lost.check"]
        taken_up = {}
        for person in people:
            if person["key"] not in CALLED_BACK:
                continue
            lead = person["lead"]
            result, days, words = CALLED_BACK[person["key"]]
            # The caller may not be the one who lost the prospect.
            caller = self._demo_ref(USERS[f"m{person['store']}"][0])
            checks.search([("lead_id", "=", lead.id)]).unlink()
            check = checks.create(
                {
                    "lead_id": lead.id,
                    "company_id": lead.company_id.id,
                    "consultant_id": lead.user_id.id,
                    "lost_reason_id": lead.lost_reason_id.id,
                    "competitor_id": lead.competitor_id.id,
                    "date_lost": lead.lost_date,
                    "date_due": fields.Date.add(today, days=days),
                    "user_id": caller.id,
                }
            )
            if result:
                own = check.with_user(caller).with_company(lead.company_id)
                own.write({"result": result, "note": words})
                own.action_done()
                check.date_done = fields.Datetime.now() + timedelta(days=days)
                taken_up[lead.id] = check.date_done
        self._demo_date_back(taken_up)

    # ------------------------------------------------------------
    # Time
    # ------------------------------------------------------------

    @api.model
    def _demo_date_back(self, moments):
        """Say that what was just written about prospects happened earlier.

        The logs cannot be written, so this goes past the ORM, as only a demo may.

        :param dict moments: lead id → the moment
        """
        start = self.env.context["auto_demo_start"]
        rows = SQL(", ").join(
            SQL("(%s, %s::timestamp)", lead_id, moment)
            for lead_id, moment in moments.items()
        )
        for model_name, link in LOGS.items():
            model = self.env[model_name]
            model.flush_model()
            names = [
                name
                for name, field in model._fields.items()
                if field.type == "datetime" and field.store and field.column_type
            ]
            sets = SQL(", ").join(
                SQL(
                    "%(name)s = CASE WHEN t.%(name)s >= %(start)s"
                    " THEN moments.moment ELSE t.%(name)s END",
                    name=SQL.identifier(name),
                    start=start,
                )
                for name in names
            )
            own = SQL()
            if link == "res_id":
                name = "model" if model_name == "mail.message" else "res_model"
                own = SQL("AND t.%s = 'crm.lead'", SQL.identifier(name))
            self.env.execute_query(
                SQL(
                    "UPDATE %s AS t SET %s FROM (VALUES %s) AS moments (id, moment)"
                    " WHERE t.%s = moments.id %s RETURNING t.id",
                    SQL.identifier(model._table),
                    sets,
                    rows,
                    SQL.identifier(link),
                    own,
                )
            )
        self.env.invalidate_all()
