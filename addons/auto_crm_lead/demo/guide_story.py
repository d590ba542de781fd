"""What the demo group's buying guide shows, and who has asked there."""

import base64
import io
from datetime import timedelta

from PIL import Image, ImageDraw

from odoo import api, fields, models

# Model: one line in English and in Chinese, colours of its pictures.
SHOWN = {
    "golf": ("The compact that does everything", "全能的两厢车",
             ("#1f3a6e", "#9e1b25")),
    "passat": ("Room for long journeys", "长途出行的宽敞之选", ("#1b1b1b", "#8a8d8f")),
    "tiguan": ("The family's SUV", "全家人的 SUV", ("#8a8d8f", "#f5f5f0")),
    "id4": ("Electric, 555 km on one charge", "纯电动，一次充电 555 公里",
            ("#f5f5f0", "#1f3a6e")),
    "corolla": ("Four litres, for years", "百公里四升油，开很多年",
                ("#f5f5f0", "#9e1b25")),
    "camry": ("Quiet hybrid for business", "安静的混动商务轿车",
              ("#1b1b1b", "#f5f5f0")),
    "rav4": ("For the road and beside it", "城市与郊野都能走", ("#1f3a6e", "#8a8d8f")),
    "sienna": ("Seven seats, two sliding doors", "七座，双侧滑门",
               ("#8a8d8f", "#1b1b1b")),
}  # fmt: skip
# Roof line by body, in hundredths of width and height.
ROOFS = {
    "Sedan": ((24, 44), (36, 26), (62, 26), (76, 44)),
    "Compact": ((22, 44), (34, 25), (70, 25), (84, 44)),
    "SUV": ((20, 40), (31, 18), (76, 18), (86, 40)),
    "People carrier": ((14, 40), (27, 16), (84, 16), (90, 40)),
}


class FleetVehicleModel(models.Model):
    _inherit = "fleet.vehicle.model"

    @api.model
    def _load_demo_guide(self):
        """Publish the demo's models with drawn pictures, once."""
        for name, (english, chinese, colours) in SHOWN.items():
            model = self.env.ref(f"auto_crm_base.model_{name}")
            if model.photo_ids:
                continue
            model.with_context(lang="en_US").write(
                {"guide_published": True, "guide_summary": english}
            )
            if "zh_CN" in dict(self.env["res.lang"].get_installed()):
                model.with_context(lang="zh_CN").guide_summary = chinese
            self.env["auto.model.photo"].create(
                [
                    {
                        "model_id": model.id,
                        "name": f"{model.name} {number}",
                        "sequence": number,
                        "image": self._demo_picture(model, colour),
                    }
                    for number, colour in enumerate(colours, 1)
                ]
            )
        self._demo_guide_prospects()

    @api.model
    def _demo_picture(self, model, colour):
        """Return a drawing of the model's kind of car."""
        width, height = 960, 600
        picture = Image.new("RGB", (width, height), "#dfe7ef")
        draw = ImageDraw.Draw(picture)

        def at(x, y):
            return x * width / 100, y * height / 100

        draw.rectangle((*at(0, 74), width, height), fill="#b9c2c9")
        roof = ROOFS.get(model.category_id.name, ROOFS["Sedan"])
        outline = [(6, 74), (6, 54), (12, 46), *roof, (94, 50), (95, 74)]
        draw.polygon([at(*point) for point in outline], fill=colour)
        (left, low), (first, top), (second, _top), (right, _low) = roof
        glass = [
            (left + 4, low), (first + 1, top + 4), (second - 1, top + 4),
            (right - 4, low),
        ]  # fmt: skip
        draw.polygon([at(*point) for point in glass], fill="#33424f")
        middle = (first + second) / 2
        draw.line([at(middle, top + 3), at(middle, low)], fill=colour, width=16)
        for x in (24, 76):
            for radius, fill in ((9, "#dfe7ef"), (8, "#1b1b1b"), (4, "#9aa3ab")):
                cx, cy = at(x, 74)
                size = radius * width / 100
                draw.ellipse((cx - size, cy - size, cx + size, cy + size), fill=fill)
        draw.rectangle((*at(6, 55), *at(11, 59)), fill="#fff4c2")
        draw.rectangle((*at(91, 53), *at(95, 58)), fill="#d24b3e")
        file = io.BytesIO()
        picture.save(file, "PNG", optimize=True)
        return base64.b64encode(file.getvalue())

    @api.model
    def _demo_guide_prospects(self):
        """Let two visitors of the guides ask for something."""
        leads = self.env["crm.lead"]
        if self.env.ref("auto_crm_lead.demo_lead_guide_drive", False):
            return
        doors = {
            name: self.env.ref(f"auto_crm_lead.intake_source_{name}")
            for name in ("guide", "guide2")
        }
        asked = {
            "guide_drive": ("guide", "鲁明", "+86 198 0001 0911", "Golf",
                            "test_drive", "购车指南：想试驾。周日上午可以吗？"),
            "guide_price": ("guide2", "Clara Moreno", "+86 198 0001 0922", "ID.4",
                            "price", "Buying guide: asks for a price."),
        }  # fmt: skip
        for key, (door, name, phone, model, wish, message) in asked.items():
            door = doors[door]
            lead = leads.with_company(door.company_id)._intake(
                {
                    "name": name,
                    "phone": phone,
                    "message": message,
                    "wish": wish,
                    "vehicle": {"brand": "Volkswagen", "model": model,
                                "condition": "new"},
                    "purchase_horizon": "now",
                },
                "guide",
                external_ref=f"DEMO-{key}",
                source=door,
            )  # fmt: skip
            if wish == "test_drive":
                # Sunday, 10:00 in China.
                today = fields.Datetime.today()
                sunday = today + timedelta(days=6 - today.weekday() or 7, hours=2)
                lead._wish_drive(sunday, self.env.ref("auto_crm_base.model_golf"))
            self.env["ir.model.data"]._update_xmlids(
                [
                    {
                        "xml_id": f"auto_crm_lead.demo_lead_{key}",
                        "record": lead,
                        "noupdate": True,
                    }
                ]
            )
