from collections import defaultdict

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_list

SELLABLE_SUPPLY_STATES = (
    "planned",
    "in_production",
    "factory_stock",
    "in_transit",
    "in_stock",
    "dealer_stock",
)
_AVAILABILITY_FIELDS = frozenset(
    {"supply_state", "sale_state", "store_ids", "company_id", "active"}
)


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    feature_ids = fields.Many2many(
        comodel_name="auto.vehicle.feature",
        string="Equipment",
        help="What a prospect may have asked for; used to find a matching car.",
    )
    is_used = fields.Boolean(
        string="Used",
        compute="_compute_is_used",
        store=True,
        readonly=False,
        help="Was delivered or had an owner before.",
    )
    match_ids = fields.One2many(
        comodel_name="auto.lead.match",
        inverse_name="vehicle_id",
        string="Matching prospects",
        readonly=True,
        groups="auto_crm_base.group_consultant,auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,auto_crm_base.group_head_office,"
        "auto_crm_base.group_auditor",
    )
    waiting_lead_count = fields.Integer(
        string="Waiting prospects",
        compute="_compute_waiting_lead_count",
        help="Open prospects that you may see and whose needs this car meets.",
    )
    match_queued = fields.Boolean(
        string="To be offered",
        readonly=True,
        copy=False,
        help="Just became available: waiting prospects will be looked for.",
    )

    _match_queue_idx = models.Index("(id) WHERE match_queued")

    @api.depends("delivery_date", "owner_id")
    def _compute_is_used(self):
        for vehicle in self:
            vehicle.is_used = vehicle.is_used or bool(
                vehicle.delivery_date or vehicle.owner_id
            )

    @api.depends("match_ids.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_waiting_lead_count(self):
        counts = dict(
            self.env["auto.lead.match"]._read_group(
                self._waiting_match_domain(), ["vehicle_id"], ["__count"]
            )
            if self.env["auto.lead.match"].has_access("read")
            else []
        )
        for vehicle in self:
            vehicle.waiting_lead_count = counts.get(vehicle, 0)

    @api.model_create_multi
    def create(self, vals_list):
        vehicles = super().create(vals_list)
        vehicles._queue_match()
        return vehicles

    def write(self, vals):
        if _AVAILABILITY_FIELDS.isdisjoint(vals):
            return super().write(vals)
        before = self._on_hand()
        result = super().write(vals)
        (self - before)._queue_match()
        return result

    def action_open_waiting_leads(self):
        """Open the matches of this car with the prospects one may see."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waiting prospects"),
            "res_model": "auto.lead.match",
            "view_mode": "list",
            "views": [
                (
                    self.env.ref("auto_crm_lead.auto_lead_match_view_list_vehicle").id,
                    "list",
                )
            ],
            "domain": list(self._waiting_match_domain()),
        }

    def _waiting_match_domain(self):
        return (
            Domain("vehicle_id", "in", self.ids)
            & Domain("state", "!=", "dismissed")
            & Domain("lead_id.active", "=", True)
        )

    @api.model
    def _sellable_sql(self):
        """Return the condition on ``auto_vehicle v`` for cars that may be offered.

        Free, and here or on the way; what is only planned needs a date.
        """
        return SQL(
            "v.active AND v.sale_state = 'free' AND v.supply_state IN %s"
            " AND (v.supply_state != 'planned' OR v.expected_date IS NOT NULL)",
            SELLABLE_SUPPLY_STATES,
        )

    def _on_hand(self):
        """Return those of the cars that are here and free."""
        return self.filtered(
            lambda car: (
                car.sale_state == "free"
                and car.supply_state in ("in_stock", "dealer_stock")
            )
        )

    def _queue_match(self):
        """Have waiting prospects looked for by the scheduled job."""
        arrived = self._on_hand().filtered(lambda car: not car.match_queued)
        if not arrived:
            return
        # A mark for the job, not a change of the car.
        arrived.sudo().with_context(tracking_disable=True).write({"match_queued": True})
        cron = self.env.ref(
            "auto_crm_lead.ir_cron_match_arrivals", raise_if_not_found=False
        )
        if cron:
            cron.sudo()._trigger()  # anybody's change may wake the job

    @api.model
    def _cron_match_arrivals(self, batch_size=200):
        """Tell the consultants of waiting prospects about cars that became available.

        Looks for open prospects of the cars' stores whose needs are met from the
        store's notification score on, in one statement a batch, and makes one
        activity for each prospect, however many cars arrived.
        """
        domain = Domain("match_queued", "=", True)
        cron = self.env["ir.cron"]
        cron._commit_progress(remaining=self.search_count(domain))
        while True:
            vehicles = self.search(domain, limit=batch_size, order="id")
            vehicles = vehicles.try_lock_for_update(allow_referencing=True)
            if not vehicles:
                break
            vehicles._notify_waiting_leads()
            vehicles.with_context(tracking_disable=True).write({"match_queued": False})
            if not cron._commit_progress(len(vehicles)):
                break

    def _notify_waiting_leads(self):
        """Match these cars with all open prospects and tell the consultants.

        :return: the activities made
        """
        all_leads = self.env["crm.lead"]
        rows = all_leads._match_execute(
            SQL("l.won_status = 'pending' AND l.need_completeness > 0"),
            SQL("v.id IN %s", tuple(self.ids)),
            [],
            replace=False,
            min_score=SQL("notify_score"),
        )
        cars = defaultdict(list)
        for lead_id, vehicle_id, score, _is_new in rows:
            cars[lead_id].append((score, vehicle_id))
        leads = all_leads.browse(cars).filtered("user_id")
        activity_type = self.env.ref("auto_crm_lead.activity_type_arrival")
        activities = self.env["mail.activity"]
        told = {
            res_id
            for (res_id,) in activities._read_group(
                [
                    ("res_model", "=", "crm.lead"),
                    ("res_id", "in", leads.ids),
                    ("activity_type_id", "=", activity_type.id),
                ],
                ["res_id"],
            )
        }
        vals_list = []
        model_id = self.env["ir.model"]._get_id("crm.lead")
        for lead in leads:
            if lead.id in told:
                continue
            best = [
                self.browse(vehicle_id).display_name
                for _score, vehicle_id in sorted(cars[lead.id], reverse=True)[:3]
            ]
            env = lead.with_context(lang=lead.user_id.lang).env
            vals_list.append(
                {
                    "activity_type_id": activity_type.id,
                    "res_model_id": model_id,
                    "res_id": lead.id,
                    "user_id": lead.user_id.id,
                    "summary": env._(
                        "A car that suits has arrived: %s", format_list(env, best)
                    ),
                    "automated": True,
                }
            )
        # The consultant sees it in the activity list; no mail for each car.
        return activities.with_context(mail_activity_quick_update=True).create(
            vals_list
        )
