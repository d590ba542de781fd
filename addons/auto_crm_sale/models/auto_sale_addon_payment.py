from odoo import api, models
from odoo.exceptions import ValidationError


class AutoSaleAddon(models.Model):
    """A loan pays part of the contract: what the bank pays out is due as well."""

    _inherit = "auto.sale.addon"

    @api.constrains("loan_amount", "order_id")
    def _check_loan_amount(self):
        for addon in self:
            # Who arranges the loan need not see the whole contract.
            order = addon.order_id.sudo()
            if (
                addon.category == "loan"
                and order.currency_id.compare_amounts(
                    addon.loan_amount, order.amount_total
                )
                > 0
            ):
                raise ValidationError(
                    self.env._(
                        "A loan of %(loan)s is more than the contract %(contract)s "
                        "comes to: %(total)s.",
                        loan=order.currency_id.format(addon.loan_amount),
                        contract=order.name,
                        total=order.currency_id.format(order.amount_total),
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        addons = super().create(vals_list)
        addons._sync_loan_due()
        return addons

    def write(self, vals):
        result = super().write(vals)
        if vals.keys() & {"state", "loan_state", "loan_amount", "supplier_id"}:
            self._sync_loan_due()
        return result

    def _step_loan(self, before, after):
        if after == "approved":
            self._check_loan_amount()  # the contract may have become cheaper
        return super()._step_loan(before, after)

    def _finish_loan(self):
        self._check_loan_amount()
        return super()._finish_loan()

    def _is_loan_off(self):
        """Return whether the loan will not pay."""
        self.ensure_one()
        return (
            self.state == "cancelled"
            or self.loan_state == "refused"
            or not self.loan_amount
        )

    def _sync_loan_due(self):
        """Let the payments of the contract say what the bank will pay."""
        for addon in self.filtered(lambda one: one.category == "loan"):
            # Who arranges the loan need not plan the payments.
            order = addon.order_id.sudo()
            due = order.due_ids.filtered(lambda one, loan=addon: one.addon_id == loan)
            if addon._is_loan_off():
                if due.paid_amount > 0:
                    due.fixed_amount = due.paid_amount
                else:
                    due.unlink()
                continue
            others = order.due_ids.filtered(
                lambda one, loan=due: one != loan and one.kind != "balance"
            )
            room = max(order.amount_total - sum(others.mapped("fixed_amount")), 0.0)
            vals = {
                "fixed_amount": min(addon.loan_amount, room),
                "payer_id": addon.supplier_id.id,
            }
            if due:
                due.write(vals)
            else:
                due.create(
                    {
                        **vals,
                        "order_id": order.id,
                        "kind": "loan",
                        "sequence": 50,
                        "addon_id": addon.id,
                    }
                )
