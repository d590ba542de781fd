from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount, format_date


class AutoLeadMatch(models.Model):
    """One car that suits one prospect, with the reasons.

    Rows are computed by ``crm.lead._match_vehicles`` in SQL; people propose or
    dismiss them.
    """

    _name = "auto.lead.match"
    _description = "Matching car"
    _order = "state_order, score desc, id"
    _rec_name = "vehicle_id"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Car",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", required=True, readonly=True
    )
    user_id = fields.Many2one(related="lead_id.user_id", string="Consultant")
    score = fields.Float(
        readonly=True,
        digits=(5, 1),
        aggregator="max",
        help="0 to 100: how far the car meets what the customer told us, by the "
        "weights of the criteria.",
    )
    reasons = fields.Json(
        string="Facts of the match",
        readonly=True,
        help="For each criterion that counted: how far it is met (0 to 1), and the "
        "facts about it.",
    )
    reason_text = fields.Char(string="Why", compute="_compute_reason_text")
    reason_html = fields.Html(
        string="Reasons", compute="_compute_reason_text", sanitize=False
    )
    state = fields.Selection(
        selection=[
            ("new", "Suggested"),
            ("proposed", "Proposed"),
            ("dismissed", "Dismissed"),
        ],
        required=True,
        readonly=True,
        default="new",
    )
    state_order = fields.Integer(
        compute="_compute_state_order", store=True, readonly=True
    )
    proposed_by = fields.Many2one(comodel_name="res.users", readonly=True)
    date_proposed = fields.Datetime(string="Proposed on", readonly=True)
    model_id = fields.Many2one(related="vehicle_id.model_id", string="Model")
    color = fields.Char(related="vehicle_id.color", string="Colour")
    sale_state = fields.Selection(related="vehicle_id.sale_state")

    _lead_vehicle_uniq = models.Constraint(
        "UNIQUE(lead_id, vehicle_id)", "This car is already in the prospect's list."
    )

    @api.depends("state")
    def _compute_state_order(self):
        order = {"proposed": 0, "new": 1, "dismissed": 2}
        for match in self:
            match.state_order = order.get(match.state, 1)

    @api.depends("reasons")
    @api.depends_context("lang")
    def _compute_reason_text(self):
        for match in self:
            words = match._reason_words()
            match.reason_text = ", ".join(text for _met, text in words)
            match.reason_html = Markup(" ").join(
                Markup('<span class="badge rounded-pill %s">%s</span>')
                % (
                    "text-bg-success"
                    if met >= 0.99
                    else "text-bg-warning"
                    if met > 0
                    else "text-bg-light border",
                    text,
                )
                for met, text in words
            )

    def _reason_words(self):
        """Return the reasons in the reader's language, the best met first.

        :return: list of ``(how far met, 0 to 1, text)``
        """
        self.ensure_one()
        words = []
        for code, facts in (self.reasons or {}).items():
            method = getattr(self, f"_reason_{code}", None)
            if method is None:
                continue
            text = method(facts["met"], facts)
            if text:
                words.append((facts["met"], text))
        return sorted(words, key=lambda pair: -pair[0])

    def _reason_budget(self, met, facts):
        if not facts.get("price"):
            return self.env._("price not known")
        price = format_amount(self.env, facts["price"], self.company_id.currency_id)
        if facts.get("over"):
            return self.env._(
                "%(percent)s%% over the budget (%(price)s)",
                percent=max(1, round(facts["over"])),
                price=price,
            )
        if met < 1:
            return self.env._("below the budget (%s)", price)
        return self.env._("within budget (%s)", price)

    def _reason_model(self, met, facts):
        return (
            self.env._("the model wished for")
            if met
            else self.env._("another model than wished for")
        )

    def _reason_brand(self, met, facts):
        return (
            self.env._("the brand wished for")
            if met
            else self.env._("another brand than wished for")
        )

    def _reason_category(self, met, facts):
        name = facts.get("name")
        if met:
            return self.env._("%s as wished", name)
        return (
            self.env._("%s, not the body wished for", name)
            if name
            else self.env._("body not known")
        )

    def _reason_condition(self, met, facts):
        if facts.get("used"):
            return (
                self.env._("used, as wished")
                if met
                else self.env._("used, not new as wished")
            )
        return (
            self.env._("new, as wished")
            if met
            else self.env._("new, not used as wished")
        )

    def _reason_color(self, met, facts):
        name = facts.get("name")
        if met:
            return self.env._("%s as wished", name)
        return (
            self.env._("%s, another colour than wished for", name)
            if name
            else self.env._("colour not known")
        )

    def _reason_feature(self, met, facts):
        if met >= 1:
            return self.env._("has all that it must have")
        return self.env._(
            "has %(present)s of %(wanted)s must-haves",
            present=facts.get("present", 0),
            wanted=facts.get("wanted", 0),
        )

    def _reason_seats(self, met, facts):
        seats = facts.get("seats")
        if not seats:
            return self.env._("number of seats not known")
        return (
            self.env._("%s seats", seats) if met else self.env._("only %s seats", seats)
        )

    def _reason_use(self, met, facts):
        return self.env._("suits the use") if met else ""

    def _reason_date(self, met, facts):
        if facts.get("here"):
            return self.env._("in stock")
        if not facts.get("expected"):
            return self.env._("on order, no date yet")
        day = format_date(self.env, facts["expected"])
        if facts.get("late"):
            return self.env._("on order, arrives %s, later than wished", day)
        return self.env._("on order, arrives %s", day)

    def _reason_store(self, met, facts):
        return "" if met else self.env._("in another store of the group")

    def action_propose(self):
        """Note that these cars are proposed to the customer, in the lead's log."""
        self._check_may_decide()
        now = fields.Datetime.now()
        # Matches are written by the system only; who may was checked above.
        self.sudo().write(
            {"state": "proposed", "proposed_by": self.env.uid, "date_proposed": now}
        )
        for lead, matches in self.grouped("lead_id").items():
            lead._message_log(
                body=Markup("<p>%s</p><ul>%s</ul>")
                % (
                    self.env._("Proposed to the customer:"),
                    Markup("").join(
                        Markup("<li>%s: %s</li>")
                        % (match.vehicle_id.display_name, match.reason_text)
                        for match in matches
                    ),
                )
            )
        return True

    def action_dismiss(self):
        """Take these cars off the list; a new search does not bring them back."""
        self._check_may_decide()
        self.sudo().write({"state": "dismissed"})  # as in action_propose
        return True

    def action_restore(self):
        """Put dismissed cars back on the list."""
        self._check_may_decide()
        self.sudo().write({"state": "new"})  # as in action_propose
        return True

    def action_open_vehicle(self):
        """Open the car."""
        self.ensure_one()
        return self.vehicle_id._get_records_action()

    def action_open_lead(self):
        """Open the prospect."""
        self.ensure_one()
        return self.lead_id._get_records_action()

    def _check_may_decide(self):
        self.check_access("read")
        self.lead_id.check_access("write")
        if any(not lead.active for lead in self.lead_id):
            raise UserError(self.env._("This prospect is closed."))
