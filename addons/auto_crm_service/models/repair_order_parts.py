from odoo import fields, models
from odoo.exceptions import UserError


class RepairOrder(models.Model):
    """The parts of a repair order in stock, and waiting for them."""

    _inherit = "repair.order"

    parts_reason = fields.Char(
        string="Waiting for", copy=False, tracking=True, help="Which part, from where."
    )
    parts_expected = fields.Date(string="Parts expected", copy=False, tracking=True)
    is_short = fields.Boolean(
        string="Parts missing", compute="_compute_is_short", compute_sudo=True
    )

    def _compute_is_short(self):
        for repair in self:
            repair.is_short = any(repair.line_ids.mapped("is_short"))

    def action_wait_for_parts(self):
        """Put the order aside until the parts are there.

        :raise UserError: without a reason, or when it is not in the workshop
        """
        for repair in self:
            if repair.service_state not in ("queued", "working"):
                raise UserError(
                    self.env._(
                        "%(order)s is not in the workshop.", order=repair.display_name
                    )
                )
            if not (repair.parts_reason or "").strip():
                raise UserError(self.env._("Please say what it waits for."))
        self._stop_clocks()
        self._set_service_state("parts")
        return True

    def action_parts_here(self):
        """Go on: the parts have come."""
        if any(repair.service_state != "parts" for repair in self):
            raise UserError(self.env._("Nothing waits for parts here."))
        self._set_service_state("queued")
        self.write(
            {"parts_reason": False, "parts_expected": False, "parts_told": False}
        )
        return True

    def _tell_adviser_of_parts(self, reason):
        """Give the adviser the task to get what the workshop misses.

        :param str reason: the technician's words
        """
        for repair in self:
            # Whoever works on the car may not write on its order.
            repair.sudo().activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Part missing: %(part)s", part=reason),
                user_id=(repair.user_id or self.env.user).id,
            )

    def _plan_parts(self):
        """Reserve the approved parts of orders that the workshop has."""
        for repair in self.filtered(
            lambda one: one.state in ("confirmed", "under_repair")
        ):
            # Stock is moved by the system: advisers have no right on it.
            repair.sudo().line_ids._plan_moves()
