"""Fed to `odoo shell`: build the browser's scripts and styles, so nobody waits."""

env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821
env.cr.commit()  # noqa: F821
