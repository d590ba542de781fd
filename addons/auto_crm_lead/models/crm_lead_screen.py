from lxml import etree

from odoo import api, models

#: Of Odoo's own, what a car store has no use for: buying company data about the
#: person, and making an opportunity of a lead, which intake does.
FOREIGN_BUTTONS = ("iap_enrich",)
FOREIGN_ACTIONS = (
    "crm_iap_enrich.action_enrich_mail",
    "crm.action_crm_send_mass_convert",
)


class CrmLead(models.Model):
    """The screens of prospects, without what is not for the automotive roles."""

    _inherit = "crm.lead"

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        result = super().get_view(view_id, view_type, **options)
        if view_type != "form" or not self.env.user._auto_roles():
            return result
        arch = etree.fromstring(result["arch"])
        buttons = [
            button
            for name in FOREIGN_BUTTONS
            for button in arch.iterfind(f".//button[@name='{name}']")
        ]
        if buttons:
            for button in buttons:
                button.getparent().remove(button)
            result["arch"] = etree.tostring(arch, encoding="unicode")
        return result

    @api.model
    def get_views(self, views, options=None):
        result = super().get_views(views, options)
        if not self.env.user._auto_roles():
            return result
        foreign = {
            action.id
            for xmlid in FOREIGN_ACTIONS
            if (action := self.env.ref(xmlid, raise_if_not_found=False))
        }
        for view in result["views"].values():
            toolbar = view.get("toolbar") or {}
            for kind, actions in toolbar.items():
                toolbar[kind] = [
                    action for action in actions if action["id"] not in foreign
                ]
        return result
