from odoo import fields, models


class AutoCustomerLevel(models.Model):
    """How valuable a customer is, and how the staff treats such a customer."""

    _name = "auto.customer.level"
    _inherit = ["auto.kept.mixin"]
    _description = "Customer level"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10, help="The most valuable level comes first.")
    color = fields.Integer()
    treatment = fields.Text(
        translate=True,
        help="What the staff does for such a customer. Shown as a banner on the "
        "customer and on the call screen.",
    )
    active = fields.Boolean(default=True)
    rule_ids = fields.One2many(
        comodel_name="auto.customer.level.rule",
        inverse_name="level_id",
        string="Given by itself",
        help="A customer for whom any of these holds gets this level, unless a person "
        "chose one.",
    )
    partner_count = fields.Integer(string="Customers", compute="_compute_partner_count")

    _name_uniq = models.UniqueIndex("((name->>'en_US'))", "This level exists already.")

    def _compute_partner_count(self):
        counts = dict(
            self.env["res.partner"]._read_group(
                [("auto_level_id", "in", self.ids)], ["auto_level_id"], ["__count"]
            )
        )
        for level in self:
            level.partner_count = counts.get(level, 0)

    def action_open_partners(self):
        """Open the customers of this level."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_base.res_partner_action_customer"
        )
        action["domain"] = [("auto_level_id", "=", self.id)]
        action["context"] = {"default_auto_level_id": self.id}
        return action
