from ast import literal_eval

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

# Only the methods of call lists pass this object, so that no client sets a state.
STEP = object()
MANAGERS = frozenset({"sales_manager", "store_manager", "head_office"})


class AutoCallList(models.Model):
    """People whom the call centre rings up, one after the other.

    A manager says whom (a filter of prospects or customers), what for and how often
    to try; who calls gets the next person. How people come on the list is in
    ``auto_call_list_fill``, how they are given to agents in ``auto_call_list_next``.
    """

    _name = "auto.call.list"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Call list"
    _order = "sequence, id desc"

    name = fields.Char(required=True, tracking=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        selection=[
            ("draft", "Being prepared"),
            ("running", "Running"),
            ("done", "Closed"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        index="btree_not_null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    agent_ids = fields.Many2many(
        comodel_name="res.users",
        string="Who calls",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        help="Empty: the call centre and the consultants of the store.",
    )
    source = fields.Selection(
        selection=[("lead", "Prospects"), ("partner", "Customers")],
        string="Who is called",
        required=True,
        default="lead",
    )
    lead_domain = fields.Char(
        string="Which prospects", default="[('won_status', '=', 'pending')]"
    )
    partner_domain = fields.Char(string="Which customers", default="[]")
    purpose = fields.Selection(
        selection=[
            ("marketing", "Advertising"),
            ("service", "The customer's own car or order"),
            ("survey", "Survey"),
        ],
        required=True,
        default="marketing",
        help="Decides which consent counts. Advertising also respects how often the "
        "group may contact a customer.",
    )
    script_id = fields.Many2one(
        comodel_name="auto.knowledge.article",
        string="Script",
        domain="[('is_public', '=', True)]",
        ondelete="restrict",
        help="An article of the knowledge base, shown on the call screen.",
    )
    max_attempts = fields.Integer(
        string="No answer, at most",
        default=3,
        help="After so many times without an answer the person is not called again.",
    )
    retry_hours = fields.Float(
        string="Try again after (hours)",
        default=4,
        help="After no answer, and when no time was agreed.",
    )
    hour_from = fields.Float(string="Calls from", default=9)
    hour_to = fields.Float(
        string="Calls until",
        default=20,
        help="In the time zone of the store. Nobody is given out at other times.",
    )
    date_end = fields.Date(string="Ends on")

    entry_ids = fields.One2many(
        comodel_name="auto.call.list.entry", inverse_name="list_id", string="People"
    )
    entry_count = fields.Integer(string="On the list", compute="_compute_counts")
    open_count = fields.Integer(string="Still to call", compute="_compute_counts")
    reached_count = fields.Integer(string="Reached", compute="_compute_counts")
    missed_count = fields.Integer(string="Not reached", compute="_compute_counts")
    barred_count = fields.Integer(string="May not be called", compute="_compute_counts")
    progress = fields.Float(
        string="Done (%)",
        compute="_compute_counts",
        help="Of all on the list, those that nobody has to call any more.",
    )
    may_manage = fields.Boolean(compute="_compute_may_manage")

    _attempts_positive = models.Constraint(
        "CHECK (max_attempts > 0 AND retry_hours > 0)",
        "A person is called at least once, and not again at the same moment.",
    )
    _hours_of_day = models.Constraint(
        "CHECK (hour_from >= 0 AND hour_from < hour_to AND hour_to <= 24)",
        "Calls are made between two hours of one day.",
    )

    @api.constrains("lead_domain", "partner_domain", "source")
    def _check_domain(self):
        for one in self:
            one._people_domain()

    @api.constrains("script_id", "company_id")
    def _check_script(self):
        for one in self:
            script = one.script_id.sudo()  # its store alone is looked at
            if script.company_id and script.company_id not in one.company_id.parent_ids:
                raise ValidationError(
                    self.env._("“%s” is another store's article.", script.name)
                )

    @api.depends("entry_ids.state")
    def _compute_counts(self):
        counts = {one: {} for one in self}
        # Who calls sees only whom one has on the line; how many there are, all may.
        for one, state, number in (
            self.env["auto.call.list.entry"]
            .sudo()
            ._read_group(
                [("list_id", "in", self.ids)], ["list_id", "state"], ["__count"]
            )
        ):
            counts[self.browse(one.id)][state] = number
        for one in self:
            of = counts[one]
            total = sum(of.values()) - of.get("off", 0)
            one.entry_count = total
            one.open_count = of.get("waiting", 0) + of.get("calling", 0)
            one.reached_count = of.get("done", 0)
            one.missed_count = of.get("missed", 0)
            one.barred_count = of.get("barred", 0)
            one.progress = 100 * (total - one.open_count) / total if total else 0

    @api.depends_context("uid")
    def _compute_may_manage(self):
        self.may_manage = self.env.su or bool(self.env.user._auto_roles() & MANAGERS)

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                {
                    name: vals[name]
                    for name in vals
                    if name not in ("state", "entry_ids")
                }
                for vals in vals_list
            ]
        )

    def write(self, vals):
        by_step = self.env.context.get("auto_call_list") is STEP
        if vals.keys() & {"state", "entry_ids"} and not by_step:
            raise UserError(self.env._("A call list is changed by its buttons."))
        if "company_id" in vals and any(one.state != "draft" for one in self):
            raise UserError(self.env._("The store of a list that runs stays."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(one.state != "draft" or one.entry_count for one in self):
            raise UserError(
                self.env._("A list with people on it is kept: close or archive it.")
            )

    def _step(self, state):
        self.with_context(auto_call_list=STEP).write({"state": state})

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_start(self):
        """Let agents call.

        :raise UserError: when nobody is on the list
        """
        self._check_manager()
        for one in self:
            if not one.entry_count:
                raise UserError(
                    self.env._("Nobody is on “%s” yet: add people first.", one.name)
                )
        self._step("running")
        return True

    def action_close(self):
        """End the list; who was not called stays on it as it is."""
        self._check_manager()
        self._step("done")
        return True

    def action_reopen(self):
        """Go on with a closed list."""
        self._check_manager()
        self._step("running")
        return True

    def action_open_entries(self):
        """Open the people on the list."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_call_list_entry_action"
        )
        action["domain"] = [("list_id", "=", self.id)]
        only = self.env.context.get("auto_entry_state")
        action["context"] = {f"search_default_{only}": 1} if only else {}
        return action

    def _check_manager(self):
        self.check_access("write")
        if not self.env.su and not self.env.user._auto_roles() & MANAGERS:
            raise AccessError(self.env._("Managers look after call lists."))

    def _people_domain(self):
        """Return the filter that says whom the list is for.

        :raise ValidationError: when it is none
        """
        self.ensure_one()
        model = {"lead": "crm.lead", "partner": "res.partner"}[self.source]
        text = self.lead_domain if self.source == "lead" else self.partner_domain
        try:
            domain = Domain(literal_eval(text or "[]"))
            domain.validate(self.env[model])
        except (ValueError, SyntaxError, TypeError, KeyError, RecursionError) as error:
            raise ValidationError(
                self.env._("The filter cannot be read: %s", text)
            ) from error
        return domain
