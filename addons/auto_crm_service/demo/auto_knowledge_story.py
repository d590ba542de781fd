"""What the demo workshops look up. Faults and figures are invented.

Nothing here runs unless demo data is loaded.
"""

from odoo import api, models
from odoo.fields import Command

# Key, category, title, models, read, fault code, operations, parts, paragraphs.
ARTICLES = (
    ("camera_black", "faults", "倒车影像黑屏：先查线束再换摄像头",
     ("golf", "corolla", "rav4"), 34, "U0422", ("DQ-0201",), ("camera",), (
        "故障：冷启动后倒车影像黑屏，热车偶尔恢复。",
        "原因：尾门线束插头进水，针脚氧化；十台里七台不是摄像头本身。",
        "处理：拆尾门饰板，清洁插头并涂防护脂，再测信号；仍无信号才更换摄像头。",
    )),
    ("strut_knock", "faults", "Knock from the front left: top mount, not the strut",
     ("tiguan", "golf"), 19, "", ("JX-0201", "JX-0301"), ("strut",), (
        "Fault: knocks on bad roads, quiet on the motorway.",
        "Cause: the top mount bearing has play; the strut itself is dry.",
        "Remedy: hold the spring while an assistant turns the wheel; if it jumps, "
        "replace the mount. Align the wheels afterwards.",
    )),
    ("misfire", "faults", "P0301：一缸失火的排查顺序", (), 27, "P0301",
     ("DQ-0102",), (), (
        "故障：怠速抖动，故障码 P0301。",
        "原因：多为点火线圈，其次火花塞、喷油嘴。",
        "处理：与二缸对调点火线圈；故障码变为 P0302 即更换线圈。",
    )),
    ("hv_safe", "howto", "High voltage: secure it in seven steps", ("id4",), 15, "",
     ("GY-0101",), (), (
        "Key out and five metres away; sign and lock; gloves checked.",
        "Measure twice: the second person measures too.",
    )),
)  # fmt: skip


class AutoKnowledgeArticle(models.Model):
    _inherit = "auto.knowledge.article"

    @api.model
    def _load_demo_service_articles(self):
        """Write and publish the articles of the workshop, once."""
        known = "auto_crm_service.demo_article_camera_black"
        if self.env.ref(known, raise_if_not_found=False):
            return
        for (
            key,
            category,
            name,
            model_keys,
            read,
            fault,
            codes,
            parts,
            text,
        ) in ARTICLES:
            operations = self.env["auto.labour.operation"].search(
                [("code", "in", codes)]
            )
            products = [
                self.env.ref(f"auto_crm_service.part_{part}").product_variant_id.id
                for part in parts
            ]
            self._demo_article(
                "auto_crm_service",
                key,
                category,
                name,
                model_keys,
                0,
                read,
                text,
                fault_code=fault,
                operation_ids=[Command.set(operations.ids)],
                part_ids=[Command.set(products)],
            )
