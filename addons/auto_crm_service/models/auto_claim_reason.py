from odoo import fields, models


class AutoClaimReason(models.Model):
    """Why a maker or insurer reduces, refuses or sends back what was claimed."""

    _name = "auto.claim.reason"
    _inherit = ["auto.kept.mixin"]
    _description = "Reason of a decision on a claim"
    _order = "sequence, code, id"
    _rec_names_search = ["code", "name"]

    code = fields.Char(
        required=True, help="As the decision files of makers and insurers say it."
    )
    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    check_id = fields.Many2one(
        comodel_name="auto.claim.check",
        string="Check that finds it",
        ondelete="restrict",
        index="btree_not_null",
        help="Which check before submission could have prevented it.",
    )
    advice = fields.Text(
        translate=True,
        string="What to do next time",
        help="Told at the next claim like those refused for this reason.",
    )

    _code_uniq = models.UniqueIndex("(code)", "There is such a code already.")
