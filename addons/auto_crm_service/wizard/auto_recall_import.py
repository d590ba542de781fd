import base64

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError

from odoo.addons.auto_crm_base.tools import sheet
from odoo.addons.auto_crm_base.tools import vin as vin_tools

# How a column of VINs is headed.
TITLES = {
    "vin",
    "车架号",
    "车辆识别代号",
    "车辆识别码",
    "底盘号",
    "chassis",
    "fahrgestellnummer",
}
SHOWN = 100


class AutoRecallImport(models.TransientModel):
    """Takes a list of VINs into a recall; bad rows come back with line and reason."""

    _name = "auto.recall.import"
    _inherit = "auto.sheet.mixin"
    _description = "Import VINs of a recall"

    recall_id = fields.Many2one(
        comodel_name="auto.recall", required=True, ondelete="cascade"
    )
    file = fields.Binary(string="File (CSV or XLSX)", attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        selection=[("draft", "To read"), ("done", "Done")],
        default="draft",
        readonly=True,
    )
    added_count = fields.Integer(string="VINs taken in", readonly=True)
    known_count = fields.Integer(string="On the list before", readonly=True)
    bad_rows = fields.Json(readonly=True)
    bad_count = fields.Integer(string="Rows not taken in", readonly=True)
    bad_table = fields.Html(string="Bad rows", compute="_compute_bad")
    bad_file = fields.Binary(string="Bad rows as a file", compute="_compute_bad")
    bad_filename = fields.Char(compute="_compute_bad")

    @api.depends("bad_rows")
    def _compute_bad(self):
        for record in self:
            rows = record.bad_rows or []
            record.bad_filename = "bad-vins.xlsx"
            record.bad_file = False
            if rows:
                head = [self.env._("VIN"), self.env._("Row"), self.env._("Reason")]
                content = sheet.write("xlsx", [head, *rows])
                record.bad_file = base64.b64encode(content)
            record.bad_table = (
                Markup("<table class='table table-sm'>%s</table>")
                % Markup().join(
                    Markup("<tr><td>%s</td><td>%s</td><td>%s</td></tr>")
                    % (number, vin, reason)
                    for vin, number, reason in rows[:SHOWN]
                )
                if rows
                else False
            )

    def action_import(self):
        """Put the good VINs on the list; those of a recall in force find their cars.

        :raise UserError: when the file is no list, or holds no VIN
        """
        self.ensure_one()
        good, bad = self._sort(self._read_sheet())
        if not good and not bad:
            raise UserError(self.env._("There is no VIN in this file."))
        known = self.env["auto.recall.vin"]
        added = known._add(self.recall_id, sorted(good)) if good else 0
        self.write(
            {
                "state": "done",
                "added_count": added,
                "known_count": len(good) - added,
                "bad_rows": bad,
                "bad_count": len(bad),
            }
        )
        if self.recall_id.state == "active":
            self.recall_id.sudo()._match()  # cars of every store
        return self._reopen(self.env._("Import VINs"))

    def _sort(self, rows):
        """Return the VINs of the rows, and the bad rows with line and reason.

        :param rows: lists of texts; the first may be headers
        :return: tuple of set of VINs and list of ``[text, line, reason]``
        """
        column, first = 0, 0
        for position, title in enumerate(rows[0] if rows else []):
            if title.strip().lower() in TITLES:
                column, first = position, 1
        checker = self.env["auto.recall.vin"]
        good, bad = set(), []
        for number, row in enumerate(rows[first:], first + 1):
            raw = row[column] if len(row) > column else ""
            if not raw and not any(row):
                continue
            vin = vin_tools.normalise(raw)
            problem = (
                checker._problem(vin) if vin else self.env._("There is no VIN here.")
            )
            if problem and number == 1 and not first:
                continue  # a header that nobody has heard of
            if not problem and vin in good:
                problem = self.env._("The VIN is in the file twice.")
            if problem:
                bad.append([raw, number, str(problem)])
            else:
                good.add(vin)
        return good, bad
