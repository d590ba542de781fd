from odoo import api, fields, models


class SaleOrder(models.Model):
    """Where the contract's cars on order are."""

    _inherit = "sale.order"

    factory_text = fields.Char(
        string="Factory order",
        compute="_compute_factory_text",
        compute_sudo=True,
        help="Where the cars on order are, and when they are expected.",
    )
    is_factory_late = fields.Boolean(
        string="Car late", compute="_compute_factory_text", compute_sudo=True
    )

    @api.depends(
        "order_line.vehicle_id.supply_state",
        "order_line.vehicle_id.expected_date",
        "order_line.vehicle_id.production_number",
    )
    @api.depends_context("lang")
    def _compute_factory_text(self):
        for order in self:
            vehicles = order.vehicle_ids
            order.factory_text = vehicles._factory_words() or False
            order.is_factory_late = any(vehicles.mapped("is_late"))

    def _take_unit(self, line, vehicle):
        """Let a line of the contract sell a certain car; whoever waits for the car by
        this contract gets it.

        :raise UserError: when the car is somebody else's
        """
        self.ensure_one()
        # The reservation may be a colleague's; it serves this contract.
        waiting = (
            self.env["auto.reservation"]
            .sudo()
            .search(
                [
                    ("order_id", "=", self.id),
                    ("state", "=", "queued"),
                    ("vehicle_id", "=", False),
                    ("product_id", "=", vehicle.sudo().product_id.id),
                ],
                order="date_queue, id",
                limit=1,
            )
        )
        if waiting:
            waiting._take_unit(vehicle)
        self._name_unit(line, vehicle)

    def _name_unit(self, line, vehicle):
        """Put the car that was built, or will be, on the line that sells its
        configuration.

        What was agreed or signed stands: the customer bought the configuration, and
        this is the car of it. A car with a price limit of its own is looked at again.
        """
        self.ensure_one()
        # The same for whoever names the car.
        order, key = self.sudo(), self._terms_key()
        stood = [
            name
            for name in ("agreed_terms", "signed_terms")
            if order[name] == key
            and not line.vehicle_id
            and not vehicle.sudo().floor_price
        ]
        with self._watch_terms() as watched:
            line.with_env(watched.env).vehicle_id = vehicle
            if stood:
                order._write_terms(dict.fromkeys(stood, self._terms_key()))
                if order.state == "sale":
                    order._keep_version("changed")
