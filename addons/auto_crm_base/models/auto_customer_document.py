from odoo import api, fields, models


class AutoCustomerDocument(models.Model):
    """An identity document of a customer: restricted, and its reading is logged.

    Everybody who sees the customer sees that the document exists and when it
    ends; number and scan are for the group of identity documents.
    """

    _name = "auto.customer.document"
    _inherit = ["auto.masked.mixin"]
    _description = "Identity document"
    _order = "partner_id, kind, id"
    _rec_name = "kind"

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

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load=load)
        restricted = {"number", "scan"} & set(fnames)
        documents = self._origin
        if restricted and documents and self._reading_is_logged():
            self.env["auto.access.log"]._log("restricted_read", documents)
        return result

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        rows = super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        restricted = {"number", "scan"} & {path[0] for path in fields if path}
        if restricted and self and self._reading_is_logged():
            self.env["auto.access.log"]._log("restricted_read", self)
        return rows

    @api.model
    def _reading_is_logged(self):
        """Tell whether the current user sees the numbers in full."""
        return not self.env.su and not self._masked_for_user()
