from odoo import api, models
from odoo.tools import ormcache

from ..tools import region as region_names


class ResCountryState(models.Model):
    _inherit = "res.country.state"

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    @api.model
    @ormcache("country_id")
    def _auto_names(self, country_id):
        """Return the ids of the regions of a country by name and by code.

        :return: dict of the names in all installed languages, see ``tools.region``
        """
        names = {}
        # Every visitor's region is looked up; regions are no secret.
        states = self.sudo().search([("country_id", "=", country_id)])
        for state in states:
            names.setdefault(state.code.lower(), state.id)
        for code, _name in self.env["res.lang"].get_installed():
            for state in states.with_context(lang=code):
                names.setdefault(region_names.key_of(state.name), state.id)
        return names

    @api.model
    def _auto_find(self, country, region="", city="", phone="", guess=True):
        """Return the region that somebody lives in.

        A region that was named counts, then one told by the city, then the area of
        the phone number: where it was issued, which is a guess.

        :param country: the ``res.country``
        :param str region: a name or code as people write it
        :param str city: a city, or again a region
        :param str phone: in E.164 form
        :param bool guess: whether to use the table of area codes, which is large
        :return: at most one ``res.country.state``
        """
        names = self._auto_names(country.id) if country else {}
        if not names:
            return self.browse()
        given = [region_names.key_of(text) for text in (region, city) if text]
        for text in given:
            if country.code == "CN":
                text = region_names.CHINESE_REGIONS.get(text, text)
            if text in names:
                return self.browse(names[text])
        if not guess:
            return self.browse()
        if country.code == "CN":
            china = region_names.chinese_names() if given else {}
            texts = [china[text] for text in given if text in china]
        else:
            texts = []
        texts += region_names.names_of_phone(phone)
        for text in texts:
            key = region_names.key_of(text)
            found = names.get(key) or next(
                (
                    state_id
                    for name, state_id in names.items()
                    if len(name) > 1 and not name.isascii() and key.startswith(name[:2])
                ),
                None,
            )
            if found:
                return self.browse(found)
        return self.browse()
