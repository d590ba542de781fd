from odoo import api, models


class AutoVehicle(models.Model):
    """The colours of a car, as a customer reads them."""

    _inherit = "auto.vehicle"

    def _color_words(self):
        """Return the car's colours in the language of the environment.

        A colour is entered as a text. Where it is the name of the variant's colour, or
        of one that customers wish for, in whatever language, it is translated.

        :return: such as “Pearl white / Black”, empty when nothing is known
        """
        self.ensure_one()
        car = self.sudo()  # names only, on the paper of whoever may print it
        colors = self._known_colors()
        words = (
            self._color_word(text, colors) for text in (car.color, car.interior_color)
        )
        return " / ".join(filter(None, words))

    @api.model
    def _known_colors(self):
        """Return the colours that customers wish for, in all languages."""
        # A colour's name is no secret.
        colors = self.env["auto.color"].sudo()
        return colors.search([("active", "in", (True, False))])

    def _color_word(self, text, colors):
        """Return a colour in the language of the environment.

        :param str text: as it was entered
        :param colors: those that customers wish for, see :meth:`_known_colors`
        """
        wanted = (text or "").strip().casefold()
        # The colour of the variant first: it is the car's very own.
        attributes = self.sudo().product_id.product_template_attribute_value_ids
        named = (*attributes.product_attribute_value_id, *colors)
        for record in named if wanted else ():
            names = record._fields["name"]._get_stored_translations(record) or {}
            if wanted in {name.casefold() for name in names.values()}:
                return record.with_env(self.env).name
        return text
