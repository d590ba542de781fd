from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from .auto_tradein import MANAGERS


class AutoTradein(models.Model):
    """The car is bought by a purchase order, and received as any goods are."""

    _inherit = "auto.tradein"

    purchase_id = fields.Many2one(
        comodel_name="purchase.order",
        string="Purchase order",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    date_purchased = fields.Date(string="Bought on", readonly=True, copy=False)
    date_received = fields.Date(string="Keys received on", readonly=True, copy=False)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_purchase(self):
        """Buy the car: make and confirm its purchase order.

        :raise AccessError: for all but managers
        :raise UserError: when the offer is not accepted, or the store cannot buy
        """
        self._check_manager()
        for tradein in self:
            tradein._check_step("accepted")
            tradein._check_known()
            order = tradein._make_purchase()
            tradein._set_state(
                {
                    "state": "purchased",
                    "date_purchased": fields.Date.context_today(tradein),
                    "purchase_id": order.id,
                }
            )
            order.button_confirm()
            tradein._name_serial()
        return True

    def action_receive(self):
        """The keys are here: take the car into used stock.

        :raise AccessError: for all but managers and stock keepers
        :raise UserError: when the purchase order is not approved
        """
        if not self.env.user.has_group("stock.group_stock_user"):
            self._check_manager()
        for tradein in self:
            tradein._check_step("purchased")
            picking = tradein._open_receipt()
            if not picking:
                raise UserError(
                    self.env._(
                        "%(order)s has no receipt: it must be approved first.",
                        order=tradein.sudo().purchase_id.name,
                    )
                )
            tradein._name_serial()
            picking.move_ids.picked = True
            picking.with_context(skip_sms=True).button_validate()
            if tradein.state != "received":
                raise UserError(
                    self.env._(
                        "The receipt %(picking)s must be finished in the inventory.",
                        picking=picking.name,
                    )
                )
        return True

    def action_cancel(self):
        """Give up the trade-in, before the car is here.

        :raise AccessError: for all but managers, once the car is bought
        """
        self.check_access("write")
        self._check_step("draft", "appraised", "offered", "accepted", "purchased")
        bought = self.filtered(lambda one: one.state == "purchased")
        if bought:
            bought._check_manager()
            # The purchase follows the trade-in, whoever has rights on purchases.
            orders = bought.sudo().purchase_id.filtered(
                lambda order: order.state != "cancel"
            )
            orders.filtered("locked").button_unlock()
            orders.button_cancel()
        self._cancel_approvals(self.env._("The trade-in was cancelled."))
        self._set_state({"state": "cancelled"})
        self._sync_due()
        return True

    def action_view_purchase(self):
        """Open the purchase order."""
        self.ensure_one()
        return self.purchase_id._get_records_action()

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _check_manager(self):
        self.check_access("read")
        if not self.env.su and not self.env.user._auto_roles() & set(MANAGERS):
            raise AccessError(
                self.env._("A car is bought by a sales manager or a store manager.")
            )

    def _make_purchase(self):
        """Return a new purchase order of the car, at the price agreed."""
        self.ensure_one()
        company = self.company_id
        product = company._used_car_product()
        # Who decides on a used car need not have rights on purchases.
        orders = self.env["purchase.order"].sudo().with_company(company)
        warehouse = orders.env["stock.warehouse"].search(
            [("company_id", "=", company.id)], limit=1
        )
        if not warehouse:
            raise UserError(
                self.env._("%(store)s has no warehouse.", store=company.name)
            )
        order = orders.create(
            {
                "partner_id": self.partner_id.commercial_partner_id.id,
                "company_id": company.id,
                "currency_id": self.currency_id.id,
                "picking_type_id": warehouse.in_type_id.id,
                "user_id": self.env.uid,
                "origin": self.name,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "name": self._purchase_words(product),
                            "product_qty": 1,
                            "price_unit": self.offer_amount,
                        }
                    )
                ],
            }
        )
        if self.currency_id.compare_amounts(order.amount_total, self.offer_amount):
            raise UserError(
                self.env._(
                    "The purchase taxes of “%(product)s” make %(total)s of the "
                    "%(amount)s agreed. Give it taxes that are included in the price, "
                    "or none.",
                    product=product.display_name,
                    total=self.currency_id.format(order.amount_total),
                    amount=self.currency_id.format(self.offer_amount),
                )
            )
        return order

    def _purchase_words(self, product):
        """Return how the purchase order names the car."""
        car = self.vehicle_id.sudo()
        parts = [
            product.name,
            car.model_id.display_name or "",
            car.license_plate or "",
            self.env._("VIN: %s", car.vin),
        ]
        return "\n".join(part for part in parts if part)

    def _open_receipt(self):
        """Return the receipt that waits for the car."""
        self.ensure_one()
        # Who takes the keys need not have rights in stock.
        pickings = self.sudo().purchase_id.picking_ids
        return pickings.filtered(lambda one: one.state not in ("done", "cancel"))[:1]

    def _name_serial(self):
        """Write the VIN on the receipt, as the only car that it can bring."""
        for tradein in self:
            move = tradein._open_receipt().move_ids[:1]
            if not move:
                continue
            vin = tradein.vehicle_id.sudo().vin
            if not vin:
                raise UserError(
                    self.env._("%(tradein)s: the car has no VIN.", tradein=tradein.name)
                )
            lot = move.env["stock.lot"].search(
                [("product_id", "=", move.product_id.id), ("name", "=", vin)], limit=1
            )
            vals = {
                "lot_id": lot.id,
                "lot_name": False if lot else vin,
                "quantity": 1,
            }
            if move.move_line_ids:
                move.move_line_ids[0].write(vals)
                move.move_line_ids[1:].unlink()
            else:
                move.move_line_ids = [
                    Command.create({**move._prepare_move_line_vals(), **vals})
                ]

    def _car_came(self, line):
        """The car was received, by whoever: it is used stock now.

        :param line: the ``stock.move.line`` that brought it
        """
        for tradein in self:
            car = tradein.vehicle_id
            tradein._set_state(
                {
                    "state": "received",
                    "date_received": fields.Date.context_today(tradein),
                }
            )
            car.write({"is_used": True, "asking_price": tradein.expected_price})
            car._log_event(
                "tradein",
                self.env._("Bought from the customer as a trade-in"),
                document=tradein,
                partner=tradein.partner_id,
                company=tradein.company_id,
            )
            # What was found is what has to be done before it can be sold.
            tradein.checklist_id.line_ids.filtered(
                lambda line: line.result == "defect" and not line.is_resolved
            )._plan_tasks()
            tradein._make_bill()

    def _car_returned(self):
        """The car went back to who gave it: the purchase is undone."""
        for tradein in self:
            tradein._set_state({"state": "cancelled"})
            tradein._sync_due()
            tradein._remind(
                self.env._("The car went back: credit its bill, undo the offset"),
                tradein._cashier(),
            )
            car = tradein.vehicle_id
            car._write_from_stock({"sale_state": "third_party"})
            car._change_owner(
                tradein.partner_id.commercial_partner_id,
                reason=self.env._("Trade-in undone"),
            )
