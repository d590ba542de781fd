import base64

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools import factory_list, sheet
from .auto_factory_intake import BATCH, LENGTHS

#: Files up to this many rows are taken in while the user waits.
AT_ONCE = 1000


class AutoFactoryFile(models.Model):
    """A file of a factory about cars on order, CSV, XLSX or XML.

    Good rows are kept; the others come back as a file with row and reason. The same
    file twice changes nothing.
    """

    _name = "auto.factory.file"
    _description = "Factory file"
    _order = "id desc"

    name = fields.Char(string="File name")
    file = fields.Binary(string="File (CSV, XLSX or XML)")
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
        help="The store of new cars of which the file says no store.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    state = fields.Selection(
        selection=[
            ("draft", "To take in"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
    )
    kind = fields.Char(readonly=True, copy=False)
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    row_done = fields.Integer(string="Rows done", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    repeated_count = fields.Integer(
        string="Unchanged",
        readonly=True,
        copy=False,
        help="Rows that had been taken in before.",
    )
    applied_count = fields.Integer(string="Taken in", readonly=True, copy=False)
    ignored_count = fields.Integer(
        string="Ignored",
        readonly=True,
        copy=False,
        help="Older than what is known, or about cars that are received already.",
    )
    refused_count = fields.Integer(string="Refused", readonly=True, copy=False)
    unknown_columns = fields.Char(string="Columns left out", readonly=True, copy=False)
    error = fields.Char(string="What went wrong", readonly=True, copy=False)
    message_ids = fields.One2many(
        comodel_name="auto.factory.message",
        inverse_name="file_id",
        string="Messages",
        readonly=True,
    )
    refused_ids = fields.One2many(
        comodel_name="auto.factory.message",
        inverse_name="file_id",
        string="Refused rows",
        domain=[("result", "=", "refused")],
        readonly=True,
    )
    bad_file = fields.Binary(
        string="Refused rows as a file", compute="_compute_bad_file"
    )
    bad_filename = fields.Char(compute="_compute_bad_file")
    template_file = fields.Binary(compute="_compute_template_file")

    @api.depends("name")
    def _compute_display_name(self):
        for record in self:
            record.display_name = record.name or self.env._("New factory file")

    @api.depends("row_count", "row_done")
    def _compute_progress(self):
        for record in self:
            record.progress = 100 * record.row_done / (record.row_count or 1)

    @api.depends("refused_count", "state")
    def _compute_bad_file(self):
        for record in self:
            record.bad_file = False
            record.bad_filename = "refused-rows.xlsx"
            if not record.refused_count:
                continue
            rows = [
                [
                    *((message.raw or {}).get(name, "") for name in LENGTHS),
                    message.line,
                    message.error or "",
                ]
                for message in record.refused_ids.sorted("line")
            ]
            header = [*LENGTHS, self.env._("Row"), self.env._("Reason")]
            content = sheet.write("xlsx", [header, *rows])
            record.bad_file = base64.b64encode(content)

    @api.depends_context("lang")
    def _compute_template_file(self):
        labels = dict(self.env["auto.factory.column"]._selection_field())
        content = sheet.write("xlsx", [[labels[name] for name in LENGTHS]])
        for record in self:
            record.template_file = base64.b64encode(content)

    def write(self, vals):
        if "file" in vals and any(record.state != "draft" for record in self):
            raise UserError(self.env._("This file is taken in already."))
        return super().write(vals)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_template(self):
        """Download an empty list with the headers that are understood."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/template_file/"
            "factory.xlsx?download=1",
            "target": "download",
        }

    def action_take_in(self):
        """Take the file in; a long one in the background.

        :raise UserError: when it cannot be read
        """
        self.ensure_one()
        self.env["auto.factory.intake"]._check_right()
        self.check_access("write")
        if self.state not in ("draft", "failed"):
            raise UserError(self.env._("This file is taken in already."))
        rows = self._rows()
        self.write(
            {
                "state": "running",
                "row_count": len(rows),
                "row_done": 0,
                "error": False,
                "user_id": self.env.uid,
            }
        )
        if len(rows) > AT_ONCE:
            cron = self.env.ref("auto_crm_base.ir_cron_factory_file")
            cron.sudo()._trigger()  # whoever brings the file may wake the job
            return True
        while self.state == "running":
            self._take_in_batch(rows)
        return True

    def action_open_messages(self):
        """Open the messages of the file."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_base.auto_factory_message_action"
        )
        action["domain"] = [("file_id", "=", self.id)]
        action["context"] = {}
        return action

    # ------------------------------------------------------------------
    # Taking in
    # ------------------------------------------------------------------

    def _rows(self):
        """Return the rows of the file with their numbers.

        :raise UserError: when it cannot be read
        """
        columns = self.env["auto.factory.column"]
        data = base64.b64decode(self.with_context(bin_size=False).file or b"")
        try:
            kind, rows, unknown = factory_list.read(
                data, self.name or "", columns._titles(), columns._plain
            )
        except sheet.SheetError as error:
            raise UserError(self.env._(error.args[0])) from error
        if not rows:
            raise UserError(self.env._("The file has no rows."))
        self.write({"kind": kind, "unknown_columns": ", ".join(unknown[:50])})
        return rows

    def _take_in_batch(self, rows):
        """Take in the next rows.

        :param list rows: all rows of the file
        :return: how many were taken in
        """
        self.ensure_one()
        part = rows[self.row_done : self.row_done + BATCH]
        intake = self.env["auto.factory.intake"].with_company(self.company_id)
        items = intake._take_in(
            [values for _number, values in part],
            source="file",
            file=self,
            lines=[number for number, _values in part],
        )
        results = [item["result"] for item in items]
        done = self.row_done + len(part)
        self.write(
            {
                "row_done": done,
                "applied_count": self.applied_count + results.count("applied"),
                "ignored_count": self.ignored_count
                + results.count("older")
                + results.count("stock"),
                "repeated_count": self.repeated_count + results.count("repeated"),
                "refused_count": self.refused_count + results.count("refused"),
                "state": "done" if done >= len(rows) else "running",
            }
        )
        return len(part)

    @api.model
    def _cron_take_in(self):
        """Take in long files, in batches, as the person who brought each."""
        cron = self.env["ir.cron"]
        files = self.search([("state", "=", "running")], order="id")
        cron._commit_progress(
            remaining=sum(one.row_count - one.row_done for one in files)
        )
        for file in files:
            file = file.try_lock_for_update()
            if not file:
                continue
            file = file.with_user(file.user_id).with_company(file.company_id)
            try:
                rows = file._rows()
            except UserError as error:
                file.write({"state": "failed", "error": str(error)})
                continue
            while file.state == "running":
                if not cron._commit_progress(file._take_in_batch(rows)):
                    return
