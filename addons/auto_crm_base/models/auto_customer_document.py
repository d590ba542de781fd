from odoo import api, fields, models


class AutoCustomerDocument(models.Model):
    """An identity document of a customer: restricted, and its reading is logged.

    Everybody who sees the customer sees that the document exists and when it
    ends; number and scan are for the group of identity documents.
    """

    _name = "auto.customer.document"
    _inherit = ["auto.restricted.mixin"]
    _description = "Identity document"
    _order = "partner_id, kind, id"
    _rec_name = "kind"
    _restricted_fields = frozenset({"number", "scan"})

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
    )
    store_ids = fields.Many2many(related="partner_id.store_ids")
    kind = fields.Selection(
        selection=[
            ("id_card", "Identity card"),
            ("passport", "Passport"),
            ("driving_licence", "Driving licence"),
            ("residence", "Residence permit"),
            ("business_licence", "Business licence"),
            ("vehicle_licence", "Vehicle licence"),
            ("other", "Other"),
        ],
        required=True,
        default="id_card",
    )
    number = fields.Char(required=True, copy=False)
    issue_date = fields.Date()
    expiry_date = fields.Date()
    is_expired = fields.Boolean(compute="_compute_is_expired")
    scan = fields.Binary(
        attachment=True,
        copy=False,
        groups="auto_crm_base.group_identity_documents,base.group_system",
    )
    note = fields.Char()

    _dates_order = models.Constraint(
        "CHECK(expiry_date IS NULL OR issue_date IS NULL OR expiry_date >= issue_date)",
        "A document cannot end before it was issued.",
    )

    @api.depends("kind")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = dict(self._fields["kind"]._description_selection(self.env))
        for document in self:
            document.display_name = labels.get(document.kind, "")

    @api.depends("expiry_date")
    @api.depends_context("tz")
    def _compute_is_expired(self):
        today = fields.Date.context_today(self)
        for document in self:
            document.is_expired = bool(
                document.expiry_date and document.expiry_date < today
            )

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), "number": "document"}
