"""Fed to `odoo shell`: build the scripts and styles that every visitor needs first.

The rest (dark mode, unit tests, print) is built when somebody asks for it.
"""

BUNDLES = (
    "web.assets_web",
    "web.assets_frontend",
    "web.assets_frontend_lazy",
    "web.assets_frontend_minimal",
    "web.report_assets_common",
)

for name in BUNDLES:
    bundle = env["ir.qweb"]._get_asset_bundle(name)  # noqa: F821
    bundle.js()
    bundle.css()
env.cr.commit()  # noqa: F821
