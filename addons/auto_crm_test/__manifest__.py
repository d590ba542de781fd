{
    "name": "Auto CRM: Test Helpers",
    "version": "19.0.1.0.0",
    "category": "Hidden",
    "summary": "What only the tests need; never deployed",
    "author": "auto-crm",
    "license": "LGPL-3",
    "depends": ["auto_crm_lead"],
    "assets": {
        # The Debian package of Odoo ships without this file, and the browser's
        # complaint about it would fail every tour.
        "web.assets_backend": [
            (
                "remove",
                "mail/static/lib/selfie_segmentation/selfie_segmentation.js",
            ),
        ],
    },
    "installable": True,
    "post_init_hook": "post_init_hook",
}
