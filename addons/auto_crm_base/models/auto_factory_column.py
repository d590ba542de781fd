import unicodedata

from odoo import api, fields, models


class AutoFactoryColumn(models.Model):
    """What a maker's files call a column, or an XML element, and what it is to us.

    Titles are compared without blanks and case. In XML, ``status/code`` is the
    element ``code`` inside ``status``.
    """

    _name = "auto.factory.column"
    _description = "Column of factory files"
    _order = "field, name, id"

    name = fields.Char(
        string="Title in the file",
        required=True,
        help="The header of a column, or the name of an XML element or attribute; "
        "“status/code” for an element inside another.",
    )
    field = fields.Selection(
        selection="_selection_field",
        string="Means",
        required=True,
    )
    active = fields.Boolean(default=True)

    _name_uniq = models.UniqueIndex(
        "(lower(name)) WHERE active", "This title is there already."
    )

    @api.model
    def _selection_field(self):
        return [
            ("production_number", self.env._("Production number")),
            ("vin", self.env._("VIN")),
            ("model", self.env._("Model or product code")),
            ("color", self.env._("Exterior colour")),
            ("interior_color", self.env._("Interior colour")),
            ("status", self.env._("Status code")),
            ("status_date", self.env._("Date of the status")),
            ("expected_date", self.env._("Expected arrival")),
            ("store", self.env._("Store code")),
            ("order", self.env._("Contract number")),
            ("message_id", self.env._("Message number")),
            ("sequence", self.env._("Sequence")),
        ]

    @api.model
    def _plain(self, text):
        """Return ``text`` as titles are compared."""
        text = unicodedata.normalize("NFKC", text or "").casefold()
        return "".join(text.split()).strip("*")

    @api.model
    def _titles(self):
        """Return plain title → name of the value, of all titles that are understood:
        the records', our own names, and their labels in every installed language."""
        titles = {}
        installed = [lang for lang, _name in self.env["res.lang"].get_installed()]
        for lang in dict.fromkeys(["en_US", *installed]):
            for name, label in self.with_context(lang=lang)._selection_field():
                titles.setdefault(self._plain(label), name)
        titles.update({name: name for name, _label in self._selection_field()})
        for record in self.search([("active", "=", True)]):
            titles[self._plain(record.name)] = record.field
        return titles
