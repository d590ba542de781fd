from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AutoMarketRule(models.Model):
    """To whom market information goes: by category, brand and region."""

    _name = "auto.market.rule"
    _description = "Routing of market information"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    category_ids = fields.Many2many(
        comodel_name="auto.market.category", string="Categories", help="Empty: all."
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand", string="Brands", help="Empty: all."
    )
    state_ids = fields.Many2many(
        comodel_name="res.country.state", string="Regions", help="Empty: all."
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Stores",
        help="Whose people get it; empty: those of the note.",
    )
    importance = fields.Selection(
        selection=[("0", "To know"), ("1", "Important"), ("2", "Urgent")],
        string="From importance",
        required=True,
        default="0",
    )
    group_ids = fields.Many2many(
        comodel_name="res.groups",
        string="Roles",
        domain=lambda self: [
            (
                "privilege_id",
                "=",
                self.env.ref("auto_crm_base.privilege_automotive").id,
            )
        ],
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="People",
        domain=[("share", "=", False)],
    )
    notify = fields.Selection(
        selection=[
            ("message", "By a notification"),
            ("activity", "By an activity that ends with reading"),
        ],
        string="How",
        required=True,
        default="message",
    )
    days = fields.Integer(string="To read within (days)", default=1)

    _days_check = models.Constraint(
        "CHECK (days BETWEEN 0 AND 60)", "It is read within 0 to 60 days."
    )

    @api.constrains("group_ids", "user_ids")
    def _check_to_whom(self):
        for rule in self:
            if not rule.group_ids and not rule.user_ids:
                raise ValidationError(
                    self.env._("“%s” names neither roles nor people.", rule.name)
                )

    def _fits(self, info):
        """Return whether the rule sends ``info``."""
        self.ensure_one()
        brands = info.brand_ids | info.model_ids.brand_id

        def meets(ours, theirs):
            # A note that is for all is for those of the rule, too.
            return not ours or not theirs or ours & theirs

        return bool(
            info.importance >= self.importance
            and (not self.category_ids or info.category_id in self.category_ids)
            and meets(self.brand_ids, brands)
            and meets(self.state_ids, info.state_ids)
        )

    def _users(self, info):
        """Return the people of the rule who may read ``info``."""
        self.ensure_one()
        users = self.user_ids
        if self.group_ids:
            users |= users.search(
                [("all_group_ids", "in", self.group_ids.ids), ("share", "=", False)]
            )
        stores = self.company_ids
        if info.company_id:
            own = info.company_id | info.company_id.search(
                [("id", "child_of", info.company_id.id)]
            )
            stores = stores & own if stores else own
        if stores:
            users = users.filtered(
                # Those of head office have all stores; their own is asked.
                lambda user: user.company_id in stores or user in self.user_ids
            )
        role = "auto_crm_base.group_user"
        return users.filtered(lambda user: user.active and user.has_group(role))
