"""What installation and uninstallation do beside loading and dropping data."""

from odoo.addons.auto_crm_base.hooks import keep_activities, release_own_tables


def pre_init_hook(env):
    """Compute by one query what Odoo would compute order by order.

    See the hook of auto_crm_base; orders there are keep the date of their last change.
    """
    env.cr.execute(
        "ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS is_vehicle_contract bool,"
        " ADD COLUMN IF NOT EXISTS contract_approval varchar DEFAULT 'none'"
    )
    env.cr.execute("ALTER TABLE sale_order ALTER COLUMN contract_approval DROP DEFAULT")
    env.cr.execute(
        """
        UPDATE sale_order SET is_vehicle_contract = TRUE
         WHERE id IN (
             SELECT line.order_id
               FROM sale_order_line line
               JOIN product_product product ON product.id = line.product_id
               JOIN product_template t ON t.id = product.product_tmpl_id
              WHERE t.is_vehicle
         )
        """
    )


def post_init_hook(env):
    """Take over the contracts of cars that are there already."""
    orders = env["sale.order"]
    orders._adopt_existing_contracts()
    quotations = orders.search(
        [("is_vehicle_contract", "=", True), ("state", "in", ("draft", "sent"))]
    )
    env.add_to_compute(orders._fields["contract_approval"], quotations)


def uninstall_hook(env):
    """Leave Odoo's orders and stock working without this addon."""
    keep_activities(env, "auto_crm_sale")
    release_own_tables(env, "auto_crm_sale")
