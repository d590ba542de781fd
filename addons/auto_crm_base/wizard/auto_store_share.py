from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command

from ..models.res_partner import SHARING_ROLES


class AutoStoreShare(models.TransientModel):
    """Shares customers with another store, or ends that."""

    _name = "auto.store.share"
    _description = "Share customers with a store"

    partner_ids = fields.Many2many(
        comodel_name="res.partner", string="Customers", required=True
    )
    operation = fields.Selection(
        selection=[("share", "Share with"), ("stop", "Stop sharing with")],
        required=True,
        default="share",
    )
    store = fields.Selection(
        selection="_selection_store", string="Store", required=True
    )
    reason = fields.Char(required=True)

    @api.model
    def default_get(self, fields):
        defaults = super().default_get(fields)
        if (
            "partner_ids" in fields
            and self.env.context.get("active_model") == "res.partner"
        ):
            ids = self.env.context.get("active_ids", [])
            defaults["partner_ids"] = [Command.set(ids)]
        return defaults

    @api.model
    def _selection_store(self):
        # A manager shares with stores that are not the manager's own; only their
        # names are shown.
        root = self.env.company.sudo().root_id
        stores = root.search([("id", "child_of", root.id)])
        return [(str(store.id), store.name) for store in stores]

    def action_apply(self):
        """Share or stop sharing, and log it for both stores."""
        self.ensure_one()
        if not self.env.su and not self.env.user._auto_roles() & SHARING_ROLES:
            raise AccessError(
                self.env._("Only a store manager or head office shares customers.")
            )
        # Managers pick customers that they see, of stores that they may not.
        self.partner_ids.check_access("read")
        store = self.env["res.company"].sudo().browse(int(self.store))
        is_share = self.operation == "share"
        # Stores the user does not have are compared, not shown.
        changed = self.partner_ids.sudo().filtered(
            lambda partner: (store in partner.store_ids) != is_share
        )
        if is_share:
            self.partner_ids._join_store(store, self.reason)
        else:
            self.partner_ids._leave_store(store, self.reason)
        # That is in the other store's log; the customer's own store sees it as well.
        for home, customers in changed.grouped("auto_store_id").items():
            if (home or self.env.company) != store:
                self.env["auto.access.log"]._log(
                    "join_store" if is_share else "leave_store",
                    customers,
                    f"{store.name}: {self.reason}",
                    company=home or self.env.company,
                )
        return {"type": "ir.actions.act_window_close"}

    @api.constrains("reason")
    def _check_reason(self):
        if any(not wizard.reason.strip() for wizard in self):
            raise UserError(self.env._("Give a reason."))
