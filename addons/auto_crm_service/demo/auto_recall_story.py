"""Two recalls, a campaign and a bulletin, and how far the stores are with them.

Nothing here runs unless demo data is loaded. Numbers and faults are invented.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Command

# Key, kind, severity, days ago, maker's number, brand, English and Chinese texts
# (title, what is wrong, remedy), operations, parts, cars (how, values).
RECALLS = (
    ("battery", "recall", "stop", 6, "S2026M0117V", "volkswagen",
     ("High-voltage battery: a cell connector may overheat",
      "A connector in the battery may come loose and overheat, even in a parked car.",
      "The connector is replaced and the battery tested. It takes half a day."),
     ("动力电池连接件可能过热",
      "动力电池内部连接件可能松动并过热，车辆停放时也可能发生。",
      "更换连接件并检测动力电池，约需半天。"),
     ("GY-0101",), (), ("model", "id4")),
    ("strut", "recall", "safety", 34, "S2026M0098V", "volkswagen",
     ("Front strut: the top mount may break",
      "The top mount may break on bad roads; the car then pulls to one side.",
      "Both top mounts are checked and the strut is replaced. It takes two hours."),
     ("前减振器上支座可能断裂",
      "在颠簸路面上支座可能断裂，车辆会跑偏。",
      "检查两侧上支座并更换减振器，约需两小时。"),
     ("JX-0201",), ("strut",), ("model", "tiguan")),
    ("camera", "campaign", "quality", 20, "FW-2026-31", "toyota",
     ("Rear-view camera stays black after a cold start",
      "The picture of the rear-view camera may fail after a cold start.",
      "The camera gets new software, or is replaced. It takes an hour."),
     ("冷启动后倒车影像黑屏",
      "冷启动后倒车影像可能不显示。",
      "升级摄像头软件，必要时更换，约需一小时。"),
     ("DQ-0201",), (), ("plates", ("浙A3M55W", "浙AD5R07", "鄂A5N61S", "川A2J96N"))),
    ("knock", "bulletin", "info", 60, "TPI 2067431", "volkswagen",
     ("Knocking from the front axle in the cold",
      "Below 5 °C the front axle may knock; it is not the strut.",
      "Check the torque of the subframe bolts first: 70 Nm + 90°."),
     ("低温时前桥异响",
      "气温低于 5 °C 时前桥可能异响，原因并非减振器。",
      "首先检查副车架螺栓力矩：70 Nm + 90°。"),
     ("JX-0301",), (), ("model", "golf")),
)  # fmt: skip
# Recall, plate, what became of it, days ago, words.
STEPS = (
    ("strut", "川A4G72H", "done", 21, "Done at the maker's road show in Chengdu."),
    ("strut", "川AK83M5", "unreachable", 9, "Called twice, number switched off."),
    ("camera", "鄂A5N61S", "contacted", 4, "客户下周六到店。"),
    ("camera", "浙AD5R07", "done", 11, "随保修更换摄像头时一并完成。"),
    ("camera", "川A2J96N", "refused", 8, "客户认为不影响使用，暂不处理。"),
)


class AutoRecall(models.Model):
    _inherit = "auto.recall"

    @api.model
    def _load_demo_recalls(self):
        """Enter what the makers published, once, and find the cars."""
        if self.env.ref("auto_crm_service.demo_recall_strut", raise_if_not_found=False):
            return
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        for entry in RECALLS:
            quiet._demo_recall(*entry)
        for key, plate, state, days, words in STEPS:
            quiet._demo_step(key, plate, state, days, words)
        self.env.ref("auto_crm_service.followup_rule_recall")._generate()

    @api.model
    def _demo_recall(
        self,
        key,
        kind,
        severity,
        days,
        ref,
        brand,
        english,
        chinese,
        codes,
        parts,
        cars,
    ):
        today = fields.Date.today()
        operations = self.env["auto.labour.operation"].search([("code", "in", codes)])
        lines = [{"kind": "labour", "operation_id": one.id} for one in operations]
        lines += [
            {
                "kind": "part",
                "product_id": self.env.ref(
                    f"auto_crm_service.part_{part}"
                ).product_variant_id.id,
            }
            for part in parts
        ]
        texts = ("title", "risk", "remedy")
        recall = self.with_context(lang="en_US").create(
            {
                "kind": kind,
                "severity": severity,
                "maker_ref": ref,
                "brand_id": self.env.ref(f"fleet.brand_{brand}").id,
                "company_id": False,
                "date_published": today - timedelta(days=days),
                "line_ids": [Command.create(line) for line in lines],
                **dict(zip(texts, english, strict=True)),
            }
        )
        if self.env["res.lang"]._get_data(code="zh_CN"):
            recall.with_context(lang="zh_CN").write(
                dict(zip(texts, chinese, strict=True))
            )
        how, values = cars
        if how == "model":
            model = self.env.ref(f"auto_crm_base.model_{values}")
            vins = self.env["auto.vehicle"].search(
                [("model_id", "=", model.id), ("vin", "!=", False)]
            )
            prefixes = {vehicle.vin[:8] for vehicle in vins}
            recall.range_ids = [
                Command.create(
                    {
                        "kind": "serial",
                        "prefix": prefix,
                        "number_from": "000001",
                        "number_to": "999999",
                        "model_ids": [Command.set(model.ids)],
                    }
                )
                for prefix in sorted(prefixes)
            ]
        else:
            vehicles = self.env["auto.vehicle"].search(
                [("license_plate", "in", values)]
            )
            self.env["auto.recall.vin"]._add(recall, vehicles.mapped("vin"))
        recall.action_publish()
        recall.vehicle_ids._step("open", date_matched=today - timedelta(days=days - 1))
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_service.demo_recall_{key}",
                    "record": recall,
                    "noupdate": True,
                }
            ]
        )

    @api.model
    def _demo_step(self, key, plate, state, days, words):
        recall = self.env.ref(f"auto_crm_service.demo_recall_{key}")
        row = recall.vehicle_ids.filtered(lambda one: one.license_plate == plate)
        date = fields.Date.today() - timedelta(days=days)
        if state == "done":
            row._step(
                "done", note=words, date_done=date, done_company_id=row.company_id
            )
            for one in row:
                one._log_done(company=one.company_id)
        else:
            row._step(state, note=words, date_contacted=date)
