from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    reservation_ids = fields.One2many(
        comodel_name="auto.reservation",
        inverse_name="vehicle_id",
        string="Reservations",
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "auto_crm_base.group_adviser,account.group_account_invoice",
    )

    def _active_reservation(self):
        """Return the reservation that holds the car, whoever may see it."""
        return (
            self.env["auto.reservation"]
            .sudo()
            ._search_whole([("vehicle_id", "in", self.ids), ("state", "=", "active")])
        )

    def _sync_sale_state(self, holders=None):
        """Let the sale track say what reservations and contracts do.

        :param holders: the reservations that hold these cars, when they are known
        """
        # Whoever reserves or sells a car need not have the right to change it.
        vehicles = self.sudo().filtered(lambda one: one.supply_state != "out")
        if holders is None:
            holders = vehicles._active_reservation()
        holders = {holder.vehicle_id: holder for holder in holders.sudo()}
        states = {"free": self.browse(), "reserved": self.browse()}
        states["sold"] = self.browse()
        for vehicle in vehicles:
            holder = holders.get(vehicle)
            if not holder:
                states["free"] |= vehicle
            elif holder.order_id.state == "sale":
                states["sold"] |= vehicle
            else:
                states["reserved"] |= vehicle
        for state, cars in states.items():
            cars.sudo()._write_from_stock({"sale_state": state})

    def _next_in_line(self):
        """Give each free car to the first who waits for it, for some hours."""
        # Who is next may be another store's.
        waiting = self.env["auto.reservation"].sudo()
        for vehicle in self:
            following = waiting.search(
                [("vehicle_id", "=", vehicle.id), ("state", "=", "queued")],
                order="date_queue, id",
                limit=1,
            )
            if not following or vehicle._active_reservation():
                continue
            hours = following.company_id.auto_reservation_queue_hours
            following.date_expiry = fields.Datetime.now() + timedelta(hours=hours)
            following._take()
            following.activity_schedule(
                "auto_crm_sale.mail_activity_reservation_turn",
                summary=self.env._("It is your customer's turn: the car is free"),
                user_id=following.user_id.id or self.env.uid,
            )

    def _follow_stock(self, location, line):
        if location.usage in ("internal", "transit"):
            result = super()._follow_stock(location, line)
            self._sync_sale_state()
            self._tell_transfer(location)
            self._assign_waiting_moves()
            return result
        # Who holds the car, or waits for it, is asked whoever it is.
        wanted = self.env["auto.reservation"].sudo()
        wanted = wanted._search_whole(
            [("vehicle_id", "=", self.id), ("state", "in", ("active", "queued"))]
        )
        held = wanted.filtered(lambda one: one.state == "active")
        # By whatever way it goes: a held car goes to its own customer only.
        taking = line.filtered(lambda one: one.lot_id == self.lot_id)
        if held and not taking._may_take(held):
            raise UserError(held._taken_sentence(self.env))
        result = super()._follow_stock(location, line)
        if location.usage == "customer":
            # The handover is told on the timeline, by stock itself.
            held.with_context(tracking_disable=True)._end("done")
            (wanted - held)._end(
                "cancelled", self.env._("The car was delivered to another customer.")
            )
        return result

    def _tell_transfer(self, location):
        """Let the transfer that the car is moved for go on."""
        # The two stores do this in turn.
        transfer = (
            self.env["auto.vehicle.transfer"]
            .sudo()
            .search(
                [
                    ("vehicle_id", "=", self.id),
                    ("state", "in", ("approved", "in_transit")),
                ]
            )
        )
        if transfer:
            transfer._follow_car(location)

    def _assign_waiting_moves(self):
        """Let contracts that wait for this car have it in their delivery."""
        # Whoever receives the car need not see the contract that waits for it.
        moves = self.env["stock.move"].sudo()
        moves.search(
            [
                ("vehicle_id", "in", self.ids),
                ("state", "in", ("confirmed", "partially_available")),
                ("location_id.usage", "=", "internal"),
            ]
        )._action_assign()
