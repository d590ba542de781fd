import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import format_date, format_time

from .auto_appointment import COMING
from .auto_repair_job_clock import WORKSHOP
from .repair_order import OVER

PEOPLE = (
    "auto_crm_base.group_service_manager,auto_crm_base.group_store_manager,"
    "auto_crm_base.group_config"
)
# Only the button that makes a new address passes this object.
ADDRESS = object()
# Who comes later than this is late.
LATE = timedelta(minutes=15)
# So many cars at most; a workshop has fewer.
MAX_ROWS = 300


class AutoWorkshopScreen(models.Model):
    """A screen on the wall: of the workshop, or of the customers' lounge.

    It shows no names of customers and no prices. Whoever has its address sees it;
    a new address, or the archive, switches the old one off.
    """

    _name = "auto.workshop.screen"
    _description = "Electronic board"
    _order = "company_id, kind, name, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    kind = fields.Selection(
        selection=[("workshop", "Workshop"), ("lounge", "Customers' lounge")],
        required=True,
        default="workshop",
        help="In the lounge: what a customer understands; no bay, no technician.",
    )
    token = fields.Char(
        required=True,
        readonly=True,
        copy=False,
        groups=PEOPLE,
        default=lambda self: secrets.token_urlsafe(24),
    )
    url = fields.Char(string="Address", compute="_compute_url", groups=PEOPLE)
    lang_id = fields.Many2one(
        comodel_name="res.lang",
        string="Language",
        default=lambda self: self._default_lang_id(),
        ondelete="restrict",
        help="Empty: that of the store.",
    )
    plate_mask = fields.Selection(
        selection=[
            ("whole", "Whole: 浙A·12345"),
            ("middle", "Middle hidden: 浙A·1**45"),
            ("end", "Only the end: **345"),
        ],
        string="License plate",
        required=True,
        default="whole",
    )
    rows_per_page = fields.Integer(
        string="Rows on a page",
        required=True,
        default=10,
        help="More cars than that take turns.",
    )
    seconds_per_page = fields.Integer(
        string="Seconds a page", required=True, default=12
    )
    has_model = fields.Boolean(string="Model", default=True)
    has_bay = fields.Boolean(string="Bay", default=True)
    has_technician = fields.Boolean(string="Technician", default=True)
    has_promise = fields.Boolean(string="Promised time", default=True)
    has_expected = fields.Boolean(
        string="Cars expected today",
        default=True,
        help="The appointments of the day that have not arrived yet. Not in the "
        "lounge: who is there has come.",
    )

    _token_uniq = models.Constraint("UNIQUE (token)", "There is such a screen already.")
    _rows_check = models.Constraint(
        "CHECK (rows_per_page BETWEEN 3 AND 20)", "A page has 3 to 20 rows."
    )
    _seconds_check = models.Constraint(
        "CHECK (seconds_per_page BETWEEN 5 AND 300)",
        "A page is shown for 5 to 300 seconds.",
    )

    @api.model
    def _default_lang_id(self):
        return self.env["res.lang"]._lang_get(self.env.lang or "en_US")

    def _compute_url(self):
        base = self.browse().get_base_url()
        for screen in self:
            screen.url = f"{base}/auto/board/{screen.token}" if screen.token else ""

    @api.onchange("kind")
    def _onchange_kind(self):
        if self.kind == "lounge":
            self.plate_mask = "middle"
            self.has_bay = self.has_technician = False

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("token", None)  # nobody chooses one that can be guessed
        return super().create(vals_list)

    def write(self, vals):
        if self.env.context.get("auto_screen") is not ADDRESS:
            vals = {name: vals[name] for name in vals if name != "token"}
        return super().write(vals)

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_open(self):
        """Look at the screen."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.url, "target": "new"}

    def action_new_address(self):
        """Give it another address; who has the old one sees nothing any more."""
        for screen in self.with_context(auto_screen=ADDRESS):
            screen.token = secrets.token_urlsafe(24)
        return True

    # ------------------------------------------------------------------
    # What it shows
    # ------------------------------------------------------------------

    @api.model
    def _by_token(self, token):
        """Return the screen of an address as superuser, or none."""
        if not isinstance(token, str) or not token or "\0" in token:
            return self.sudo().browse()
        # A screen has no login: its token is what lets it in.
        return self.sudo().search([("token", "=", token)], limit=1)

    def _board(self):
        """Return what the screen shows, as superuser.

        :return: a dict of ``title``, ``columns`` and ``rows``, all as text
        """
        self.ensure_one()
        lang = self.lang_id.code or self.company_id.partner_id.lang or self.env.lang
        tz = self.company_id._workshop_tz()
        return self.with_context(lang=lang, tz=tz)._board_values(lang, tz)

    def _board_values(self, lang, tz):
        """Return :meth:`_board`, in the language and by the clock of the context."""
        repairs = self.env["repair.order"].search_fetch(
            Domain("company_id", "=", self.company_id.id)
            & Domain("vehicle_id", "!=", False)
            & Domain("service_state", "not in", (*OVER, False)),
            ["vehicle_id", "service_state", "promised_on", "job_ids", "company_id"],
            order="promised_on, id",
            limit=MAX_ROWS,
        )
        running = (
            self.env["auto.repair.job"]._running_jobs(self.company_id)
            if self.has_bay or self.has_technician
            else ()
        )
        rows = [self._row(repair, tz, running) for repair in repairs]
        in_house = len(rows)
        rows += self._expected_rows(tz)
        # Late ones come first; those to come and ready ones go to the end.
        order = {"expected": 1, "ready": 2}
        rows.sort(key=lambda row: (order.get(row["step"], 0), not row["is_late"]))
        return {
            "title": self.company_id.name,
            "subtitle": self.name,
            "lang": (lang or "en_US").replace("_", "-"),
            "tz": tz,
            "columns": self._columns(),
            "rows": rows,
            "rows_per_page": self.rows_per_page,
            "seconds_per_page": self.seconds_per_page,
            "words": {
                "late": self.env._("Late"),
                "empty": self.env._("No car in the workshop"),
                "offline": self.env._("No connection"),
                "cars": self.env._("Cars: %s", in_house),
            },
        }

    def _columns(self):
        """Return the name and heading of each column."""
        columns = [("plate", self.env._("License plate"))]
        if self.has_model:
            columns.append(("model", self.env._("Model")))
        columns.append(("state", self.env._("State")))
        if self.has_bay:
            columns.append(("bay", self.env._("Bay")))
        if self.has_technician:
            columns.append(("technician", self.env._("Technician")))
        if self.has_promise:
            columns.append(("promised", self.env._("Promised for")))
        return columns

    def _row(self, repair, tz, running):
        """Return one car."""
        jobs = repair.job_ids
        at_work = jobs.filtered(lambda job: job.id in running) or jobs.filtered(
            lambda job: not job.is_done and repair.service_state in WORKSHOP
        )
        step = {
            "asked": "asked",
            "queued": "queued",
            "settled": "ready",
        }.get(repair.service_state, repair.service_state)
        return {
            "plate": self._masked(
                repair.vehicle_id.license_plate or (repair.vehicle_id.vin or "")[-6:]
            ),
            "model": repair.vehicle_id.model_id.name or "" if self.has_model else "",
            "step": step,
            "state": self._state_name(step),
            "bay": ", ".join(at_work.bay_id.mapped("name")) if self.has_bay else "",
            "technician": ", ".join(at_work.technician_id.mapped("name"))
            if self.has_technician
            else "",
            "promised": self._time(repair.promised_on, tz) if self.has_promise else "",
            # In the lounge nobody is shown up before the others.
            "is_late": repair.is_late and self.has_promise and self.kind == "workshop",
        }

    def _expected_rows(self, tz):
        """Return the cars that are booked for today and have not come."""
        if not self.has_expected or self.kind != "workshop":
            return []
        _day, begin, end = self.env["auto.repair.job"]._day_of(self.company_id)
        now = fields.Datetime.now()
        appointments = self.env["auto.appointment"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", COMING),
                ("start", ">=", begin),
                ("start", "<", end),
            ],
            order="start, id",
            limit=MAX_ROWS,
        )

        def plate(one):
            car = one.vehicle_id.license_plate or (one.vehicle_id.vin or "")[-6:]
            # What a customer typed is not put on the wall.
            return self._masked(car) if car else one.name.rsplit("/", 1)[-1]

        return [
            {
                "plate": plate(one),
                "model": one.vehicle_id.model_id.name or "" if self.has_model else "",
                "step": "expected",
                "state": self.env._(
                    "Expected %(time)s", time=self._time(one.start, tz)
                ),
                "bay": one.bay_id.name or "" if self.has_bay else "",
                "technician": "",
                "promised": self._time(one.promised_on or one.stop, tz)
                if self.has_promise
                else "",
                "is_late": self.has_promise and one.start < now - LATE,
            }
            for one in appointments
        ]

    def _state_name(self, step):
        """Return a step in the words of who looks at the screen."""
        lounge = self.kind == "lounge"
        return {
            "received": self.env._("Received"),
            "asked": self.env._("Your decision")
            if lounge
            else self.env._("Customer decides"),
            "queued": self.env._("Next in line") if lounge else self.env._("Waiting"),
            "working": self.env._("In work"),
            "parts": self.env._("Waiting for parts"),
            "quality": self.env._("Quality check"),
            "ready": self.env._("Ready for you") if lounge else self.env._("Ready"),
        }.get(step, "")

    def _masked(self, plate):
        """Return a plate as this screen may show it."""
        if self.plate_mask == "end":
            return f"**{plate[-3:]}"
        if self.plate_mask == "middle" and len(plate) > 5:
            return f"{plate[:3]}{'*' * (len(plate) - 5)}{plate[-2:]}"
        if self.plate_mask == "middle":
            return f"**{plate[-2:]}"
        return plate

    def _time(self, moment, tz):
        """Return a promise by the clock of the store, with the day unless today."""
        if not moment:
            return ""
        time = format_time(self.env, moment, tz=tz, time_format="HH:mm")
        day = fields.Datetime.context_timestamp(self, moment).date()
        if day == fields.Date.context_today(self):
            return time
        return f"{format_date(self.env, day, date_format='MM/dd')} {time}"
