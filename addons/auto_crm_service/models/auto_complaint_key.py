import hashlib

from odoo import api, fields, models
from odoo.tools import SQL


class AutoComplaintKey(models.Model):
    """Lets the complaints of one person come in one after another.

    Each delivery counts up the row of its person. Of two at once the second waits
    for the first and is then repeated by Odoo on a fresh view of the database, since
    PostgreSQL refuses to change a row that it has not seen; so it sees the complaint
    that the first one made. The numbers are kept as a digest only.
    """

    _name = "auto.complaint.key"
    _description = "Turn of a person who complains"
    _log_access = False

    key = fields.Char(required=True)
    count = fields.Integer(required=True, default=1)

    _key_uniq = models.UniqueIndex("(key)")

    @api.model
    def _take_turns(self, names):
        """Wait until nobody else registers something for one of these.

        :param names: what tells the person or the delivery, in any spelling that is
            always the same
        """
        keys = sorted(
            hashlib.sha256(f"{self.env.cr.dbname}:{name}".encode()).hexdigest()
            for name in set(names)
        )
        if keys:
            self.env.execute_query(
                SQL(
                    "INSERT INTO auto_complaint_key AS k (key, count)"
                    " SELECT unnest(%s), 1"
                    " ON CONFLICT (key) DO UPDATE SET count = k.count + 1"
                    " RETURNING id",
                    keys,
                )
            )
