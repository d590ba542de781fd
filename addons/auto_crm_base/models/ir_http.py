from odoo import models
from odoo.http import request

ALL_STORES_ROLES = frozenset({"head_office", "auditor"})


class IrHttp(models.AbstractModel):
    _inherit = "ir.http"

    def session_info(self):
        """Open the web client of group-wide roles on all their stores.

        Odoo starts each user on one company, and the records of the others are
        out of sight until the company menu is used. For head office and the
        auditor that is an empty screen, so their first page activates all the
        companies they may use; what they choose afterwards is kept.
        """
        info = super().session_info()
        user = self.env.user
        if user._is_internal() and not self._has_valid_company_choice(user):
            roles = user._auto_roles()
            if roles & ALL_STORES_ROLES:
                companies = user.company_id | user.company_ids
                request.future_response.set_cookie(
                    "cids", "-".join(map(str, companies.ids))
                )
        return info

    def _has_valid_company_choice(self, user):
        """Tell whether the browser already carries a choice that ``user`` may make."""
        chosen = request.cookies.get("cids", "")
        ids = {int(part) for part in chosen.split("-") if part.isdigit()}
        return bool(ids) and ids <= set(user.company_ids.ids)
