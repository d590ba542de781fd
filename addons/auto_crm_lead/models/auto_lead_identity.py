from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL


class AutoLeadIdentity(models.Model):
    """The phone numbers, addresses and accounts that open prospects hold.

    One person is one open prospect in a store: the unique index on
    ``(company_id, kind, value)`` lets two deliveries of the same person never
    both create one, and looking a person up is one step down that index,
    however many prospects there are. Rows exist only while the prospect is
    open; a won, lost, archived or merged prospect gives its identities back.
    """

    _name = "auto.lead.identity"
    _inherit = ["auto.masked.mixin"]
    _description = "Identity of an open prospect"
    _log_access = False
    _rec_name = "value"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    kind = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("email", "E-mail"),
            ("social", "Social account"),
        ],
        required=True,
        readonly=True,
    )
    value = fields.Char(
        required=True,
        readonly=True,
        help="The number in international form, the address in lower case, or the "
        "account as given.",
    )
    extra = fields.Boolean(
        readonly=True,
        help="Given later by the same person, beside what the prospect shows.",
    )

    # The person before the store, so that one look also shows the other stores.
    _person_uniq = models.UniqueIndex(
        "(kind, value, company_id)",
        "This person is already an open prospect of the store.",
    )

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), "value": "phone", "display_name": "phone"}

    @api.model
    def _mask_exact_domain(self, name, kind, texts):
        # The value may be an address or an account as well.
        return super()._mask_exact_domain(name, kind, texts) | Domain(name, "in", texts)

    @api.model
    def _holders(self, keys):
        """Return who holds each of ``keys``.

        :param keys: iterable of ``(company id, kind, value)``
        :return: dict of the keys that are held, to the id of the prospect
        """
        keys = set(keys)
        return {
            key: lead
            for key, lead in self._holders_anywhere(keys).items()
            if key in keys
        }

    @api.model
    def _holders_anywhere(self, keys):
        """Return who holds each of ``keys`` in whatever store, in one query.

        :param keys: iterable of ``(company id, kind, value)``, whose company is not
            looked at
        :return: dict from ``(company id, kind, value)`` to the id of the prospect
        """
        persons = {key[1:] for key in keys}
        if not persons:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT company_id, kind, value, lead_id FROM auto_lead_identity"
                " WHERE (kind, value) IN (%s)",
                SQL(", ").join(SQL("(%s, %s)", *person) for person in persons),
            )
        )
        return {(company, kind, value): lead for company, kind, value, lead in rows}

    @api.model
    def _take(self, rows):
        """Take identities that are free, in one statement.

        What another prospect holds is left to it. When that prospect was
        written by a transaction that this one cannot see yet, PostgreSQL ends
        the statement with a serialization failure, whereupon the request is
        repeated and then sees it: that is what makes concurrent deliveries of
        one person one prospect.

        :param rows: iterable of ``(company id, kind, value, lead id, extra)``
        :return: set of the keys taken now
        """
        # Everybody inserts in the same order, so that two never wait in a circle.
        rows = sorted(set(rows))
        if not rows:
            return set()
        taken = self.env.execute_query(
            SQL(
                "INSERT INTO auto_lead_identity"
                " (company_id, kind, value, lead_id, extra) VALUES %s"
                " ON CONFLICT (company_id, kind, value) DO NOTHING"
                " RETURNING company_id, kind, value",
                SQL(", ").join(SQL("(%s, %s, %s, %s, %s)", *row) for row in rows),
            )
        )
        self.invalidate_model()
        return set(taken)

    @api.model
    def _release(self, leads, keep=()):
        """Give back the identities of ``leads``, but for the keys in ``keep``."""
        keep = list(keep)
        self.env.execute_query(
            SQL(
                "DELETE FROM auto_lead_identity WHERE lead_id IN %s %s RETURNING id",
                tuple(leads.ids) or (0,),
                SQL(
                    "AND (company_id, kind, value) NOT IN (%s)",
                    SQL(", ").join(SQL("(%s, %s, %s)", *key) for key in keep),
                )
                if keep
                else SQL(),
            )
        )
        self.invalidate_model()
