from odoo import api, models
from odoo.tools import SQL


class ResPartner(models.Model):
    """Customers that were there before: give them to the stores they deal with."""

    _inherit = "res.partner"

    @api.model
    def _adopt_into_stores(self, partner_ids, kind_code=None):
        """Make partners that others already work with customers of their stores.

        The stores are those of the documents (orders, deliveries, invoices,
        prospects: whatever table has a customer and a company) of the partner, its
        parent and its contacts, so that nobody who works with a customer today
        loses sight of him. Only what is still empty is set; partners of users and
        of companies stay as they are, as do those who have stores already.

        Set-based, a fixed number of queries however many partners; changes neither
        the date nor the author of the last change.

        :param partner_ids: ids of partners that a store does business with
        :param str kind_code: of the ``auto.customer.kind`` that the partners get
        :return: the ids of the partners (with their families) that got stores
        """
        partner_ids = tuple(set(partner_ids))
        if not partner_ids:
            return []
        self.env.flush_all()
        family = self._adoptable_family(partner_ids)
        if not family:
            return []
        stores = self._stores_of_documents(family)
        links = [
            (partner, company)
            for partner, head in family.items()
            for company in sorted(stores.get(head, ()))
        ]
        if not links:
            return []
        self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s, %s) VALUES %s ON CONFLICT DO NOTHING RETURNING 1",
                *self._relation_of("store_ids"),
                SQL(", ").join(SQL("(%s, %s)", *link) for link in links),
            )
        )
        adopted = sorted({partner for partner, _company in links})
        self.env.execute_query(
            SQL(
                "UPDATE res_partner SET is_auto_customer = TRUE, auto_store_id ="
                " COALESCE(auto_store_id, home.company_id)"
                " FROM (VALUES %s) AS home (partner_id, company_id)"
                " WHERE home.partner_id = id RETURNING id",
                SQL(", ").join(
                    SQL("(%s, %s)", partner, min(stores[family[partner]]))
                    for partner in adopted
                ),
            )
        )
        kind = kind_code and self.env["auto.customer.kind"].search(
            [("code", "=", kind_code)], limit=1
        )
        if kind:
            self.env.execute_query(
                SQL(
                    "INSERT INTO %s (%s, %s) SELECT id, %s FROM res_partner"
                    " WHERE id IN %s AND id IN %s ON CONFLICT DO NOTHING RETURNING 1",
                    *self._relation_of("auto_kind_ids"),
                    kind.id,
                    partner_ids,
                    tuple(adopted),
                )
            )
        self.env["res.partner"].invalidate_model()
        return adopted

    @api.model
    def _relation_of(self, field_name):
        """Return table and columns of a many2many as SQL identifiers."""
        field = self._fields[field_name]
        return [
            SQL.identifier(name)
            for name in (field.relation, field.column1, field.column2)
        ]

    @api.model
    def _adoptable_family(self, partner_ids):
        """Return the partners of the families of ``partner_ids`` without stores.

        :return: dict partner id → id of the head of the family
        """
        table, column, _other = self._relation_of("store_ids")
        return dict(
            self.env.execute_query(
                SQL(
                    """
                    SELECT member.id, member.commercial_partner_id
                      FROM res_partner member
                     WHERE member.commercial_partner_id IN (
                               SELECT commercial_partner_id FROM res_partner
                                WHERE id IN %s)
                       AND member.partner_share IS NOT FALSE
                       AND NOT EXISTS (SELECT 1 FROM res_company company
                                WHERE company.partner_id IN
                                      (member.id, member.commercial_partner_id))
                       AND NOT EXISTS (SELECT 1 FROM %s WHERE %s = member.id)
                    """,
                    partner_ids,
                    table,
                    column,
                )
            )
        )

    @api.model
    def _stores_of_documents(self, family):
        """Return the companies that have a document with the families.

        The database itself says which tables refer to a customer and to a company;
        the models of addons that are loaded later are not known yet.

        :param dict family: partner id → id of the head of the family
        :return: dict head id → set of company ids
        """
        tables = self.env.execute_query(
            SQL(
                """
                SELECT customer.conrelid::regclass::text
                  FROM pg_constraint customer
                  JOIN pg_attribute AS partner_column
                    ON partner_column.attrelid = customer.conrelid
                   AND customer.conkey = ARRAY[partner_column.attnum]
                   AND partner_column.attname = 'partner_id'
                  JOIN pg_constraint store ON store.conrelid = customer.conrelid
                  JOIN pg_attribute AS company_column
                    ON company_column.attrelid = store.conrelid
                   AND store.conkey = ARRAY[company_column.attnum]
                   AND company_column.attname = 'company_id'
                 WHERE customer.contype = 'f' AND store.contype = 'f'
                   AND customer.confrelid = 'res_partner'::regclass
                   AND store.confrelid = 'res_company'::regclass
                   AND customer.conrelid NOT IN
                       ('res_users'::regclass, 'res_partner'::regclass)
                   AND customer.connamespace = current_schema()::regnamespace
                 ORDER BY 1
                """
            )
        )
        members = tuple(family)
        parts = [
            SQL(
                "SELECT DISTINCT partner_id, company_id FROM %s"
                " WHERE partner_id IN %s AND company_id IS NOT NULL",
                SQL.identifier(table.strip('"')),
                members,
            )
            for (table,) in tables
        ]
        parts.append(
            SQL(
                "SELECT id, company_id FROM res_partner"
                " WHERE id IN %s AND company_id IS NOT NULL",
                members,
            )
        )
        stores = {}
        for partner, company in self.env.execute_query(SQL(" UNION ").join(parts)):
            stores.setdefault(family[partner], set()).add(company)
        return stores
