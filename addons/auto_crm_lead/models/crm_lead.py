from odoo import fields, models


class CrmLead(models.Model):
    _inherit = "crm.lead"

    public_ref = fields.Char(string="Reference", readonly=True, copy=False, index=True)
    grade_id = fields.Many2one(
        comodel_name="auto.lead.grade", string="Grade", index="btree_not_null"
    )
    horizon_id = fields.Many2one(
        comodel_name="auto.lead.horizon", string="Purchase horizon"
    )
    followup_state = fields.Selection(
        selection=[
            ("first_contact", "First contact"),
            ("intent", "Intent"),
            ("quotation", "Quotation"),
            ("deal", "Deal"),
            ("shelved", "Shelved"),
        ],
        string="Follow-up state",
        default="first_contact",
    )
    wake_date = fields.Date()
    next_followup_date = fields.Date(string="Next follow-up")
    last_contact_date = fields.Datetime(string="Last contact")
    intake_channel_id = fields.Many2one(
        comodel_name="auto.intake.channel", string="Channel"
    )
    lost_state = fields.Selection(
        selection=[
            ("none", "Not lost"),
            ("requested", "Waiting for approval"),
            ("approved", "Lost"),
            ("refused", "Refused"),
        ],
        default="none",
    )
    contact_ids = fields.One2many(
        comodel_name="auto.contact", inverse_name="lead_id", string="Contacts"
    )
