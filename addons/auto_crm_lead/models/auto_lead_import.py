import base64
import hashlib
import json
import logging
import unicodedata

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from odoo.addons.auto_crm_base.tools import sheet

from ..tools.horizon import months_of

_logger = logging.getLogger(__name__)

#: Rows taken in before the changes are committed.
BATCH = 250
#: Lists up to this many rows are taken in while the user waits.
AT_ONCE = 300

#: What the headers of lists are called; compared without blanks and case.
HEADERS = {
    "name": (
        "name fullname customer customername contact"
        " 姓名 名字 客户 客户姓名 客户名称 联系人 称呼"
    ),
    "phone": (
        "phone mobile cell cellphone tel telephone phonenumber mobilenumber"
        " 手机 手机号 手机号码 电话 电话号码 联系电话 联系方式"
    ),
    "email": "email e-mail mail 邮箱 电子邮箱 电子邮件 邮件",
    "social_id": "wechat wechatid weixin social socialid 微信 微信号 微信id",
    "brand": "brand make 品牌 意向品牌",
    "model": "model car vehicle modelwanted 车型 意向车型 意向车系 车系 关注车型",
    "condition": "condition neworused 新车二手车 新旧 新车/二手车",
    "horizon": (
        "horizon timeframe purchasehorizon whentobuy"
        " 购车时间 预计购车时间 预购时间 购车计划 计划购车时间"
    ),
    "message": "remark remarks note notes comment comments message 备注 说明 留言 需求",
    "campaign": "campaign event show 活动 市场活动 活动名称 车展",
    "channel": "channel 渠道 线索渠道 来源渠道",
    "source": "source 来源 客户来源 线索来源",
    "city": "city 城市 所在城市",
    "region": "region province state 省 省份 所在省份 地区 所在地区 区域",
    "street": "street address 地址 街道",
    "zip": "zip postcode zipcode 邮编 邮政编码",
    "date": "date registered registrationdate 日期 登记日期 登记时间 到店日期 留资时间",
}
TARGETS = {
    header: target for target, headers in HEADERS.items() for header in headers.split()
}
CONDITIONS = {"新车": "new", "二手车": "used", "新": "new", "旧": "used"}


