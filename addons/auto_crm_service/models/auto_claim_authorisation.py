from odoo import api, fields, models
from odoo.exceptions import UserError


class AutoClaimAuthorisation(models.Model):
    """The payer's word before the work, good for an amount and until a day."""

    _name = "auto.claim.authorisation"
    _description = "Pre-authorisation"
    _order = "date_expiry desc, id desc"
    _rec_name = "number"

    claim_id = fields.Many2one(
        comodel_name="auto.claim",
        string="Claim",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="claim_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="claim_id.currency_id")
    number = fields.Char(required=True, help="As the maker or insurer gave it.")
    amount = fields.Monetary(required=True, help="Up to which they pay.")
    date = fields.Date(
        string="Given on", required=True, default=fields.Date.context_today
    )
    date_expiry = fields.Date(
        string="Good until", required=True, index=True, help="The last day."
    )
    note = fields.Char()
    is_valid = fields.Boolean(string="In force", compute="_compute_is_valid")
    reminded_on = fields.Date(readonly=True, copy=False)

    _amount_check = models.Constraint(
        "CHECK (amount > 0)", "A pre-authorisation is for an amount above zero."
    )
    _dates_check = models.Constraint(
        "CHECK (date_expiry >= date)",
        "A pre-authorisation cannot end before it was given.",
    )
    _number_uniq = models.UniqueIndex(
        "(claim_id, number)", "This number is on the claim already."
    )

    @api.depends("date_expiry")
    def _compute_is_valid(self):
        today = fields.Date.context_today(self)
        for one in self:
            one.is_valid = bool(one.date_expiry and one.date_expiry >= today)

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {name: vals[name] for name in vals if name != "reminded_on"}
            for vals in vals_list
        ]
        records = super().create(vals_list)
        records.claim_id._check_open()
        return records

    def write(self, vals):
        if "claim_id" in vals:
            raise UserError(self.env._("A pre-authorisation stays with its claim."))
        if not self.env.su:
            self.claim_id._check_open()
        if "date_expiry" in vals:
            vals = {**vals, "reminded_on": False}
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        self.claim_id._check_open()

    def _remind_now(self):
        """Tell of a pre-authorisation that is about to end."""
        for one in self:
            one.claim_id._remind(
                self.env._("Pre-authorisation %(number)s ends soon", number=one.number)
            )
        self.write({"reminded_on": fields.Date.context_today(self)})
