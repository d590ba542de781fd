from odoo import api, fields, models


class AutoApprovalKind(models.Model):
    """What can be asked for, and which roles may grant it up to which amount."""

    _name = "auto.approval.kind"
    _description = "Kind of approval"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(
        required=True,
        help="The name by which documents ask for this approval, such as lead_lost.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    limit_ids = fields.One2many(
        comodel_name="auto.approval.limit",
        inverse_name="kind_id",
        string="Who may approve",
    )

    _code_uniq = models.Constraint(
        "UNIQUE(code)", "There is already a kind of approval with this code."
    )

    @api.model
    def _get(self, code):
        """Return the kind with this code.

        :raise ValueError: when there is none or it is archived
        """
        kind = self.search([("code", "=", code)], limit=1)
        if not kind:
            raise ValueError(f"No active kind of approval has the code {code!r}.")
        return kind

    def _groups_for(self, amount):
        """Return the groups that may grant ``amount``, the lowest level first.

        :param float amount: in the currency of the store
        """
        self.ensure_one()
        return self.limit_ids.filtered(
            lambda limit: not limit.amount_max or abs(amount) <= limit.amount_max
        ).group_id
