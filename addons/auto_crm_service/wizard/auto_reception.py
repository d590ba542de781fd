import re

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import escape_psql

from odoo.addons.auto_crm_base.tools import vin as vin_tools
from odoo.addons.auto_crm_base.tools.phone import clean_digits

LAST_VISITS = 3
# A number as people write it; plates and VINs have letters.
PHONE = re.compile(r"\+?[\d\s().-]+")


class AutoReception(models.TransientModel):
    """The counter: who comes with which car, what is known, and the repair order.

    One box finds a car or a person by plate, VIN, phone number or name. A car that
    nobody knows is registered in the same form.
    """

    _name = "auto.reception"
    _description = "Reception"
    _rec_name = "query"

    query = fields.Char(
        string="Plate, VIN, phone or name",
        help="A whole plate, VIN or number finds cars and customers of every store of "
        "the group; a name finds those of your store.",
    )
    state = fields.Selection(
        selection=[
            ("search", "Search"),
            ("several", "Several cars"),
            ("found", "Car found"),
            ("new", "New car"),
        ],
        required=True,
        default="search",
        readonly=True,
    )
    candidate_ids = fields.Many2many(
        comodel_name="auto.vehicle", string="Cars found", readonly=True
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle", string="Vehicle", readonly=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", ondelete="cascade"
    )
    repair_ids = fields.Many2many(
        comodel_name="repair.order", string="Last visits", compute="_compute_known"
    )
    notes = fields.Html(string="To speak of", compute="_compute_known")

    # A car that nobody knows
    new_vin = fields.Char(string="VIN")
    new_plate = fields.Char(string="License plate")
    new_model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model", string="Model", ondelete="cascade"
    )
    vin_says = fields.Char(string="The VIN says", compute="_compute_vin_says")
    new_name = fields.Char(string="Customer's name")
    new_phone = fields.Char(string="Phone")

    # What is written on the repair order
    odometer = fields.Integer(string="Odometer (km)")
    no_odometer = fields.Boolean(
        string="The meter cannot be read",
        help="Of a car without current. Read it as soon as possible: claims and the "
        "next service need it.",
    )
    concern = fields.Text(string="What the customer says")
    kind = fields.Selection(selection="_selection_kind", default="repair")
    pay_type = fields.Selection(selection="_selection_pay_type", default="customer")
    promised_on = fields.Datetime(string="Promised for")
    key_tag = fields.Char()
    repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Repair order",
        readonly=True,
        ondelete="cascade",
    )

    @api.model
    def _selection_kind(self):
        field = self.env["auto.repair.job"]._fields["kind"]
        return field._description_selection(self.env)

    @api.model
    def _selection_pay_type(self):
        field = self.env["auto.repair.job"]._fields["pay_type"]
        return field._description_selection(self.env)

    @api.depends("new_vin")
    def _compute_vin_says(self):
        for reception in self:
            vin = vin_tools.normalise(reception.new_vin)
            problems = vin_tools.validate(vin) if vin else []
            if problems:
                says = self.env._(problems[0].message)
            elif vin:
                car = self.env["auto.vehicle"].new({"vin": vin})
                parts = (car.wmi_id.display_name, str(car.model_year or ""))
                says = " · ".join(part for part in parts if part)
            else:
                says = ""
            reception.vin_says = says

    @api.depends("vehicle_id")
    def _compute_known(self):
        for reception in self:
            vehicle = reception.vehicle_id
            reception.repair_ids = self.env["repair.order"].search(
                [("vehicle_id", "=", vehicle.id)],
                order="date_in desc",
                limit=LAST_VISITS,
            )
            notes = vehicle._counter_notes() if vehicle else []
            reception.notes = Markup("<ul class='mb-0'>%s</ul>") % Markup().join(
                Markup("<li>%s</li>") % note for note in notes
            )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_find(self):
        """Find the car by what was typed.

        :raise UserError: when nothing was typed
        """
        self.ensure_one()
        query = (self.query or "").strip()
        if not query:
            raise UserError(
                self.env._("Type a plate, a VIN, a phone number or a name.")
            )
        vehicles, partners = self._find(query)
        if len(vehicles) == 1:
            self._take(vehicles)
        elif vehicles:
            self.write(
                {"state": "several", "candidate_ids": [Command.set(vehicles.ids)]}
            )
        else:
            self._prepare_new(query, partners)
        return self._reopen()

    def action_new_car(self):
        """Register a car that was not found."""
        self.ensure_one()
        self.write({"state": "new", "vehicle_id": False})
        return self._reopen()

    def action_again(self):
        """Search again."""
        self.ensure_one()
        self.write(
            {
                "state": "search",
                "vehicle_id": False,
                "partner_id": False,
                "candidate_ids": [Command.clear()],
            }
        )
        return self._reopen()

    def action_receive(self):
        """Open the repair order of the car.

        :raise UserError: when the car, the customer or the concern is missing
        """
        self.ensure_one()
        if self.repair_id:
            return self._open_order()  # the button was pressed twice
        if not (self.concern or "").strip():
            raise UserError(self.env._("Please write what the customer says."))
        if self.state == "new":
            self._register_car()
        vehicle = self.vehicle_id
        if not vehicle:
            raise UserError(self.env._("Please find the car first."))
        partner = self.partner_id or vehicle.owner_id
        if not partner:
            raise UserError(self.env._("Please enter the customer."))
        if not self.odometer and not self.no_odometer and self.kind != "preparation":
            raise UserError(
                self.env._(
                    "Please read the odometer, or tick that the meter cannot be read."
                )
            )
        self.repair_id = self.env["repair.order"].create(
            {
                "vehicle_id": vehicle.id,
                "partner_id": partner.id,
                "company_id": self.env.company.id,
                "odometer_in": self.odometer,
                "promised_on": self.promised_on,
                "key_tag": self.key_tag,
                "job_ids": [
                    Command.create(
                        {
                            "concern": self.concern.strip(),
                            "kind": self.kind,
                            "pay_type": self.pay_type,
                        }
                    )
                ],
            }
        )
        return self._open_order()

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _open_order(self):
        """Open the repair order that was made."""
        return self.repair_id.action_open_service()

    def _find(self, query):
        """Return the cars, and the persons, that the counter means.

        :param str query: what was typed
        """
        vehicles = self.env["auto.vehicle"]
        partners = self.env["res.partner"]
        found = vehicles._lookup(vin=query, plate=query)
        if found:
            return found, partners
        people = partners._find_customer(phone=query)
        if people:
            detail = self.env._("Reception: by number")
            self.env["auto.access.log"]._log("lookup", people, detail)
            people._join_store(self.env.company, detail)
            # Who stands at the counter comes with a car of theirs.
            cars = vehicles.sudo().search([("owner_id", "in", people.ids)])
            cars._join_store(self.env.company, detail)
            self.env.invalidate_all()
            return vehicles.browse(cars.ids), people
        # Names are looked for among the store's own.
        text = escape_psql(query)
        own = vehicles.search(
            Domain("owner_id.name", "ilike", text)
            | Domain("license_plate", "ilike", text)
            | Domain("vin", "ilike", text),
            limit=20,
        )
        return own, partners

    def _take(self, vehicle):
        """Go on with this car."""
        self.write(
            {
                "state": "found",
                "vehicle_id": vehicle.id,
                "partner_id": vehicle.owner_id.id,
                "candidate_ids": [Command.clear()],
            }
        )

    def _prepare_new(self, query, partners):
        """Fill in what was typed for a car that nobody knows."""
        number = vin_tools.normalise(query)
        values = {"state": "new", "partner_id": partners[:1].id}
        if len(number) != 17 and PHONE.fullmatch(clean_digits(query)):
            if not partners:
                values["new_phone"] = query
        elif len(number) > 12:
            values["new_vin"] = number
        elif any(char.isdigit() for char in query):
            values["new_plate"] = query
        elif not partners:
            values["new_name"] = query
        self.write(values)

    def _register_car(self):
        """Make the car, and the customer where nobody is known.

        :raise UserError: without VIN or plate, or without the customer's name
        """
        if not (self.new_vin or self.new_plate):
            raise UserError(self.env._("Please enter the VIN or the plate."))
        if not self.partner_id and not (self.new_name or "").strip():
            raise UserError(self.env._("Please enter the customer's name."))
        vehicles = self.env["auto.vehicle"]
        known = vehicles._lookup(vin=self.new_vin, plate=self.new_plate)
        if known:
            self._take(known[:1])
            return
        partner = self.partner_id or self._person()
        # Whoever receives cars registers them, without a right on all cars.
        vehicle = vehicles.sudo().create(
            {
                "vin": self.new_vin,
                "license_plate": self.new_plate,
                "model_id": self.new_model_id.id,
                "company_id": self.env.company.id,
                "sale_state": "third_party",
            }
        )
        vehicle._change_owner(partner)
        self.write(
            {
                "vehicle_id": vehicle.id,
                "partner_id": partner.id,
                "state": "found",
            }
        )

    def _person(self):
        """Return the customer of a new car: known by the number, or a new one."""
        partners = self.env["res.partner"]
        known = partners._find_customer(phone=self.new_phone)[:1]
        if known:
            detail = self.env._("Reception: by number")
            self.env["auto.access.log"]._log("lookup", known, detail)
            known._join_store(self.env.company, detail)
            return known
        return partners.create(
            {"name": self.new_name.strip(), "phone": self.new_phone or False}
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reception"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }
