from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL, float_round

CLOSED_FIELDS = frozenset({"points", "partner_id", "program_id", "active", "code"})


class LoyaltyCard(models.Model):
    """The card of a member: its points come and go by orders and with a reason."""

    _inherit = "loyalty.card"

    member_ids = fields.One2many(
        comodel_name="auto.member", inverse_name="card_id", string="Members"
    )
    is_member_card = fields.Boolean(
        related="program_id.is_member_program", string="Card of a member"
    )

    @api.model_create_multi
    def create(self, vals_list):
        cards = super().create(vals_list)
        cards._check_member_card()
        return cards

    def write(self, vals):
        if vals.keys() & CLOSED_FIELDS:
            self._check_member_card()
        return super().write(vals)

    def _check_member_card(self):
        """Refuse to change a member's card by hand.

        Odoo lets every salesperson write points; orders, the correction of points
        and the membership itself change cards as superuser.
        """
        if self.env.su:
            return
        if any(card.program_id.sudo().is_member_program for card in self):
            raise AccessError(
                self.env._(
                    "The points of a member are changed by orders, or with a reason "
                    "by “Correct points” on the member."
                )
            )

    def action_loyalty_update_balance(self):
        self.ensure_one()
        # Whether it is a member's card is no secret of the member's.
        members = self.sudo().member_ids.filtered(lambda one: one.state == "active")
        if self.is_member_card and members:
            return members.with_env(self.env).action_correct_points()
        return super().action_loyalty_update_balance()

    def _points_older_than(self, limit):
        """Return how many points of each card were issued before a day and are left.

        :param limit: a date; points of that day and later are not counted
        :return: dict card → points, without cards that have none
        """
        if not self:
            return {}
        self.env["loyalty.history"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT card_id,
                       SUM(COALESCE(issued, 0)) FILTER (WHERE create_date < %s)
                       - SUM(COALESCE(used, 0))
                  FROM loyalty_history
                 WHERE card_id IN %s
                 GROUP BY card_id
                """,
                fields.Datetime.to_datetime(limit),
                tuple(self.ids),
            )
        )
        left = {
            self.browse(card_id): float_round(points, precision_digits=2)
            for card_id, points in rows
            if points and points > 0
        }
        return {card: min(points, card.points) for card, points in left.items()}

    def _oldest_points(self, limit):
        """Return when the oldest points of each card that are left were issued.

        :param limit: a date; what was issued before has expired
        :return: dict card → date
        """
        if not self:
            return {}
        rows = self.env.execute_query(
            SQL(
                """
                SELECT card_id, MIN(create_date)
                  FROM (SELECT card_id, create_date,
                               SUM(COALESCE(issued, 0)) OVER (
                                   PARTITION BY card_id ORDER BY create_date, id
                               ) - SUM(COALESCE(used, 0)) OVER (
                                   PARTITION BY card_id
                               ) AS left_over
                          FROM loyalty_history
                         WHERE card_id IN %s) history
                 WHERE left_over > 0 AND create_date >= %s
                 GROUP BY card_id
                """,
                tuple(self.ids),
                fields.Datetime.to_datetime(limit),
            )
        )
        return {self.browse(card_id): moment.date() for card_id, moment in rows}
