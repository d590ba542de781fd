from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

# Only the methods of claims pass this object, so that no client skips a step.
STATE = object()
KINDS = [("warranty", "Warranty"), ("insurance", "Insurance")]
STEPS = [
    ("draft", "To prepare"),
    ("submitted", "Submitted"),
    ("returned", "Sent back"),
    ("decided", "Decided"),
    ("closed", "Closed"),
    ("cancelled", "Cancelled"),
]
# What is claimed can still be put right.
OPEN_STEPS = ("draft", "returned")
# What people write on a claim; the rest follows from the repair order and buttons.
OWN_FIELDS = {
    "user_id",
    "payer_ref",
    "policy_id",
    "date_accident",
    "accident_place",
    "note",
    "authorisation_ids",
}
SYSTEM_FIELDS = {
    "name",
    "step",
    "state",
    "kind",
    "repair_id",
    "vehicle_id",
    "company_id",
    "partner_id",
    "customer_id",
    "line_ids",
    "result_ids",
    "move_ids",
    "check_state",
    "date_checked",
    "date_submitted",
    "submitted_by_id",
    "round",
    "date_answer_due",
    "reminded_on",
    "date_decided",
    "decided_by_id",
    "decision_ref",
    "decision_days",
    "date_closed",
    "amount_expected",
    "amount_decided",
    "amount_refused",
    "amount_house",
    "amount_customer",
    "amount_unborne",
    "amount_received",
    "amount_residual",
    "amount_open",
    "invoiced",
    "payment_status",
    "refusal_share",
}
MANAGERS = (
    "auto_crm_base.group_service_manager,auto_crm_base.group_store_manager,"
    "auto_crm_base.group_head_office"
)


