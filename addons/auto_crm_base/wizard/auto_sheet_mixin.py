import base64
import unicodedata

from odoo import api, models
from odoo.exceptions import UserError

from ..tools import sheet

#: Rows taken in while the user waits; more are divided into several files.
MAX_ROWS = 2000


class AutoSheetMixin(models.AbstractModel):
    """A window that takes in a list: its field ``file``, a CSV or XLSX file."""

    _name = "auto.sheet.mixin"
    _description = "Window that takes in a list"

    def _read_sheet(self):
        """Return the rows of the file as lists of texts.

        :raise UserError: when it is no list that can be read
        """
        self.ensure_one()
        data = self.with_context(bin_size=False).file
        try:
            _kind, rows = sheet.read(base64.b64decode(data or b""), self.filename or "")
        except sheet.SheetError as error:
            raise UserError(self.env._(error.args[0])) from error
        return rows

    def _rows(self):
        """Return the rows of the file as texts, the first being the header.

        :raise UserError: when it cannot be read, or holds no rows or too many
        """
        rows = self._read_sheet()
        if len(rows) < 2:
            raise UserError(
                self.env._("The list needs a row of headers and at least one row.")
            )
        if len(rows) > MAX_ROWS + 1:
            raise UserError(
                self.env._(
                    "At most %(most)s rows at a time: divide the list.", most=MAX_ROWS
                )
            )
        return rows

    @api.model
    def _plain(self, text):
        """Return a header or a key as it is compared: however it was typed."""
        text = unicodedata.normalize("NFKC", text or "").casefold()
        return "".join(text.split()).strip("*")

    @api.model
    def _in_languages(self, model):
        """Return the model in each language of the database."""
        installed = [lang for lang, _label in self.env["res.lang"].get_installed()]
        return [
            self.env[model].with_context(lang=lang)
            for lang in dict.fromkeys(["en_US", *installed])
        ]

    def _reopen(self, name):
        """Return the action that shows this window again, with what came of it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }
