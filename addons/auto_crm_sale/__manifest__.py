{
    "name": "Auto CRM: Showroom Sale",
    "version": "19.0.1.0.0",
    "category": "Sales/Automotive",
    "summary": "From a sellable car to a signed handover",
    "author": "auto-crm",
    "license": "LGPL-3",
    "depends": [
        "auto_crm_lead",
        "purchase_stock",
        "sale_crm",
        "sale_management",
        "sale_stock",
    ],
    "data": [
        "security/auto_crm_sale_groups.xml",
        "security/ir.model.access.csv",
        "security/auto_crm_sale_rules.xml",
        "data/auto_reservation_data.xml",
        "views/auto_reservation_views.xml",
        "views/sale_order_views.xml",
        "views/auto_crm_sale_menus.xml",
    ],
    "demo": [
        "demo/res_company_demo.xml",
        "demo/res_users_demo.xml",
    ],
    "installable": True,
}
