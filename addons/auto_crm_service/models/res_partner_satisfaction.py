from odoo import fields, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """When contact data were exchanged, and the answers in the 360 view."""

    _inherit = "res.partner"

    auto_contact_changed_on = fields.Datetime(
        string="Number or address changed on",
        readonly=True,
        copy=False,
        groups="auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "base.group_system",
    )

    def write(self, vals):
        if "auto_contact_changed_on" in vals and not self.env.su:
            raise AccessError(self.env._("The system keeps when a contact changed."))
        watched = {"phone", "email"} & vals.keys()
        # Compared by what the number says, not by how it is typed.
        before = (
            [(one, one.phone_sanitized, one.email_normalized) for one in self.sudo()]
            if watched
            else []
        )
        result = super().write(vals)
        changed = self.browse(
            one.id
            for one, phone, email in before
            if (phone and phone != one.phone_sanitized)
            or (email and email != one.email_normalized)
        )
        if changed:
            changed.sudo().write({"auto_contact_changed_on": fields.Datetime.now()})
        return result

    def _auto_360_tiles(self):
        tiles = super()._auto_360_tiles()
        family = self._auto_360_family()
        tile = None
        # Whoever is rated does not learn who answered.
        answers = self.env["auto.satisfaction"]
        if answers._has_field_access(answers._fields["partner_id"], "read"):
            tile = self._auto_360_tile(
                "satisfaction",
                self.env._("Satisfaction"),
                "fa-smile-o",
                "auto.satisfaction",
                [("partner_id", "in", family), ("state", "=", "answered")],
            )
        return [*tiles, tile] if tile else tiles
