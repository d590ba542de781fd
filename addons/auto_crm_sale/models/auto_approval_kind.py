from odoo import api, fields, models


class AutoApprovalKind(models.Model):
    _inherit = "auto.approval.kind"

    amount_free = fields.Float(
        string="Needs none up to",
        digits="Product Price",
        help="Contracts: a discount up to this, in the currency of the store, needs "
        "no approval. Trade-ins: nor does an offer up to this, as long as the car is "
        "worth it; zero: no limit.",
    )
    ask_always = fields.Boolean(
        string="Always needed",
        help="Contracts: needed at the list price as well.",
    )
    ask_on_change = fields.Boolean(
        string="Needed for every change",
        default=True,
        help="Contracts: whatever is changed after approval or confirmation must be "
        "approved again. Without it, a change needs approval only where a new contract "
        "would.",
    )

    _amount_free_positive = models.Constraint(
        "CHECK(amount_free >= 0)", "The free discount cannot be negative."
    )

    @api.model_create_multi
    def create(self, vals_list):
        kinds = super().create(vals_list)
        kinds._tell_contracts()
        return kinds

    def write(self, vals):
        result = super().write(vals)
        if {"active", "amount_free", "ask_always", "ask_on_change"} & vals.keys():
            self._tell_contracts()
        return result

    def _tell_contracts(self):
        """Let open contracts say anew whether they need approval."""
        orders = self.env["sale.order"]
        if not set(self.mapped("code")) & set(orders._contract_approval_kinds()):
            return
        # All stores' contracts follow the configuration, seen or not.
        found = orders.sudo().search(
            [("is_vehicle_contract", "=", True), ("state", "!=", "cancel")]
        )
        self.env.add_to_compute(orders._fields["contract_approval"], found)
