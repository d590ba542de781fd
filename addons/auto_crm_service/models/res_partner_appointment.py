from odoo import fields, models


class ResPartner(models.Model):
    """Appointments in the customer's 360 view, and how often none was kept."""

    _inherit = "res.partner"

    appointment_ids = fields.One2many(
        comodel_name="auto.appointment",
        inverse_name="partner_id",
        string="Appointments",
        bypass_search_access=True,
        copy=False,
    )
    no_show_count = fields.Integer(
        string="Did not come",
        compute="_compute_no_show_count",
        help="How many appointments in the workshop the customer did not keep.",
    )

    def _compute_no_show_count(self):
        appointments = self.env["auto.appointment"]
        counts = {}
        if appointments.has_access("read"):
            counts = dict(
                appointments._read_group(
                    [("partner_id", "in", self.ids), ("state", "=", "no_show")],
                    ["partner_id"],
                    ["__count"],
                )
            )
        for partner in self:
            partner.no_show_count = counts.get(partner._origin, 0)

    def action_open_no_shows(self):
        """Open the appointments that the customer did not keep."""
        self.ensure_one()
        return self.env["auto.appointment"]._action_of(
            [("partner_id", "=", self.id), ("state", "=", "no_show")],
            default_partner_id=self.id,
        )

    def action_book_appointment(self):
        """Open a new appointment for the customer."""
        self.ensure_one()
        return self.env["auto.appointment"]._action_book(partner=self)

    def _auto_360_tiles(self):
        tiles = super()._auto_360_tiles()
        tile = self._auto_360_tile(
            "appointments",
            self.env._("Appointments"),
            "fa-calendar-check-o",
            "auto.appointment",
            [("partner_id", "in", self._auto_360_family())],
            views="list,form,calendar",
        )
        return [*tiles, tile] if tile else tiles
