from odoo import api, fields, models
from odoo.tools import frozendict, ormcache


class AutoAllocationRule(models.Model):
    """To whom new prospects go: the first rule whose conditions hold decides."""

    _name = "auto.allocation.rule"
    _inherit = ["auto.rule.mixin"]
    _description = "Allocation rule"

    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Stores",
        help="The stores that the rule is for; empty: all.",
    )
    state_ids = fields.Many2many(
        comodel_name="res.country.state",
        string="Regions",
        help="Where the prospect lives: as told, else by the city, else by the area "
        "of the phone number; empty: anywhere.",
    )
    brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        string="Brands wished for",
        help="Empty: any.",
    )
    channel_ids = fields.Many2many(
        comodel_name="auto.intake.channel", string="Channels", help="Empty: any."
    )
    horizon_ids = fields.Many2many(
        comodel_name="auto.lead.horizon",
        string="Purchase horizons",
        help="Empty: any.",
    )
    user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Consultants",
        domain="[('share', '=', False)]",
        help="Among whom the rule chooses; empty: all consultants of the store.",
    )
    method = fields.Selection(
        selection=[
            ("rotation", "In turn"),
            ("least", "Who has the fewest open prospects"),
            ("capacity", "Who has the largest share of free capacity"),
        ],
        required=True,
        default="rotation",
    )
    working_hours = fields.Selection(
        selection=[
            ("prefer", "Prefer those on duty"),
            ("require", "Only those on duty"),
            ("ignore", "Do not look at working hours"),
        ],
        required=True,
        default="prefer",
        help="On duty: within the working hours and not on leave. With “only”, a "
        "prospect waits until somebody is.",
    )
    recall_minutes = fields.Integer(
        string="Taken back after (minutes)",
        default=60,
        help="A prospect that its consultant has not contacted within so many "
        "minutes of the store's working hours goes to the next one; 0: never.",
    )
    recall_max = fields.Integer(
        string="Taken back, at most",
        default=3,
        help="After so many times the prospect stays and only the manager is told.",
    )

    _recall_positive = models.Constraint(
        "CHECK(recall_minutes >= 0 AND recall_max >= 0)",
        "Minutes and times cannot be negative.",
    )

    @api.model
    @ormcache("self.env.lang")
    def _conditions(self):
        """Return the active rules, first things first, as plain data.

        Intake asks for them with each prospect, so they are kept in memory.

        :return: tuple of dicts with ``id``, ``name``, ``method``, ``working_hours``
            and a frozenset of ids for each condition
        """
        # Allocation follows the same rules whoever registers a prospect.
        return tuple(rule._condition() for rule in self.sudo().search([]))

    def _condition(self, **changed):
        """Return one rule as plain data.

        :param changed: conditions to put in place of the rule's own
        """
        self.ensure_one()
        return frozendict(
            {
                "id": self.id,
                "name": self.name,
                "method": self.method,
                "working_hours": self.working_hours,
                "recall_minutes": self.recall_minutes,
                "company": frozenset(self.company_ids.ids),
                "state": frozenset(self.state_ids.ids),
                "channel": frozenset(self.channel_ids.ids),
                "horizon": frozenset(self.horizon_ids.ids),
                "brands": frozenset(self.brand_ids.ids),
                "users": frozenset(self.user_ids.ids),
                **changed,
            }
        )

    @api.model
    def _asks_for_region(self):
        """Return whether any rule depends on where the prospect lives."""
        return any(rule["state"] for rule in self._conditions())

    @api.model
    def _rule_for(self, facts, rules=None):
        """Return the conditions of the first rule that is for a prospect.

        :param dict facts: ``company``, ``state``, ``channel``, ``horizon`` (an id or
            False each) and ``brands`` (a function that returns a set of ids)
        :param rules: others than those in use, as :meth:`_conditions` returns them
        :return: one element of the rules, or None
        """
        for rule in self._conditions() if rules is None else rules:
            if all(
                not rule[name] or facts[name] in rule[name]
                for name in ("company", "state", "channel", "horizon")
            ) and (not rule["brands"] or rule["brands"] & facts["brands"]()):
                return rule
        return None
