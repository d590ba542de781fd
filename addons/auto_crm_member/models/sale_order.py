from odoo import api, models
from odoo.tools import float_round


class SaleOrder(models.Model):
    """Orders of members earn points by the tier; others' orders earn none."""

    _inherit = "sale.order"

    @api.model
    def _field_needs(self):
        # A figure of Odoo's events, where these are installed.
        return {**super()._field_needs(), "attendee_count": "event.registration"}

    def _program_check_compute_points(self, programs):
        result = super()._program_check_compute_points(programs)
        for program in programs.filtered("is_member_program"):
            member = self._order_member(program)
            if not member:
                result[program] = {
                    "error": self.env._(
                        "The customer is not a member of “%(program)s”.",
                        program=program.name,
                    )
                }
            elif "points" in result[program]:
                factor = member.tier_id.points_factor
                result[program]["points"] = [
                    float_round(
                        points * factor, precision_digits=2, rounding_method="DOWN"
                    )
                    for points in result[program]["points"]
                ]
        return result

    def _order_member(self, program):
        """Return the membership of the order's customer in a programme."""
        self.ensure_one()
        # Who may write the order for a customer lets the customer have the points.
        return (
            self.env["auto.member"]
            .sudo()
            .search(
                [
                    ("partner_id", "=", self.partner_id.id),
                    ("program_id", "=", program.id),
                    ("state", "=", "active"),
                ],
                limit=1,
            )
            .filtered(lambda member: member._is_member())
        )

    def _get_point_changes(self):
        # Points are changed by the order, not by the user, who may not by hand.
        return {
            card.sudo(): points for card, points in super()._get_point_changes().items()
        }

    def _add_loyalty_history_lines(self):
        # As above: whoever confirms the order may not write the history by hand.
        return super(SaleOrder, self.sudo())._add_loyalty_history_lines()

    def _update_loyalty_history(self, coupon_id, points):
        return super(SaleOrder, self.sudo())._update_loyalty_history(coupon_id, points)
