{
    "name": "Auto CRM: Calendar",
    "version": "19.0.1.0.0",
    "category": "Sales/Automotive",
    "summary": "Meetings show no number to whom the customer shows none",
    "author": "auto-crm",
    "license": "LGPL-3",
    "depends": ["auto_crm_base", "calendar"],
    "auto_install": True,
    "installable": True,
}
