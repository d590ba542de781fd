from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("scratch", "Scratch"),
    ("dent", "Dent"),
    ("chip", "Stone chip"),
    ("crack", "Crack"),
    ("rust", "Rust"),
    ("missing", "Missing part"),
]


class AutoDamageMark(models.Model):
    """Damage that a car had when it came, marked on its outline."""

    _name = "auto.damage.mark"
    _description = "Damage mark"
    _order = "repair_id, id"
    _rec_name = "kind"

    repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Repair order",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="repair_id.company_id", store=True, index=True)
    kind = fields.Selection(
        selection=KINDS, string="Damage", required=True, default="scratch"
    )
    x = fields.Float(
        string="From the left (%)",
        required=True,
        digits=(5, 2),
        help="Of the width of the outline.",
    )
    y = fields.Float(
        string="From the top (%)",
        required=True,
        digits=(5, 2),
        help="Of the height of the outline.",
    )
    note = fields.Char(help="How large, how deep.")
    photo_ids = fields.One2many(
        comodel_name="auto.repair.photo", inverse_name="mark_id", string="Photos"
    )

    _place_check = models.Constraint(
        "CHECK (x >= 0 AND x <= 100 AND y >= 0 AND y <= 100)",
        "A mark lies on the outline of the car.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        marks = super().create(vals_list)
        marks.repair_id._check_walk_round_open()
        return marks

    def write(self, vals):
        self.repair_id._check_walk_round_open()
        if "repair_id" in vals and any(
            mark.repair_id.id != vals["repair_id"] for mark in self
        ):
            raise UserError(self.env._("A mark stays with its repair order."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_signed(self):
        self.repair_id._check_walk_round_open()

    def _walk_round_values(self):
        """Return one mark as the walk round the car shows it."""
        self.ensure_one()
        return {
            "id": self.id,
            "kind": self.kind,
            "x": self.x,
            "y": self.y,
            "note": self.note or "",
            "photos": self.photo_ids.ids,
        }
