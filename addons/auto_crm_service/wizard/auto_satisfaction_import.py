from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from odoo.addons.auto_crm_base.tools import vin as vin_tools

MAX_ROWS = 5000
COLUMNS = ("reference", "date", "order", "plate", "vin", "recommend", "comment")


class BadRow(Exception):
    """A row cannot be taken in; the message is for whoever imports."""


class AutoSatisfactionImport(models.TransientModel):
    """Takes in what a third party asked: good rows once, bad rows come back."""

    _name = "auto.satisfaction.import"
    _inherit = "auto.sheet.mixin"
    _description = "Import of answers"

    survey_id = fields.Many2one(
        comodel_name="survey.survey",
        string="Questionnaire",
        required=True,
        domain="[('auto_kind', 'in', ('sales', 'service'))]",
        ondelete="cascade",
    )
    source = fields.Char(
        string="Who asked",
        required=True,
        help="The institute; a reference of theirs is taken in once.",
    )
    scale = fields.Selection(
        selection=[("100", "0 to 100"), ("10", "0 to 10"), ("5", "0 to 5")],
        string="Points",
        required=True,
        default="100",
    )
    file = fields.Binary(string="File (CSV or XLSX)", attachment=False)
    filename = fields.Char()
    state = fields.Selection(
        selection=[("draft", "To import"), ("done", "Done")], default="draft"
    )
    created_count = fields.Integer(string="Taken in", readonly=True)
    known_count = fields.Integer(string="Known already", readonly=True)
    columns_help = fields.Char(compute="_compute_columns_help")
    line_ids = fields.One2many(
        comodel_name="auto.satisfaction.import.line",
        inverse_name="import_id",
        string="Bad rows",
        readonly=True,
    )

    def _compute_columns_help(self):
        codes = self._dimensions().mapped("code")
        self.columns_help = ", ".join([*COLUMNS, *codes])

    def _dimensions(self):
        """Return the dimensions, of which there is a handful."""
        dimensions = self.env["auto.satisfaction.dimension"]
        return dimensions.search([])  # pylint: disable=no-search-all

    def action_import(self):
        """Take the rows in; the bad ones are listed with the reason."""
        self.ensure_one()
        if not self.env.user.has_group("auto_crm_base.group_head_office"):
            raise AccessError(self.env._("Head office imports answers."))
        header, rows = self._header_and_rows()
        created = known = 0
        bad = []
        for number, row in rows:
            values = dict(zip(header, row, strict=False))
            try:
                with self.env.cr.savepoint():
                    if self._take(values):
                        created += 1
                    else:
                        known += 1
            except (BadRow, UserError) as error:
                bad.append(
                    {"row": number, "reason": str(error), "text": " | ".join(row)}
                )
        self.write(
            {
                "state": "done",
                "created_count": created,
                "known_count": known,
                "line_ids": [Command.create(line) for line in bad],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _header_and_rows(self):
        """Return the header and the ``(row number, cells)`` of the file.

        :raise UserError: when the file is no list with the right columns
        """
        lines = self._read_sheet()
        header = [cell.strip().lower() for cell in (lines[0] if lines else [])]
        if "reference" not in header:
            raise UserError(
                self.env._("The first row names the columns; “reference” is needed.")
            )
        dimensions = self._dimensions()
        unknown = set(filter(None, header)) - set(COLUMNS)
        unknown -= set(dimensions.mapped("code"))
        if unknown:
            raise UserError(
                self.env._(
                    "Unknown columns: %(names)s.", names=", ".join(sorted(unknown))
                )
            )
        rows = [
            (number, row)
            for number, row in enumerate(lines[1:], 2)
            if any(map(str, row))
        ]
        if len(rows) > MAX_ROWS:
            raise UserError(
                self.env._("At most %(count)s rows in one file.", count=MAX_ROWS)
            )
        return header, rows

    def _take(self, values):
        """Take one row in.

        :return: the answer, empty when it is known already
        :raise BadRow: saying what is wrong
        """
        requests = self.env["auto.satisfaction"]._own()
        reference = (values.get("reference") or "").strip()
        if not reference:
            raise BadRow(self.env._("No reference."))
        ref = f"{self.source.strip()}:{reference}"[:200]
        if requests.search_count([("external_ref", "=", ref)], limit=1):
            return requests
        date = self._date(values.get("date"))
        scores = self._scores(values)
        recommend = self._recommend(values.get("recommend"))
        repair, vehicle = self._find(values)
        company = repair.company_id or vehicle.company_id
        if company not in self.env.companies:
            raise BadRow(self.env._("The car is of a store that is not chosen."))
        partner = repair.partner_id or vehicle.owner_id
        one = requests.create(
            {
                "survey_id": self.survey_id.id,
                "kind": self.survey_id.sudo().auto_kind,
                "channel": "import",
                "state": "sent",
                "external_ref": ref,
                "company_id": company.id,
                "partner_id": partner.id,
                "vehicle_id": vehicle.id,
                "res_model": repair._name if repair else False,
                "res_id": repair.id,
                "date_sent": date,
                "date_event": date.date(),
                **(requests._people(repair) if repair else {}),
            }
        )
        one._answered(scores, recommend, (values.get("comment") or "").strip(), date)
        return one

    def _date(self, text):
        try:
            date = fields.Datetime.to_datetime((text or "").strip()[:10] or None)
        except ValueError as error:
            raise BadRow(self.env._("No date like 2026-01-31.")) from error
        now = fields.Datetime.now()
        if not date:
            return now
        if date > now or date.year < 2000:
            raise BadRow(self.env._("The date cannot be."))
        return date

    def _scores(self, values):
        top = int(self.scale)
        scores = {}
        for dimension in self._dimensions():
            text = (values.get(dimension.code) or "").strip()
            if not text:
                continue
            try:
                points = float(text)
            except ValueError as error:
                raise BadRow(
                    self.env._("“%(text)s” is no number.", text=text)
                ) from error
            if not 0 <= points <= top:
                raise BadRow(
                    self.env._(
                        "%(dimension)s: from 0 to %(top)s.",
                        dimension=dimension.name,
                        top=top,
                    )
                )
            scores[dimension] = 100 * points / top
        if not scores:
            raise BadRow(self.env._("No points at all."))
        return scores

    def _recommend(self, text):
        text = (text or "").strip()
        if not text:
            return -1
        if not text.isdecimal() or int(text) > 10:
            raise BadRow(self.env._("To recommend: from 0 to 10."))
        return int(text)

    def _find(self, values):
        """Return the repair order and the car that a row names."""
        # Head office reads all stores' cars and orders; it chose the stores.
        repairs = self.env["repair.order"].sudo()
        vehicles = self.env["auto.vehicle"].sudo()
        order = (values.get("order") or "").strip()
        repair = repairs.browse()
        if order:
            repair = repairs.search(
                [
                    ("name", "=", order),
                    ("vehicle_id", "!=", False),
                    ("company_id", "in", self.env.companies.ids),
                ]
            )
            if len(repair) != 1:
                raise BadRow(
                    self.env._("There is no repair order “%(order)s”.", order=order)
                )
            return repair, repair.vehicle_id
        vin = vin_tools.normalise(values.get("vin") or "")
        plate = vehicles._normalise_plate(values.get("plate") or "")
        vehicle = vehicles.browse()
        if vin:
            vehicle = vehicles.search([("vin", "=", vin)], limit=1)
        elif plate:
            vehicle = vehicles.search([("license_plate", "=", plate)], limit=1)
        if not vehicle:
            raise BadRow(self.env._("No repair order, plate or VIN that we know."))
        return repair, vehicle


class AutoSatisfactionImportLine(models.TransientModel):
    """A row that was not taken in."""

    _name = "auto.satisfaction.import.line"
    _description = "Bad row of an import of answers"

    import_id = fields.Many2one(
        comodel_name="auto.satisfaction.import", required=True, ondelete="cascade"
    )
    row = fields.Integer(readonly=True)
    reason = fields.Char(readonly=True)
    text = fields.Char(string="What it says", readonly=True)

    @api.depends("row")
    def _compute_display_name(self):
        for line in self:
            line.display_name = str(line.row)
