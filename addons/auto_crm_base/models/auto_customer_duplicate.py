from odoo import fields, models
from odoo.tools import SQL

# Beyond this many, a number is a placeholder or a company's, and says nothing.
LARGEST_FAMILY = 20

# What says that two customers may be one: kind, column, name on the screen.
SIGNS = (
    ("phone", "phone_sanitized"),
    ("email", "email_normalized"),
    ("social", "social_id"),
)


class AutoCustomerDuplicate(models.Model):
    """Customers recorded twice, as far as numbers and addresses tell.

    The forms and imports find the known customer first; what comes by other ways,
    such as the customer archive of another system, is listed here.
    """

    _name = "auto.customer.duplicate"
    _description = "Possible duplicate of a customer"
    _auto = False
    _order = "other_id desc, id"
    _rec_name = "other_id"
    _depends = {
        "auto.customer.distinct": ["partner_id", "other_id"],
        "res.partner": [
            "active",
            "commercial_partner_id",
            "email_normalized",
            "is_auto_customer",
            "phone_sanitized",
            "social_id",
            "store_ids",
        ],
    }

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Recorded first", readonly=True
    )
    other_id = fields.Many2one(
        comodel_name="res.partner", string="Recorded later", readonly=True
    )
    sign = fields.Selection(
        selection=[
            ("phone", "Same phone number"),
            ("email", "Same e-mail address"),
            ("social", "Same social id"),
        ],
        string="Why",
        readonly=True,
    )
    consultant_id = fields.Many2one(
        related="partner_id.user_id", string="Consultant of the first"
    )
    other_consultant_id = fields.Many2one(
        related="other_id.user_id", string="Consultant of the later"
    )
    date_recorded = fields.Datetime(
        related="other_id.create_date", string="Later one recorded on"
    )

    @property
    def _table_query(self):
        """Return one row for each later customer and sign, with the customer that was
        recorded first, of the same store if there is one.

        The id is made of the later customer's, so that it means the same pair at
        the next click as well.
        """
        people = self.env["res.partner"]
        keyed = SQL(" UNION ALL ").join(
            SQL(
                """
                SELECT id, commercial_partner_id, %s AS sign, %s AS key
                  FROM res_partner
                 WHERE active AND is_auto_customer AND %s <> ''
                """,
                sign,
                SQL.identifier(column),
                SQL.identifier(column),
            )
            for sign, column in SIGNS
        )
        return SQL(
            """
            WITH keyed AS (%(keyed)s),
            shared AS (
                SELECT sign, key FROM keyed
              GROUP BY sign, key HAVING count(*) BETWEEN 2 AND %(most)s
            ),
            pairs AS (
                SELECT later.id AS other_id, later.sign, first.id AS partner_id,
                       EXISTS (
                           SELECT
                             FROM %(stores)s f
                             JOIN %(stores)s l USING (res_company_id)
                            WHERE f.res_partner_id = first.id
                              AND l.res_partner_id = later.id
                       ) AS same_store
                  FROM shared
                  JOIN keyed later USING (sign, key)
                  JOIN keyed first USING (sign, key)
                 WHERE first.id < later.id
                   AND first.commercial_partner_id != later.commercial_partner_id
                   AND NOT EXISTS (
                       SELECT FROM auto_customer_distinct d
                        WHERE d.partner_id = first.id AND d.other_id = later.id
                   )
            )
            SELECT other_id * 3 + CASE sign
                       WHEN 'phone' THEN 0 WHEN 'email' THEN 1 ELSE 2
                   END AS id,
                   other_id, sign,
                   COALESCE(
                       min(partner_id) FILTER (WHERE same_store), min(partner_id)
                   ) AS partner_id
              FROM pairs
          GROUP BY other_id, sign
            """,
            keyed=keyed,
            most=LARGEST_FAMILY,
            stores=SQL.identifier(people._fields["store_ids"].relation),
        )

    def action_merge(self):
        """Open the merge of the two, which keeps what both have."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "base.action_partner_merge"
        )
        pair = self.partner_id | self.other_id
        action["context"] = {"active_model": "res.partner", "active_ids": pair.ids}
        return action

    def action_keep_apart(self):
        """Remember that the two only share the number or address."""
        self.check_access("read")
        # Two signs of one pair are told apart at once.
        pairs = {(row.partner_id.id, row.other_id.id) for row in self}
        self.env["auto.customer.distinct"].create(
            [
                {"partner_id": partner_id, "other_id": other_id}
                for partner_id, other_id in sorted(pairs)
            ]
        )
        return True
