"""Who has the cars that the demo stock calls reserved or sold. Demo data only."""

from odoo import api, models


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    @api.model
    def _load_demo_holders(self):
        """Give each car that is reserved or sold, by nobody yet, to a customer."""
        cars = self.search([("sale_state", "in", ("reserved", "sold"))], order="id")
        for car in cars - cars._active_reservation().vehicle_id:
            company = car.company_id
            consultant = self.env["res.users"].search(
                [
                    ("company_id", "=", company.id),
                    ("login", "=like", "store%\\_consultant"),
                ],
                limit=1,
            )
            customer = self.env["res.partner"].search(
                [
                    ("store_ids", "in", company.id),
                    ("is_auto_customer", "=", True),
                    ("is_company", "=", False),
                    ("user_id", "=", consultant.id),
                ],
                limit=1,
            )
            sold = car.sale_state == "sold"
            # What the story says is what is to be made so.
            car._write_from_stock({"sale_state": "free"})
            if not (consultant and customer):
                continue
            if sold:
                order = self.env["sale.order"].with_company(company)
                lines = order.order_line
                order.create(
                    {
                        "partner_id": customer.id,
                        "company_id": company.id,
                        "user_id": consultant.id,
                        "order_line": [lines._contract_line_vals(car, car.product_id)],
                    }
                ).action_confirm()
            else:
                self.env["auto.reservation"].create(
                    {
                        "vehicle_id": car.id,
                        "partner_id": customer.id,
                        "company_id": company.id,
                        "user_id": consultant.id,
                    }
                ).action_confirm()
