from odoo import api, fields, models


class AutoColor(models.Model):
    """A colour as customers wish for it, with the words that makers use for it."""

    _name = "auto.color"
    _description = "Colour"
    _order = "sequence, name, id"

    name = fields.Char(required=True, translate=True)
    aliases = fields.Char(
        string="Also called",
        help="Words found in makers' colour names, separated by commas: "
        "a car painted “Glacier Silver Metallic” counts as silver.",
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)

    @api.model
    def _split_aliases(self, aliases):
        """Return the words of ``aliases``, in lower case and without blanks."""
        words = (aliases or "").replace("，", ",").replace("、", ",").split(",")
        return [word.strip().lower() for word in words if word.strip()]

    def _words(self):
        """Return all words, in lower case, by which a car's colour is recognised.

        The names in every installed language count, so that a match does not
        depend on who asks.
        """
        words = set()
        for lang, _name in self.env["res.lang"].get_installed():
            words.update(
                name.lower() for name in self.with_context(lang=lang).mapped("name")
            )
        for color in self:
            words.update(self._split_aliases(color.aliases))
        return sorted(words)
