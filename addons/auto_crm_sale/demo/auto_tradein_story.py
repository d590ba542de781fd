"""Cars that customers of the demo contracts give in part payment.

One is bought and set off, one is offered, one waits for approval, and one was bought
outright some weeks ago. Everything goes through the methods of the documents. Nothing
here runs unless demo data is loaded.
"""

import base64
import io

from PIL import Image, ImageDraw

from odoo import api, fields, models
from odoo.tools import SQL

# Contract, consultant, model of the old car, its serial, age in years, plate,
# odometer, market value, offer, expected price, how far.
TRADEINS = (
    (15, "c2", "corolla", 901, 6, "浙A6T715", 68200, 62000, 57000, 68800, "settled"),
    (19, "c1", "golf", 902, 7, "浙A3K902", 91500, 48000, 42500, 52800, "offered"),
    (18, "c2", "passat", 903, 4, "浙A9P183", 43800, 118000, 116500, 126800, "waiting"),
    (9, "c2", "golf", 904, 5, "浙A2G904", 57300, 66000, 60000, 72800, "outright"),
)  # fmt: skip
# Point of the inspection (its place), what is wrong, cost to put right.
DEFECTS = (
    (6, "引擎盖有石击痕，左后门有划痕", 1200),
    (9, "前轮胎花纹仅剩2.5毫米", 1400),
)
DAYS_OUTRIGHT = 38


class AutoTradein(models.Model):
    _inherit = "auto.tradein"

    @api.model
    def _load_demo_tradeins(self):
        """Take the customers' cars, once."""
        if self.env.ref("auto_crm_sale.demo_tradein_15", raise_if_not_found=False):
            return
        quiet = self.with_context(
            tracking_disable=True, mail_create_nolog=True, mail_create_nosubscribe=True
        )
        quiet._demo_used_product()
        for line in TRADEINS:
            order = self.env.ref(
                f"auto_crm_sale.demo_contract_{line[0]:02d}", raise_if_not_found=False
            )
            if order:
                quiet._demo_tradein(order.with_env(quiet.env), line)

    @api.model
    def _demo_used_product(self):
        """Give used cars the reduced VAT, and each its own cost."""
        product = self.env.ref("auto_crm_sale.product_used_car")
        group = self.env.ref("auto_crm_base.company_group")
        category = product.categ_id
        for company in group | group.child_ids:
            category.with_company(company).property_cost_method = "average"
        tax = self.env.ref("auto_crm_member.demo_tax_sale", raise_if_not_found=False)
        if not tax:
            return
        words = "0.5% VAT, used cars"
        used_tax = tax.copy({"name": words, "amount": 0.5, "invoice_label": words})
        others = product.taxes_id.filtered(lambda one: one.company_id != group)
        product.taxes_id = others | used_tax

    @api.model
    def _demo_tradein(self, order, line):
        number, user, model, serial, age, plate, km, market, offer, price, step = line
        orders = self.env["sale.order"]
        today = fields.Date.context_today(self)
        car = self.env["auto.vehicle"]._demo_car_values(
            model, serial, fields.Date.subtract(today, years=age), "Grey"
        )
        outright = step == "outright"
        consultant = orders._demo_as(
            "user_store1_consultant" + ("2" if user == "c2" else ""), 1
        )
        tradein = consultant.env["auto.tradein"].create(
            {
                "partner_id": order.partner_id.id,
                "order_id": False if outright else order.id,
                "lead_id": order.opportunity_id.id,
                "vin": car["vin"],
                "license_plate": plate,
                "model_id": car["model_id"],
                "color": car["color"],
                "company_id": order.company_id.id,
                "odometer": km,
                "has_papers": True,
                "market_value": market,
                "extra_cost": 800,
                "expected_price": price,
                "offer_amount": offer,
            }
        )
        orders._demo_names({f"demo_tradein_{number:02d}": tradein.sudo()})
        tradein._demo_inspect(serial)
        tradein.action_appraise()
        tradein.action_offer()
        if step in ("offered", "waiting"):
            return
        tradein.action_accept()
        manager = self.env.ref("auto_crm_base.user_store1_sales_manager")
        deciding = tradein.with_user(manager)
        deciding.action_purchase()
        deciding.action_receive()
        cashier = self.env.ref("auto_crm_sale.user_store1_cashier")
        tradein.with_user(cashier).action_settle()
        if outright:
            tradein.sudo()._demo_date_back(DAYS_OUTRIGHT)

    def _demo_inspect(self, seed):
        """Look at every point, with photos."""
        self.action_inspect()
        checklist = self.checklist_id
        checklist.line_ids.filtered("is_photo_required").write(
            {"photo": self._demo_photo(seed), "result": "ok"}
        )
        for place, note, cost in DEFECTS[: 1 + seed % 2]:
            checklist.line_ids[place].write(
                {"note": note, "repair_cost": cost, "result": "defect"}
            )
        checklist.action_all_ok()
        checklist.action_finish()

    @api.model
    def _demo_photo(self, seed):
        """Return a plain picture of a car, another colour for each ``seed``."""
        image = Image.new("RGB", (480, 320), (214, 222, 230))
        draw = ImageDraw.Draw(image)
        paint = (60 + seed * 37 % 150, 70 + seed * 53 % 140, 80 + seed * 71 % 130)
        draw.rectangle((0, 240, 480, 320), fill=(150, 150, 150))
        draw.rounded_rectangle((40, 150, 440, 250), radius=30, fill=paint)
        draw.polygon([(110, 155), (170, 85), (320, 85), (380, 155)], fill=paint)
        draw.polygon([(135, 152), (180, 98), (240, 98), (240, 152)], fill=(40, 50, 60))
        draw.polygon([(252, 152), (252, 98), (312, 98), (355, 152)], fill=(40, 50, 60))
        for left in (90, 320):
            draw.ellipse((left, 205, left + 80, 285), fill=(25, 25, 25))
            draw.ellipse((left + 22, 227, left + 58, 263), fill=(190, 190, 190))
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=80)
        return base64.b64encode(buffer.getvalue())

    def _demo_date_back(self, days):
        """Say that the car was bought some days ago, as only a demo may."""
        self.ensure_one()
        day = fields.Date.subtract(fields.Date.context_today(self), days=days)
        names = ("date_appraisal", "date_offer", "date_accepted", "date_purchased")
        self._set_state(dict.fromkeys((*names, "date_received"), day))
        receipt = self.purchase_id.picking_ids
        self.env.flush_all()
        for table, column, ids in (
            ("auto_vehicle", "stock_date", self.vehicle_id.ids),
            ("stock_picking", "date_done", receipt.ids),
            ("stock_move", "date", receipt.move_ids.ids),
            ("stock_move_line", "date", receipt.move_line_ids.ids),
        ):
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET %s = %s - %s * INTERVAL '1 day'"
                    " WHERE id IN %s RETURNING id",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    SQL.identifier(column),
                    days,
                    tuple(ids),
                )
            )
        self.vehicle_id._demo_backdate_events(days)
        self.env.invalidate_all()
