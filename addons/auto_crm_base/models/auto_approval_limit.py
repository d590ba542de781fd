from odoo import fields, models


class AutoApprovalLimit(models.Model):
    """One level of approval: a role and the amount up to which it decides."""

    _name = "auto.approval.limit"
    _description = "Approval level"
    _order = "sequence, id"

    kind_id = fields.Many2one(
        comodel_name="auto.approval.kind",
        string="Kind",
        required=True,
        index=True,
        ondelete="cascade",
    )
    sequence = fields.Integer(
        default=10,
        help="The lowest level that has somebody in the store is asked first; the "
        "levels after it may decide too.",
    )
    group_id = fields.Many2one(
        comodel_name="res.groups",
        string="Role",
        required=True,
        ondelete="cascade",
        domain="[('privilege_id', '!=', False)]",
    )
    amount_max = fields.Float(
        string="Up to",
        digits="Product Price",
        help="The largest amount this role may approve, in the currency of the "
        "store. Zero: without limit.",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount_max >= 0)", "The largest amount cannot be negative."
    )
    _kind_group_uniq = models.Constraint(
        "UNIQUE(kind_id, group_id)", "This role is already in the list."
    )
