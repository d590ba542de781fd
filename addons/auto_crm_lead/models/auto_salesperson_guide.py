import secrets

from odoo import api, fields, models


class AutoSalesperson(models.Model):
    """The consultant's own link to the buying guide of the store."""

    _inherit = "auto.salesperson"

    guide_code = fields.Char(
        string="Code in links",
        compute="_compute_guide_code",
        store=True,
        copy=False,
        help="Names the consultant in links without saying who it is.",
    )
    guide_url = fields.Char(
        string="Buying guide",
        compute="_compute_guide_url",
        compute_sudo=True,
        help="Who comes by this link is the consultant's prospect.",
    )
    guide_qr = fields.Binary(
        string="Code of the buying guide",
        compute="_compute_guide_url",
        compute_sudo=True,
    )

    _guide_code_uniq = models.UniqueIndex(
        "(guide_code) WHERE guide_code IS NOT NULL", "Another has this code already."
    )

    @api.depends("user_id")
    def _compute_guide_code(self):
        for person in self:
            person.guide_code = person.guide_code or secrets.token_urlsafe(6)

    @api.depends("guide_code", "company_id")
    def _compute_guide_url(self):
        doors = self.env["auto.intake.source"]
        urls = {
            store: doors._guide_of_store(store).guide_url for store in self.company_id
        }
        for person in self:
            url = urls.get(person.company_id)
            person.guide_url = f"{url}?c={person.guide_code}" if url else False
            person.guide_qr = doors._link_code(person.guide_url)

    @api.model
    def _user_of_code(self, code, company):
        """Return the consultant of a link, as superuser; empty for an unknown code."""
        if not code or len(code) > 40 or "\x00" in code:
            return self.env["res.users"]
        # The visitor is nobody in Odoo; the code says whose guest he is.
        person = self.sudo().search(
            [("guide_code", "=", code), ("company_id", "=", company.id)], limit=1
        )
        user = person.user_id
        return user if user.active and company in user.company_ids else user.browse()
