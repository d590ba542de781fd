import math

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

YEAR = 365
KEEPERS = (
    "auto_crm_base.group_service_manager,auto_crm_base.group_store_manager,"
    "stock.group_stock_user"
)
# A coefficient of variation of the monthly consumption up to which a part counts as
# steady (X), or as changing (Y); above it is irregular (Z).
STEADY, CHANGING = 0.5, 1.0


class AutoPartFigure(models.Model):
    """What a store consumes and holds of a part, and how much it should keep.

    Written by a job each night from the stock moves of the last twelve months.
    """

    _name = "auto.part.figure"
    _description = "Figures of a part"
    _order = "company_id, consumption_value desc, id"
    _rec_name = "product_id"

    product_id = fields.Many2one(
        comodel_name="product.product",
        string="Part",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    categ_id = fields.Many2one(
        related="product_id.categ_id", store=True, string="Category"
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    class_id = fields.Many2one(
        comodel_name="auto.part.class",
        string="ABC",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    xyz = fields.Selection(
        selection=[("x", "X: steady"), ("y", "Y: changing"), ("z", "Z: irregular")],
        string="XYZ",
        readonly=True,
        help="How evenly it is consumed from month to month.",
    )
    consumed = fields.Float(
        string="Consumed (12 months)", readonly=True, digits="Product Unit"
    )
    consumption_value = fields.Monetary(
        string="Consumption value", readonly=True, help="At cost, in twelve months."
    )
    months_used = fields.Integer(
        string="Months with consumption", readonly=True, aggregator="avg"
    )
    on_hand = fields.Float(readonly=True, digits="Product Unit")
    stock_value = fields.Monetary(readonly=True, help="At cost.")
    turnover = fields.Float(
        string="Turns a year",
        readonly=True,
        aggregator="avg",
        digits=(8, 1),
        help="Consumption of twelve months by the stock of today; empty without stock.",
    )
    stock_days = fields.Integer(
        string="Stock lasts (days)",
        readonly=True,
        aggregator="avg",
        help="How long the stock lasts at the consumption of the last twelve months.",
    )
    last_use = fields.Date(string="Last used on", readonly=True)
    is_slow = fields.Boolean(
        string="Slow mover",
        readonly=True,
        index=True,
        help="In stock, and not used for the days of the store's setting.",
    )
    lead_days = fields.Integer(
        string="Lead time (days)", readonly=True, aggregator="avg"
    )
    min_qty = fields.Float(string="Minimum now", readonly=True, digits="Product Unit")
    max_qty = fields.Float(string="Maximum now", readonly=True, digits="Product Unit")
    suggested_min = fields.Float(
        string="Minimum suggested", readonly=True, digits="Product Unit"
    )
    suggested_max = fields.Float(
        string="Maximum suggested", readonly=True, digits="Product Unit"
    )
    order_qty = fields.Float(
        string="To order",
        readonly=True,
        digits="Product Unit",
        help="Up to the suggested maximum, when stock and what is on its way fall "
        "below the suggested minimum.",
    )
    order_value = fields.Monetary(
        string="To order (value)", readonly=True, help="At cost."
    )
    differs = fields.Boolean(
        string="Other than now",
        readonly=True,
        help="The suggestion differs from the reordering rule.",
    )
    date_figures = fields.Datetime(string="As of", readonly=True)

    _part_uniq = models.UniqueIndex(
        "(product_id, company_id)", "There are figures of this part already."
    )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_apply(self):
        """Write the suggested minimum and maximum on the reordering rules.

        :raise AccessError: for others than those who keep the parts
        """
        self._check_keeper()
        # Who keeps the parts decides; Odoo lets only its stock manager write rules.
        for company, figures in self.sudo().grouped("company_id").items():
            figures._apply(company)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _check_keeper(self):
        self.check_access("read")
        if not self.env.user.has_groups(KEEPERS):
            raise AccessError(
                self.env._("Reordering rules are set by those who keep the parts.")
            )
        if not self:
            raise UserError(self.env._("Please choose parts."))

    def action_order(self):
        """Let Odoo write requests for quotation of what is to be ordered.

        :raise AccessError: for others than those who keep the parts
        :raise UserError: when nothing is to be ordered, or Odoo knows no supplier
        """
        self._check_keeper()
        if "purchase.order" not in self.env:
            raise UserError(self.env._("Install Odoo's Purchase first."))
        # Who keeps the parts decides; the purchase is written by the system.
        figures = self.sudo()
        figures.lock_for_update()
        figures.invalidate_recordset(["order_qty"])
        figures = figures.filtered(lambda one: one.order_qty > 0)
        if not figures:
            raise UserError(self.env._("Nothing of this is to be ordered."))
        for company, theirs in figures.grouped("company_id").items():
            theirs._purchase(company)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s parts are in the requests for quotation.",
                    count=len(figures),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _purchase(self, company):
        """Order the suggested quantities for one store. Called as superuser."""
        warehouse = self.env["auto.repair.line"]._parts_warehouse(company)
        rules = self.env["stock.rule"].with_company(company)
        # As from a reordering rule: Odoo says which part has no supplier.
        rules = rules.with_context(from_orderpoint=True)
        now = fields.Datetime.now()
        rules.run(
            [
                rules.Procurement(
                    figure.product_id,
                    figure.order_qty,
                    figure.product_id.uom_id,
                    warehouse.lot_stock_id,
                    figure.product_id.display_name,
                    self.env._("Suggestion"),
                    company,
                    {
                        "warehouse_id": warehouse,
                        "date_planned": fields.Datetime.add(now, days=figure.lead_days),
                    },
                )
                for figure in self
            ]
        )
        self.write({"order_qty": 0, "order_value": 0})

    def _apply(self, company):
        """Write the rules of one store. Called as superuser."""
        warehouse = self.env["auto.repair.line"]._parts_warehouse(company)
        rules = self.env["stock.warehouse.orderpoint"].with_company(company)
        known = {
            rule.product_id: rule
            for rule in rules.with_context(active_test=False).search(
                [
                    ("product_id", "in", self.product_id.ids),
                    ("location_id", "=", warehouse.lot_stock_id.id),
                ]
            )
        }
        vals_list = []
        for figure in self:
            values = {
                "product_min_qty": figure.suggested_min,
                "product_max_qty": figure.suggested_max,
            }
            if rule := known.get(figure.product_id):
                rule.write({**values, "active": True})
            elif figure.suggested_max:
                vals_list.append(
                    {
                        **values,
                        "product_id": figure.product_id.id,
                        "warehouse_id": warehouse.id,
                        "location_id": warehouse.lot_stock_id.id,
                        "company_id": company.id,
                        # A person orders; nothing is bought behind their back.
                        "trigger": "manual",
                    }
                )
            figure.write(
                {
                    "min_qty": figure.suggested_min,
                    "max_qty": figure.suggested_max,
                    "differs": False,
                }
            )
        rules.create(vals_list)

    def action_open_rule(self):
        """Open Odoo's reordering rule of the part."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reordering rules"),
            "res_model": "stock.warehouse.orderpoint",
            "views": [(False, "list")],
            "domain": [
                ("product_id", "=", self.product_id.id),
                ("company_id", "=", self.company_id.id),
            ],
        }

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_figures(self):
        """Work the figures out, store by store; one that fails stops no other."""
        cron = self.env["ir.cron"]
        # Each store that keeps stock, a few dozens.
        warehouses = self.env["stock.warehouse"].search([])  # pylint: disable=no-search-all
        companies = warehouses.company_id
        cron._commit_progress(remaining=len(companies))
        for company in companies:
            self._work_out(company)
            if not cron._commit_progress(1):
                break

    @api.model
    def _work_out(self, company):
        """Work out the figures of one store.

        :param company: the store; it has a warehouse
        """
        # The figures are the system's, of all the store's stock.
        figures = self.sudo().with_company(company)
        used = {row["product_id"]: row for row in figures._consumption(company)}
        held = figures._held(company)
        known = {
            figure.product_id.id: figure
            for figure in figures.search([("company_id", "=", company.id)])
        }
        warehouse = self.env["auto.repair.line"]._parts_warehouse(company)
        products = (
            self.env["product.product"]
            .sudo()
            .with_company(company)
            .with_context(warehouse_id=warehouse.id)
            .browse({*used, *held, *known})
            .exists()
        )
        products = products.filtered(
            lambda product: product.is_storable and not product.is_vehicle
        )
        rules = figures._rules(company)
        coming = figures._coming(products, warehouse)
        rows = [
            figures._row(product, used.get(product.id), held, rules, company)
            for product in products
        ]
        for row in rows:  # what will be there, until it is known how many to order
            row["order_qty"] = row["on_hand"] + coming[row["product_id"]]
        figures._classify(rows)
        new = []
        for row in rows:
            figures._suggest(row)
            if figure := known.pop(row["product_id"], None):
                figure.write(row)
            else:
                new.append(row)
        figures.create(new)
        # Parts that are neither used nor held any more.
        figures.union(*known.values()).unlink()

    def _consumption(self, company):
        """Return what the store used of each part in twelve months."""
        self.env["stock.move"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
                WITH used AS (
                    SELECT move.product_id, move.date,
                           move.quantity * move_unit.factor / unit.factor
                           * CASE WHEN source.usage = 'internal' THEN 1 ELSE -1 END
                           AS quantity
                      FROM stock_move move
                      JOIN stock_location source ON source.id = move.location_id
                      JOIN stock_location target ON target.id = move.location_dest_id
                      JOIN product_product product ON product.id = move.product_id
                      JOIN product_template template
                        ON template.id = product.product_tmpl_id
                      JOIN uom_uom unit ON unit.id = template.uom_id
                      JOIN uom_uom move_unit ON move_unit.id = move.product_uom
                     WHERE move.state = 'done' AND move.company_id = %(company)s
                       AND move.date >= now() AT TIME ZONE 'UTC' - interval '365 days'
                       AND (source.usage = 'internal'
                            AND target.usage IN ('customer', 'production')
                            OR target.usage = 'internal'
                            AND source.usage IN ('customer', 'production')
                            AND (move.repair_line_type IS NOT NULL
                                 OR move.origin_returned_move_id IS NOT NULL))
                ), by_month AS (
                    SELECT product_id, date_trunc('month', date) AS month,
                           SUM(quantity) AS quantity, MAX(date) AS last
                      FROM used GROUP BY product_id, 2)
                SELECT product_id, SUM(quantity) AS consumed, MAX(last)::date AS last,
                       COUNT(*) FILTER (WHERE quantity > 0) AS months,
                       SUM(quantity * quantity) AS squares
                  FROM by_month GROUP BY product_id
                """,
                company=company.id,
            )
        )

    def _held(self, company):
        """Return ``{product id: (quantity, since when)}`` of the store's stock."""
        return {
            product.id: (quantity, since)
            for product, quantity, since in self.env["stock.quant"]._read_group(
                [
                    ("company_id", "=", company.id),
                    ("location_id.usage", "=", "internal"),
                ],
                ["product_id"],
                ["quantity:sum", "in_date:max"],
            )
        }

    def _coming(self, products, warehouse):
        """Return ``{product id: what comes less what goes}``, with what is asked for.

        Requests for quotation count: who has sent one does not order again.
        """
        _by_location, asked = products._get_quantity_in_progress(
            warehouse_ids=warehouse.ids
        )
        return {
            product.id: product.incoming_qty
            - product.outgoing_qty
            + asked.get((product.id, warehouse.id), 0)
            for product in products
        }

    def _rules(self, company):
        rules = self.env["stock.warehouse.orderpoint"].search(
            [("company_id", "=", company.id)]
        )
        return {rule.product_id.id: rule for rule in rules}

    def _row(self, product, used, held, rules, company):
        """Return the values of one part, without its class and the suggestion."""
        used = used or {"consumed": 0, "last": None, "months": 0, "squares": 0}
        consumed = max(used["consumed"] or 0, 0)
        on_hand, since = held.get(product.id, (0, None))
        cost = self._cost(product, company)
        today = fields.Date.context_today(self)
        # What came in lately is not slow because nobody has used it yet.
        last = max(filter(None, (used["last"], since and since.date())), default=today)
        idle = (today - last).days
        # The suppliers of this store or of all; the first is bought from.
        seller = product.seller_ids.filtered(
            lambda one: not one.company_id or one.company_id == company
        )[:1]
        rule = rules.get(product.id)
        mean = consumed / 12
        spread = math.sqrt(max((used["squares"] or 0) / 12 - mean**2, 0))
        ratio = spread / mean if mean else CHANGING + 1
        return {
            "product_id": product.id,
            "company_id": company.id,
            "consumed": consumed,
            "consumption_value": consumed * cost,
            "months_used": used["months"],
            "xyz": "x" if ratio <= STEADY else "y" if ratio <= CHANGING else "z",
            "on_hand": on_hand,
            "stock_value": on_hand * cost,
            "turnover": consumed / on_hand if on_hand > 0 else 0,
            "stock_days": min(on_hand * YEAR / consumed, 9999) if consumed else 0,
            "last_use": used["last"],
            "is_slow": on_hand > 0 and idle >= company.auto_parts_slow_days,
            "lead_days": seller.delay if seller else company.auto_parts_lead_days,
            "min_qty": rule.product_min_qty if rule else 0,
            "max_qty": rule.product_max_qty if rule else 0,
            "order_value": cost,  # of one piece, until it is known how many
            "date_figures": fields.Datetime.now(),
        }

    @api.model
    def _cost(self, product, company):
        """Return what a piece costs the store, or else the group above it."""
        cost = product.standard_price
        for above in reversed(company.parent_ids - company):
            cost = cost or product.with_company(above).standard_price
        return cost

    def _classify(self, rows):
        """Set the ABC class of each row, by the value of its consumption."""
        # Three or four.
        classes = self.env["auto.part.class"].search([])  # pylint: disable=no-search-all
        rows.sort(key=lambda row: -row["consumption_value"])
        total = sum(row["consumption_value"] for row in rows)
        before = 0
        for row in rows:
            value = row["consumption_value"]
            share = 100 * before / total if total and value else 100
            row["class_id"] = classes._class_of(classes, share).id
            before += value

    def _suggest(self, row):
        """Set the suggestion of a row: for its class, lead time and consumption."""
        kept = self.env["auto.part.class"].browse(row["class_id"])
        daily = row["consumed"] / YEAR
        low = high = 0
        if row["months_used"] > 1:  # what was used once is ordered when it is needed
            low = math.ceil(daily * (row["lead_days"] + kept.safety_days))
            high = low + max(math.ceil(daily * kept.cover_days), 1)
        coming = row["order_qty"]
        cost = row["order_value"]
        quantity = max(high - coming, 0) if coming < low else 0
        row.update(
            suggested_min=low,
            suggested_max=high,
            order_qty=quantity,
            order_value=quantity * cost,
            differs=(low, high) != (row["min_qty"], row["max_qty"]),
        )
