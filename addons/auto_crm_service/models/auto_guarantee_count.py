from odoo import api, fields, models
from odoo.exceptions import UserError

# Only the methods that count pass this object.
COUNTER = object()


class AutoGuaranteeCount(models.Model):
    """How far a car is towards one limit of the three guarantees.

    Counted anew from the repair orders of all stores whenever one of them moves, and
    every night for cars that are in the workshop.
    """

    _name = "auto.guarantee.count"
    _description = "Three guarantees of a car"
    _order = "level desc, share desc, id desc"

    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Vehicle",
        required=True,
        index=True,
        ondelete="cascade",
    )
    model_id = fields.Many2one(related="vehicle_id.model_id", store=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Last store",
        required=True,
        index=True,
        help="Where the car was last repaired for it.",
    )
    rule_id = fields.Many2one(
        comodel_name="auto.guarantee.rule",
        string="What is limited",
        required=True,
        index=True,
        ondelete="cascade",
    )
    key = fields.Char(required=True, help="Which problem or part is counted.")
    subject = fields.Char(string="Problem or part")
    count = fields.Integer(aggregator="max")
    threshold = fields.Integer(related="rule_id.threshold")
    share = fields.Integer(
        string="Of the limit (%)",
        compute="_compute_share",
        store=True,
        aggregator="max",
    )
    level = fields.Selection(
        selection=[
            ("0", "Counted"),
            ("1", "Close to the limit"),
            ("2", "Limit reached"),
        ],
        required=True,
        default="0",
        index=True,
    )
    told_level = fields.Selection(
        selection=[("0", "Nobody"), ("1", "Close"), ("2", "Reached")],
        default="0",
        help="What the service manager was told.",
    )
    date_end = fields.Date(string="Counted until")
    date_last = fields.Date(string="Last repair")
    right = fields.Text(related="rule_id.right")
    entry_ids = fields.One2many(
        comodel_name="auto.guarantee.entry",
        inverse_name="count_id",
        string="What was counted",
        readonly=True,
    )
    repair_count = fields.Integer(compute="_compute_repair_count")

    _once_uniq = models.Constraint(
        "UNIQUE(vehicle_id, rule_id, key)", "This is counted already."
    )

    @api.depends("rule_id", "vehicle_id", "subject")
    def _compute_display_name(self):
        for one in self:
            # The plate is shown to whoever may see the count.
            car = one.vehicle_id.sudo()
            parts = (car.license_plate or car.vin, one.rule_id.name, one.subject)
            one.display_name = " · ".join(part for part in parts if part)

    @api.depends("count", "rule_id.threshold")
    def _compute_share(self):
        for one in self:
            limit = one.rule_id.threshold
            one.share = 100 * one.count // limit if limit else 0

    @api.depends("entry_ids")
    def _compute_repair_count(self):
        for one in self:
            one.repair_count = len(one.entry_ids.repair_id)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_counter()
        return super().create(vals_list)

    def write(self, vals):
        self._check_counter()
        return super().write(vals)

    def _check_counter(self):
        if self.env.context.get("auto_guarantee") is not COUNTER:
            raise UserError(
                self.env._("The three guarantees are counted from the repair orders.")
            )

    def action_open_repairs(self):
        """Open the repair orders counted, those that the user may read."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.repair_order_action_service"
        )
        return action | {
            "domain": [("id", "in", self.entry_ids.repair_id.ids)],
            "context": {},
        }

    def _sentence(self):
        """Return the count in words, for the counter and the service manager."""
        self.ensure_one()
        values = {
            "limit": self.rule_id.name,
            "subject": f" ({self.subject})" if self.subject else "",
            "count": self.count,
            "threshold": self.rule_id.threshold,
        }
        if self.level == "2":
            return self.env._(
                "Three guarantees, limit reached: %(limit)s%(subject)s: %(count)s of "
                "%(threshold)s",
                **values,
            )
        return self.env._(
            "Three guarantees, close to the limit: %(limit)s%(subject)s: %(count)s of "
            "%(threshold)s",
            **values,
        )

    def _follow(self, figure):
        """Take over new figures where they differ; the entries with them."""
        entries = figure.pop("entry_ids")
        names = ("repair_id", "date", "odometer", "quantity", "name")
        before = sorted(
            (one.repair_id.id, one.date, one.odometer, one.quantity, one.name or "")
            for one in self.entry_ids
        )
        after = sorted(tuple(entry[name] or "" for name in names) for entry in entries)
        if [tuple(value or "" for value in row) for row in before] != after:
            figure["entry_ids"] = [
                fields.Command.clear(),
                *(fields.Command.create(entry) for entry in entries),
            ]
        if figure["level"] < self.told_level:
            figure["told_level"] = figure["level"]
        changed = {
            name: value
            for name, value in figure.items()
            if name == "entry_ids"
            or (self[name].id if name == "company_id" else self[name]) != value
        }
        if changed:
            self.write(changed)

    def _warn_managers(self):
        """Tell the service managers what has come closer, once for each level."""
        today = fields.Date.context_today(self)
        new = self.filtered(
            lambda one: one.level > one.told_level and one.date_end >= today
        )
        if not new:
            return
        departments = self.env["auto.complaint.department"]
        todo = self.env.ref("mail.mail_activity_data_todo")
        model_id = self.env["ir.model"]._get_id("auto.vehicle")
        managers = {
            company: departments._role_users("service_manager", company)[:1]
            or departments._role_users("store_manager", company)[:1]
            for company in new.company_id
        }
        # Given by the system, whoever finished the repair.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(
            [
                {
                    "activity_type_id": todo.id,
                    "res_model_id": model_id,
                    "res_id": one.vehicle_id.id,
                    "user_id": managers[one.company_id].id,
                    "date_deadline": today,
                    "summary": one._sentence(),
                    "note": one.rule_id.right,
                    "automated": True,
                }
                for one in new
                if managers[one.company_id]
            ]
        )
        for level, theirs in new.grouped("level").items():
            theirs.write({"told_level": level})
