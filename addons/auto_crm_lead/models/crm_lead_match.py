from odoo import api, fields, models
from odoo.tools import SQL

from .crm_lead_intake import INTAKE

NEED_FIELDS = frozenset(
    {
        "need_budget_min",
        "need_budget_max",
        "need_brand_ids",
        "need_model_ids",
        "need_category_ids",
        "need_condition",
        "need_seats",
        "need_use_ids",
        "need_color_ids",
        "need_feature_ids",
        "need_date",
    }
)
#: Criteria by which a customer wishes for something; the others only rank.
WISHES = (
    "model",
    "brand",
    "category",
    "budget",
    "condition",
    "color",
    "feature",
    "seats",
    "use",
)
CRITERIA = (*WISHES, "date", "store")


class CrmLead(models.Model):
    _inherit = "crm.lead"

    match_ids = fields.One2many(
        comodel_name="auto.lead.match",
        inverse_name="lead_id",
        string="Matching cars",
        readonly=True,
        copy=False,
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor",
    )
    match_count = fields.Integer(compute="_compute_match_count")
    match_date = fields.Datetime(string="Cars searched on", readonly=True, copy=False)

    @api.depends("match_ids.state")
    def _compute_match_count(self):
        counts = {}
        matches = self.env["auto.lead.match"]
        if matches.has_access("read"):
            counts = dict(
                matches._read_group(
                    [("lead_id", "in", self.ids), ("state", "!=", "dismissed")],
                    ["lead_id"],
                    ["__count"],
                )
            )
        for lead in self:
            lead.match_count = counts.get(lead, 0)

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        wishing = [
            lead.id
            for lead, vals in zip(leads, vals_list, strict=True)
            if not NEED_FIELDS.isdisjoint(vals)
        ]
        if wishing and self.env.context.get("auto_intake") is not INTAKE:
            self.browse(wishing)._match_vehicles()
        return leads

    def write(self, vals):
        result = super().write(vals)
        if (
            not NEED_FIELDS.isdisjoint(vals)
            and self.env.context.get("auto_intake") is not INTAKE
        ):
            self._match_vehicles()
        return result

    def action_find_cars(self):
        """Search the stock for cars that meet the needs, and list them, best first."""
        self.check_access("write")
        self._match_vehicles()
        return True

    def _match_vehicles(self):
        """Rank the sellable cars for these leads and keep the best.

        One SQL statement, however many cars there are: it scores each sellable
        car of the lead's store (and of the other stores that the current user
        works for), writes ``auto.lead.match``, and takes suggestions away that
        no longer hold. Cars dismissed stay dismissed, cars proposed stay.

        :return: the ids of the leads that have at least one match
        """
        if not self.ids:
            return []
        stores = [] if self.env.su else self.env.user._get_company_ids()
        rows = self._match_execute(
            SQL("l.id IN %s", tuple(self.ids)), SQL("TRUE"), stores, replace=True
        )
        self.invalidate_recordset(["match_ids", "match_count", "match_date"])
        return list({lead_id for lead_id, _vehicle_id, _score, _new in rows})

    @api.model
    def _match_execute(self, lead_filter, car_filter, stores, replace, min_score=None):
        """Run the one statement that scores cars against wishes.

        :param SQL lead_filter: condition on ``crm_lead`` as ``l``
        :param SQL car_filter: condition on ``auto_vehicle`` as ``v``
        :param list stores: ids of further stores whose cars may be suggested
        :param bool replace: whether suggestions not found again are removed
        :param SQL min_score: only matches from this score; by default the score
            from which each store wants to see suggestions
        :return: rows ``(lead id, vehicle id, score, whether it is new)``
        """
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                WITH weight AS (%(weight)s),
                wish AS (%(wish)s),
                car AS (%(car)s),
                part AS (%(part)s),
                scored AS (%(scored)s),
                kept AS (
                    SELECT * FROM (
                        SELECT scored.*, row_number() OVER (
                            PARTITION BY lead_id ORDER BY score DESC, vehicle_id
                        ) AS rank
                        FROM scored
                        WHERE score >= %(min_score)s
                    ) AS ranking
                    WHERE rank <= max_count
                )
                %(gone)s
                INSERT INTO auto_lead_match AS m (
                    lead_id, vehicle_id, company_id, score, reasons, state,
                    state_order, create_uid, write_uid, create_date, write_date
                )
                SELECT lead_id, vehicle_id, company_id, score, %(reasons)s, 'new',
                       1, %(uid)s, %(uid)s, %(now)s, %(now)s
                FROM kept
                ON CONFLICT (lead_id, vehicle_id) DO UPDATE
                    SET score = EXCLUDED.score, reasons = EXCLUDED.reasons,
                        write_date = EXCLUDED.write_date
                    WHERE m.state != 'dismissed'
                RETURNING lead_id, vehicle_id, score, (xmax = 0) AS is_new
                """,
                weight=self._match_sql_weight(),
                wish=self._match_sql_wish(lead_filter),
                car=self._match_sql_car(car_filter),
                part=self._match_sql_part(stores),
                scored=self._match_sql_scored(),
                min_score=min_score or SQL("min_score"),
                gone=self._match_sql_gone() if replace else SQL(),
                reasons=self._match_sql_reasons(),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        self.env["auto.lead.match"].invalidate_model()
        return rows

    @api.model
    def _match_sql_weight(self):
        return SQL(
            "SELECT %s FROM auto_match_weight",
            SQL(", ").join(
                SQL(
                    "COALESCE(max(weight) FILTER (WHERE code = %s), 0) AS %s",
                    code,
                    SQL.identifier(code),
                )
                for code in CRITERIA
            ),
        )

    @api.model
    def _match_sql_ids(self, field_name):
        """Return the ids that a many2many of the lead ``l`` holds, as an array."""
        field = self._fields[field_name]
        return SQL(
            "ARRAY(SELECT %s FROM %s WHERE %s = l.id)",
            SQL.identifier(field.column2),
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
        )

    @api.model
    def _match_sql_wish(self, lead_filter):
        use = self.env["auto.vehicle.use"]._fields["category_ids"]
        lead_use = self._fields["need_use_ids"]
        lead_color = self._fields["need_color_ids"]
        return SQL(
            r"""
            SELECT l.id, l.company_id, l.need_condition,
                   NULLIF(l.need_budget_min, 0) AS budget_min,
                   NULLIF(l.need_budget_max, 0) AS budget_max,
                   NULLIF(l.need_seats, 0) AS seats,
                   l.need_date AS date,
                   c.match_max_count AS max_count, c.match_min_score AS min_score,
                   c.match_notify_score AS notify_score,
                   %(models)s AS models, %(brands)s AS brands,
                   %(categories)s AS categories, %(features)s AS features,
                   ARRAY(
                       SELECT u.%(use_category)s
                         FROM %(use_rel)s u
                         JOIN %(lead_use_rel)s r ON r.%(lead_use_use)s = u.%(use_id)s
                        WHERE r.%(lead_use_lead)s = l.id
                   ) AS use_categories,
                   (
                       SELECT string_agg(
                           CASE WHEN word ~ '^[[:ascii:]]+$'
                                THEN '\m' || word || '\M' ELSE word END, '|')
                         FROM %(lead_color_rel)s r
                         JOIN auto_color k ON k.id = r.%(lead_color_color)s
                         CROSS JOIN LATERAL (
                             SELECT value AS text FROM jsonb_each_text(k.name)
                             UNION ALL
                             SELECT regexp_split_to_table(k.aliases, '[,，、]')
                         ) AS names
                         CROSS JOIN LATERAL (
                             SELECT regexp_replace(btrim(names.text),
                                 '([.*+?^${}()|\[\]\\])', '\\\1', 'g') AS word
                         ) AS escaped
                        WHERE r.%(lead_color_lead)s = l.id AND word != ''
                   ) AS colors
              FROM crm_lead l
              JOIN res_company c ON c.id = l.company_id
             WHERE l.active AND %(lead_filter)s
            """,
            models=self._match_sql_ids("need_model_ids"),
            brands=self._match_sql_ids("need_brand_ids"),
            categories=self._match_sql_ids("need_category_ids"),
            features=self._match_sql_ids("need_feature_ids"),
            use_rel=SQL.identifier(use.relation),
            use_id=SQL.identifier(use.column1),
            use_category=SQL.identifier(use.column2),
            lead_use_rel=SQL.identifier(lead_use.relation),
            lead_use_lead=SQL.identifier(lead_use.column1),
            lead_use_use=SQL.identifier(lead_use.column2),
            lead_color_rel=SQL.identifier(lead_color.relation),
            lead_color_lead=SQL.identifier(lead_color.column1),
            lead_color_color=SQL.identifier(lead_color.column2),
            lead_filter=lead_filter,
        )

    @api.model
    def _match_sql_car(self, car_filter):
        vehicle = self.env["auto.vehicle"]
        store = vehicle._fields["store_ids"]
        feature = vehicle._fields["feature_ids"]
        return SQL(
            """
            SELECT v.id, v.color, v.company_id, v.model_id, v.expected_date AS expected,
                   v.is_used, m.brand_id, m.category_id, m.seats,
                   b.name AS category_name,
                   v.supply_state IN ('in_stock', 'dealer_stock') AS here,
                   NULLIF(v.list_price, 0) AS price,
                   ARRAY(SELECT %(store_store)s FROM %(store_rel)s
                          WHERE %(store_car)s = v.id) AS stores,
                   ARRAY(SELECT %(feature_feature)s FROM %(feature_rel)s
                          WHERE %(feature_car)s = v.id) AS features
              FROM auto_vehicle v
              LEFT JOIN fleet_vehicle_model m ON m.id = v.model_id
              LEFT JOIN fleet_vehicle_model_category b ON b.id = m.category_id
             WHERE %(sellable)s AND %(car_filter)s
            """,
            sellable=vehicle._sellable_sql(),
            store_rel=SQL.identifier(store.relation),
            store_car=SQL.identifier(store.column1),
            store_store=SQL.identifier(store.column2),
            feature_rel=SQL.identifier(feature.relation),
            feature_car=SQL.identifier(feature.column1),
            feature_feature=SQL.identifier(feature.column2),
            car_filter=car_filter,
        )

    @api.model
    def _match_sql_part(self, stores):
        """Return how far each car meets each wish: 0 to 1, NULL where none was told.

        A price up to a fifth over the budget still counts for something, since
        prices are talked about; cars further off are left out.
        """
        return SQL(
            """
            SELECT w.id AS lead_id, w.company_id, w.max_count, w.min_score,
                   w.notify_score,
                   v.id AS vehicle_id, v.price, v.color AS color_name, v.category_name,
                   v.seats AS car_seats, v.expected, v.here, v.is_used,
                   CASE WHEN v.price > w.budget_max
                        THEN 100 * (v.price / w.budget_max - 1) END AS over,
                   cardinality(w.features) AS wanted,
                   (SELECT count(*) FROM unnest(w.features) f
                     WHERE f = ANY(v.features)) AS present,
                   NOT v.here AND v.expected > w.date AS late,
                   CASE WHEN w.models != '{}'
                        THEN (v.model_id = ANY(w.models))::int END AS model,
                   CASE WHEN w.brands != '{}'
                        THEN (v.brand_id = ANY(w.brands))::int END AS brand,
                   CASE WHEN w.categories != '{}' THEN COALESCE(
                        v.category_id = ANY(w.categories), FALSE)::int END AS category,
                   CASE WHEN w.budget_min IS NULL AND w.budget_max IS NULL THEN NULL
                        WHEN v.price IS NULL THEN 0.5
                        WHEN v.price > w.budget_max
                        THEN GREATEST(0, 1 - (v.price / w.budget_max - 1) / 0.2)
                        WHEN v.price < w.budget_min * 0.9 THEN 0.7
                        ELSE 1 END AS budget,
                   CASE WHEN w.need_condition IN ('new', 'used')
                        THEN ((w.need_condition = 'used')
                              = COALESCE(v.is_used, FALSE))::int END AS condition,
                   CASE WHEN w.colors IS NOT NULL
                        THEN COALESCE(v.color ~* w.colors, FALSE)::int END AS color,
                   CASE WHEN w.features != '{}'
                        THEN (SELECT count(*) FROM unnest(w.features) f
                               WHERE f = ANY(v.features))::numeric
                             / cardinality(w.features) END AS feature,
                   CASE WHEN w.seats IS NOT NULL
                        THEN COALESCE(v.seats >= w.seats, FALSE)::int END AS seats,
                   CASE WHEN w.use_categories != '{}' THEN COALESCE(
                        v.category_id = ANY(w.use_categories), FALSE)::int END AS use,
                   CASE WHEN v.here THEN 1
                        WHEN v.expected <= w.date THEN 1
                        WHEN w.date IS NULL THEN 0.6
                        ELSE 0.2 END AS date,
                   (w.company_id = ANY(v.stores))::int AS store
              FROM wish w
              JOIN car v ON (w.company_id = ANY(v.stores) OR v.stores && %(stores)s)
               AND (w.budget_max IS NULL OR v.price IS NULL
                    OR v.price <= w.budget_max * 1.2)
            """,
            stores=SQL("%s::int[]", list(stores)),
        )

    @api.model
    def _match_sql_scored(self):
        def total(pattern, codes):
            return SQL(" + ").join(
                SQL(pattern, part=SQL.identifier("p", c), weight=SQL.identifier("w", c))
                for c in codes
            )

        points = total("COALESCE(%(part)s * %(weight)s, 0)", CRITERIA)
        counted = "CASE WHEN %(part)s IS NULL THEN 0 ELSE %(weight)s END"
        return SQL(
            "SELECT p.*, round((100 * (%s) / (%s))::numeric, 1) AS score"
            " FROM part p CROSS JOIN weight w WHERE (%s) > 0",
            points,
            total(counted, CRITERIA),
            total(counted, WISHES),
        )

    @api.model
    def _match_sql_gone(self):
        return SQL(
            """
            , gone AS (
                DELETE FROM auto_lead_match m USING wish
                 WHERE m.lead_id = wish.id AND m.state = 'new'
                   AND NOT EXISTS (
                       SELECT FROM kept WHERE kept.lead_id = m.lead_id
                          AND kept.vehicle_id = m.vehicle_id)
            ), searched AS (
                UPDATE crm_lead SET match_date = %s FROM wish
                 WHERE crm_lead.id = wish.id
            )
            """,
            self.env.cr.now(),
        )

    @api.model
    def _match_sql_reasons(self):
        facts = {
            "budget": SQL("'price', price, 'over', over"),
            "category": SQL("'name', category_name"),
            "condition": SQL("'used', is_used"),
            "color": SQL("'name', color_name"),
            "feature": SQL("'present', present, 'wanted', wanted"),
            "seats": SQL("'seats', car_seats"),
            "date": SQL("'here', here, 'expected', expected, 'late', late"),
        }
        return SQL(
            "jsonb_strip_nulls(jsonb_build_object(%s))",
            SQL(", ").join(
                SQL(
                    "%(name)s, CASE WHEN %(part)s IS NOT NULL THEN"
                    " jsonb_build_object('met', %(part)s %(facts)s) END",
                    name=SQL("%s::text", code),
                    part=SQL.identifier(code),
                    facts=SQL(", %s", facts[code]) if code in facts else SQL(),
                )
                for code in CRITERIA
            ),
        )
