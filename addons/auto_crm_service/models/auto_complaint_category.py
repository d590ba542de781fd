from odoo import api, fields, models
from odoo.exceptions import ValidationError

from .auto_complaint_limit import SEVERITIES


class AutoComplaintCategory(models.Model):
    """What complaints are about; says who solves them and how urgent they are."""

    _name = "auto.complaint.category"
    _inherit = ["auto.kept.mixin"]
    _description = "Complaint category"
    _parent_store = True
    _rec_names_search = ["name", "parent_id.name"]
    _order = "parent_path"

    name = fields.Char(required=True, translate=True)
    complete_name = fields.Char(
        string="Category",
        compute="_compute_complete_name",
        search="_search_complete_name",
        recursive=True,
    )
    active = fields.Boolean(default=True)
    parent_id = fields.Many2one(
        comodel_name="auto.complaint.category",
        string="Belongs to",
        index=True,
        ondelete="restrict",
    )
    parent_path = fields.Char(index=True)
    department_ids = fields.Many2many(
        comodel_name="auto.complaint.department",
        string="Departments",
        help="Each gets a task when a complaint of this category is dispatched.",
    )
    severity = fields.Selection(
        selection=SEVERITIES,
        string="Usual severity",
        required=True,
        default="normal",
    )
    is_dispatched = fields.Boolean(
        string="Dispatch at once",
        default=True,
        help="The departments get their tasks as soon as the complaint comes in.",
    )
    repeat_days = fields.Integer(
        string="Repeat within (days)",
        default=90,
        help="A complaint of the same customer or car and category within so many "
        "days is marked as a repeat of the earlier one.",
    )
    answer_template_id = fields.Many2one(
        comodel_name="mail.template",
        string="Answer template",
        domain="[('model', '=', 'auto.complaint')]",
        ondelete="set null",
        help="Proposed when the customer is answered.",
    )

    _repeat_positive = models.Constraint(
        "CHECK(repeat_days >= 0)", "The days cannot be negative."
    )

    @api.depends("name", "parent_id.complete_name")
    @api.depends_context("lang")
    def _compute_complete_name(self):
        for category in self:
            parent = category.parent_id.complete_name
            category.complete_name = (
                f"{parent} / {category.name}" if parent else category.name
            )

    def _search_complete_name(self, operator, value):
        if operator != "in":
            return NotImplemented
        names = {name.casefold() for name in value if name}
        # There are some dozens of categories, in the languages of their readers.
        known = self.sudo().search([("parent_path", "!=", False)])
        found = known.filtered(
            lambda category: category.complete_name.casefold() in names
        )
        return [("id", "in", found.ids)]

    @api.depends("complete_name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for category in self:
            category.display_name = category.complete_name

    @api.constrains("parent_id")
    def _check_parent(self):
        if self._has_cycle():
            raise ValidationError(
                self.env._("A category cannot belong to itself, directly or not.")
            )
