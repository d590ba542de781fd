"""What installation and uninstallation do beside loading and dropping data."""

from odoo.tools import SQL

from odoo.addons.auto_crm_base.hooks import keep_activities, release_own_tables

# Of these the demo data made some that stay, as do those that people made.
KEPT_MODELS = (
    "account.journal",
    "account.move",
    "account.payment",
    "account.tax",
    "auto.vehicle",
    "product.category",
    "product.product",
    "product.template",
    "res.partner",
    "res.users",
    "sale.order",
    "sale.order.line",
    "stock.lot",
)


def pre_init_hook(env):
    """Compute by one query what Odoo would compute order by order.

    See the hook of auto_crm_base; orders there are keep the date of their last change.
    """
    env.cr.execute(
        "ALTER TABLE sale_order ADD COLUMN IF NOT EXISTS is_vehicle_contract bool,"
        " ADD COLUMN IF NOT EXISTS contract_approval varchar DEFAULT 'none',"
        " ADD COLUMN IF NOT EXISTS is_used_sale bool"
    )
    # No line names a car before this addon is there.
    env.cr.execute(
        "ALTER TABLE sale_order_line ADD COLUMN IF NOT EXISTS is_used_car bool"
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
    env["ir.model.data"].search(
        [("module", "=", "auto_crm_sale"), ("model", "in", KEPT_MODELS)]
    ).unlink()
    # What was asked for on contracts goes with the kinds that it was asked by.
    kinds = env["ir.model.data"].search(
        [("module", "=", "auto_crm_sale"), ("model", "=", "auto.approval.kind")]
    )
    env.flush_all()
    env.execute_query(
        SQL(
            "DELETE FROM auto_approval WHERE kind_id = ANY(%s) RETURNING id",
            kinds.mapped("res_id"),
        )
    )
    env["auto.approval"].invalidate_model()
    release_own_tables(env, "auto_crm_sale")
