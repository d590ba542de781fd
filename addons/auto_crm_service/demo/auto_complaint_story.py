"""Three weeks of complaints in two stores, and what was made of them.

They go through the methods of the documents, each step at its own moment, relative to
today. Nothing here runs unless demo data is loaded.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

# Department, store, user.
PERSONS = (
    ("sales", 1, "user_store1_sales_manager"),
    ("service", 1, "user_store1_adviser"),
    ("service", 1, "user_store1_service_manager"),
    ("quality", 1, "user_store1_service_manager"),
    ("technical", 1, "user_store1_technician"),
    ("claims", 1, "user_store1_adviser"),
    ("finance", 1, "user_store1_manager"),
    ("sales", 2, "user_store2_consultant"),
    ("service", 2, "user_store2_adviser"),
)
# Customer, store, channel, days ago, category, words, steps. A step is (days after,
# what, words); "again" repeats the customer, "taken" gives it to the desk.
COMPLAINTS = (
    (
        "zhang_min",
        1,
        "phone",
        21,
        "waiting",
        "说好十点取车，等到下午一点半，没有人告诉我为什么。",
        (
            (0.05, "taken", ""),
            (0.1, "first", "已致电道歉，告知正在核实。"),
            (0.4, "task", "配件到货晚了两个小时，接待没有及时通知客户。"),
            (1.0, "answer", "说明原因并赠送一次保养工时，客户接受。"),
            (3.0, "content", "满意，谢谢回电。"),
        ),
    ),
    (
        "hartley",
        1,
        "email",
        19,
        "invoice",
        "The invoice shows two hours of labour for a wiper motor. I was told half an "
        "hour. Please explain the difference.",
        (
            (0.1, "taken", ""),
            (0.12, "first", "We told Mr Hartley that we are checking the invoice."),
            (
                1.0,
                "task",
                "One and a half hours of fault finding were booked on the wrong order.",
            ),
            (
                1.5,
                "answer",
                "Credit note of 1.5 hours issued; explained and apologised.",
            ),
            (4.0, "content", "Fine with the credit note."),
        ),
    ),
    (
        "yang_bo",
        1,
        "visit",
        17,
        "repair",
        "左前轮异响修了两次还是有声音，过减速带特别明显。",
        (
            (0.02, "taken", ""),
            (0.1, "first", "当面致歉，约定重新检查。"),
            (1.2, "task", "下摆臂胶套未更换，首次检查漏项。"),
            (2.0, "answer", "免费更换下摆臂胶套并四轮定位，提供代步车。"),
            (4.0, "not", "换完以后方向盘有点偏。"),
            (5.0, "task", "四轮定位数据复核后重新调整。"),
            (5.5, "answer", "重新定位并陪同客户试车，方向正常。"),
            (8.0, "content", "现在好了。"),
        ),
    ),
    (
        "chen_jie",
        1,
        "chat",
        14,
        "handover",
        "提车时说送的脚垫和贴膜，到现在脚垫还没有。",
        (
            (0.1, "taken", ""),
            (0.12, "first", "微信回复：正在查合同附件。"),
            (0.9, "task", "脚垫缺货，采购漏单，已补订。"),
            (1.2, "answer", "三天内送货上门。"),
            (6.0, "manager", "客户出国两个月无法联系，脚垫已由家人签收，经理核实。"),
        ),
    ),
    (
        "wu_gang",
        1,
        "phone",
        11,
        "parts",
        "预约换电瓶，去了说没货，白跑一趟。",
        (
            (0.1, "taken", ""),
            (0.12, "first", "已道歉。"),
            (1.0, "task", "预约时没有预留配件。"),
            (1.4, "answer", "电瓶到货后上门更换，免工时费。"),
            (3.0, "content", "可以。"),
        ),
    ),
    (
        "yang_bo",
        1,
        "phone",
        6,
        "repair",
        "同样的异响又出现了，这已经是第三次！",
        (
            (0.03, "taken", ""),
            (0.1, "first", "服务经理亲自致电，约明日到店。"),
        ),
    ),
    (
        "zhao_hong",
        1,
        "web",
        5,
        "warranty",
        "音响屏幕黑屏，保修期还有半年，你们说进水不保。我没有进过水。",
        (
            (0.1, "taken", ""),
            (0.6, "again", "请尽快答复，我已经第二次来问了。"),
            (0.12, "first", "已告知正在复检。"),
        ),
    ),
    (
        "xu_jing",
        1,
        "phone",
        4,
        "waiting",
        "周末洗车排队两个小时，休息区也没有座位。",
        (
            (0.05, "taken", ""),
            (0.1, "first", "已致电说明周末高峰。"),
            (0.5, "task", "周末增加一名洗车人员。"),
            (1.0, "answer", "说明改进安排，并赠送工作日洗车券。"),
            (1.2, "due", ""),
        ),
    ),
    (
        "zhou_ting",
        1,
        "portal",
        2,
        "contract",
        "合同上的上牌费比当初说的多了八百元，请解释。",
        (
            (0.1, "taken", ""),
            (0.15, "first", "已回复收到，财务在核对。"),
            (0.8, "task", "含临牌与加急费，销售未提前说明。"),
        ),
    ),
    (
        "wang_lei",
        1,
        "phone",
        1,
        "people",
        "前台接电话的态度很差，说了一半就挂了。",
        ((0.05, "taken", ""),),
    ),
    (
        "ma_li",
        1,
        "web",
        0.2,
        None,
        "你们的车间开我的车出去买饭！行车记录仪都拍下来了。",
        (),
    ),
    (
        "liu_yang",
        1,
        "visit",
        0.1,
        "safety",
        "高速上刹车踏板突然变软，车现在停在你们门口，我不敢开。",
        ((0.01, "taken", ""),),
    ),
    (
        "lin_yue",
        2,
        "phone",
        15,
        "delivery",
        "订车两个月了，一直说下周到，到底什么时候到？",
        (
            (0.1, "taken", ""),
            (0.12, "first", "已道歉，正在向厂家查询。"),
            (1.0, "task", "厂家排产推迟，确认月底到店。"),
            (1.5, "answer", "告知准确到店日期，并赠送首保。"),
            (4.0, "content", "好的，等通知。"),
        ),
    ),
    (
        "lindqvist",
        2,
        "email",
        3,
        "repair",
        "The air conditioning smells again, a week after you cleaned it for 480 yuan.",
        (
            (0.1, "taken", ""),
            (0.12, "first", "Called Ms Lindqvist, appointment on Saturday."),
        ),
    ),
    (
        "guo_feng",
        2,
        "phone",
        1,
        "insurance",
        "事故车修了二十天还没好，保险公司说早就定损了。",
        ((0.1, "taken", ""),),
    ),
)


class AutoComplaint(models.Model):
    _inherit = "auto.complaint"

    @api.model
    def _load_demo_complaints(self):
        """Let the customers complain, once."""
        first = "auto_crm_service.demo_complaint_01"
        if self.env.ref(first, raise_if_not_found=False):
            return
        stores = {
            number: self.env.ref(f"auto_crm_base.company_store{number}")
            for number in (1, 2)
        }
        desk = self.env.ref("auto_crm_base.user_store1_complaint")
        # One desk takes the complaints of both stores.
        desk.company_ids = [Command.link(stores[2].id)]
        self._demo_complaint_persons(stores)
        for number, line in enumerate(COMPLAINTS, 1):
            complaint = self._demo_complaint(stores, desk, line)
            self.env["ir.model.data"].create(
                {
                    "module": "auto_crm_service",
                    "name": f"demo_complaint_{number:02d}",
                    "model": self._name,
                    "res_id": complaint.id,
                    "noupdate": True,
                }
            )
        known = self.search([("company_id", "in", [s.id for s in stores.values()])])
        known.filtered(
            lambda one: (
                one.date_next_escalation
                and one.date_next_escalation <= fields.Datetime.now()
            )
        )._escalate()
        self._demo_improvements(stores[1])

    @api.model
    def _demo_complaint_persons(self, stores):
        self.env["auto.complaint.person"].create(
            [
                {
                    "department_id": self.env.ref(
                        f"auto_crm_service.complaint_department_{department}"
                    ).id,
                    "company_id": stores[store].id,
                    "user_id": self.env.ref(f"auto_crm_base.{user}").id,
                    "sequence": index,
                }
                for index, (department, store, user) in enumerate(PERSONS)
            ]
        )

    @api.model
    def _demo_complaint(self, stores, desk, line):
        key, store, channel, days, category, words, steps = line
        partner = self.env.ref(f"auto_crm_base.demo_customer_{key}")
        car = self.env["auto.vehicle"].search([("owner_id", "=", partner.id)], limit=1)
        received = self._demo_moment(days)
        staff = self.with_company(stores[store]).with_context(
            tracking_disable=True, allowed_company_ids=stores[store].ids
        )
        values = {
            "partner_id": partner.id,
            "vehicle_id": car.id,
            "description": words,
            "date_received": received,
            "complaint_id": False,
        }
        if category:
            reference = f"auto_crm_service.complaint_category_{category}"
            values["category_id"] = self.env.ref(reference).id
        # Who takes it down is the adviser; the customer does by web and mail.
        registrar = self.env.ref(f"auto_crm_base.user_store{store}_adviser")
        if channel in ("phone", "visit", "chat"):
            staff = staff.with_user(registrar)
        complaint = (
            staff.sudo()
            .with_context(auto_complaint_now=received)
            ._register_complaint(values, channel)
        )
        for after, what, text in steps:
            moment = min(received + timedelta(days=after), fields.Datetime.now())
            step = complaint.with_user(desk).sudo()
            step = step.with_context(auto_complaint_now=moment)
            getattr(step, f"_demo_{what}")(text)
        return complaint

    @api.model
    def _demo_moment(self, days):
        """Return a moment so many days ago, within opening hours."""
        now = fields.Datetime.now()
        if days < 1:
            return (now - timedelta(days=days)).replace(microsecond=0)
        day = (now - timedelta(days=days)).replace(microsecond=0)
        # 10 o'clock in China is 2 o'clock in UTC.
        return day.replace(hour=2, minute=10 + int(days) % 40, second=0)

    def _demo_taken(self, _text):
        self.write({"user_id": self.env.uid})

    def _demo_again(self, text):
        self._hear_again({"description": text}, "phone", None, self.env["auto.vehicle"])

    def _demo_first(self, text):
        self._answer(text, final=False)

    def _demo_task(self, text):
        for task in self.task_ids.filtered(lambda task: task.state == "todo"):
            task.with_user(task.user_id or self.env.user).sudo()._done(text)
        if not self.solution:
            self.solution = text

    def _demo_answer(self, text):
        self.solution = text
        self._answer(text)

    def _demo_due(self, _text):
        self._begin_callback()

    def _demo_content(self, text):
        self._callback("satisfied", text)

    def _demo_not(self, text):
        self._callback("unsatisfied", text)
        self._dispatch()

    def _demo_manager(self, text):
        manager = self.env.ref("auto_crm_base.user_store1_service_manager")
        self.with_user(manager).sudo()._close_by_manager(text)
        self.write({"cost_amount": 380, "cost_bearer": "store"})

    @api.model
    def _demo_improvements(self, store):
        today = fields.Date.context_today(self)
        service = self.env.ref("auto_crm_service.complaint_category_service")
        repair = self.env.ref("auto_crm_service.complaint_category_repair")
        known = self.search([("company_id", "=", store.id)])
        manager = self.env.ref("auto_crm_base.user_store1_service_manager")
        quiet = self.env["auto.improvement"].with_context(
            tracking_disable=True, mail_create_nosubscribe=True
        )
        quiet.create(
            [
                {
                    "title": "交车前四轮定位复检",
                    "company_id": store.id,
                    "user_id": manager.id,
                    "state": "do",
                    "category_id": repair.id,
                    "finding": "同一客户底盘异响三次返修。",
                    "root_cause": "首次检查没有按清单试车。",
                    "date_due": fields.Date.add(today, days=10),
                    "complaint_ids": [
                        Command.set(
                            known.filtered(lambda one: one.category_id == repair).ids
                        )
                    ],
                },
                {
                    "title": "A message at each step of the repair",
                    "company_id": store.id,
                    "user_id": manager.id,
                    "state": "check",
                    "category_id": service.id,
                    "finding": "Customers wait without being told why.",
                    "root_cause": "Nobody is in charge of telling them.",
                    "measure": "<p>The adviser writes when parts are late.</p>",
                    "date_due": fields.Date.add(today, days=3),
                    "date_effective": fields.Date.subtract(today, days=10),
                    "period_days": 20,
                    "complaint_ids": [
                        Command.set(
                            known.filtered(
                                lambda one: one.category_id.parent_id == service
                            ).ids
                        )
                    ],
                },
            ]
        )
