{
    "name": "Auto CRM: After-sales",
    "version": "19.0.1.0.0",
    "category": "Services/Automotive",
    "summary": "Workshop, claims, complaints, satisfaction, reminders",
    "author": "auto-crm",
    "license": "LGPL-3",
    "depends": ["auto_crm_base", "repair"],
    "data": [
        "security/ir.model.access.csv",
        "security/auto_crm_service_rules.xml",
        "data/auto_workshop_data.xml",
        "data/product_data.xml",
        "views/auto_workshop_config_views.xml",
        "wizard/auto_repair_views.xml",
        "views/auto_repair_job_views.xml",
        "views/repair_order_views.xml",
        "views/auto_crm_service_menus.xml",
    ],
    "demo": [
        "demo/auto_workshop_demo.xml",
    ],
    "installable": True,
}