class AutoClaim(models.Model):
    """What a maker (warranty) or an insurer is asked to pay for one repair order.

    A claim takes everything from its repair order; nothing is typed twice. Checking,
    submission and decision, money, and the job have files of their own,
    ``auto_claim_<subject>.py``.
    """

    _name = "auto.claim"
    _inherit = [
        "auto.derived.mixin",
        "auto.numbered.mixin",
        "auto.partner.guard.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Claim"
    _order = "id desc"
    _rec_names_search = ["name", "vehicle_id", "payer_ref", "repair_id"]
    _guarded_partner_fields = ("customer_id",)

    kind = fields.Selection(
        selection=KINDS, required=True, default="warranty", readonly=True, index=True
    )
    repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Repair order",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Vehicle",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    vin = fields.Char(related="vehicle_id.vin")
    license_plate = fields.Char(related="vehicle_id.license_plate")
    model_id = fields.Many2one(
        related="vehicle_id.model_id", store=True, index="btree_not_null"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Claimed from",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The maker or the insurer.",
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Handled by",
        required=True,
        index=True,
        tracking=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    date_in = fields.Datetime(related="repair_id.date_in")
    date_ready = fields.Datetime(related="repair_id.date_ready")
    odometer_in = fields.Integer(related="repair_id.odometer_in")
    payer_ref = fields.Char(
        string="Payer's reference",
        copy=False,
        tracking=True,
        help="The number under which the maker or the insurer keeps the case.",
    )
    policy_id = fields.Many2one(
        comodel_name="auto.insurance.policy",
        string="Insurance policy",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('vehicle_id', '=', vehicle_id)]",
    )
    date_accident = fields.Datetime(string="Accident on", copy=False)
    accident_place = fields.Char(string="Place of the accident", copy=False)
    note = fields.Text(string="To the payer", help="Printed on the claim.")

    step = fields.Selection(
        selection=STEPS,
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        index=True,
    )
    state = fields.Selection(
        selection=[
            ("draft", "To prepare"),
            ("submitted", "Submitted"),
            ("returned", "Sent back"),
            ("decided", "Decided"),
            ("paid", "Paid"),
            ("closed", "Closed"),
            ("cancelled", "Cancelled"),
        ],
        compute="_compute_state",
        store=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
        help="Paid: what was decided has been received.",
    )
    line_ids = fields.One2many(
        comodel_name="auto.claim.line",
        inverse_name="claim_id",
        string="Lines",
        readonly=True,
    )
    job_ids = fields.Many2many(
        comodel_name="auto.repair.job", string="Jobs", compute="_compute_job_ids"
    )
    authorisation_ids = fields.One2many(
        comodel_name="auto.claim.authorisation",
        inverse_name="claim_id",
        string="Pre-authorisations",
    )

    _repair_uniq = models.UniqueIndex(
        "(repair_id, kind) WHERE step != 'cancelled'",
        "There is such a claim for this repair order already.",
    )
    _waiting_idx = models.Index("(date_answer_due) WHERE step = 'submitted'")

    # ------------------------------------------------------------------
    # Compute
    # ------------------------------------------------------------------

    @api.depends("name", "vehicle_id")
    def _compute_display_name(self):
        for claim in self:
            # The plate is on the claim, whoever may open the car.
            car = claim.vehicle_id.sudo()
            parts = (claim.name, car.license_plate or car.vin)
            claim.display_name = " · ".join(part for part in parts if part)

    @api.depends("line_ids.job_id")
    def _compute_job_ids(self):
        for claim in self:
            claim.job_ids = claim.line_ids.job_id

    @api.depends("step", "payment_status")
    def _compute_state(self):
        for claim in self:
            paid = claim.step == "decided" and claim.payment_status == "paid"
            claim.state = "paid" if paid else claim.step

    @api.constrains("user_id", "company_id")
    def _check_user_store(self):
        for claim in self.sudo():  # a user's stores are checked for anybody
            if claim.company_id not in claim.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(store)s.",
                        user=claim.user_id.name,
                        store=claim.company_id.name,
                    )
                )

    # ------------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        claims = super().create([self._from_repair(vals) for vals in vals_list])
        claims._take_lines()
        claims._link_invoices()
        claims._run_checks()
        return claims

    @api.model
    def _from_repair(self, vals):
        """Return the values of a claim, taken from its repair order.

        :raise UserError: when the payer is not known
        """
        if self.env.context.get("auto_claim") is STATE:
            return vals
        repair = self.env["repair.order"].browse(vals.get("repair_id"))
        kind = vals.get("kind") or "warranty"
        if not repair.exists() or not repair.vehicle_id:
            raise UserError(self.env._("A claim is made from the repair order."))
        repair.check_access("write")
        if repair.service_state == "cancelled":
            raise UserError(
                self.env._("%(order)s is cancelled.", order=repair.display_name)
            )
        if not repair.line_ids._claimable(kind):
            raise UserError(
                self.env._(
                    "Nothing on %(order)s is paid by this payer.",
                    order=repair.display_name,
                )
            )
        values = {name: vals[name] for name in vals if name in OWN_FIELDS}
        if kind == "insurance":
            values.setdefault("policy_id", repair._claim_policy().id)
        # An adviser who works elsewhere by now does not handle it.
        adviser = repair.user_id
        if not adviser or repair.company_id not in adviser.sudo().company_ids:
            adviser = self.env.user
        values.setdefault("user_id", adviser.id)
        return {
            **values,
            "kind": kind,
            "repair_id": repair.id,
            "company_id": repair.company_id.id,
            "vehicle_id": repair.vehicle_id.id,
            "partner_id": repair._payer(kind).id,
            "customer_id": repair.partner_id.id,
        }

    def write(self, vals):
        if self.env.context.get("auto_claim") is not STATE:
            if vals.keys() & SYSTEM_FIELDS:
                raise UserError(
                    self.env._(
                        "A claim moves on by its buttons, and takes the rest from its "
                        "repair order."
                    )
                )
            if vals.keys() & OWN_FIELDS - {"user_id", "payer_ref"}:
                self._check_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("A claim is not deleted: cancel it instead."))

    def _set(self, vals):
        """Write what only the methods of claims may write."""
        # Whether the user may is checked by the method that does it.
        return self.sudo().with_context(auto_claim=STATE).write(vals)

    @api.model
    def _now(self):
        """Return the present; the story of the demo says its own."""
        told = self.env.context.get("auto_claim_now") if self.env.su else None
        return told or fields.Datetime.now()

    def _check_open(self):
        """Refuse to change what the payer has before them.

        :raise UserError: when one of the claims was submitted
        """
        for claim in self:
            if claim.step not in OPEN_STEPS:
                raise UserError(
                    self.env._(
                        "%(claim)s was submitted: it changes when it is sent back.",
                        claim=claim.name,
                    )
                )

    def _check_manager(self):
        """Refuse what is the service or store manager's, or head office's.

        :raise AccessError: for others
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_groups(MANAGERS):
            raise AccessError(
                self.env._(
                    "What was decided on claims is recorded by the service manager."
                )
            )

    # ------------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------------

    def _take_lines(self):
        """Bring the lines in step with the repair order, as long as that is open."""
        lines = self.env["auto.claim.line"].sudo()  # written by nobody by hand
        vals_list = []
        for claim in self.sudo():
            if claim.step not in OPEN_STEPS:
                continue
            repair = claim.repair_id
            parties = {
                "partner_id": repair._payer(claim.kind).id,
                "customer_id": repair.partner_id.id,
            }
            if any(claim[name].id != value for name, value in parties.items()):
                claim._set(parties)
            wanted = repair.line_ids._claimable(claim.kind)
            final = claim.line_ids.filtered(
                lambda line: line.decision and line.decision != "returned"
            )
            (claim.line_ids - final).filtered(
                lambda line, wanted=wanted: line.repair_line_id not in wanted
            ).unlink()
            number = max(claim.line_ids.mapped("number"), default=0)
            known = {line.repair_line_id: line for line in claim.line_ids}
            for source in wanted:
                values = source._claim_values()
                if source not in known:
                    number += 1
                    values |= {"claim_id": claim.id, "number": number}
                    vals_list.append(values)
                elif known[source] not in final:
                    known[source]._set(values)
        if vals_list:
            lines.with_context(auto_claim=STATE).create(vals_list)

    def _log_vehicle(self, text):
        """Write a line on the timeline of the cars."""
        for claim in self.sudo():
            claim.vehicle_id._log_event(
                "claim",
                f"{text} · {claim.name}",
                document=claim,
                partner=claim.customer_id,
                company=claim.company_id,
            )

    def _handlers(self):
        """Return who handles the claim; the manager when that person is gone."""
        self.ensure_one()
        user = self.user_id
        if user.active and self.company_id in user.company_ids:
            return user
        departments = self.env["auto.complaint.department"]
        return departments._role_users("service_manager", self.company_id)[:1]

    def _remind(self, summary):
        """Give an activity to who handles the claim."""
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id(self._name)
        # Given by the system, also by who only reads the claim.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": claim.id,
                    "user_id": user.id,
                    "date_deadline": fields.Date.context_today(self),
                    "summary": summary,
                    "automated": True,
                }
                for claim in self.sudo()
                for user in claim._handlers()
            ]
        )

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_view_repair(self):
        """Open the repair order."""
        self.ensure_one()
        view = self.env.ref("auto_crm_service.repair_order_view_form_service")
        return {
            "type": "ir.actions.act_window",
            "res_model": "repair.order",
            "res_id": self.repair_id.id,
            "views": [(view.id, "form")],
        }

    @api.model
    def _unpaid_domain(self):
        """Return the domain of claims of which money is still to come."""
        return Domain("step", "in", ("submitted", "decided")) & Domain(
            "amount_open", ">", 0
        )
