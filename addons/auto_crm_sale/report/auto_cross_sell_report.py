from odoo import fields, models
from odoo.tools import SQL

from ..models.auto_sale_addon_kind import MARGIN_GROUPS


class AutoCrossSellReport(models.Model):
    """One row for each confirmed contract: which add-ons it has.

    The average of a column is its cross-selling rate.
    """

    _name = "auto.cross.sell.report"
    _description = "Cross-selling"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "sale.order": ["state", "date_order", "user_id", "company_id"],
        "auto.sale.addon": ["order_id", "state", "category", "amount", "margin"],
    }

    order_id = fields.Many2one(
        comodel_name="sale.order", string="Contract", readonly=True
    )
    date = fields.Datetime(string="Contract date", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users", string="Consultant", readonly=True
    )
    team_id = fields.Many2one(comodel_name="crm.team", string="Team", readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    contracts = fields.Integer(string="Contracts", readonly=True)
    addon_count = fields.Integer(string="Add-ons", readonly=True)
    addon_rate = fields.Float(
        string="Add-ons per contract", readonly=True, aggregator="avg"
    )
    accessory_rate = fields.Float(
        string="With accessories (%)", readonly=True, aggregator="avg"
    )
    service_pack_rate = fields.Float(
        string="With a service pack (%)", readonly=True, aggregator="avg"
    )
    insurance_rate = fields.Float(
        string="With insurance (%)", readonly=True, aggregator="avg"
    )
    performance_rate = fields.Float(
        string="With performance bond (%)", readonly=True, aggregator="avg"
    )
    loan_rate = fields.Float(string="With a loan (%)", readonly=True, aggregator="avg")
    registration_rate = fields.Float(
        string="With registration (%)", readonly=True, aggregator="avg"
    )
    amount = fields.Float(string="Price of add-ons", readonly=True)
    commission = fields.Float(readonly=True, groups=MARGIN_GROUPS)
    margin = fields.Float(
        string="Margin of add-ons", readonly=True, groups=MARGIN_GROUPS
    )

    @property
    def _table_query(self):
        rates = SQL(", ").join(
            SQL(
                "CASE WHEN bool_or(addon.category = %s) THEN 100 ELSE 0 END AS %s",
                category,
                SQL.identifier(f"{category}_rate"),
            )
            for category in (
                "accessory",
                "service_pack",
                "insurance",
                "performance",
                "loan",
                "registration",
            )
        )
        return SQL(
            """
            SELECT o.id, o.id AS order_id, o.date_order AS date, o.user_id, o.team_id,
                   o.company_id, 1 AS contracts, count(addon.id) AS addon_count,
                   count(addon.id) AS addon_rate, %s,
                   coalesce(sum(addon.amount) FILTER (WHERE addon.is_charged), 0)
                       AS amount,
                   coalesce(sum(addon.commission), 0) AS commission,
                   coalesce(sum(addon.margin), 0) AS margin
              FROM sale_order o
              LEFT JOIN auto_sale_addon addon
                     ON addon.order_id = o.id AND addon.state <> 'cancelled'
             WHERE o.state = 'sale' AND o.is_vehicle_contract
             GROUP BY o.id
            """,
            rates,
        )
