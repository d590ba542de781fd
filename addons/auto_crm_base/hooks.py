"""What installation and uninstallation do beside loading and dropping data."""

from odoo.tools import SQL


def pre_init_hook(env):
    """Create the stored computed columns whose value is known for all old records.

    Odoo would else compute them for every customer there is, one by one, and note
    all of them as changed today.
    """
    # No customer has a birthday yet.
    env.cr.execute(
        "ALTER TABLE res_partner ADD COLUMN IF NOT EXISTS birthday_mmdd int4"
    )


def post_init_hook(env):
    """Take over the cars that are in stock, or were sold, already."""
    env["product.template"]._adopt_existing_cars()


def keep_activities(env, module):
    """Turn the activities of the addon's own types into ordinary to-dos.

    Odoo refuses to delete a type that an activity has; what people still have to do
    on Odoo's own records stays on their list. Activities on records of the addon go
    with them.

    :param str module: the technical name of the addon
    """
    todo = env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
    own = [
        row[0]
        for row in env.execute_query(
            SQL(
                "SELECT res_id FROM ir_model_data"
                " WHERE model = 'mail.activity.type' AND module = %s",
                module,
            )
        )
    ]
    if not own:
        return
    env.flush_all()
    for column in ("activity_type_id", "recommended_activity_type_id"):
        env.execute_query(
            SQL(
                "UPDATE mail_activity SET %(column)s = %(todo)s"
                " WHERE %(column)s IN %(own)s RETURNING id",
                column=SQL.identifier(column),
                todo=todo.id if todo and column == "activity_type_id" else None,
                own=tuple(own),
            )
        )
    env["mail.activity"].invalidate_model()


def release_own_tables(env, module):
    """Take the foreign keys from and to the tables that go with the addon.

    Our logs forbid the deletion of what they speak of. The uninstallation drops the
    logs, but only after the rest, so that each refusal would stand in the server's
    log as an error, and records would be left behind.

    :param str module: the technical name of the addon
    """
    env.flush_all()
    keys = env.execute_query(
        SQL(
            """
            SELECT DISTINCT conrelid::regclass::text, conname
              FROM pg_constraint
              JOIN pg_class own ON own.oid IN (conrelid, confrelid)
              JOIN ir_model model ON replace(model.model, '.', '_') = own.relname
              JOIN ir_model_data data
                ON data.model = 'ir.model' AND data.res_id = model.id
              JOIN ir_module_module AS addon ON addon.name = data.module
             WHERE contype = 'f' AND own.relkind = 'r'
               AND own.relnamespace = current_schema()::regnamespace
             GROUP BY conrelid, conname, own.oid
            HAVING bool_and(data.module = %s OR addon.state = 'to remove')
            """,
            module,
        )
    )
    for table, name in keys:
        env.cr.execute(
            SQL(
                "ALTER TABLE %s DROP CONSTRAINT %s",
                SQL.identifier(table.strip('"')),
                SQL.identifier(name),
            )
        )


def uninstall_hook(env):
    """Leave Odoo working without this addon."""
    keep_activities(env, "auto_crm_base")
    release_own_tables(env, "auto_crm_base")
