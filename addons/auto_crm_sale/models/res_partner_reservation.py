from odoo import fields, models


class ResPartner(models.Model):
    """Reservations in the customer's 360 view."""

    _inherit = "res.partner"

    reservation_count = fields.Integer(
        string="Number of reservations",
        compute="_compute_reservation_count",
        groups="auto_crm_base.group_user",
    )

    def _compute_reservation_count(self):
        counts = {}
        reservations = self.env["auto.reservation"]
        if reservations.has_access("read"):
            counts = dict(
                reservations._read_group(
                    [("partner_id", "in", self.ids)], ["partner_id"], ["__count"]
                )
            )
        for partner in self:
            partner.reservation_count = counts.get(partner._origin, 0)

    def action_view_reservations(self):
        """Open the reservations of the customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_reservation_action"
        )
        action["domain"] = [("partner_id", "=", self.id)]
        action["context"] = {"default_partner_id": self.id}
        return action

    def _auto_360_tiles(self):
        tiles = super()._auto_360_tiles()
        tile = self._auto_360_tile(
            "reservations",
            self.env._("Reservations"),
            "fa-lock",
            "auto.reservation",
            [("partner_id", "in", self._auto_360_family())],
        )
        return [*tiles, tile] if tile else tiles

    def _auto_360_events(self, limit):
        events = super()._auto_360_events(limit)
        reservations = self.env["auto.reservation"]
        if not reservations.has_access("read"):
            return events
        states = dict(reservations._fields["state"]._description_selection(self.env))
        family = self._auto_360_family()
        # Of a certain car the car's timeline tells; here are those who wait for one.
        waiting = reservations.search(
            [("partner_id", "in", family), ("vehicle_id", "=", False)],
            limit=limit,
            order="id desc",
        )
        return events + [
            {
                "date": fields.Datetime.to_string(
                    reservation.date_queue or reservation.create_date
                ),
                "icon": "fa-lock",
                "title": self.env._("Reservation %s", reservation.name),
                "text": " · ".join(
                    [reservation.product_id.display_name, states[reservation.state]]
                ),
                "by": reservation.user_id.name or "",
                "res_model": reservation._name,
                "res_id": reservation.id,
            }
            for reservation in waiting
        ]
