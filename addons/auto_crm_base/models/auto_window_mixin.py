from odoo import api, models
from odoo.exceptions import AccessError, MissingError


class AutoWindowMixin(models.AbstractModel):
    """A window about one document, which shows of it what its user may read.

    What a window works out of its document it keeps, and Odoo computes what is kept as
    superuser: whoever opens one on a document that is not theirs would read it there.
    """

    _name = "auto.window.mixin"
    _description = "Window about a document"

    #: The field that names the document.
    _document_field = None

    @api.model_create_multi
    def create(self, vals_list):
        name = self._document_field
        default = self.env.context.get(f"default_{name}")
        named = {default, *(vals.get(name) for vals in vals_list)}
        self._check_document(named)
        windows = super().create(vals_list)
        # A document can come by the field's own default, too.
        self._check_document(set(windows.sudo()[name].ids) - named)
        return windows

    def write(self, vals):
        self._check_document([vals.get(self._document_field)])
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        name = self._document_field
        default = self.env.context.get(f"default_{name}")
        self._check_document([values.get(name), default])
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_document(self, ids):
        """Refuse documents that the user cannot read.

        :param ids: of documents; what is empty or no number is passed over
        :raise AccessError: for one that there is not, too, so that nobody can guess
        """
        numbers = [one for one in ids if isinstance(one, int) and one]
        if self.env.su or not numbers:
            return
        documents = self.env[self._fields[self._document_field].comodel_name]
        try:
            documents.browse(numbers).check_access("read")
        except MissingError as error:
            raise AccessError(self.env._("This document is not yours.")) from error
