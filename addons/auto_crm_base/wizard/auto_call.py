from odoo import api, fields, models
from odoo.exceptions import UserError

from ..tools.phone import clean_digits, normalise_phone

LAST_CONTACTS = 5
# A screen that was open for so many seconds was forgotten: nobody knows how long they
# talked.
LONGEST_CALL = 4 * 3600


class AutoCall(models.TransientModel):
    """The call screen: who is calling, what we know, and the wrap-up in one form.

    A telephone system opens ``/odoo/auto-call?number=…``; a person opens it from
    the menu. Finding someone by the exact number is a look-up: it is logged, and
    the store of the agent joins the customer.
    """

    _name = "auto.call"
    _inherit = ["auto.window.mixin"]
    _description = "Call"
    _rec_name = "number"
    _document_field = "partner_id"

    number = fields.Char(string="Caller's number", readonly=True)
    state = fields.Selection(
        selection=[
            ("found", "Customer found"),
            ("several", "Several customers"),
            ("unknown", "Unknown caller"),
            ("withheld", "No number"),
        ],
        required=True,
        default="withheld",
        readonly=True,
    )
    query = fields.Char(
        string="Find by number, VIN or plate",
        help="The whole number, VIN or plate: exact matches of all stores are found.",
    )
    candidate_ids = fields.Many2many(
        comodel_name="res.partner", string="Found", readonly=True
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer")
    partner_level_id = fields.Many2one(related="partner_id.auto_level_id")
    partner_treatment = fields.Text(related="partner_id.auto_level_treatment")
    partner_user_id = fields.Many2one(
        related="partner_id.user_id", string="Consultant of the customer"
    )
    partner_kind_ids = fields.Many2many(related="partner_id.auto_kind_ids")
    partner_comment = fields.Html(related="partner_id.comment", string="Remarks")
    partner_consent_phone = fields.Selection(
        related="partner_id.consent_phone", string="Advertising calls"
    )
    tiles = fields.Json(compute="_compute_summary")
    timeline = fields.Json(string="Last contacts", compute="_compute_summary")
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="About vehicle",
        domain="partner_id and [('owner_id', '=', partner_id)] or []",
    )

    # New caller
    new_name = fields.Char(string="Name")
    new_email = fields.Char(string="E-mail")

    # Wrap-up
    channel = fields.Selection(
        selection="_selection_channel", required=True, default="phone"
    )
    direction = fields.Selection(
        selection="_selection_direction", required=True, default="in"
    )
    result = fields.Selection(selection="_selection_result", default="reached")
    summary = fields.Text(string="What was said")
    next_step = fields.Char()
    started_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    external_ref = fields.Char(readonly=True)
    contact_id = fields.Many2one(comodel_name="auto.contact", readonly=True)

    @api.model
    def _selection_channel(self):
        field = self.env["auto.contact"]._fields["channel"]
        return field._description_selection(self.env)

    @api.model
    def _selection_direction(self):
        field = self.env["auto.contact"]._fields["direction"]
        return field._description_selection(self.env)

    @api.model
    def _selection_result(self):
        field = self.env["auto.contact"]._fields["result"]
        return field._description_selection(self.env)

    @api.depends("partner_id")
    def _compute_summary(self):
        for call in self:
            partner = call.partner_id._origin
            call.tiles = partner._auto_360_counters() if partner else []
            call.timeline = (
                partner._auto_360_timeline(limit=LAST_CONTACTS) if partner else []
            )

    # ------------------------------------------------------------
    # Opening
    # ------------------------------------------------------------

    @api.model
    def _start(self, number, external_ref=None, direction="in"):
        """Open a call from whatever the telephone system says about the caller.

        :param str number: in any spelling; empty, "anonymous" or garbage is a
            caller without number
        :param str external_ref: the call's id in the telephone system
        :param str direction: ``in`` or ``out``
        :return: one ``auto.call``; for a ``external_ref`` that this agent has on the
            screen, that one
        """
        # A telephone system may send anything.
        number = (number or "").replace("\x00", "")
        external_ref = (external_ref or "").replace("\x00", "")[:64]
        again = external_ref and self.search(
            [("external_ref", "=", external_ref), ("create_uid", "=", self.env.uid)],
            order="id desc",
            limit=1,
        )
        if again:
            return again
        country = self.env.company.country_id.code
        # What is no whole number is shown all the same, cut to a sane length; words
        # such as “anonymous” are none, and not to be called.
        digits = clean_digits(number)[:40]
        shown = normalise_phone(number, country) or (
            digits if any(sign.isdigit() for sign in digits) else ""
        )
        call = self.create(
            {
                "number": shown,
                "external_ref": external_ref or False,
                "direction": "out" if direction == "out" else "in",
            }
        )
        call._identify(number)
        return call

    def _identify(self, number):
        """Look up who has this number and fill in what was found."""
        self.ensure_one()
        country = self.env.company.country_id.code
        found = self.env["res.partner"]._find_customer(phone=number)
        if found:
            self._take_found(found, self.env._("Call screen: by number"))
        else:
            known = bool(normalise_phone(number, country))
            self.state = "unknown" if known else "withheld"

    def _take_found(self, partners, detail):
        """Log the look-up, join the store, and show whom it found.

        :param partners: the callers, found by something exact
        :param str detail: by what, in words
        """
        self.ensure_one()
        self.env["auto.access.log"]._log("lookup", partners, detail)
        partners._join_store(self.env.company, detail)
        # Who calls, calls about a car: those that the callers own are found, too.
        vehicles = (
            self.env["auto.vehicle"].sudo().search([("owner_id", "in", partners.ids)])
        )
        self.env["auto.access.log"]._log("lookup", vehicles, detail)
        vehicles._join_store(self.env.company, detail)
        # The rights of the agent on these customers have just changed.
        self.env.invalidate_all()
        self.write(
            {
                "candidate_ids": [fields.Command.set(partners.ids)],
                "partner_id": partners.id if len(partners) == 1 else False,
                "state": "found" if len(partners) == 1 else "several",
            }
        )

    def action_find(self):
        """Find a customer by the whole number, VIN or plate that was typed."""
        self.ensure_one()
        query = (self.query or "").strip()
        if not query:
            raise UserError(self.env._("Type a phone number, a VIN or a plate."))
        partners = self.env["res.partner"]._find_customer(phone=query)
        detail = self.env._("Call screen: by number")
        if not partners:
            vehicles = self.env["auto.vehicle"]._lookup(vin=query, plate=query)
            # The owner may be another store's customer; finding the car by its
            # exact VIN or plate is the look-up that opens both.
            owners = vehicles.sudo().owner_id
            partners = self.env["res.partner"].browse(owners.ids)
            detail = self.env._("Call screen: by vehicle")
            if vehicles:
                self.vehicle_id = vehicles[:1]
        if not partners:
            raise UserError(
                self.env._(
                    "Nobody has exactly “%(query)s”. Log the call as a new caller, or "
                    "check the number.",
                    query=query,
                )
            )
        self._take_found(partners, detail)
        return self._reopen()

    def action_other_person(self):
        """Log the call for somebody else than the number tells."""
        self.ensure_one()
        self.write({"partner_id": False, "vehicle_id": False, "state": "unknown"})
        return self._reopen()

    def action_open_partner(self):
        """Open the customer."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "res.partner",
            "res_id": self.partner_id.id,
            "views": [
                (
                    self.env.ref("auto_crm_base.res_partner_view_form_customer").id,
                    "form",
                )
            ],
        }

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Call"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "current",
        }

    # ------------------------------------------------------------
    # Wrap-up
    # ------------------------------------------------------------

    def action_done(self):
        """Log the call, then wait for the next one.

        :raise UserError: when the call was logged already or says nothing
        """
        self.ensure_one()
        # Two clicks, or two tabs, must not log one call twice.
        self.lock_for_update()
        if self.contact_id:
            raise UserError(self.env._("This call is logged already."))
        if not self.summary and not self.result:
            raise UserError(self.env._("Say in a word what the call was about."))
        if self._says_nothing():
            raise UserError(
                self.env._(
                    "Nobody is named and nothing is written. Say who called, or in a "
                    "word what the call was about."
                )
            )
        self.contact_id = self._log_call()
        return self._wrap_up() or self._next_call_action()

    def _says_nothing(self):
        """Return whether an unknown caller's form is as it was opened."""
        self.ensure_one()
        untouched = self.result == self.default_get(["result"]).get("result")
        typed = self.partner_id or self.vehicle_id or self.next_step
        return untouched and not (
            typed or (self.summary or "").strip() or (self.new_name or "").strip()
        )

    def _log_call(self):
        """Write the one contact that the call leaves behind, and return it.

        Who is new and gave a name becomes a customer.
        """
        if not self.partner_id and self.new_name:
            self.partner_id = self._create_caller()
        return self.env["auto.contact"].create(self._prepare_contact_values())

    def _named_caller(self):
        """Return the customer who calls; who is new becomes one.

        :raise UserError: when nobody is named
        """
        self.ensure_one()
        if not self.partner_id and (self.new_name or "").strip():
            self.partner_id = self._create_caller()
        if not self.partner_id:
            raise UserError(self.env._("Say who calls: name the caller."))
        return self.partner_id

    def _create_caller(self):
        """Return the customer made of an unknown caller; a hook for prospects."""
        self.ensure_one()
        known = self.state in ("unknown", "found", "several")
        return self.env["res.partner"].create(
            {
                "name": self.new_name.strip(),
                "phone": self.number if known and self.number else False,
                "email": self.new_email,
            }
        )

    def _prepare_contact_values(self):
        """Return the values of the contact that the call leaves behind."""
        self.ensure_one()
        return {
            "partner_id": self.partner_id.id,
            "vehicle_id": self.vehicle_id.id,
            "channel": self.channel,
            "direction": self.direction,
            "result": self.result,
            "summary": self.summary,
            "next_step": self.next_step,
            "number": self.number,
            "external_ref": self.external_ref,
            "date": self.started_at,
            "duration": self._call_seconds(),
        }

    def _call_seconds(self):
        """Return how long the call took; 0 when nobody knows."""
        self.ensure_one()
        seconds = (fields.Datetime.now() - self.started_at).total_seconds()
        return int(seconds) if 0 < seconds <= LONGEST_CALL else 0

    def _wrap_up(self):
        """Do what a call leads to; a hook, after the contact is written.

        :return: an action to open, or False for the next call
        """
        return False

    def _logged_text(self):
        """Return what the agent is told once the call is logged; a hook."""
        return self.env._("Call logged.")

    def _next_call_action(self):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self._logged_text(),
                "next": self.env["ir.actions.act_window"]._for_xml_id(
                    "auto_crm_base.auto_call_action"
                ),
            },
        }
