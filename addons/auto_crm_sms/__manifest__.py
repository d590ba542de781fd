{
    "name": "Auto CRM: SMS",
    "version": "19.0.1.0.0",
    "category": "Sales/Automotive",
    "summary": "Masked numbers and refusals hold for SMS, too",
    "author": "auto-crm",
    "license": "LGPL-3",
    "depends": ["auto_crm_base", "sms"],
    "data": [
        "views/sms_composer_views.xml",
        "views/auto_followup_rule_views.xml",
    ],
    "auto_install": True,
    "installable": True,
}
