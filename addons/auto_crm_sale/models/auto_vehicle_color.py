from odoo import models


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
        # Names only, on the paper of whoever may print it.
        car = self.sudo()
        attributes = car.product_id.product_template_attribute_value_ids
        colors = self.env["auto.color"].sudo()
        named = (
            *attributes.product_attribute_value_id,
            *colors.search([("active", "in", (True, False))]),
        )
        words = (
            self._color_word(text, named) for text in (car.color, car.interior_color)
        )
        return " / ".join(filter(None, words))

    def _color_word(self, text, named):
        """Return a colour in the language of the environment.

        :param str text: as it was entered
        :param named: the records whose name it may be
        """
        wanted = (text or "").strip().casefold()
        for record in named if wanted else ():
            names = record._fields["name"]._get_stored_translations(record) or {}
            if wanted in {name.casefold() for name in names.values()}:
                return record.with_env(self.env).name
        return text
