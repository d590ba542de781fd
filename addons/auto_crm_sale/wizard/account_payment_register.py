from odoo import models


class AccountPaymentRegister(models.TransientModel):
    _inherit = "account.payment.register"

    def _create_payments(self):
        # Paid on the invoice, it is a payment of the contract as well.
        payments = super()._create_payments()
        for payment in payments.filtered(lambda one: not one.contract_id):
            orders = payment.reconciled_invoice_ids.line_ids.sale_line_ids.order_id
            if len(orders) == 1 and orders.is_vehicle_contract:
                payment.contract_id = orders
        return payments
