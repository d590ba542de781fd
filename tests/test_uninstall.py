"""Odoo before and after us: what was there is there again when we have gone."""

import requests

from launcher import cache, odoo_run

# Everything that Odoo's crm had before our addons came is in its demo data; what the
# uninstallation must not touch is compared by this.
KEPT = (
    "SELECT 'lead', id, name, stage_id, user_id, type, active, write_date"
    " FROM crm_lead WHERE id IN (SELECT res_id FROM ir_model_data"
    " WHERE model = 'crm.lead' AND module = 'crm') ORDER BY id",
    "SELECT id, name, email, user_id, company_id, active"
    " FROM res_partner WHERE id IN (SELECT res_id FROM ir_model_data"
    " WHERE model = 'res.partner' AND module = 'base') ORDER BY id",
    "SELECT id, name, partner_id, state, amount_total FROM sale_order ORDER BY id",
    "SELECT id, order_id, product_id, product_uom_qty, qty_delivered, price_unit"
    " FROM sale_order_line ORDER BY id",
    "SELECT id, product_id, location_id, lot_id, quantity, reserved_quantity"
    " FROM stock_quant ORDER BY id",
    "SELECT id, name, product_id FROM stock_lot ORDER BY id",
    "SELECT id, state, product_id, quantity, sale_line_id FROM stock_move ORDER BY id",
)
UNINSTALL = """
addons = env["ir.module.module"].search(
    [("name", "=like", "auto_crm_%"), ("state", "=", "installed")]
)
assert addons
addons.button_immediate_uninstall()
env = env(user=env.ref("base.user_admin").id)
leads = env["crm.lead"].search([])
assert leads
leads.web_search_read([], {"name": {}, "stage_id": {"fields": {}}})
for model in ("crm.lead", "res.partner", "stock.lot", "fleet.vehicle.model"):
    for kind in ("form", "list", "kanban", "search"):
        env[model].get_view(view_type=kind)
new = env["crm.lead"].create({"name": "After us", "email_from": "after@example.com"})
new.action_set_lost()
new.action_unarchive()
new.action_set_won()
env["ir.ui.menu"].load_web_menus(False)
env["res.config.settings"].get_view(view_type="form")
for cron in env["ir.cron"].search([]):
    assert cron.model_id.model in env, cron.name
assert not env["mail.alias"].search([]).filtered(
    lambda alias: "intake_source_id" in (alias.alias_defaults or "")
)
env.cr.commit()
print("UNINSTALLED")
"""


def _kept(server):
    with server.connect() as connection, connection.cursor() as cursor:
        rows = []
        for query in KEPT:
            cursor.execute(query)
            rows.append(cursor.fetchall())
        return rows


def test_odoo_goes_on_after_us(server_factory, tmp_path):
    """Our addons go; Odoo's prospects, customers, views and menus stay."""
    server = server_factory(workers=0)
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM crm_lead WHERE public_ref IS NULL OR"
            " company_id IS NULL"
        )
        assert cursor.fetchone()[0] == 0, "all that were there have been taken over"
    before = _kept(server)
    assert all(before)
    server.stop()
    script = tmp_path / "uninstall.py"
    script.write_text(UNINSTALL)
    log = cache.folder("logs") / "uninstall.log"
    log.unlink(missing_ok=True)
    odoo_run.run_script(server.runtime, server.database, script, log)
    said = log.read_text(errors="replace")
    assert "UNINSTALLED" in said, said[-3000:]
    assert _kept(server) == before
    server.start()
    assert requests.get(f"{server.url}/web/login", timeout=60).ok
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM information_schema.tables WHERE table_name LIKE"
            " 'auto\\_%' AND table_schema = current_schema()"
        )
        assert cursor.fetchone()[0] == 0, "no table of ours is left"
