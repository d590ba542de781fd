{
    "name": "Auto CRM: Campaigns",
    "version": "19.0.1.0.0",
    "category": "Sales/Automotive",
    "summary": "Campaigns, events, bulk messages, and what they led to",
    "author": "auto-crm",
    "license": "LGPL-3",
    "depends": [
        "auto_crm_lead",
        "auto_crm_sms",
        "event_crm",
        "mass_mailing_crm",
        "mass_mailing_sms",
    ],
    "data": [
        "security/ir.model.access.csv",
    ],
    "demo": [],
    "installable": True,
}
