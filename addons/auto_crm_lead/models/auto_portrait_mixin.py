from markupsafe import Markup

from odoo import api, fields, models


class AutoPortraitMixin(models.AbstractModel):
    """A portrait in a few lines: what we know about a person, readable at a glance.

    Models return sections in :meth:`_portrait_sections`; other addons add theirs.
    """

    _name = "auto.portrait.mixin"
    _description = "Portrait of a customer"

    portrait_html = fields.Html(
        string="Portrait",
        compute="_compute_portrait_html",
        sanitize=False,
        groups="auto_crm_base.group_user",
    )

    @api.depends_context("lang", "uid", "allowed_company_ids")
    def _compute_portrait_html(self):
        sections = self._portrait_sections()
        for record in self:
            cards = Markup("").join(
                Markup(
                    '<div class="col-12 col-md-6 col-xl-4 mb-3">'
                    '<div class="card h-100"><div class="card-body p-3">'
                    '<h6 class="text-muted text-uppercase small mb-2">'
                    '<i class="fa %s me-2" role="img" aria-hidden="true"></i>%s</h6>'
                    "%s</div></div></div>"
                )
                % (
                    icon,
                    title,
                    Markup("").join(
                        Markup('<div><span class="text-muted">%s</span> %s</div>')
                        % (label, value)
                        for label, value in lines
                    ),
                )
                for icon, title, lines in sections.get(record.id, [])
                if lines
            )
            record.portrait_html = Markup('<div class="row w-100">%s</div>') % (
                cards
                or Markup('<div class="col text-muted">%s</div>')
                % self.env._("Nothing known yet.")
            )

    def _portrait_sections(self):
        """Return the sections of each record.

        :return: dict from id to a list of ``(icon class, title, lines)``, a line
            being ``(label, value)``; empty sections are not shown
        """
        return {record.id: [] for record in self}

    @api.model
    def _portrait_lines(self, *pairs):
        """Return the pairs that have a value."""
        return [(label, value) for label, value in pairs if value]
