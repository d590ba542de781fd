from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

# Only auto.vehicle._log_event() passes this object, so that no client, import
# or other code writes the timeline past it.
WRITER = object()


class AutoVehicleEvent(models.Model):
    """One line of a vehicle's timeline, written by the document that did it."""

    _name = "auto.vehicle.event"
    _inherit = ["auto.append.only.mixin", "auto.partner.guard.mixin"]
    _description = "Vehicle timeline"
    _order = "date desc, id desc"
    _guarded_partner_fields = ("partner_id",)

    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Vehicle",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    kind = fields.Selection(
        selection=[
            ("registered", "Registered"),
            ("identity", "Identity corrected"),
            ("factory", "Factory order"),
            ("supply", "Supply"),
            ("stock", "Stock"),
            ("sale", "Sale"),
            ("store", "Store"),
            ("owner", "Owner"),
            ("plate", "License plate"),
            ("odometer", "Odometer"),
            ("insurance", "Insurance"),
            ("repair", "Workshop"),
        ],
        required=True,
        readonly=True,
    )
    name = fields.Char(string="What happened", required=True, readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    res_model = fields.Char(string="Document model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    icon = fields.Char(compute="_compute_icon")
    document_name = fields.Char(
        compute="_compute_document_name",
        compute_sudo=False,
        help="The document that wrote this line, for those who may read it.",
    )

    _vehicle_date_idx = models.Index("(vehicle_id, date DESC, id DESC)")
    # What happened lately of one kind: calls, surveys.
    _kind_date_idx = models.Index("(kind, date)")
    _document_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")

    @api.depends("kind")
    def _compute_icon(self):
        icons = self._kind_icons()
        for event in self:
            event.icon = icons.get(event.kind, "fa-circle")

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_document_name(self):
        self.document_name = False
        for model, events in self.filtered("res_id").grouped("res_model").items():
            if model not in self.env:
                continue
            documents = self.env[model].browse(set(events.mapped("res_id")))
            names = {
                document.id: document.display_name
                for document in documents.exists()._filtered_access("read")
            }
            for event in events:
                event.document_name = names.get(event.res_id, False)

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("auto_event_writer") is not WRITER:
            raise AccessError(
                self.env._(
                    "The timeline of a vehicle is written by the documents "
                    "themselves; nobody writes it by hand."
                )
            )
        return super().create(vals_list)

    def _turn_into(self, kind):
        """Give these lines another kind, as the addon goes that brought theirs.

        :param str kind: one of those above, which stay
        """
        if self:
            # The timeline refuses every write; its words stay as they are.
            self.env.cr.execute(
                SQL(
                    "UPDATE auto_vehicle_event SET kind = %s WHERE id IN %s",
                    kind,
                    tuple(self.ids),
                )
            )
            self.invalidate_recordset(["kind"])

    @api.model
    def _kind_icons(self):
        """Return the icon (Font Awesome class) of each kind.

        An addon that adds a kind adds its icon.
        """
        return {
            "registered": "fa-flag",
            "identity": "fa-barcode",
            "factory": "fa-industry",
            "supply": "fa-truck",
            "stock": "fa-archive",
            "sale": "fa-handshake-o",
            "store": "fa-building",
            "owner": "fa-user",
            "plate": "fa-id-card-o",
            "odometer": "fa-tachometer",
            "insurance": "fa-umbrella",
            "repair": "fa-wrench",
        }

    def action_open_document(self):
        """Open the document that wrote this line."""
        self.ensure_one()
        document = self.env[self.res_model].browse(self.res_id)
        document.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
            "target": "current",
        }
