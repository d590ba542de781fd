from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from odoo.addons.auto_crm_base.tools import vin as vin_tools


class AutoRecallVin(models.Model):
    """One VIN of the list that the maker sent for a recall."""

    _name = "auto.recall.vin"
    _description = "VIN of a recall"
    _order = "recall_id, vin"
    _rec_name = "vin"

    recall_id = fields.Many2one(
        comodel_name="auto.recall",
        string="Recall",
        required=True,
        index=True,
        ondelete="cascade",
    )
    vin = fields.Char(string="VIN", required=True, index=True)

    _vin_uniq = models.UniqueIndex(
        "(recall_id, vin)", "This VIN is on the list already."
    )

    @api.constrains("vin")
    def _check_vin(self):
        for row in self:
            problem = self._problem(row.vin)
            if problem:
                raise ValidationError(problem)

    @api.model
    def _problem(self, vin):
        """Return in words what is wrong with a VIN, else ``""``."""
        # Not every maker codes a check digit.
        for problem in vin_tools.validate(vin, with_check_digit=False):
            return self.env._("“%(vin)s”: %(why)s", vin=vin, why=problem.message)
        return ""

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                {**vals, "vin": vin_tools.normalise(vals.get("vin"))}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if "vin" in vals:
            vals = {**vals, "vin": vin_tools.normalise(vals["vin"])}
        return super().write(vals)

    @api.model
    def _add(self, recall, vins):
        """Put these VINs on the list of a recall, in one statement.

        :param recall: one ``auto.recall`` that the user may write
        :param list vins: normalised and valid
        :return: how many were not on it yet
        """
        recall.check_access("write")
        self.check_access("create")
        self.flush_model()
        added = self.env.execute_query(
            SQL(
                """
                INSERT INTO auto_recall_vin
                       (recall_id, vin, create_uid, create_date, write_uid, write_date)
                SELECT %(recall)s, vin, %(uid)s, %(now)s, %(uid)s, %(now)s
                  FROM unnest(%(vins)s::varchar[]) AS vin
                ON CONFLICT DO NOTHING
                RETURNING id
                """,
                recall=recall.id,
                vins=vins,
                uid=self.env.uid,
                now=self.env.cr.now(),
            )
        )
        recall.invalidate_recordset(["vin_count"])
        return len(added)
