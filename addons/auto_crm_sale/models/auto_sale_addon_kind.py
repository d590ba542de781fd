from odoo import fields, models

#: Who sees what an add-on brings: who runs the store, and who books it.
MARGIN_GROUPS = (
    "auto_crm_base.group_sales_manager,auto_crm_base.group_store_manager,"
    "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
    "account.group_account_invoice"
)
CATEGORIES = [
    ("accessory", "Accessory"),
    ("service_pack", "Service pack"),
    ("insurance", "Insurance"),
    ("performance", "Performance-bond insurance"),
    ("loan", "Loan"),
    ("registration", "Registration"),
    ("other", "Other"),
]


class AutoSaleAddonKind(models.Model):
    """What is sold together with a car."""

    _name = "auto.sale.addon.kind"
    _inherit = ["auto.kept.mixin"]
    _description = "Kind of add-on"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category = fields.Selection(
        selection=CATEGORIES,
        required=True,
        default="accessory",
        help="Says what finishing it does: an insurance becomes a policy of the car, a "
        "registration gives the car its plate, a loan is approved and paid out. "
        "Cross-selling is counted by it.",
    )
    is_charged = fields.Boolean(
        string="On the contract",
        default=True,
        help="The customer pays it with the contract: it becomes a line of it.",
    )
    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Product",
        ondelete="restrict",
        domain="[('is_vehicle', '=', False), ('sale_ok', '=', True)]",
        help="The product of the contract's line.",
    )
    policy_kind = fields.Selection(
        selection=[
            ("compulsory", "Compulsory liability"),
            ("commercial", "Commercial"),
            ("warranty", "Extended warranty"),
            ("performance", "Performance bond"),
            ("other", "Other"),
        ],
        string="Kind of policy",
        default="commercial",
    )
    commission_rate = fields.Float(
        string="Commission %",
        groups=f"{MARGIN_GROUPS},auto_crm_base.group_config",
        help="What the insurer or the bank pays us, of the amount.",
    )
    duration_hours = fields.Float(
        string="Takes (hours)",
        default=24,
        help="From planned start to planned end, unless somebody plans otherwise.",
    )

    _rate_check = models.Constraint(
        "CHECK(commission_rate BETWEEN 0 AND 100)",
        "A commission is from 0 to 100 %.",
    )
    _duration_check = models.Constraint(
        "CHECK(duration_hours >= 0)", "A duration cannot be negative."
    )
