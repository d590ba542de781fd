import base64
import math
import unicodedata

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.auto_crm_base.tools import sheet

from ..models.auto_claim_line import DECISIONS

#: The columns of a decision file; headers are the labels of the fields of a row.
COLUMNS = (
    "claim",
    "number",
    "decision",
    "amount",
    "reason",
    "note",
    "date",
    "reference",
)


class BadRow(Exception):
    """A row cannot be taken in; the message is for whoever imports."""


class AutoClaimImport(models.TransientModel):
    """Takes in a file of a maker or insurer with decisions on many claims.

    The same file once more changes nothing. Rows that cannot be taken in come back
    with their number and the reason; the others are kept.
    """

    _name = "auto.claim.import"
    _inherit = "auto.sheet.mixin"
    _description = "Import of decisions on claims"

    file = fields.Binary(string="File (CSV or XLSX)", attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        selection=[("draft", "To take in"), ("done", "Done")],
        default="draft",
        readonly=True,
    )
    claim_count = fields.Integer(string="Claims decided on", readonly=True)
    changed_count = fields.Integer(string="Lines decided", readonly=True)
    same_count = fields.Integer(string="Rows known already", readonly=True)
    bad_count = fields.Integer(string="Rows not taken in", readonly=True)
    line_ids = fields.One2many(
        comodel_name="auto.claim.import.line",
        inverse_name="import_id",
        string="Bad rows",
        readonly=True,
    )

    template_file = fields.Binary(compute="_compute_template_file")

    @api.depends("state")
    @api.depends_context("lang")
    def _compute_template_file(self):
        labels = self.env["auto.claim.import.line"].fields_get(COLUMNS, ["string"])
        header = [labels[name]["string"] for name in COLUMNS]
        content = base64.b64encode(sheet.write("xlsx", [header]))
        for record in self:
            record.template_file = content

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_template(self):
        """Download an empty list with the headers that are understood."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/template_file/"
            "decisions.xlsx?download=1",
            "target": "download",
        }

    def action_import(self):
        """Take the decisions in.

        :raise UserError: when the file is no list, or a needed column is missing
        """
        self.ensure_one()
        self.env["auto.claim"]._check_manager()
        if self.state == "done":
            raise UserError(self.env._("This list is taken in already."))
        rows = self._rows()
        columns = self._columns(rows[0])
        records = [
            {
                "row": number,
                **{
                    name: row[place]
                    for place, name in columns.items()
                    if place < len(row)
                },
            }
            for number, row in enumerate(rows[1:], 2)
            if any(row)
        ]
        counts, bad = self._take_in(records)
        self.write(
            {
                **counts,
                "state": "done",
                "bad_count": len(bad),
                "line_ids": [
                    fields.Command.create(
                        {
                            **{name: record.get(name) for name in ("row", *COLUMNS)},
                            "problem": " ".join(problem.split()),
                        }
                    )
                    for record, problem in bad
                ],
            }
        )
        return self._reopen(self.env._("Import decisions"))

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _columns(self, header):
        """Return position → name of the columns, by their headers in any language."""
        known = {self._plain(name): name for name in COLUMNS}
        for lines in self._in_languages("auto.claim.import.line"):
            for name, field in lines.fields_get(COLUMNS, ["string"]).items():
                known.setdefault(self._plain(field["string"]), name)
        columns = {}
        for position, title in enumerate(header):
            name = known.get(self._plain(title))
            if name and name not in columns.values():
                columns[position] = name
        missing = {"claim", "decision"} - set(columns.values())
        if missing:
            labels = self.env["auto.claim.import.line"].fields_get(missing, ["string"])
            raise UserError(
                self.env._(
                    "The list has no column “%(columns)s”. Start from the template.",
                    columns="”, “".join(labels[name]["string"] for name in labels),
                )
            )
        return columns

    # ------------------------------------------------------------
    # Taking in
    # ------------------------------------------------------------

    def _take_in(self, records):
        """Record the decisions, claim by claim.

        :return: dict of the counts, and the bad records with the reason
        """
        claims = self._claims_of(records)
        words = self._decision_words()
        reasons = {
            self._plain(reason.code): reason
            for reason in self.env["auto.claim.reason"].search([("active", "=", True)])
        }
        bad, good, decided = [], {}, {}
        for record in records:
            try:
                claim = claims.get(self._plain(record.get("claim")))
                rows = self._parsed(record, claim, words, reasons)
                date = self._date(record.get("date"))
                self._check_decided_once(record, rows, decided)
            except BadRow as error:
                bad.append((record, str(error)))
            else:
                key = (claim, date, record.get("reference") or "")
                good.setdefault(key, []).append((record, rows))
        counts = {"claim_count": 0, "changed_count": 0, "same_count": 0}
        touched = set()
        for (claim, date, reference), parts in good.items():
            rows = [row for _record, rows in parts for row in rows]
            try:
                with self.env.cr.savepoint():
                    changed = claim._record_decision(rows, date, reference)
            except (UserError, AccessError) as error:
                bad += [(record, str(error)) for record, _rows in parts]
                continue
            counts["changed_count"] += changed
            counts["same_count"] += len(rows) - changed
            if changed:
                touched.add(claim.id)
        counts["claim_count"] = len(touched)
        return counts, sorted(bad, key=lambda pair: pair[0]["row"])

    def _claims_of(self, records):
        """Return the claims that the rows name, by number or payer's reference."""
        names = list({(record.get("claim") or "").strip() for record in records})
        claims = self.env["auto.claim"]
        known = {}
        for field in ("payer_ref", "name"):
            for claim in claims.search([(field, "in", names), (field, "!=", False)]):
                known[self._plain(claim[field])] = claim
        return known

    def _decision_words(self):
        """Return what the file may call each decision, in any language."""
        words = {key: key for key, _label in DECISIONS}
        for lines in self._in_languages("auto.claim.line"):
            labels = lines._fields["decision"]._description_selection(lines.env)
            words |= {self._plain(label): key for key, label in labels}
        return words

    def _parsed(self, record, claim, words, reasons):
        """Return the decisions of one row: of one line, or of all of the claim."""
        if not claim:
            raise BadRow(self.env._("No such claim in your stores."))
        decision = words.get(self._plain(record.get("decision")))
        if not decision:
            raise BadRow(
                self.env._("“%s” is no decision.", record.get("decision") or "")
            )
        reason = self.env["auto.claim.reason"]
        if (record.get("reason") or "").strip():
            reason = reasons.get(self._plain(record["reason"]))
            if not reason:
                raise BadRow(
                    self.env._("No reason has the code “%s”.", record["reason"])
                )
        lines = claim.line_ids
        if (record.get("number") or "").strip():
            lines = lines.filtered(
                lambda line: str(line.number) == record["number"].strip()
            )
            if not lines:
                raise BadRow(
                    self.env._(
                        "%(claim)s has no line %(number)s.",
                        claim=claim.name,
                        number=record["number"],
                    )
                )
        elif decision == "reduced":
            raise BadRow(self.env._("Please say which line is reduced."))
        amount = self._amount(record.get("amount"))
        return [
            {
                "line": line,
                "decision": decision,
                "amount": amount,
                "reason": reason,
                "note": record.get("note"),
            }
            for line in lines
        ]

    def _check_decided_once(self, record, rows, decided):
        """Refuse a row that says of a line something else than one before.

        :param dict decided: of each line the number of the row and what it says
        """
        for row in rows:
            says = (row["decision"], row["amount"], row["reason"])
            number, before = decided.get(row["line"], (0, says))
            if before != says:
                raise BadRow(
                    self.env._(
                        "Row %(row)s says something else of “%(line)s”.",
                        row=number,
                        line=row["line"].name,
                    )
                )
        for row in rows:
            says = (row["decision"], row["amount"], row["reason"])
            decided.setdefault(row["line"], (record["row"], says))

    def _amount(self, text):
        text = "".join(char for char in text or "" if char not in " ,¥￥元\u00a0")
        try:
            amount = float(unicodedata.normalize("NFKC", text)) if text else 0
        except ValueError as error:
            raise BadRow(self.env._("“%s” is no amount.", text)) from error
        if not math.isfinite(amount):
            raise BadRow(self.env._("“%s” is no amount.", text))
        return amount

    def _date(self, text):
        if not (text or "").strip():
            return None
        digits = text.strip()[:10].replace("/", "-").replace(".", "-")
        try:
            return fields.Date.to_date(digits)
        except ValueError as error:
            raise BadRow(self.env._("“%s” is no date.", text)) from error


class AutoClaimImportLine(models.TransientModel):
    """A row of a decision file that was not taken in, and why."""

    _name = "auto.claim.import.line"
    _description = "Bad row of a decision file"
    _order = "row, id"

    import_id = fields.Many2one(
        comodel_name="auto.claim.import", required=True, index=True, ondelete="cascade"
    )
    row = fields.Integer(required=True, aggregator=None)
    problem = fields.Char(required=True)
    claim = fields.Char(help="Our number of the claim, or the payer's reference.")
    number = fields.Char(string="Line", help="Empty: every line of the claim.")
    decision = fields.Char()
    amount = fields.Char()
    reason = fields.Char(string="Reason code")
    note = fields.Char()
    date = fields.Char(string="Decided on")
    reference = fields.Char(string="Decision number")
