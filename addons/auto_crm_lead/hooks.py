"""What installation and uninstallation do beside loading and dropping data."""

from odoo.addons.auto_crm_base.hooks import keep_activities, release_own_tables


def pre_init_hook(env):
    """Create the stored computed column whose value is known for all old prospects.

    See the hook of auto_crm_base. None of their needs is known yet.
    """
    env.cr.execute(
        "ALTER TABLE crm_lead ADD COLUMN IF NOT EXISTS need_completeness int4 DEFAULT 0"
    )
    env.cr.execute("ALTER TABLE crm_lead ALTER COLUMN need_completeness DROP DEFAULT")


def post_init_hook(env):
    """Take over the prospects that are there already."""
    env["crm.lead"]._adopt_existing()


def uninstall_hook(env):
    """Leave Odoo's CRM working without this addon.

    The mail addresses of our doors end: without the door their mail would fail. What
    people still have to do on prospects stays on their list.
    """
    keep_activities(env, "auto_crm_lead")
    doors = env["auto.intake.source"].with_context(active_test=False).search([])
    aliases = doors.alias_id
    doors.alias_id = False
    aliases.unlink()
    release_own_tables(env, "auto_crm_lead")
