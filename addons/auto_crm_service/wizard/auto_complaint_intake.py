from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.auto_complaint_limit import SEVERITIES


class AutoComplaintIntake(models.TransientModel):
    """Take a complaint down: who, which car, what happened."""

    _name = "auto.complaint.intake"
    _description = "New complaint"
    _rec_name = "query"

    query = fields.Char(
        string="Find by number, VIN or plate",
        help="The whole number, address, VIN or plate: exact matches of all stores are "
        "found.",
    )
    candidate_ids = fields.Many2many(
        comodel_name="res.partner", string="Found", readonly=True
    )
    found_vehicle_ids = fields.Many2many(comodel_name="auto.vehicle", readonly=True)
    is_searched = fields.Boolean(readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer")
    new_name = fields.Char(string="Name")
    new_phone = fields.Char(string="Phone")
    new_email = fields.Char(string="E-mail")
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        domain="partner_id and [('owner_id', '=', partner_id)] or []",
    )
    plate = fields.Char(string="Plate or VIN")
    channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("visit", "In the store"),
            ("chat", "WeChat or chat"),
            ("email", "E-mail"),
            ("letter", "Letter"),
        ],
        string="Came by",
        required=True,
        default="phone",
    )
    category_id = fields.Many2one(
        comodel_name="auto.complaint.category", string="Category"
    )
    severity = fields.Selection(
        selection=SEVERITIES,
        compute="_compute_severity",
        store=True,
        readonly=False,
    )
    description = fields.Text(string="What happened")
    open_ids = fields.Many2many(
        comodel_name="auto.complaint",
        string="Open complaints of this customer",
        compute="_compute_open_ids",
    )
    open_count = fields.Integer(compute="_compute_open_ids")
    add_to_id = fields.Many2one(
        comodel_name="auto.complaint",
        string="Add to",
        domain="[('id', 'in', open_ids)]",
        help="The same matter again: it is added, and nobody starts anew.",
    )
    complaint_id = fields.Many2one(
        comodel_name="auto.complaint", string="Complaint", readonly=True
    )

    @api.depends("category_id")
    def _compute_severity(self):
        for wizard in self:
            wizard.severity = wizard.category_id.severity or "normal"

    @api.depends("partner_id", "company_id")
    def _compute_open_ids(self):
        for wizard in self:
            wizard.open_ids = self.env["auto.complaint"]
            if wizard.partner_id:
                # Whoever takes it down must know that it is known, in this store.
                wizard.open_ids = (
                    self.env["auto.complaint"]
                    .sudo()
                    .search(
                        [
                            ("partner_id", "=", wizard.partner_id._origin.id),
                            ("company_id", "=", wizard.company_id.id),
                            ("state", "!=", "closed"),
                        ]
                    )
                    .ids
                )
            wizard.open_count = len(wizard.open_ids)

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        if self.vehicle_id and self.vehicle_id.owner_id != self.partner_id:
            self.vehicle_id = False
        if self.add_to_id.partner_id != self.partner_id:
            self.add_to_id = False

    def action_find(self):
        """Find the customer by the whole number, address, VIN or plate."""
        self.ensure_one()
        query = (self.query or "").strip()
        if not query:
            raise UserError(self.env._("Type a phone number, a VIN or a plate."))
        desk = self.with_company(self.company_id)
        partners = desk.env["res.partner"]._find_customer(phone=query, email=query)
        detail = self.env._("Complaint: by number or address")
        vehicles = desk.env["auto.vehicle"]
        if not partners:
            vehicles = vehicles._lookup(vin=query, plate=query)
            # The owner may be another store's customer; finding the car by its exact
            # VIN or plate is the look-up that opens both.
            owners = vehicles.sudo().owner_id
            partners = desk.env["res.partner"].browse(owners.ids)
            detail = self.env._("Complaint: by car")
        values = {"is_searched": True, "candidate_ids": [fields.Command.clear()]}
        if partners:
            log = desk.env["auto.access.log"]
            log._log("lookup", partners, detail)
            partners._join_store(self.company_id, detail)
            # Who complains, complains about a car: those of the caller are found, too.
            cars = vehicles.sudo().search([("owner_id", "in", partners.ids)])
            log._log("lookup", cars, detail)
            cars._join_store(self.company_id, detail)
            # The rights on these customers have just changed.
            self.env.invalidate_all()
            values.update(
                candidate_ids=[fields.Command.set(partners.ids)],
                partner_id=partners.id if len(partners) == 1 else False,
                vehicle_id=(vehicles or cars).id
                if len(vehicles or cars) == 1
                else False,
            )
        else:
            digits = sum(letter.isdigit() for letter in query)
            values.update(
                partner_id=False,
                vehicle_id=vehicles[:1].id,
                new_email=query if "@" in query else self.new_email,
                new_phone=query
                if digits >= 7 and "@" not in query and not vehicles
                else self.new_phone,
            )
        self.write(values)
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New complaint"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_register(self):
        """Register it and open the complaint, for those who may read it."""
        self.ensure_one()
        # Pressed twice, it is one complaint.
        complaint = self.complaint_id or self._take_down()
        if not complaint.has_access("read"):
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {
                    "type": "success",
                    "message": self.env._(
                        "%(number)s is with the complaint desk.",
                        number=complaint.sudo().name,  # the number is what they need
                    ),
                    "next": {"type": "ir.actions.act_window_close"},
                },
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": "auto.complaint",
            "res_id": complaint.id,
            "views": [(False, "form")],
            "target": "current",
        }

    def _take_down(self):
        """Register what was taken down and return the complaint."""
        if self.company_id not in self.env.companies:
            raise UserError(self.env._("Choose one of your stores."))
        complaints = self.env["auto.complaint"].with_company(self.company_id)
        complaints.check_access("create")
        self.complaint_id = complaints._register_complaint(
            {
                "partner_id": self.partner_id.id,
                "name": self.new_name,
                "phone": self.new_phone,
                "email": self.new_email,
                "vehicle_id": self.vehicle_id.id,
                "plate": self.plate,
                "vin": self.plate,
                "category_id": self.category_id.id,
                "severity": self.severity,
                "description": self.description,
                # Here a person has seen the open ones and chosen.
                "complaint_id": self.add_to_id.id or False,
            },
            self.channel,
        )
        return self.complaint_id
