from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import format_amount

# Only the methods of declined work pass this object.
STEP = object()
URGENCIES = [
    ("safety", "Safety"),
    ("soon", "Soon"),
    ("later", "Can wait"),
]
WAITING = ("open", "offered")
CAR_GONE = ("settled", "returned", "cancelled")


class AutoDeclinedWork(models.Model):
    """Work that a customer declined: dated, priced, followed up, sold later or not.

    Made and moved by the decisions on the lines of repair orders alone.
    """

    _name = "auto.declined.work"
    _description = "Declined work"
    _order = "date_declined desc, id desc"

    line_id = fields.Many2one(
        comodel_name="auto.repair.line",
        string="Declined line",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    repair_id = fields.Many2one(
        related="line_id.repair_id", store=True, index=True, string="Repair order"
    )
    vehicle_id = fields.Many2one(
        related="repair_id.vehicle_id", store=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        related="repair_id.partner_id",
        string="Customer",
        store=True,
        index="btree_not_null",
    )
    company_id = fields.Many2one(
        related="repair_id.company_id", string="Store", store=True, index=True
    )
    user_id = fields.Many2one(
        related="repair_id.user_id",
        string="Adviser",
        store=True,
        index="btree_not_null",
    )
    operation_id = fields.Many2one(
        related="line_id.operation_id", store=True, index="btree_not_null"
    )
    product_id = fields.Many2one(
        related="line_id.product_id", store=True, index="btree_not_null"
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    name = fields.Char(string="Work", required=True, readonly=True)
    urgency = fields.Selection(selection=URGENCIES, required=True, readonly=True)
    amount = fields.Monetary(readonly=True, help="As it was offered.")
    date_declined = fields.Date(string="Declined on", required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("open", "To be offered again"),
            ("offered", "Offered again"),
            ("recovered", "Sold later"),
            ("elsewhere", "Done by another store"),
            ("closed", "Given up"),
        ],
        required=True,
        readonly=True,
        default="open",
        index=True,
        group_expand=True,
    )
    date_recovered = fields.Date(string="Sold on", readonly=True)
    recovered_repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Sold on order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    recovered_amount = fields.Monetary(string="Sold for", readonly=True)
    recovered_share = fields.Float(
        string="Sold later (%)",
        compute="_compute_recovered_share",
        store=True,
        aggregator="avg",
        help="Of the works declined, how many were sold later.",
    )
    note = fields.Char(readonly=True, help="Why it was given up.")

    _line_uniq = models.UniqueIndex("(line_id)", "This line was kept already.")
    _waiting_idx = models.Index(
        "(vehicle_id, date_declined) WHERE state IN ('open', 'offered')"
    )

    @api.depends("state")
    def _compute_recovered_share(self):
        for work in self:
            work.recovered_share = 100 if work.state == "recovered" else 0

    def write(self, vals):
        if self.env.context.get("auto_declined") is not STEP:
            raise UserError(
                self.env._("Declined work follows from what the customer decides.")
            )
        return super().write(vals)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_offer(self):
        """Offer the works again on the repair order of the car that is in the house.

        :raise UserError: when the car is not in the house
        """
        self.check_access("write")
        for vehicle, works in self.grouped("vehicle_id").items():
            repair = self.env["repair.order"].search(
                [
                    ("vehicle_id", "=", vehicle.id),
                    ("service_state", "not in", CAR_GONE),
                    ("company_id", "in", works.company_id.ids),
                ],
                order="id desc",
                limit=1,
            )
            if not repair:
                raise UserError(
                    self.env._(
                        "%(car)s is not in the workshop.", car=vehicle.display_name
                    )
                )
            repair._offer_declined(works.filtered(lambda one: one.state == "open"))
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def action_give_up(self):
        """Stop offering these works."""
        self.check_access("write")
        for work in self:
            if work.state not in WAITING:
                raise UserError(
                    self.env._("“%(work)s” is not waiting any more.", work=work.name)
                )
        note = self.env._("Given up by %(user)s", user=self.env.user.name)
        self._step("closed", note=note)
        self._close_followups(note)
        return True

    def action_open_repair(self):
        """Open the repair order on which it was declined."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "repair.order",
            "res_id": self.repair_id.id,
            "views": [
                (
                    self.env.ref("auto_crm_service.repair_order_view_form_service").id,
                    "form",
                )
            ],
        }

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _text(self):
        """Return the work with its price and urgency, for the counter."""
        self.ensure_one()
        urgency = dict(self._fields["urgency"]._description_selection(self.env))
        amount = format_amount(self.env, self.amount, self.currency_id)
        return f"{self.name} ({amount}, {urgency[self.urgency]})"

    def _step(self, state, **values):
        """Bring the works to a state; the only way to do so."""
        # A customer decides on the portal without a right on them.
        self.sudo().with_context(auto_declined=STEP).write({"state": state, **values})

    @api.model
    def _declined(self, lines):
        """Keep what was declined; again when it was declined once more.

        :param lines: ``auto.repair.line`` of cars
        """
        works = self.sudo()  # made by the system only
        known = {
            work.line_id.id: work
            for work in works.search([("line_id", "in", lines.ids)])
        }
        today = fields.Date.context_today(self)
        vals_list = []
        for line in lines.filtered(lambda one: one.repair_id.vehicle_id):
            values = {
                "name": line.name,
                "amount": line.price_total,
                "urgency": line.urgency,
                "date_declined": today,
            }
            if line.id in known:
                known[line.id]._step("open", **values)
                continue
            # Offered anew and declined anew: one opportunity, not two.
            same = works.search(
                self._same_work(line)
                & Domain("company_id", "=", line.company_id.id)
                & Domain("state", "in", WAITING),
                limit=1,
            )
            if same:
                same._step("open", **values)
            else:
                vals_list.append({"line_id": line.id, **values})
        works.create(vals_list)

    @api.model
    def _approved(self, lines):
        """Note what of the declined work these lines sell.

        :param lines: ``auto.repair.line`` that were agreed to
        """
        works = self.sudo()  # other stores' too: the work need not be sold again
        today = fields.Date.context_today(self)
        for line in lines:  # those of one decision
            if not line.repair_id.vehicle_id:
                continue
            found = works.search(self._same_work(line) & Domain("state", "in", WAITING))
            ours = found.filtered(
                lambda one, line=line: one.company_id == line.company_id
            )
            ours[:1]._step(
                "recovered",
                date_recovered=today,
                recovered_repair_id=line.repair_id.id,
                recovered_amount=line.price_total,
            )
            # What another store charged is no business of theirs.
            (found - ours)._step("elsewhere", date_recovered=today)
            found._close_followups(self.env._("The work was sold."))

    @api.model
    def _sale_undone(self, lines, state="open"):
        """Take back what these lines sold, or offered again.

        :param lines: ``auto.repair.line`` given up with their order, deleted, or asked
            about once more
        :param str state: where the works go: ``open``, or ``offered`` when the lines
            still offer them
        """
        repairs = lines.repair_id
        works = self.sudo().search(  # those of whoever gives up the order
            [
                ("vehicle_id", "in", repairs.vehicle_id.ids),
                "|",
                ("state", "=", "offered"),
                ("recovered_repair_id", "in", repairs.ids),
            ]
        )
        theirs = works.filtered(
            lambda work: any(
                work._is_sold_by(line)
                for line in lines
                if work.state == "offered" or work.recovered_repair_id == line.repair_id
            )
        )
        theirs._step(
            state, date_recovered=False, recovered_repair_id=False, recovered_amount=0
        )

    def _is_sold_by(self, line):
        """Return whether a line is this work; as :meth:`_same_work` finds it."""
        self.ensure_one()
        if self.vehicle_id != line.repair_id.vehicle_id:
            return False
        if self.line_id == line:
            return True
        if line.operation_id and line.kind == "labour":
            return self.operation_id == line.operation_id
        if line.product_id and line.kind == "part":
            return self.product_id == line.product_id
        return self.name == line.name

    @api.model
    def _same_work(self, line):
        """Return the domain of the same work on the same car."""
        domain = Domain("vehicle_id", "=", line.repair_id.vehicle_id.id)
        subject = Domain("line_id", "=", line.id)
        if line.operation_id and line.kind == "labour":
            subject |= Domain("operation_id", "=", line.operation_id.id)
        elif line.product_id and line.kind == "part":
            subject |= Domain("product_id", "=", line.product_id.id)
        else:
            subject |= Domain("name", "=", line.name)
        return domain & subject

    def _close_followups(self, reason):
        """Close the calls for cars on which nothing waits any more."""
        vehicles = self.sudo().vehicle_id  # whoever did it closes anybody's call
        if not vehicles:
            return
        left = self.sudo().search(
            [("vehicle_id", "in", vehicles.ids), ("state", "=", "open")]
        )
        self.env["auto.followup"].sudo().search(
            [
                ("vehicle_id", "in", (vehicles - left.vehicle_id).ids),
                ("is_open", "=", True),
                ("rule_id.trigger", "=", "declined"),
            ]
        )._close_void(reason)


class AutoRepairLine(models.Model):
    _inherit = "auto.repair.line"

    urgency = fields.Selection(
        selection=URGENCIES,
        required=True,
        default="soon",
        help="How soon the customer is asked again when they decline it.",
    )

    def _decide(self, decision, approval):
        result = super()._decide(decision, approval)
        works = self.env["auto.declined.work"]
        if not self:
            return result
        if decision == "declined":
            works._declined(self)
        elif decision == "approved":
            works._approved(self.filtered(lambda line: line.pay_type == "customer"))
        else:
            # Found for whoever records it.
            again = works.sudo().search(
                [("line_id", "in", self.ids), ("state", "in", ("open", "closed"))]
            )
            again._step("offered")
            works._sale_undone(self, "offered")
        return result

    def unlink(self):
        self.env["auto.declined.work"]._sale_undone(self)
        return super().unlink()


class AutoRepairJob(models.Model):
    _inherit = "auto.repair.job"

    def unlink(self):
        # The lines go with their job in the database, past their own method.
        self.env["auto.declined.work"]._sale_undone(self.line_ids)
        return super().unlink()


class RepairOrder(models.Model):
    _inherit = "repair.order"

    declined_work_ids = fields.Many2many(
        comodel_name="auto.declined.work",
        string="Declined before",
        compute="_compute_declined_work_ids",
    )
    declined_text = fields.Char(
        string="Declined before, in words", compute="_compute_declined_work_ids"
    )

    @api.model
    def _field_needs(self):
        return {**super()._field_needs(), "declined_text": "auto.declined.work"}

    def _set_service_state(self, state, **values):
        result = super()._set_service_state(state, **values)
        if state == "cancelled":
            self.env["auto.declined.work"]._sale_undone(self.line_ids)
        return result

    @api.depends("vehicle_id", "line_ids.decision")
    def _compute_declined_work_ids(self):
        works = self.env["auto.declined.work"]
        found = {}
        if works.has_access("read"):
            found = dict(
                works._read_group(
                    [
                        ("vehicle_id", "in", self.vehicle_id.ids),
                        ("state", "=", "open"),
                    ],
                    ["vehicle_id"],
                    ["id:recordset"],
                )
            )
        for repair in self:
            before = found.get(repair.vehicle_id, works).filtered(
                lambda work, repair=repair: work.repair_id != repair._origin
            )
            repair.declined_work_ids = before
            repair.declined_text = ", ".join(work._text() for work in before) or False

    def action_offer_declined(self):
        """Offer on this order what the customer declined before.

        :raise UserError: when there is nothing
        """
        self.ensure_one()
        if not self.declined_work_ids:
            raise UserError(self.env._("Nothing declined waits for this car."))
        self._offer_declined(self.declined_work_ids)
        return {"type": "ir.actions.client", "tag": "soft_reload"}

    def _offer_declined(self, works):
        """Add a job with the works as they cost today."""
        self.ensure_one()
        self.check_access("write")
        self._check_not_over()
        if not works:
            raise UserError(self.env._("It is offered already."))
        job = self.env["auto.repair.job"].create(
            {
                "repair_id": self.id,
                "concern": self.env._("Declined before, offered again"),
                "line_ids": [
                    Command.create(
                        {
                            "kind": work.line_id.kind,
                            "operation_id": work.operation_id.id,
                            "product_id": work.product_id.id,
                            "name": work.name,
                            "quantity": work.line_id.quantity,
                            "urgency": work.urgency,
                            "pay_type": "customer",
                            **(
                                {"price_unit": work.line_id.price_unit}
                                if work.line_id.kind == "sublet"
                                else {}
                            ),
                        }
                    )
                    for work in works
                ],
            }
        )
        works._step("offered")
        return job
