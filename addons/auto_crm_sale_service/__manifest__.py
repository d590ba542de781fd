{
    "name": "Auto CRM: Sale and Service",
    "version": "19.0.1.0.0",
    "category": "Sales/Automotive",
    "summary": "Buyers are asked how content they were with the handover",
    "author": "auto-crm",
    "license": "LGPL-3",
    "depends": ["auto_crm_sale", "auto_crm_service"],
    "data": [
        "data/auto_followup_question_data.xml",
        "data/auto_satisfaction_rule_data.xml",
    ],
    "auto_install": True,
    "installable": True,
}
