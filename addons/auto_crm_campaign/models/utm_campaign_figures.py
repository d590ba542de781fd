from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from .utm_campaign import PLANNERS

#: Figures that results give, and the field that shows each.
RESULT_FIELDS = {
    "leads": "auto_lead_count",
    "test_drives": "auto_test_drive_count",
    "reservations": "auto_reservation_count",
    "orders": "auto_order_count",
}


class UtmCampaign(models.Model):
    """What a campaign cost and brought, counted from the records behind it.

    Everybody counts what they may see: a store its own guests, prospects, contracts
    and costs; head office those of all.
    """

    _inherit = "utm.campaign"

    auto_invited_count = fields.Integer(
        string="Invited",
        compute="_compute_auto_figures",
        help="Everybody on the guest lists, walk-ins included.",
    )
    auto_attended_count = fields.Integer(
        string="Attended", compute="_compute_auto_figures"
    )
    auto_lead_count = fields.Integer(
        string="Prospects",
        compute="_compute_auto_figures",
        help="New prospects that came by this campaign first.",
    )
    auto_test_drive_count = fields.Integer(
        string="Test drives", compute="_compute_auto_figures"
    )
    auto_reservation_count = fields.Integer(
        string="Reservations", compute="_compute_auto_figures"
    )
    auto_order_count = fields.Integer(
        string="Contracts", compute="_compute_auto_figures"
    )
    auto_revenue = fields.Monetary(
        string="Revenue",
        currency_field="auto_currency_id",
        compute="_compute_auto_figures",
        groups=PLANNERS,
        help="Contracts of its prospects, without tax.",
    )
    auto_budget = fields.Monetary(
        string="Budget",
        currency_field="auto_currency_id",
        compute="_compute_auto_figures",
        groups=PLANNERS,
    )
    auto_cost = fields.Monetary(
        string="Cost",
        currency_field="auto_currency_id",
        compute="_compute_auto_figures",
        groups=PLANNERS,
        help="Costs that are booked; those waiting for approval do not count yet.",
    )
    auto_cost_per_lead = fields.Monetary(
        string="Cost per prospect",
        currency_field="auto_currency_id",
        compute="_compute_auto_figures",
        groups=PLANNERS,
    )
    auto_cost_per_order = fields.Monetary(
        string="Cost per contract",
        currency_field="auto_currency_id",
        compute="_compute_auto_figures",
        groups=PLANNERS,
    )
    auto_return = fields.Float(
        string="Return",
        compute="_compute_auto_figures",
        groups=PLANNERS,
        help="(Revenue − cost) ÷ cost. Empty while nothing was spent.",
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_auto_figures(self):
        figures = self._auto_figures()
        for campaign in self:
            own = figures.get(campaign._origin.id, {})
            campaign.auto_invited_count = own.get("invited", 0)
            campaign.auto_attended_count = own.get("attended", 0)
            for key, name in RESULT_FIELDS.items():
                campaign[name] = own.get(key, 0)
            campaign.auto_revenue = own.get("revenue", 0)
            campaign.auto_budget = own.get("budget", 0)
            campaign.auto_cost = cost = own.get("cost", 0)
            leads, orders = own.get("leads"), own.get("orders")
            campaign.auto_cost_per_lead = cost / leads if leads else 0
            campaign.auto_cost_per_order = cost / orders if orders else 0
            campaign.auto_return = (own.get("revenue", 0) - cost) / cost if cost else 0

    def _auto_figures(self):
        """Count, for each campaign, what the user may see of it.

        A fixed number of queries, however many campaigns there are.

        :return: ``{campaign id: {key: figure}}``, amounts in the campaign's currency
        """
        figures = defaultdict(lambda: defaultdict(float))
        if not self.ids:
            return figures
        for key, source in self._auto_results().items():
            self._auto_count_results(figures, key, source)
        registrations = self.env["event.registration"]
        if registrations.has_access("read"):
            groups = registrations._read_group(
                self._auto_guest_domain(self.ids),
                ["event_id.auto_campaign_id", "state"],
                ["__count"],
            )
            for campaign, state, count in groups:
                own = figures[campaign.id]
                own["invited"] += count
                if state == "done":
                    own["attended"] += count
        costs = self.env["auto.campaign.cost"]
        if costs.has_access("read"):
            groups = costs._read_group(
                [("campaign_id", "in", self.ids)],
                ["campaign_id", "state", "currency_id"],
                ["planned_amount:sum", "actual_amount:sum"],
            )
            for campaign, state, currency, planned, actual in groups:
                own = figures[campaign.id]
                own["budget"] += campaign._auto_amount(planned, currency)
                if state == "booked":
                    own["cost"] += campaign._auto_amount(actual, currency)
        return figures

    def _auto_count_results(self, figures, key, source):
        """Add what one source of :meth:`_auto_results` counts to ``figures``."""
        model = self.env[source["model"]].with_context(active_test=False)
        if not model.has_access("read"):
            return
        domain = Domain(source["domain"]) & Domain(source["campaign"], "in", self.ids)
        amount = source.get("amount")
        if not amount:
            groups = model._read_group(domain, [source["campaign"]], ["__count"])
            for campaign, count in groups:
                figures[campaign.id][key] += count
            return
        currency_field = model._fields[amount].get_currency_field(model)
        groups = model._read_group(
            domain, [source["campaign"], currency_field], ["__count", f"{amount}:sum"]
        )
        for campaign, currency, count, total in groups:
            figures[campaign.id][key] += count
            figures[campaign.id]["revenue"] += campaign._auto_amount(total, currency)

    @api.model
    def _auto_guest_domain(self, campaign_ids):
        """Return the domain of who is on the guest lists of campaigns."""
        return [
            ("event_id.auto_campaign_id", "in", campaign_ids),
            ("state", "!=", "cancel"),
        ]

    def _auto_amount(self, amount, currency):
        """Return ``amount`` of ``currency`` in the campaign's currency, of today."""
        self.ensure_one()
        if not currency or not self.auto_currency_id:
            return amount
        return currency._convert(
            amount,
            self.auto_currency_id,
            self.auto_store_id,
            fields.Date.context_today(self),
        )

    # ------------------------------------------------------------------
    # The records behind the figures
    # ------------------------------------------------------------------

    def action_open_auto_figure(self):
        """Open the records behind a figure, which the context names.

        :raise UserError: when there is no such figure
        """
        self.ensure_one()
        return self._auto_figure_action(self.env.context.get("auto_figure"))

    def _auto_figure_action(self, key):
        """Return the action that opens what the figure ``key`` counts."""
        self.ensure_one()
        guests = self._auto_guest_domain(self.ids)
        known = {
            "invited": ("event.registration", self.env._("Guests"), guests),
            "attended": (
                "event.registration",
                self.env._("Guests who came"),
                [*guests, ("state", "=", "done")],
            ),
            "budget": (
                "auto.campaign.cost",
                self.env._("Budget"),
                [("campaign_id", "=", self.id)],
            ),
            "cost": (
                "auto.campaign.cost",
                self.env._("Costs"),
                [("campaign_id", "=", self.id), ("state", "=", "booked")],
            ),
        }
        known["cost_per_lead"] = known["cost_per_order"] = known["cost"]
        for name, source in self._auto_results().items():
            known[name] = (
                source["model"],
                source["label"],
                list(
                    Domain(source["domain"])
                    & Domain(source["campaign"], "in", self.ids)
                ),
            )
            if source.get("amount"):
                known["revenue"] = known["return"] = known[name]
        if key not in known:
            raise UserError(self.env._("There is no such figure."))
        model, label, domain = known[key]
        return {
            "type": "ir.actions.act_window",
            "name": f"{label}: {self.title}",
            "res_model": model,
            "views": [(False, "list"), (False, "form")],
            "domain": domain,
            "context": {"create": False, "active_test": False},
        }

    @api.model
    def _auto_form_action(self, campaign):
        """Return the action that opens a campaign on our own form."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_campaign.utm_campaign_auto_action"
        )
        action.update(res_id=campaign.id, views=[(False, "form")])
        form = self.env.ref("auto_crm_campaign.utm_campaign_view_form_auto")
        action["views"] = [(form.id, "form")]
        return action
