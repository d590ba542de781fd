{
    "name": "Auto CRM: Prospects",
    "version": "19.0.1.0.0",
    "category": "Sales/Automotive",
    "summary": "Prospects from every channel, graded and followed up on time",
    "author": "auto-crm",
    "license": "LGPL-3",
    "depends": ["auto_crm_base", "crm", "utm"],
    "data": [
        "security/auto_crm_lead_groups.xml",
        "security/ir.model.access.csv",
        "security/auto_crm_lead_rules.xml",
        "views/auto_crm_lead_menus.xml",
    ],
    "demo": [],
    "installable": True,
}
