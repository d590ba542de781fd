from odoo import fields, models


class AccountMove(models.Model):
    """The invoices and credit notes of a deposit."""

    _inherit = "account.move"

    auto_reservation_id = fields.Many2one(
        comodel_name="auto.reservation",
        string="Reservation",
        index="btree_not_null",
        ondelete="set null",
        readonly=True,
        copy=False,
        help="The reservation whose deposit this asks for, gives back or keeps.",
    )

    def _reconcile_open_deposit(self):
        """Match what is open on these invoices and credit notes of one deposit."""
        lines = self.line_ids.filtered(
            lambda one: (
                one.account_id.account_type == "asset_receivable"
                and one.parent_state == "posted"
                and not one.reconciled
            )
        )
        for group in lines.grouped("account_id").values():
            if len(group) > 1:
                group.reconcile()
