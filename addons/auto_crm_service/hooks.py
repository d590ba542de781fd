"""What uninstallation does beside dropping data."""

from odoo.addons.auto_crm_base.hooks import keep_activities, release_own_tables

# Of these the demo data made some that stay, as do those that people made.
KEPT_MODELS = (
    "auto.followup",
    "auto.followup.rule",
    "product.category",
    "product.product",
    "product.template",
    "repair.order",
    "res.partner",
    "res.users",
)


def uninstall_hook(env):
    """Leave Odoo's repairs, orders and stock working without this addon."""
    keep_activities(env, "auto_crm_service")
    _switch_off_rules(env)
    env["ir.model.data"].search(
        [("module", "=", "auto_crm_service"), ("model", "in", KEPT_MODELS)]
    ).unlink()
    release_own_tables(env, "auto_crm_service")


def _switch_off_rules(env):
    """Leave the rules that follow-ups were made by, switched off."""
    own = env["ir.model.data"].search(
        [("module", "=", "auto_crm_service"), ("model", "=", "auto.followup.rule")]
    )
    rules = env["auto.followup.rule"].browse(own.mapped("res_id")).exists()
    # Their templates go.
    rules.write({"active": False, "delivery": "person", "mail_template_id": False})