class AutoLeadImport(models.Model):
    """A list of people (of an auto show, a partner, an old system) taken in.

    Good rows become prospects or contacts of known ones; bad rows come back as
    a file with line and reason. The same list twice changes nothing.
    """

    _name = "auto.lead.import"
    _description = "Import of a list"
    _inherit = ["mail.thread"]
    _order = "id desc"

    name = fields.Char(
        string="List", compute="_compute_name", store=True, readonly=False
    )
    file = fields.Binary(
        string="File (CSV or XLSX)", required=True, attachment=True, copy=False
    )
    filename = fields.Char()
    kind = fields.Char(readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    channel_id = fields.Many2one(
        comodel_name="auto.intake.channel",
        string="Channel",
        required=True,
        ondelete="restrict",
        default=lambda self: self.env.ref(
            "auto_crm_lead.channel_event", raise_if_not_found=False
        ),
    )
    campaign = fields.Char(
        string="Event or campaign",
        help="For example the auto show that the list is from. Rows that name "
        "their own keep it.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "To check"),
            ("running", "Running"),
            ("done", "Done"),
            ("failed", "Failed"),
        ],
        required=True,
        readonly=True,
        default="draft",
        tracking=True,
        copy=False,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        default=lambda self: self.env.user,
    )
    column_ids = fields.One2many(
        comodel_name="auto.lead.import.column",
        inverse_name="import_id",
        string="Columns",
    )
    line_ids = fields.One2many(
        comodel_name="auto.lead.import.line",
        inverse_name="import_id",
        string="Bad rows",
        readonly=True,
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False)
    row_count = fields.Integer(string="Rows", readonly=True, copy=False)
    row_done = fields.Integer(string="Rows done", readonly=True, copy=False)
    created_count = fields.Integer(string="New prospects", readonly=True, copy=False)
    known_count = fields.Integer(
        string="Contacts added",
        readonly=True,
        copy=False,
        help="Rows of people who were an open prospect already.",
    )
    repeated_count = fields.Integer(
        string="Unchanged",
        readonly=True,
        copy=False,
        help="Rows that had been taken in before.",
    )
    bad_count = fields.Integer(string="Rows not taken in", readonly=True, copy=False)
    progress = fields.Float(compute="_compute_progress")
    error = fields.Char(string="What went wrong", readonly=True, copy=False)
    bad_file = fields.Binary(string="Bad rows as a file", compute="_compute_bad_file")
    bad_filename = fields.Char(compute="_compute_bad_filename")

    @api.depends("filename")
    def _compute_name(self):
        for record in self:
            if not record.name:
                record.name = (record.filename or "").rpartition(".")[0]

    @api.depends("row_count", "row_done")
    def _compute_progress(self):
        for record in self:
            total = record.row_count
            record.progress = 100 * record.row_done / total if total else 0

    @api.depends("file", "column_ids.target")
    def _compute_preview(self):
        labels = self.env["auto.lead.import.column"]._target_labels()
        for record in self:
            record.preview = False
            columns = record.column_ids.filtered("target")
            if not columns or not record.file:
                continue
            rows = record._rows()[1:6]
            cell = Markup("<td>%s</td>")
            head = Markup("").join(
                Markup("<th>%s</th>") % labels[column.target] for column in columns
            )
            body = Markup("").join(
                Markup("<tr>%s</tr>")
                % Markup("").join(
                    cell % (row[c.position] if c.position < len(row) else "")
                    for c in columns
                )
                for row in rows
            )
            record.preview = Markup(
                '<div class="table-responsive"><table class="table table-sm">'
                "<thead><tr>%s</tr></thead><tbody>%s</tbody></table></div>"
            ) % (head, body)

    @api.depends("line_ids", "state")
    def _compute_bad_file(self):
        for record in self:
            record.bad_file = False
            if record.line_ids:
                record.bad_file = base64.b64encode(record._bad_rows_file())

    @api.depends("filename", "kind")
    def _compute_bad_filename(self):
        for record in self:
            stem = (record.filename or "list").rpartition(".")[0] or "list"
            record.bad_filename = f"{stem}-bad-rows.{record.kind or 'csv'}"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            record._read_columns()
        return records

    def write(self, vals):
        if "file" in vals and any(record.state != "draft" for record in self):
            raise UserError(
                self.env._("This list is taken in already; import the other as new.")
            )
        res = super().write(vals)
        if "file" in vals:
            for record in self:
                record._read_columns()
        return res

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _rows(self):
        """Return the rows of the file, the first being the header.

        :raise UserError: saying why it cannot be read
        """
        self.ensure_one()
        data = self.with_context(bin_size=False).file
        try:
            kind, rows = sheet.read(base64.b64decode(data or b""), self.filename)
        except sheet.SheetError as error:
            raise UserError(self.env._(error.args[0])) from error
        if self.kind != kind:
            self.kind = kind
        if len(rows) < 2:
            raise UserError(
                self.env._("The list needs a row of headers and at least one person.")
            )
        return rows

    def _read_columns(self):
        """Propose a meaning for each column by its header."""
        self.ensure_one()
        rows = self._rows()
        header, used, vals_list = rows[0], set(), []
        width = max(len(row) for row in rows[:50])
        for position in range(width):
            title = header[position] if position < len(header) else ""
            target = TARGETS.get(self._plain_header(title))
            if target in used and target not in ("phone", "message"):
                target = None
            used.add(target)
            samples = [r[position] for r in rows[1:6] if position < len(r)]
            vals_list.append(
                {
                    "position": position,
                    "header": title or self.env._("Column %s", position + 1),
                    "sample": " · ".join(filter(None, samples))[:200],
                    "target": target,
                }
            )
        commands = [fields.Command.clear()]
        commands += [fields.Command.create(vals) for vals in vals_list]
        self.write({"column_ids": commands, "row_count": len(rows) - 1})

    @api.model
    def _plain_header(self, text):
        text = unicodedata.normalize("NFKC", text).casefold()
        text = text.partition("(")[0]
        return "".join(text.split()).strip("*:_").replace("_", "")

    def _row_values(self, columns, row):
        """Return the intake values of a row and the code of its channel."""
        cells = {}
        for column in columns:
            cell = row[column.position] if column.position < len(row) else ""
            if not cell:
                continue
            if column.target == "message" and cells.get("message"):
                cells["message"] += f"\n{cell}"
            else:
                cells.setdefault(column.target, cell)
        condition = cells.pop("condition", "")
        values = {
            name: cells[name]
            for name in (
                "name",
                "phone",
                "email",
                "social_id",
                "message",
                "source",
                "city",
                "region",
                "street",
                "zip",
                "date",
            )
            if name in cells
        }
        values["campaign"] = cells.get("campaign") or self.campaign or ""
        horizon = cells.get("horizon", "")
        if horizon:
            values["purchase_months"] = months_of(horizon)
            if values["purchase_months"] is None:
                values["message"] = "\n".join(
                    filter(None, (values.get("message"), horizon))
                )
        vehicle = {name: cells.get(name) for name in ("brand", "model")}
        vehicle["condition"] = CONDITIONS.get(
            condition, condition.lower() if condition.lower() in ("new", "used") else ""
        )
        values["vehicle"] = {key: value for key, value in vehicle.items() if value}
        return values, cells.get("channel", "")

    # ------------------------------------------------------------
    # Taking in
    # ------------------------------------------------------------

    def action_start(self):
        """Take the list in: a short one at once, a long one as a job."""
        for record in self:
            record.check_access("write")
            if record.state not in ("draft", "failed"):
                raise UserError(self.env._("This list is being taken in already."))
            targets = set(record.column_ids.mapped("target"))
            if "name" not in targets:
                raise ValidationError(
                    self.env._("Say which column holds the name of the person.")
                )
            if targets.isdisjoint({"phone", "email", "social_id"}):
                raise ValidationError(
                    self.env._(
                        "Say which column holds the phone number, the e-mail address "
                        "or the account."
                    )
                )
            record.write({"state": "running", "error": False})
            if record.row_count - record.row_done <= AT_ONCE:
                record._take_in()
            else:
                # Whoever may import may have the job start now.
                self.env.ref("auto_crm_lead.ir_cron_import").sudo()._trigger()
        return True

    def action_leads(self):
        """Open the prospects that the list made or touched."""
        self.ensure_one()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_lead_intake_action"
        ) | {"domain": [("import_id", "=", self.id)], "context": {}}

    def action_template(self):
        """Download an empty list with the headers that are understood."""
        return {
            "type": "ir.actions.act_url",
            "url": "/auto_crm/import/template",
            "target": "download",
        }

    def _take_in(self, after_batch=None):
        """Take the rows in that are left, batch by batch.

        :param after_batch: called with the number of rows done after each batch;
            a false answer ends the work for now
        """
        self.ensure_one()
        rows = self._rows()
        columns = self.column_ids.filtered("target")
        channels = self._channels()
        while self.row_done < self.row_count:
            start = self.row_done + 1
            batch = rows[start : start + BATCH]
            if not batch:
                break
            self._take_in_batch(columns, channels, start + 1, batch)
            self.row_done += len(batch)
            if self.row_done >= self.row_count:
                self.state = "done"
            self.env.flush_all()
            if after_batch and not after_batch(len(batch)):
                return
        self.state = "done"

    def _channels(self):
        """Return the codes of channels by their codes and names."""
        codes = {}
        # A handful of records of configuration.
        model = self.env["auto.intake.channel"]
        channels = model.search([])  # pylint: disable=no-search-all
        for lang, _name in self.env["res.lang"].get_installed():
            for channel in channels.with_context(lang=lang):
                codes[channel.name.casefold()] = channel.code
        codes.update({channel.code: channel.code for channel in channels})
        return codes

    def _take_in_batch(self, columns, channels, first_line, batch):
        items, bad = [], []
        labels = self.env["auto.lead.import.column"]._target_labels()
        lead_model = (
            self.env["crm.lead"]
            .with_company(self.company_id)
            .with_context(auto_intake_labels=labels)
        )
        for line, row in enumerate(batch, first_line):
            if not any(row):
                continue
            values, channel = self._row_values(columns, row)
            identity = json.dumps([values, channel], sort_keys=True, default=str)
            try:
                clean = lead_model._intake_normalise(values, self.company_id)
            except ValidationError as error:
                bad.append((line, row, str(error)))
                continue
            items.append(
                {
                    "values": clean,
                    "normalised": True,
                    "channel": channels.get(channel.casefold(), self.channel_id.code),
                    "company": self.company_id,
                    "external_ref": "row:"
                    + hashlib.sha256(identity.encode()).hexdigest()[:40],
                    "raw": json.dumps(
                        {
                            column.header: row[column.position]
                            for column in self.column_ids
                            if column.position < len(row) and row[column.position]
                        },
                        ensure_ascii=False,
                    ),
                    "import_id": self.id,
                    "line": (line, row),
                }
            )
        results = self._process(lead_model, items, bad)
        self.created_count += sum(result["created"] for result in results)
        self.repeated_count += sum(result["repeated"] for result in results)
        self.known_count += sum(
            not result["created"] and not result["repeated"] for result in results
        )
        self.bad_count += len(bad)
        self.env["auto.lead.import.line"].sudo().create(  # the log is the system's
            [
                {
                    "import_id": self.id,
                    "line": line,
                    "reason": reason,
                    "cells": row,
                    "text": " · ".join(filter(None, row))[:500],
                }
                for line, row, reason in sorted(bad)
            ]
        )

    def _process(self, lead_model, items, bad):
        """Take ``items`` in together, or one by one when one of them fails."""
        if not items:
            return []
        try:
            with self.env.cr.savepoint():
                return lead_model._intake_process(items)
        except (UserError, ValidationError):
            _logger.info(
                "A row of list %s fails; the batch is repeated singly", self.id
            )
        results = []
        for item in items:
            try:
                with self.env.cr.savepoint():
                    results += lead_model._intake_process([item])
            except (UserError, ValidationError) as error:
                bad.append((*item["line"], str(error)))
        return results

    def _bad_rows_file(self):
        """Return the bad rows as a file like the one that was imported."""
        columns = self.column_ids.sorted("position")
        width = len(columns)
        header = [*columns.mapped("header"), self.env._("Row"), self.env._("Reason")]
        rows = [
            [*(line.cells + [""] * width)[:width], line.line, line.reason]
            for line in self.line_ids
        ]
        return sheet.write(self.kind or "csv", [header, *rows])

    @api.model
    def _cron_import(self):
        """Go on with the lists that are being taken in, batch by batch."""
        cron = self.env["ir.cron"]
        records = self.search([("state", "=", "running")], order="id")
        cron._commit_progress(remaining=sum(r.row_count - r.row_done for r in records))
        for record in records:
            record = record.try_lock_for_update()
            if not record or record.state != "running":
                continue
            # The job acts as the person who imports, so that rights and log are
            # theirs.
            worker = record.with_user(record.user_id or record.create_uid)
            worker = worker.with_context(
                allowed_company_ids=record.company_id.ids
            ).sudo()  # the job's own counters; intake itself checks nothing more
            try:
                worker._take_in(cron._commit_progress)
            except (UserError, ValidationError) as error:
                self.env.cr.rollback()
                record.write({"state": "failed", "error": str(error)})
                cron._commit_progress(1)
            if record.state == "running":
                break
