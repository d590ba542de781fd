from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class AutoReservation(models.Model):
    """Waiting for a car of a configuration, and being told that the car is here."""

    _inherit = "auto.reservation"

    date_arrival = fields.Datetime(
        string="Arrival notice",
        readonly=True,
        copy=False,
        tracking=True,
        help="When the consultant and the customer were told that the car is here.",
    )

    @api.depends("product_id", "company_id")
    def _compute_queue_position(self):
        result = super()._compute_queue_position()
        waiting = self.filtered(
            lambda one: one.state == "queued" and not one.vehicle_id
        )
        # One's place in line counts those whom one may not see.
        everybody = self.sudo().search(
            [
                ("vehicle_id", "=", False),
                ("product_id", "in", waiting.product_id.ids),
                ("company_id", "in", waiting.company_id.ids),
                ("state", "=", "queued"),
            ],
            order="date_queue, id",
        )
        lines = everybody.grouped(lambda one: (one.product_id.id, one.company_id.id))
        for reservation in waiting:
            line = lines.get((reservation.product_id.id, reservation.company_id.id))
            ids = line.ids if line else []
            if reservation._origin.id in ids:
                reservation.queue_position = ids.index(reservation._origin.id) + 1
        return result

    def action_confirm(self):
        """Take the car; without one, wait for the first car of the configuration."""
        waiting = self.filtered(lambda one: not one.vehicle_id)
        if waiting.filtered(lambda one: one.state != "draft"):
            raise UserError(
                self.env._("It waits for a car already; choose one to take it now.")
            )
        super().action_confirm()
        return True

    def _take(self):
        waiting = self.filtered(lambda one: not one.vehicle_id)
        if waiting:
            waiting._set_state({"state": "queued", "date_queue": fields.Datetime.now()})
        result = super(AutoReservation, self - waiting)._take()
        for reservation in waiting:
            # A car that stands free need not be waited for, whoever may change it.
            free = (
                self.env["auto.vehicle"]
                .sudo()
                .search(reservation._fitting_cars(), order="stock_date, id")
            )
            free[:1]._next_in_line()
        return result

    def _fitting_cars(self):
        """Return the domain of the free cars in the store for which one waits."""
        self.ensure_one()
        return [
            ("product_id", "=", self.product_id.id),
            ("company_id", "=", self.company_id.id),
            ("availability", "=", "available"),
            ("is_used", "=", False),
        ]

    def _give_car(self, vehicle):
        """Give a waiting reservation the car that became available."""
        self.ensure_one()
        order = self.order_id
        vals = {"vehicle_id": vehicle.id}
        if order.state != "sale":
            hours = self.company_id.auto_reservation_queue_hours
            vals["date_expiry"] = fields.Datetime.now() + timedelta(hours=hours)
        self.write(vals)
        self._take()
        line = order.order_line.filtered(
            lambda one: one.product_id == vehicle.product_id and not one.vehicle_id
        )[:1]
        if line and order.state != "cancel" and not order.locked:
            line.vehicle_id = vehicle
        self._tell_arrival()

    def _tell_arrival(self):
        """Send the arrival notice: to the consultant, and to the customer by the
        channels that the store uses and the customer allows. Once for a car."""
        template = self.env.ref(
            "auto_crm_sale.mail_template_arrival", raise_if_not_found=False
        )
        for reservation in self.filtered(lambda one: not one.date_arrival):
            reservation._set_state({"date_arrival": fields.Datetime.now()})
            reservation.activity_schedule(
                "auto_crm_sale.mail_activity_reservation_arrival",
                summary=self.env._("The car is here: tell the customer"),
                user_id=reservation.user_id.id or self.env.uid,
            )
            partner, company = reservation.partner_id, reservation.company_id
            store = partner.with_company(company)
            if (
                template
                and company.auto_arrival_email
                and partner.email
                and store._may_contact("email", "service")
            ):
                template.send_mail(reservation.id)
            if (
                company.auto_arrival_sms
                and partner.phone
                and "sms.sms" in self.env
                and store._may_contact("sms", "service")
            ):
                reservation._message_sms(
                    reservation._arrival_sentence(), partner_ids=partner.ids
                )

    def _arrival_sentence(self):
        """Return the text message of the arrival, in the customer's language."""
        self.ensure_one()
        return self.with_context(lang=self.partner_id.lang).env._(
            "%(store)s: your %(car)s has arrived. Please call us to arrange the next "
            "steps. Reservation %(name)s.",
            store=self.company_id.name,
            car=self.vehicle_id.model_id.display_name or self.product_id.name,
            name=self.name,
        )
