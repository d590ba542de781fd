from odoo import api, fields, models


class AutoAccessLog(models.Model):
    """Who looked at, revealed, exported, or got access to restricted data."""

    _name = "auto.access.log"
    _inherit = ["auto.append.only.mixin"]
    _description = "Access log"
    _order = "id desc"

    date = fields.Datetime(
        required=True, readonly=True, default=fields.Datetime.now, index=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="User",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        selection=[
            ("lookup", "Found by exact number"),
            ("reveal", "Number shown"),
            ("restricted_read", "Restricted data read"),
            ("export", "Exported"),
            ("join_store", "Store joined"),
            ("leave_store", "Sharing ended"),
            ("handover", "Book handed over"),
            ("erase", "Person erased"),
        ],
        required=True,
        readonly=True,
    )
    res_model = fields.Char(string="Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Record", model_field="res_model", readonly=True
    )
    record_name = fields.Char(
        string="Record name", compute="_compute_record_name", compute_sudo=False
    )
    record_count = fields.Integer(
        string="Records",
        readonly=True,
        default=1,
        aggregator="sum",
        help="How many records one export took out.",
    )
    detail = fields.Char(readonly=True)

    _record_idx = models.Index("(res_model, res_id, kind, user_id)")

    @api.depends("res_model", "res_id")
    def _compute_record_name(self):
        """Name the record only to those who may read it."""
        self.record_name = False
        by_model = self.filtered("res_id").grouped("res_model")
        for model, logs in by_model.items():
            if model not in self.env:
                continue
            targets = self.env[model].browse(logs.mapped("res_id")).exists()
            names = {
                record.id: record.display_name
                for record in targets._filtered_access("read")
            }
            for log in logs:
                log.record_name = names.get(log.res_id, False)

    @api.model
    def _log(self, kind, records, detail="", company=None):
        """Write one entry for each of ``records``.

        :param str kind: a key of the field ``kind``
        :param records: the records concerned, of any model
        :param str detail: why or what, in words
        :param company: the store concerned; the current one when left out
        :return: the entries, as superuser
        """
        company = company or self.env.company
        # Nobody has the right to write this log, so that nobody can forge it.
        return self.sudo().create(
            [
                {
                    "kind": kind,
                    "res_model": records._name,
                    "res_id": record_id,
                    "detail": detail,
                    "user_id": self.env.uid,
                    "company_id": company.id,
                }
                for record_id in records.ids
            ]
        )

    @api.model
    def _log_export(self, records, fields_to_export):
        """Write one entry for an export of many records."""
        # As in _log: only the system writes here.
        return self.sudo().create(
            {
                "kind": "export",
                "res_model": records._name,
                "record_count": len(records),
                "detail": ", ".join(fields_to_export)[:500],
                "user_id": self.env.uid,
                "company_id": self.env.company.id,
            }
        )
