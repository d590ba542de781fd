"""What the factory has said about cars on order. Demo data only.

Nothing here runs unless demo data is loaded. Contracts that wait for a car of the
factory: ``demo_factory_contract_<key>``.
"""

from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.auto_crm_base.demo.auto_vehicle_story import USERS

CODES = {1: "HX-HZ", 2: "HX-CD", 3: "HX-WH"}
# Customer, consultant, product, colour, promised in days.
CONTRACTS = {
    "late": ("zhang_min", "c1", "id4_pro", "red", 6),
    "waiting": ("zhao_hong", "c2", "rav4_20", "blue", 30),
    "store2": ("guo_feng", "s2", "golf_rline", "white", 25),
}
# Number, model, product, colour, store, contract, expected in days at first and now,
# the last status of these and so many days ago. A car has its VIN once it is built.
STATES = ("PLANNED", "IN_PRODUCTION", "BUILT", "SHIPPED", "DEALER_STOCK")
UNITS = (
    (1, "golf", "golf_life", "white", 1, "", 62, 62, 0, 6),
    (2, "tiguan", "tiguan_380", "white", 1, "", 55, 55, 0, 5),
    (3, "passat", "passat_380", "white", 1, "", 48, 58, 0, 4),
    (4, "camry", "camry_hev", "white", 2, "", 66, 66, 0, 3),
    (5, "corolla", "corolla_hev", "red", 2, "", None, None, 0, 2),
    (6, "rav4", "rav4_20", "blue", 1, "waiting", 27, 27, 1, 4),
    (7, "golf", "golf_rline", "blue", 1, "", 30, 30, 1, 6),
    (8, "sienna", "sienna_hev", "white", 1, "", 35, 42, 1, 3),
    (9, "golf", "golf_rline", "white", 2, "store2", 22, 22, 1, 2),
    (10, "id4", "id4_pro", "white", 2, "", 33, 33, 1, 5),
    (11, "corolla", "corolla_hev", "white", 1, "", 12, 12, 2, 3),
    (12, "camry", "camry_hev", "grey", 1, "", 14, 14, 2, 2),
    (13, "rav4", "rav4_20", "white", 2, "", 13, 16, 2, 4),
    (14, "id4", "id4_pro", "red", 1, "late", 4, 15, 2, 1),
    (15, "tiguan", "tiguan_380", "blue", 2, "", 15, 15, 2, 3),
    (16, "golf", "golf_life", "grey", 1, "", -4, -4, 3, 9),
    (17, "passat", "passat_380", "black", 2, "", 3, 3, 3, 2),
    (18, "rav4", "rav4_20", "black", 1, "", 2, 2, 3, 3),
    (19, "corolla", "corolla_hev", "grey", 2, "", 5, 5, 3, 1),
    (20, "sienna", "sienna_hev", "black", 1, "", -1, -1, 4, 1),
)


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    @api.model
    def _load_demo_factory(self):
        """Sell some cars that are not built yet, and hear from the factory."""
        for number, code in CODES.items():
            self._demo_store(number).auto_factory_code = code
        orders = {
            key: self._demo_factory_contract(key, *values)
            for key, values in CONTRACTS.items()
        }
        today = fields.Date.context_today(self)
        rows = []
        for unit in UNITS:
            rows += self._demo_factory_rows(today, orders, *unit)
        # What no factory should say: a code that nobody knows, and old news.
        rows.append({**rows[0], "status": "QC_HOLD", "message_id": "F9001"})
        rows.append(
            {
                **rows[-2],
                "status": "PLANNED",
                "status_date": str(fields.Date.subtract(today, days=90)),
                "message_id": "F9002",
            }
        )
        head_office = self._demo_ref("user_hq")
        rows.sort(key=lambda row: row["message_id"])
        self.env["auto.factory.intake"].with_user(head_office).with_context(
            allowed_company_ids=head_office.company_ids.ids
        )._take_in(rows)
        # The cars that were on order before were promised by the factory as well.
        waiting = self.search(
            [("is_on_order", "=", True), ("expected_date", "=", False)], order="id"
        )
        for index, car in enumerate(waiting):
            if car.supply_state != "planned":
                car.expected_date = fields.Date.add(today, days=8 + index * 5)

    @api.model
    def _demo_factory_contract(self, key, customer, user, product, colour, days):
        """Sell a configuration that has to be built."""
        user = self._demo_ref(USERS[user])
        company = user.company_id
        partner = self._demo_ref(f"demo_customer_{customer}")
        partner._join_store(company, "Contract")
        orders = self.env["sale.order"].with_company(company)
        order = orders.create(
            {
                "partner_id": partner.id,
                "user_id": user.id,
                "company_id": company.id,
                "commitment_date": fields.Datetime.now() + timedelta(days=days),
                "order_line": [
                    orders.order_line._contract_line_vals(
                        self.browse(), self._demo_variant(product, colour)
                    )
                ],
            }
        )
        order.action_confirm()
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"auto_crm_sale.demo_factory_contract_{key}",
                    "record": order,
                    "noupdate": True,
                }
            ]
        )
        return order

    @api.model
    def _demo_factory_rows(self, today, orders, number, model, *unit):
        """Return what the factory has said about one car, from the plan on."""
        product, colour, store, contract, first, now, last, days = unit
        variant = self._demo_variant(product, colour)
        variant.default_code = f"{product}-{colour}".upper().replace("_", "-")
        rows = []
        for step in range(last + 1):
            ago = days + (last - step) * 9
            row = {
                "production_number": f"PO26{number:05d}",
                "model": variant.default_code,
                "color": self._demo_ref(f"colour_{colour}").name,
                "store": CODES[store],
                "status": STATES[step],
                "status_date": str(fields.Date.subtract(today, days=ago)),
                "message_id": f"F{number:02d}{step}",
            }
            if contract:
                row["order"] = orders[contract].name
            if first is not None:
                expected = first if step < last or not last else now
                row["expected_date"] = str(fields.Date.add(today, days=expected))
            if step >= 2:
                row["vin"] = self._demo_vin(model, today.year, 900 + number)
            rows.append(row)
        if not last and now != first:
            rows.append(
                {
                    **rows[0],
                    "status": "CONFIRMED",
                    "status_date": str(fields.Date.subtract(today, days=1)),
                    "expected_date": str(fields.Date.add(today, days=now)),
                    "message_id": f"F{number:02d}9",
                }
            )
        return rows
