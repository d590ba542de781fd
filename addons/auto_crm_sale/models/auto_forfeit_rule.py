from odoo import api, fields, models

PARTIES = [
    ("customer", "The customer"),
    ("store", "The store"),
    ("expiry", "Nobody, the time passed"),
]


class AutoForfeitRule(models.Model):
    """Which part of a paid deposit the store keeps when a reservation ends."""

    _name = "auto.forfeit.rule"
    _description = "Forfeiture of deposits"
    _order = "cancelled_by, days_from, id"

    cancelled_by = fields.Selection(
        selection=PARTIES, string="Who cancels", required=True, default="customer"
    )
    days_from = fields.Integer(
        string="From day",
        help="Days since the reservation began. The last rule that has begun counts.",
    )
    percent = fields.Float(string="Kept (%)", required=True, digits=(5, 2))
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        index="btree_not_null",
        help="Left empty, for each store that has no rule of its own for this case.",
    )
    active = fields.Boolean(default=True)

    _percent_check = models.Constraint(
        "CHECK(percent BETWEEN 0 AND 100 AND days_from >= 0)",
        "The store keeps between 0 and 100 %, from day 0 on.",
    )

    @api.depends("cancelled_by", "days_from", "percent")
    def _compute_display_name(self):
        parties = dict(self._fields["cancelled_by"]._description_selection(self.env))
        for rule in self:
            rule.display_name = self.env._(
                "%(who)s, from day %(day)s: %(percent)g %%",
                who=parties.get(rule.cancelled_by, ""),
                day=rule.days_from,
                percent=rule.percent,
            )

    @api.model
    def _percent_kept(self, company, cancelled_by, days):
        """Return the percentage of the deposit that the store keeps.

        :param company: the store
        :param str cancelled_by: a key of ``cancelled_by``
        :param int days: since the reservation began
        """
        # The rules hold for whoever cancels.
        rules = self.sudo().search(
            [
                ("cancelled_by", "=", cancelled_by),
                ("company_id", "in", (False, company.id)),
            ]
        )
        rules = rules.filtered("company_id") or rules
        begun = rules.filtered(lambda rule: rule.days_from <= days)
        return begun.sorted("days_from")[-1:].percent
