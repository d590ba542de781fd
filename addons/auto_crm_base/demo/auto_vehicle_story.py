"""The demo group's customers and cars.

They are written in code, not in XML, since everything in them is relative to
today: a birthday next week stays next week on whatever day the demo is loaded.
Nothing here runs unless demo data is loaded. All persons are invented, their
numbers are from 1980000xxxx.
"""

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.fields import Command
from odoo.tools import SQL

from ..tools import vin as vin_tools

YEAR_CODES = "ABCDEFGHJKLMNPRSTVWXY123456789"

# Key, name, store, kinds, level, WeChat, birthday (days from today, age), user.
PERSONS = (
    ("zhang_min", "张敏", 1, "sales service", "gold", "zhangmin_hz", (3, 38), "c1"),
    ("wang_lei", "王磊", 1, "sales service", "silver", "", (0, 45), "c1"),
    ("liu_yang", "刘洋", 1, "sales service", "standard", "liuyang88", (25, 31), "c2"),
    ("chen_jie", "陈洁", 1, "sales service vip", "diamond", "", (9, 52), "c1"),
    ("yang_bo", "杨波", 1, "service", "standard", "", (120, 29), ""),
    ("zhao_hong", "赵红", 1, "sales service", "silver", "zhaoh_1979", (-20, 47), "c2"),
    ("huang_wei", "黄伟", 1, "sales", "gold", "", (60, 41), "c1"),
    ("zhou_ting", "周婷", 1, "sales service", "standard", "tingting_z", (15, 34), "c2"),
    ("wu_gang", "吴刚", 1, "service", "standard", "", (200, 57), ""),
    ("xu_jing", "徐静", 1, "sales service member", "gold", "xujing_x", (6, 36), "c2"),
    ("sun_hao", "孙浩", 1, "sales", "standard", "", (-3, 27), "c1"),
    ("ma_li", "马丽", 1, "service", "silver", "", (90, 44), ""),
    ("zhu_kai", "朱凯", 1, "prospect", "", "zhukai_test", (33, 30), "c1"),
    ("hu_xue", "胡雪", 1, "prospect", "", "", (75, 26), "c2"),
    ("hartley", "Daniel Hartley", 1, "sales service", "gold", "", (12, 49), "c2"),
    ("guo_feng", "郭峰", 2, "sales service", "silver", "", (2, 42), "s2"),
    ("lin_yue", "林悦", 2, "sales service", "gold", "linyue_cd", (18, 35), "s2"),
    ("he_ming", "何明", 2, "service", "standard", "", (-40, 50), ""),
    ("gao_yuan", "高媛", 2, "sales", "standard", "gy_2020", (44, 33), "s2"),
    ("luo_dan", "罗丹", 2, "sales service vip", "diamond", "", (7, 46), "s2"),
    ("liang_chao", "梁超", 2, "prospect", "", "", (100, 28), "s2"),
    ("lindqvist", "Marie Lindqvist", 2, "service", "silver", "", (21, 39), ""),
    ("song_qi", "宋琦", 3, "sales service", "standard", "songqi_wh", (5, 37), "s3"),
    ("tang_ning", "唐宁", 3, "sales", "silver", "", (160, 55), "s3"),
    ("okafor", "Tomas Okafor", 3, "service", "standard", "", (70, 32), ""),
)
# Key, name, store, level, user, contacts: name, position, number's tail.
COMPANIES = (
    (
        "xinghe",
        "星河物流有限公司",
        1,
        "gold",
        "c1",
        (("魏东", "Fleet manager", 901), ("蒋琴", "Accounts", 902)),
    ),
    (
        "blue_lake",
        "Blue Lake Trading Co.",
        1,
        "silver",
        "c2",
        (("Priya Raman", "Office manager", 903),),
    ),
    (
        "jinjiang",
        "锦江旅行社",
        2,
        "gold",
        "s2",
        (("袁立", "General manager", 904), ("邓可", "Drivers' dispatcher", 905)),
    ),
)
INSURERS = (("taihe", "太和财产保险 Taihe Insurance"), ("anlan", "安澜保险 Anlan P&C"))
INTERESTS = {
    "opera": ("Opera", ("chen_jie", "luo_dan")),
    "hiking": ("Hiking", ("zhang_min", "hartley", "guo_feng", "lin_yue")),
    "photography": ("Photography", ("liu_yang", "zhou_ting", "song_qi")),
    "fishing": ("Fishing", ("wu_gang", "tang_ning")),
    "children": ("Travelling with children", ("xu_jing", "zhao_hong", "gao_yuan")),
}
CITIES = {1: ("杭州市", "state_cn_ZJ"), 2: ("成都市", "state_cn_SC")}
CITIES[3] = ("武汉市", "state_cn_HB")
ROADS = {1: "Xihu", 2: "Jinli", 3: "Luojia"}
AREA_CODES = {1: "571", 2: "28", 3: "27"}
USERS = {
    "c1": "user_store1_consultant",
    "c2": "user_store1_consultant2",
    "s2": "user_store2_consultant",
    "s3": "user_store3_consultant",
    "": None,
}
# Model: maker code and descriptor of the VIN, plant, products.
MODELS = {
    "golf": ("LFV", "2A25K", "3", "golf_life golf_rline"),
    "passat": ("LSV", "CE6C4", "N", "passat_380"),
    "tiguan": ("LSV", "XZ65N", "2", "tiguan_380"),
    "id4": ("LFV", "AB9E1", "5", "id4_pro"),
    "corolla": ("LFM", "AP22C", "F", "corolla_hev"),
    "camry": ("LVG", "BF53K", "G", "camry_hev"),
    "rav4": ("LFM", "JN2CD", "E", "rav4_20"),
    "sienna": ("LVG", "GH41A", "G", "sienna_hev"),
}
# Stock: model, product, colour, store, supply, sale, days since built.
STOCK = (
    ("golf", "golf_life", "white", 1, "in_stock", "free", 40),
    ("golf", "golf_life", "grey", 1, "in_stock", "free", 75),
    ("golf", "golf_rline", "blue", 1, "in_stock", "free", 30),
    ("golf", "golf_rline", "red", 1, "in_stock", "reserved", 55),
    ("passat", "passat_380", "black", 1, "in_stock", "free", 120),
    ("tiguan", "tiguan_380", "white", 1, "in_stock", "free", 25),
    ("tiguan", "tiguan_380", "blue", 1, "in_stock", "sold", 48),
    ("id4", "id4_pro", "white", 1, "in_stock", "free", 35),
    ("corolla", "corolla_hev", "white", 1, "in_stock", "free", 28),
    ("corolla", "corolla_hev", "red", 1, "in_stock", "free", 190),
    ("camry", "camry_hev", "black", 1, "in_stock", "free", 52),
    ("rav4", "rav4_20", "white", 1, "in_stock", "free", 33),
    ("golf", "golf_life", "blue", 1, "in_transit", "free", 9),
    ("id4", "id4_pro", "grey", 1, "in_transit", "free", 7),
    ("sienna", "sienna_hev", "white", 1, "in_transit", "reserved", 12),
    ("tiguan", "tiguan_380", "black", 1, "in_production", "free", None),
    ("sienna", "sienna_hev", "black", 1, "planned", "free", None),
    ("golf", "golf_life", "white", 2, "in_stock", "free", 60),
    ("passat", "passat_380", "grey", 2, "in_stock", "free", 44),
    ("tiguan", "tiguan_380", "black", 2, "in_stock", "free", 31),
    ("corolla", "corolla_hev", "grey", 2, "in_stock", "free", 70),
    ("camry", "camry_hev", "white", 2, "in_stock", "sold", 41),
    ("rav4", "rav4_20", "blue", 2, "in_transit", "free", 10),
    ("id4", "id4_pro", "red", 2, "factory_stock", "free", 3),
    ("golf", "golf_rline", "white", 3, "in_stock", "free", 66),
    ("corolla", "corolla_hev", "white", 3, "in_stock", "free", 38),
    ("rav4", "rav4_20", "black", 3, "in_stock", "free", 58),
)
# Sold cars: owner, model, product, colour, store, days since delivery, plate,
# readings (days ago, km), policy (insurer, days until its end, ours), inspection
# due in days.
SOLD = (
    ("zhang_min", "golf", "golf_life", "white", 1, 1460, "浙A6K28P",
     ((1400, 1900), (1090, 14800), (720, 29900), (350, 44200), (30, 57600)),
     ("taihe", 12, True), 20),
    ("wang_lei", "passat", "passat_380", "black", 1, 1700, "浙A83F1Q",
     ((1500, 9200), (1000, 41000), (400, 83500), (60, 61200)),
     ("anlan", 35, False), -12),
    ("liu_yang", "corolla", "corolla_hev", "red", 1, 760, "浙AD5R07",
     ((700, 2600), (370, 17400), (20, 33100)), ("taihe", 61, True), 330),
    ("chen_jie", "sienna", "sienna_hev", "white", 1, 410, "浙A00H88",
     ((380, 3100), (180, 15900), (12, 24800)), ("taihe", 25, True), 690),
    ("zhao_hong", "tiguan", "tiguan_380", "blue", 1, 1130, "浙A7T93E",
     ((1080, 2100), (760, 18800), (390, 36600), (45, 53900)),
     ("anlan", -5, True), 45),
    ("huang_wei", "camry", "camry_hev", "black", 1, 95, "浙A5D66L",
     ((60, 2300),), ("taihe", 270, True), 900),
    ("zhou_ting", "golf", "golf_rline", "red", 1, 22, "浙A9X21C",
     ((3, 980),), ("anlan", 343, True), None),
    ("xu_jing", "id4", "id4_pro", "white", 1, 500, "浙AD18830",
     ((420, 5200), (210, 16900), (15, 27700)), ("taihe", 88, True), 600),
    ("sun_hao", "corolla", "corolla_hev", "white", 1, 6, "",
     ((6, 12),), ("taihe", 359, True), None),
    ("hartley", "rav4", "rav4_20", "white", 1, 1890, "浙A3M55W",
     ((1700, 12500), (1200, 47600), (640, 88200), (100, 121500)),
     ("anlan", 17, False), 5),
    ("xinghe", "sienna", "sienna_hev", "black", 1, 900, "浙A11L09",
     ((800, 21000), (500, 88000), (200, 151000), (150, 0, 163200), (10, 27300)),
     ("taihe", 40, True), 30),
    ("xinghe", "sienna", "sienna_hev", "white", 1, 640, "浙A11L10",
     ((500, 30100), (200, 98000), (9, 139800)), ("taihe", 40, True), 95),
    ("blue_lake", "passat", "passat_380", "grey", 1, 300, "浙A60B31",
     ((200, 9800), (40, 27100)), ("anlan", 66, False), None),
    ("guo_feng", "tiguan", "tiguan_380", "black", 2, 1520, "川A4G72H",
     ((1400, 5500), (900, 38100), (450, 66000), (30, 92400)),
     ("taihe", 9, True), 14),
    ("lin_yue", "golf", "golf_life", "blue", 2, 365, "川A8V05Y",
     ((200, 9100), (20, 19600)), ("anlan", 1, True), None),
    ("luo_dan", "sienna", "sienna_hev", "white", 2, 730, "川A66D18",
     ((600, 8000), (300, 22500), (25, 36300)), ("taihe", 30, True), 365),
    ("gao_yuan", "corolla", "corolla_hev", "grey", 2, 48, "川A2J96N",
     ((10, 1400),), ("taihe", 317, True), None),
    ("jinjiang", "sienna", "sienna_hev", "black", 2, 1100, "川A7C40T",
     ((900, 62000), (600, 141000), (300, 219000), (15, 296000)),
     ("anlan", 21, True), 28),
    ("song_qi", "rav4", "rav4_20", "blue", 3, 1300, "鄂A5N61S",
     ((1000, 19800), (500, 51200), (33, 79800)), ("taihe", 54, True), 60),
    ("tang_ning", "camry", "camry_hev", "grey", 3, 180, "鄂A3P77U",
     ((90, 5200),), ("anlan", 185, True), None),
)  # fmt: skip
# Bought elsewhere, here for service: owner, model, colour, store, years old, plate,
# readings.
THIRD_PARTY = (
    ("yang_bo", "corolla", "Silver", 1, 9, "浙A2E48K", ((300, 118000), (8, 131500))),
    ("wu_gang", "passat", "Brown", 1, 12, "浙A1H09F", ((410, 203000), (70, 214800))),
    ("ma_li", "golf", "Yellow", 1, 7, "浙AW637B", ((150, 76100),)),
    ("he_ming", "camry", "Silver", 2, 10, "川AB5120", ((365, 144000), (50, 159900))),
    ("lindqvist", "tiguan", "Green", 2, 6, "川AK83M5", ((20, 68200),)),
    ("okafor", "rav4", "White", 3, 8, "鄂AS2207", ((130, 99000), (14, 103300))),
)
# Contacts of the last weeks: customer, days ago, channel, direction, result, words.
CONTACTS = (
    ("zhang_min", 2, "phone", "out", "reached", "保险快到期了，想要一份报价。"),
    ("zhang_min", 30, "visit", "in", "visited", "来做保养，问起高尔夫 R-Line。"),
    ("wang_lei", 1, "phone", "in", "reached", "问里程表读数为什么比以前低。"),
    ("liu_yang", 20, "visit", "in", "visited", "换机油，在休息区等候。"),
    ("chen_jie", 5, "chat", "in", "reached", "收到鲜花，表示感谢。"),
    ("huang_wei", 7, "phone", "out", "no_answer", "三个月满意度回访。"),
    ("zhou_ting", 15, "phone", "out", "reached", "很满意，讲解了倒车影像。"),
    ("sun_hao", 3, "phone", "out", "reached", "一切正常，牌照下周到。"),
    ("xinghe", 9, "email", "in", "reached", "想再买三辆赛那，要报价。"),
    ("blue_lake", 12, "email", "in", "reached", "Asks for one invoice a month."),
    ("hartley", 100, "visit", "in", "visited", "Front brake pads replaced."),
    ("guo_feng", 4, "phone", "out", "call_back", "在出差，周一再打。"),
    ("luo_dan", 25, "visit", "in", "visited", "来做保养，问了 ID.4。"),
    ("lindqvist", 20, "visit", "in", "visited", "Winter tyres fitted."),
    ("song_qi", 33, "phone", "out", "reached", "推荐了冬季轮胎。"),
    ("okafor", 14, "visit", "in", "visited", "Asks what the old RAV4 is worth."),
    ("tang_ning", 11, "phone", "in", "reached", "问首保要带什么材料。"),
)
# Follow-ups that are closed: number in SOLD, rule, days since due, days since done,
# result (None: skipped), what came out.
CLOSED_FOLLOWUPS = (
    (1, "maintenance_odometer", 40, 37, "appointment", "约好周五上午到店保养。"),
    (2, "maintenance_date", 65, 61, "appointment", "先要报价，周三下午到店。"),
    (3, "delivery_anniversary", 30, 28, "reached", "车况满意，推荐同事来看车。"),
    (4, "delivery_anniversary", 45, 44, "reached", "很高兴，问了新款内饰。"),
    (6, "maintenance_date", 21, 16, "no_answer", "打了两次无人接听，已发微信。"),
    (8, "maintenance_odometer", 20, 17, "appointment", "周六到店，需要代步车。"),
    (10, "maintenance_odometer", 104, 101, "appointment", "Thursday, with a loan car."),
    (12, "maintenance_date", 30, 25, None, "公司自己的车间做保养。"),
    (13, "insurance_end", 40, 33, "not_interested", "Insured by the head office."),
    (14, "maintenance_odometer", 38, 33, "appointment", "出差回来，周六到店。"),
    (16, "maintenance_date", 30, 27, "appointment", "周二送车，顺便清洗空调。"),
    (18, "inspection_due", 16, 12, "appointment", "两辆车一起送检。"),
    (19, "maintenance_odometer", 40, 35, "reached", "想等下个月，已记下。"),
    (20, "delivery_anniversary", 15, 14, None, "客户在国外，回来再联系。"),
)
# Rules that a company switches on when it knows the dates of its cars.
SERVICE_NOTICE = 14  # days before the service, as the rule says
RULES_SWITCHED_ON = ("inspection_due", "maintenance_date", "maintenance_odometer")


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    @api.model
    def _load_demo_story(self):
        """Create the demo customers and cars, once."""
        name = "auto_crm_base.demo_customer_zhang_min"
        if self.env.ref(name, raise_if_not_found=False):
            return
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        customers = quiet._demo_customers()
        quiet._demo_stock()
        quiet._demo_sold(customers)
        quiet._demo_contacts(customers)
        quiet._demo_consents(customers)
        quiet._demo_lookups(customers)
        quiet._demo_followups()

    @api.model
    def _demo_ref(self, name):
        return self.env.ref(f"auto_crm_base.{name}")

    @api.model
    def _demo_store(self, number):
        return self._demo_ref(f"company_store{number}")

    @api.model
    def _demo_name(self, records, names):
        """Give ``records`` the XML ids ``demo_<name>``, so that uninstalling and
        tests find them."""
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_base.demo_{name}",
                    "record": record,
                    "noupdate": True,
                }
                for record, name in zip(records, names, strict=True)
            ]
        )

    # ------------------------------------------------------------
    # Customers
    # ------------------------------------------------------------

    @api.model
    def _demo_customers(self):
        """Create the customers; return them by key."""
        customers = dict(
            zip(
                [person[0] for person in PERSONS],
                self._demo_create_persons(),
                strict=True,
            )
        )
        customers |= self._demo_create_companies()
        insurers = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "is_company": True,
                    "country_id": self.env.ref("base.cn").id,
                }
                for _key, name in INSURERS
            ]
        )
        self._demo_name(insurers, [f"insurer_{key}" for key, _name in INSURERS])
        self._demo_name(customers.values(), [f"customer_{key}" for key in customers])
        for key, (name, keys) in INTERESTS.items():
            interest = self.env["auto.customer.interest"].create({"name": name})
            self._demo_name(interest, [f"interest_{key}"])
            for customer in keys:
                customers[customer].auto_interest_ids = [Command.link(interest.id)]
        # Two persons do business with two stores.
        second = self._demo_store(2)
        reason = "Car brought in while travelling"
        (customers["zhang_min"] | customers["hartley"]).with_company(
            second
        )._join_store(second, reason)
        self.env["auto.customer.document"].create(
            [
                {
                    "partner_id": customers[key].id,
                    "kind": kind,
                    "number": number,
                    "expiry_date": fields.Date.add(fields.Date.today(), days=days),
                }
                for key, kind, number, days in (
                    ("zhang_min", "id_card", "DEMO-330106-0001", 2900),
                    ("zhang_min", "driving_licence", "DEMO-330106-0001", 40),
                    ("chen_jie", "passport", "DEMO-E-0042", -15),
                    ("xinghe", "business_licence", "DEMO-9133-0007", 5000),
                    ("guo_feng", "driving_licence", "DEMO-510104-0003", 800),
                )
            ]
        )
        return customers

    @api.model
    def _demo_create_persons(self):
        today = fields.Date.context_today(self)
        vals_list = []
        for index, person in enumerate(PERSONS):
            _key, name, store, kinds, level, social, (days, age), user = person
            vals_list.append(
                {
                    **self._demo_customer_values(store, kinds, level, user),
                    "name": name,
                    "phone": f"+86 198 0000 {1001 + index * 13:04d}",
                    "email": f"customer{index + 1:02d}@example.com"
                    if index % 3 != 1
                    else False,
                    "social_id": social,
                    "birthday": today + relativedelta(days=days, years=-age),
                    "street": f"{12 + index * 7} {ROADS[store]} Road",
                }
            )
        return self.env["res.partner"].create(vals_list)

    @api.model
    def _demo_create_companies(self):
        customers = {}
        for index, (key, name, store, level, user, people) in enumerate(COMPANIES):
            company = self.env["res.partner"].create(
                {
                    **self._demo_customer_values(
                        store, "sales service corporate", level, user
                    ),
                    "name": name,
                    "is_company": True,
                    "phone": f"+86 {AREA_CODES[store]} 8555 {600 + index:04d}",
                    "email": f"office@{key.replace('_', '-')}.example.com",
                    "child_ids": [
                        Command.create(
                            {
                                "name": person,
                                "function": position,
                                "phone": f"+86 198 0000 {tail:04d}",
                                "is_auto_customer": True,
                            }
                        )
                        for person, position, tail in people
                    ],
                }
            )
            customers[key] = company
        return customers

    @api.model
    def _demo_customer_values(self, store, kinds, level, user):
        company = self._demo_store(store)
        city, state = CITIES[store]
        return {
            "is_auto_customer": True,
            "store_ids": [Command.set(company.ids)],
            "auto_store_id": company.id,
            "user_id": USERS[user] and self._demo_ref(USERS[user]).id,
            "auto_kind_ids": [
                Command.link(self._demo_ref(f"customer_kind_{kind}").id)
                for kind in kinds.split()
            ],
            "auto_level_id": level and self._demo_ref(f"customer_level_{level}").id,
            "city": city,
            "state_id": self.env.ref(f"base.{state}").id,
            "country_id": self.env.ref("base.cn").id,
        }

    @api.model
    def _demo_contacts(self, customers):
        now = fields.Datetime.now()
        self.env["auto.contact"].create(
            [
                {
                    "partner_id": customers[key].id,
                    "date": fields.Datetime.subtract(now, days=days, hours=days % 7),
                    "channel": channel,
                    "direction": direction,
                    "result": result,
                    "summary": words,
                    "company_id": customers[key].auto_store_id.id,
                    "user_id": (
                        customers[key].user_id
                        or self._demo_ref("user_store1_callcentre")
                    ).id,
                }
                for key, days, channel, direction, result, words in CONTACTS
            ]
        )

    @api.model
    def _demo_consents(self, customers):
        """Let most have allowed to be written to, and some have thought better."""
        now = fields.Datetime.now()
        lines = [
            (key, 90 + index * 31, "all", "marketing", "given", "form")
            for index, key in enumerate(customers)
            if index % 4 != 3
        ]
        lines += [
            ("wang_lei", 60, "phone", "marketing", "withdrawn", "person"),
            ("zhao_hong", 30, "sms", "marketing", "withdrawn", "message"),
            ("gao_yuan", 10, "all", "all", "withdrawn", "person"),
        ]
        wording = {
            "given": "I agree to be told about offers and events of Huaxing.",
            "withdrawn": "Asked not to be contacted this way any more.",
        }
        self.env["auto.consent"].create(
            [
                {
                    "partner_id": customers[key].id,
                    "channel": channel,
                    "purpose": purpose,
                    "state": state,
                    "source": source,
                    "wording": wording[state],
                    "date": fields.Datetime.subtract(now, days=days),
                    "company_id": customers[key].auto_store_id.id,
                    "user_id": (
                        customers[key].user_id or self._demo_ref("user_store1_adviser")
                    ).id,
                }
                for key, days, channel, purpose, state, source in lines
            ]
        )

    @api.model
    def _demo_lookups(self, customers):
        """Let call centre and complaint desk have found some callers.

        They see only whom they have found by an exact number.
        """
        for login, keys in (
            ("callcentre", ("zhang_min", "wang_lei", "huang_wei", "xinghe")),
            ("complaint", ("wang_lei", "zhao_hong", "hartley")),
        ):
            user = self._demo_ref(f"user_store1_{login}")
            log = self.env["auto.access.log"].with_user(user)
            log = log.with_company(self._demo_store(1))
            found = self.env["res.partner"].union(*(customers[key] for key in keys))
            cars = self.search([("owner_id", "in", found.ids)])
            log._log("lookup", found, "Found by the caller's number")
            log._log("lookup", cars, "Found by plate")

    @api.model
    def _demo_followups(self):
        """Close some follow-ups, make what has come due, and hand on what is late."""
        today = fields.Date.context_today(self)
        rules = self.env["auto.followup.rule"].union(
            *(self._demo_ref(f"followup_rule_{code}") for code in RULES_SWITCHED_ON)
        )
        rules.active = True
        followups = self.env["auto.followup"]
        for number, code, due, done, result, words in CLOSED_FOLLOWUPS:
            car = self._demo_ref(f"demo_vehicle_sold_{number:02d}")
            user = car.owner_id.user_id or self._demo_ref("user_store1_adviser")
            followup = followups.create(
                {
                    "rule_id": self._demo_ref(f"followup_rule_{code}").id,
                    "partner_id": car.owner_id.id,
                    "vehicle_id": car.id,
                    "company_id": car.company_id.id,
                    "user_id": user.id,
                    "date_due": fields.Date.subtract(today, days=due),
                    "notified": True,
                }
            )
            # As the one who did it: the logs say who.
            own = followup.with_user(user).with_company(car.company_id)
            if result:
                own._done(result, words)
            else:
                own._skip(words)
            followup._demo_date_back_closing(done)
        self.env["auto.followup.rule"].search([("active", "=", True)])._generate()
        # Who only comes for service has no consultant: the adviser calls.
        adviser = self._demo_ref("user_store1_adviser")
        followups.search(
            [
                ("state", "=", "open"),
                ("company_id", "=", adviser.company_id.id),
                ("partner_id.user_id", "=", False),
            ]
        ).user_id = adviser
        # Of what is late, a third stays so, a third is due about now, and of a third
        # the customer has asked to be called again.
        late = followups.browse(
            [id_ for (id_,) in self.env.execute_query(followups._overdue_sql())]
        )
        for index, followup in enumerate(late):
            day = fields.Date.add(today, days=index % 4)
            own = followup.with_user(followup.user_id)
            if index % 3 == 1:
                followup.date_due = fields.Date.subtract(today, days=index % 2)
            elif index % 3 == 2 and own.user_id:
                words = (
                    "Calls back." if own.partner_id.name.isascii() else "改天再联系。"
                )
                own.with_company(own.company_id)._retry(day, "call_back", words)
        late[::3]._escalate()

    # ------------------------------------------------------------
    # Cars
    # ------------------------------------------------------------

    @api.model
    def _demo_vin(self, model, year, serial):
        """Return a VIN with a right check digit and an invented serial number."""
        maker, descriptor, plant, _products = MODELS[model]
        code = YEAR_CODES[(year - 1980) % len(YEAR_CODES)]
        vin = f"{maker}{descriptor}0{code}{plant}{900000 + serial:06d}"
        return vin[:8] + vin_tools.check_digit(vin) + vin[9:]

    @api.model
    def _demo_variant(self, product, colour):
        template = self._demo_ref(f"product_{product}")
        value = self._demo_ref(f"colour_{colour}")
        line = template.attribute_line_ids.product_template_value_ids.filtered(
            lambda line: line.product_attribute_value_id == value
        )
        return template._get_variant_for_combination(line)

    @api.model
    def _demo_car_values(self, model, serial, built, colour):
        return {
            "vin": self._demo_vin(model, built.year, serial),
            "engine_number": f"{model[:2].upper()}{built:%y%m}{serial:05d}",
            "model_id": self._demo_ref(f"model_{model}").id,
            "production_date": built,
            "color": colour,
            "interior_color": "Black" if serial % 3 else "Beige",
        }

    @api.model
    def _demo_stock(self):
        """Create the cars for sale, with their serial number in the warehouse."""
        today = fields.Date.context_today(self)
        for number, line in enumerate(STOCK, start=1):
            model, product, colour, store, supply, sale, days = line
            company = self._demo_store(store)
            variant = self._demo_variant(product, colour)
            value = self._demo_ref(f"colour_{colour}")
            built = fields.Date.subtract(today, days=days or 0)
            vals = self._demo_car_values(model, number, built, value.name)
            vals |= {
                "product_id": variant.id,
                "company_id": company.id,
                "production_number": f"HX{number:05d}",
                "supply_state": supply,
                "sale_state": sale,
            }
            if days is None:  # not built yet
                vals |= {"vin": False, "engine_number": False, "production_date": False}
                vals["model_year"] = today.year + 1
            car = self.with_company(company).create(vals)
            self._demo_name(car, [f"vehicle_stock_{number:02d}"])
            if supply == "in_stock":
                car._demo_put_in_stock(variant)
                car._demo_backdate_stock(days)
            car._demo_backdate_events(days or 4)

    def _demo_put_in_stock(self, variant):
        """Count the car into its store's warehouse."""
        self.ensure_one()
        company = self.company_id
        warehouse = self.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        lot = self.env["stock.lot"].create(
            {"name": self.vin, "product_id": variant.id, "company_id": company.id}
        )
        quant = self.env["stock.quant"].with_context(inventory_mode=True)
        quant.with_company(company).create(
            {
                "product_id": variant.id,
                "location_id": warehouse.lot_stock_id.id,
                "lot_id": lot.id,
                "inventory_quantity": 1,
            }
        )._apply_inventory()
        self.lot_id = lot

    def _demo_backdate_stock(self, days):
        """Let the car stand in stock since ``days`` ago."""
        self.ensure_one()
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE auto_vehicle"
                " SET stock_date = stock_date - %s * INTERVAL '1 day'"
                " WHERE id = %s RETURNING id",
                days,
                self.id,
            )
        )
        self.invalidate_recordset(["stock_date"])

    @api.model
    def _demo_sold(self, customers):
        """Create the cars with their owners, readings and policies."""
        today = fields.Date.context_today(self)
        policies = []
        for number, line in enumerate(SOLD, start=1):
            owner, model, product, colour, store, days = line[:6]
            plate, readings, (insurer, ends, ours), inspection = line[6:]
            delivered = fields.Date.subtract(today, days=days)
            built = fields.Date.subtract(delivered, days=45)
            value = self._demo_ref(f"colour_{colour}")
            end = fields.Date.add(today, days=ends)
            vals = {
                **self._demo_car_values(model, 200 + number, built, value.name),
                "product_id": self._demo_variant(product, colour).id,
                "license_plate": plate,
                "company_id": self._demo_store(store).id,
                "owner_id": customers[owner].id,
                "supply_state": "out",
                "sale_state": "delivered",
                "delivery_date": delivered,
                "warranty_end_date": delivered + relativedelta(years=3),
                "inspection_due_date": inspection is not None
                and fields.Date.add(today, days=inspection),
                "next_service_date": fields.Date.add(
                    today, days=365 - days % 365 - 200
                ),
                "next_service_odometer": readings[-1][1] // 10000 * 10000 + 10000,
            }
            car = self.with_company(vals["company_id"]).create(vals)
            self._demo_name(car, [f"vehicle_sold_{number:02d}"])
            car._demo_read_odometer(readings)
            car._demo_backdate_events(days)
            policies.append(
                {
                    "vehicle_id": car.id,
                    "company_id": vals["company_id"],
                    "insurer_id": self._demo_ref(f"demo_insurer_{insurer}").id,
                    "number": f"DEMO-{insurer[:2].upper()}-{number:06d}",
                    "kind": "commercial",
                    "date_start": end - relativedelta(years=1, days=-1),
                    "date_end": end,
                    "premium": 2600 + number * 140,
                    "is_sold_by_us": ours,
                }
            )
        for number, line in enumerate(THIRD_PARTY, start=1):
            owner, model, colour, store, years, plate, readings = line
            built = today - relativedelta(years=years, months=number)
            car = self.with_company(self._demo_store(store)).create(
                {
                    **self._demo_car_values(model, 400 + number, built, colour),
                    "license_plate": plate,
                    "company_id": self._demo_store(store).id,
                    "owner_id": customers[owner].id,
                    "supply_state": "out",
                    "sale_state": "third_party",
                    "inspection_due_date": fields.Date.add(today, days=number * 17),
                    "next_service_date": fields.Date.add(
                        today, days=SERVICE_NOTICE - number + 1
                    ),
                }
            )
            self._demo_name(car, [f"vehicle_third_party_{number:02d}"])
            car._demo_read_odometer(readings)
            car._demo_backdate_events(readings[0][0])
        for policy in self.env["auto.insurance.policy"].create(policies):
            started = max((today - policy.date_start).days, 0)
            policy.vehicle_id._demo_backdate_events(started, ["insurance"])
        self._demo_special_cars(customers)

    @api.model
    def _demo_special_cars(self, customers):
        """A change of owner and a car that two stores know."""
        today = fields.Date.context_today(self)
        resold = self._demo_ref("demo_vehicle_sold_05")
        resold._change_owner(
            customers["ma_li"], fields.Date.subtract(today, days=120), "Sold privately"
        )
        last = resold.event_ids.sorted("id")[-1:]
        self.env.execute_query(
            SQL(
                "UPDATE auto_vehicle_event SET date = date - INTERVAL '120 days'"
                " WHERE id = %s RETURNING id",
                last.id,
            )
        )
        travelled = self._demo_ref("demo_vehicle_sold_01")
        second = self._demo_store(2)
        travelled.with_company(second)._join_store(
            second, "Car brought in while travelling"
        )

    def _demo_read_odometer(self, readings):
        """Enter readings: days ago, km and, for a new meter, what the old showed."""
        self.ensure_one()
        today = fields.Date.context_today(self)
        vals_list = []
        for days, km, *old in readings:
            vals_list.append(
                {
                    "vehicle_id": self.id,
                    "company_id": self.company_id.id,
                    "date": fields.Date.subtract(today, days=days),
                    "value": km,
                    "source": "repair",
                }
            )
            if old:
                vals_list[-1] |= {
                    "source": "replacement",
                    "old_value": old[0],
                    "note": "Instrument cluster replaced under warranty",
                }
        self.env["auto.odometer.reading"]._record(vals_list)

    def _demo_backdate_events(self, days, kinds=()):
        """Let the timeline begin ``days`` ago: the log itself cannot be written.

        :param kinds: move only these kinds of event, instead of all but the
            readings, which are dated rightly
        """
        self.ensure_one()
        self.env["auto.vehicle.event"].flush_model()
        self.env.execute_query(
            SQL(
                "UPDATE auto_vehicle_event SET date = date - %s * INTERVAL '1 day'"
                " WHERE vehicle_id = %s AND %s RETURNING id",
                days,
                self.id,
                SQL("kind IN %s", tuple(kinds)) if kinds else SQL("kind <> 'odometer'"),
            )
        )
        self.env["auto.vehicle.event"].invalidate_model(["date"])


class AutoFollowup(models.Model):
    _inherit = "auto.followup"

    def _demo_date_back_closing(self, days):
        """Say that a follow-up was closed ``days`` ago, and that one called then.

        The logs cannot be written, so this goes past the ORM, as only a demo may.
        """
        self.ensure_one()
        self.flush_recordset()
        self.contact_id.flush_recordset()
        for table, column, record in (
            ("auto_followup", "date_done", self),
            ("auto_contact", "date", self.contact_id),
        ):
            self.env.execute_query(
                SQL(
                    "UPDATE %(table)s SET %(column)s = %(column)s"
                    " - %(days)s * INTERVAL '1 day' WHERE id IN %(ids)s RETURNING id",
                    table=SQL.identifier(table),
                    column=SQL.identifier(column),
                    days=days,
                    ids=tuple(record.ids) or (0,),
                )
            )
        self.env.invalidate_all()
