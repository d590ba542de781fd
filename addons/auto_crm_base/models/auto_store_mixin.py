from odoo import api, fields, models


class AutoStoreMixin(models.AbstractModel):
    """What belongs to the group and is shared by stores: people and cars.

    ``store_ids`` says which stores have business with the record; a record
    rule on it decides who may browse it. A store joins by doing business: by
    an intake, a sale, a repair, or an exact match at reception.
    """

    _name = "auto.store.mixin"
    _description = "Shared by stores"

    store_ids = fields.Many2many(
        comodel_name="res.company",
        string="Stores",
        help="The stores that have business with this record. Users of other "
        "stores do not see it.",
    )

    def read(self, fields=None, load="_classic_read"):
        if not self.env.su and (not fields or "store_ids" in fields):
            self._origin._fetch_visible_stores()
        return super().read(fields, load=load)

    def _fetch_visible_stores(self):
        """Read ``store_ids`` with the rights of the user.

        A check of the rules reads the stores as superuser and leaves all of them in
        the cache, also those that the user may not read: what comes first stays.
        """
        field = self._fields["store_ids"]
        cache = field._get_cache(self.env)
        known = [cache[id_] for id_ in self._ids if id_ in cache]
        stores = self.env["res.company"].browse({id_ for ids in known for id_ in ids})
        if len(known) < len(self) or stores - stores._filtered_access("read"):
            self.invalidate_recordset(["store_ids"])
            field.read(self)

    @api.model
    def _default_store(self):
        """Return the store that a new record belongs to: the current company."""
        return self.env.company

    def _join_store(self, company, reason):
        """Give ``company`` a share in the records that it does not have yet.

        :param company: one ``res.company`` record
        :param str reason: why, in words; kept in the access log
        """
        # Whoever receives the customer or the car is not yet allowed to see it:
        # joining is what makes it visible, so it is done and logged with sudo.
        joining = self.sudo().filtered(lambda record: company not in record.store_ids)
        if not joining:
            return
        joining.write({"store_ids": [fields.Command.link(company.id)]})
        self.env["auto.access.log"]._log("join_store", joining, reason, company=company)
