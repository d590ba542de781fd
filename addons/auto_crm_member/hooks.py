"""What uninstallation does beside dropping data."""

from odoo.addons.auto_crm_base.hooks import keep_activities, release_own_tables

# What Odoo's orders may refer to; it stays, switched off.
KEPT_MODELS = (
    "account.journal",
    "account.tax",
    "loyalty.card",
    "loyalty.program",
    "loyalty.reward",
    "loyalty.rule",
    "product.product",
    "res.partner",
)


def uninstall_hook(env):
    """Leave Odoo's loyalty programmes working without this addon.

    A programme of members would give points to everybody, once nobody is a member
    any more: so it is archived, with the cards and what was earned on them.
    """
    keep_activities(env, "auto_crm_member")
    env["loyalty.program"].search([("is_member_program", "=", True)]).action_archive()
    env["ir.model.data"].search(
        [("module", "=", "auto_crm_member"), ("model", "in", KEPT_MODELS)]
    ).unlink()
    release_own_tables(env, "auto_crm_member")
