from odoo import api, fields, models
from odoo.tools import SQL

# A VIN without its check digit, which does not count up: what ranges compare, and
# the expression of the index on cars.
VIN_KEY = '((left(vin, 8) || substr(vin, 10)) COLLATE "C")'


class AutoRecall(models.Model):
    """Which cars a recall concerns: one statement, whatever the number of cars."""

    _inherit = "auto.recall"

    def _match(self, vehicles=None):
        """Make a row for each car that is concerned and has none yet.

        :param vehicles: only these ``auto.vehicle``; all cars when left out
        :return: how many rows were made
        """
        if vehicles is not None and not vehicles:
            return 0
        self._flush_match(vehicles)
        rows = self.env.execute_query(
            SQL(
                """
                INSERT INTO auto_recall_vehicle AS known
                       (recall_id, vehicle_id, company_id, state, withdrawn,
                        date_matched, create_uid, create_date, write_uid, write_date)
                SELECT DISTINCT found.recall_id, found.vehicle_id, found.company_id,
                       'open', FALSE, %(today)s::date, %(uid)s, %(now)s, %(uid)s,
                       %(now)s
                  FROM (%(match)s) AS found
                ON CONFLICT (recall_id, vehicle_id) DO UPDATE
                   SET state = 'open', withdrawn = FALSE,
                       write_date = EXCLUDED.write_date
                 WHERE known.withdrawn
                RETURNING vehicle_id
                """,
                match=self._match_sql(vehicles),
                today=fields.Date.context_today(self),
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        if rows:
            self._forget_rows()
        return len(rows)

    def _rematch(self, vehicles=None):
        """As :meth:`_match`, and let go the cars that are not concerned any more.

        :return: tuple of how many came and how many went
        """
        found = self._match(vehicles)
        conditions = [SQL("known.state NOT IN ('done', 'not_affected')")]
        if self:
            conditions.append(SQL("known.recall_id IN %s", tuple(self.ids)))
        if vehicles is not None:
            if not vehicles:
                return found, 0
            conditions.append(SQL("known.vehicle_id IN %s", tuple(vehicles.ids)))
        left = self.env.execute_query(
            SQL(
                """
                UPDATE auto_recall_vehicle AS known
                   SET state = 'not_affected', withdrawn = TRUE, write_date = %(now)s
                 WHERE %(conditions)s
                   AND known.recall_id IN
                       (SELECT id FROM auto_recall WHERE state = 'active')
                   AND NOT EXISTS (
                       SELECT 1 FROM (%(match)s) AS found
                        WHERE found.recall_id = known.recall_id
                          AND found.vehicle_id = known.vehicle_id)
                RETURNING known.id
                """,
                conditions=SQL(" AND ").join(conditions),
                match=self._match_sql(vehicles),
                now=self.env.cr.now(),
            )
        )
        if left:
            self._forget_rows()
        return found, len(left)

    def _flush_match(self, vehicles):
        names = ["vin", "model_id", "model_year", "company_id", "active"]
        if vehicles is None:
            self.env["auto.vehicle"].flush_model(names)
        else:
            vehicles.flush_recordset(names)
        for name in (
            "auto.recall",
            "auto.recall.range",
            "auto.recall.vin",
            "auto.recall.vehicle",
        ):
            self.env[name].flush_model()

    def _forget_rows(self):
        self.env["auto.recall.vehicle"].invalidate_model()
        self.env["auto.vehicle"].invalidate_model(["recall_row_ids"], flush=False)
        self.invalidate_model(["vehicle_ids", "vehicle_count"], flush=False)

    def _match_sql(self, vehicles=None):
        """Return the query of recall, car and store of all that is in force.

        :param vehicles: only these cars
        """
        conditions = [SQL("recall.state = 'active'"), SQL("v.active")]
        if self:
            conditions.append(SQL("recall.id IN %s", tuple(self.ids)))
        if vehicles is not None:
            conditions.append(SQL("v.id IN %s", tuple(vehicles.ids)))
        conditions.append(
            SQL(
                """(recall.company_id IS NULL OR EXISTS (
                    SELECT 1 FROM res_company own
                      JOIN res_company store
                        ON store.parent_path LIKE own.parent_path || '%%'
                     WHERE own.id = recall.company_id AND store.id = v.company_id))"""
            )
        )
        # A car whose model nobody knows counts by its number alone.
        narrowing = SQL(
            """AND (NOT EXISTS (
                        SELECT 1 FROM auto_recall_range_fleet_vehicle_model_rel m
                         WHERE m.auto_recall_range_id = part.id)
                    OR v.model_id IS NULL
                    OR EXISTS (SELECT 1 FROM auto_recall_range_fleet_vehicle_model_rel m
                                WHERE m.auto_recall_range_id = part.id
                                  AND m.fleet_vehicle_model_id = v.model_id))
               AND (COALESCE(part.year_from, 0) = 0 OR v.model_year >= part.year_from
                    OR COALESCE(v.model_year, 0) = 0)
               AND (COALESCE(part.year_to, 0) = 0 OR v.model_year <= part.year_to)"""
        )
        return SQL(" UNION ALL ").join(
            SQL(
                """SELECT recall.id AS recall_id, v.id AS vehicle_id, v.company_id
                     FROM auto_recall recall
                     JOIN %s
                    WHERE %s""",
                source,
                SQL(" AND ").join(conditions),
            )
            for source in (
                SQL(
                    """auto_recall_range part
                         ON part.recall_id = recall.id AND part.kind = 'vin'
                       JOIN auto_vehicle v
                         ON %(key)s BETWEEN
                            (left(part.number_from, 8) || substr(part.number_from, 10))
                        AND (left(part.number_to, 8) || substr(part.number_to, 10))
                            %(narrowing)s""",
                    key=SQL(VIN_KEY),
                    narrowing=narrowing,
                ),
                SQL(
                    """auto_recall_range part
                         ON part.recall_id = recall.id AND part.kind = 'serial'
                       JOIN auto_vehicle v
                         ON %(key)s >= COALESCE(part.prefix, '')
                        AND %(key)s < COALESCE(part.prefix, '') || '~'
                        AND (right(v.vin, length(part.number_from)) COLLATE "C")
                            BETWEEN part.number_from AND part.number_to
                            %(narrowing)s""",
                    key=SQL(VIN_KEY),
                    narrowing=narrowing,
                ),
                SQL(
                    """auto_recall_range part
                         ON part.recall_id = recall.id AND part.kind = 'model'
                       JOIN auto_recall_range_fleet_vehicle_model_rel of_model
                         ON of_model.auto_recall_range_id = part.id
                       JOIN auto_vehicle v
                         ON v.model_id = of_model.fleet_vehicle_model_id
                        AND (COALESCE(part.year_from, 0) = 0
                             OR v.model_year >= part.year_from)
                        AND (COALESCE(part.year_to, 0) = 0
                             OR v.model_year BETWEEN 1 AND part.year_to)"""
                ),
                SQL(
                    """auto_recall_vin listed ON listed.recall_id = recall.id
                       JOIN auto_vehicle v ON v.vin = listed.vin"""
                ),
            )
        )

    @api.model
    def _for_vin(self, vin):
        """Return what is in force for a VIN that belongs to no car we know.

        :param str vin: normalised
        :return: the recalls, by their numbers alone
        """
        key = vin[:8] + vin[9:]
        self._flush_match(self.env["auto.vehicle"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT recall.id
                  FROM auto_recall recall
                 WHERE recall.state = 'active' AND recall.company_id IS NULL
                   AND (EXISTS (
                        SELECT 1 FROM auto_recall_vin listed
                         WHERE listed.recall_id = recall.id AND listed.vin = %(vin)s)
                    OR EXISTS (
                        SELECT 1 FROM auto_recall_range part
                         WHERE part.recall_id = recall.id AND part.kind = 'vin'
                           AND (%(key)s COLLATE "C") BETWEEN
                               left(part.number_from, 8) || substr(part.number_from, 10)
                           AND left(part.number_to, 8) || substr(part.number_to, 10))
                    OR EXISTS (
                        SELECT 1 FROM auto_recall_range part
                         WHERE part.recall_id = recall.id AND part.kind = 'serial'
                           AND part.prefix IS NOT NULL
                           AND starts_with(%(key)s, part.prefix)
                           AND (right(%(vin)s, length(part.number_from)) COLLATE "C")
                               BETWEEN part.number_from AND part.number_to))
                """,
                vin=vin,
                key=key,
            )
        )
        return self.browse(id_ for (id_,) in rows)

    @api.model
    def _public_check(self, vin):
        """Return what anybody may know about a VIN: its open recalls.

        :param str vin: normalised
        :return: the recalls and campaigns of all stores in force that are not done
        """
        vehicle = (
            self.env["auto.vehicle"]
            .with_context(active_test=False)
            .search([("vin", "=", vin)])
        )
        rows = vehicle.recall_row_ids
        recalls = rows.filtered("is_pending").recall_id
        if not vehicle.active:  # nobody looks after it, or we never saw it
            recalls = self._for_vin(vin) - (rows.recall_id - recalls)
        return recalls.filtered(
            lambda recall: (
                recall.state == "active"
                and recall.kind != "bulletin"
                and not recall.company_id
            )
        )
