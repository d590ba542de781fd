from datetime import timedelta
from random import SystemRandom

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

RANDOM = SystemRandom()


class AutoLeadLostCheck(models.Model):
    """A call to a lost prospect by somebody else: was it true?"""

    _name = "auto.lead.lost.check"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _description = "Check of a lost prospect"
    _order = "date_due, id"
    _rec_name = "lead_id"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        context={"active_test": False},
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
    )
    consultant_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        index="btree_not_null",
        help="Who looked after the prospect when it was lost.",
    )
    lost_reason_id = fields.Many2one(
        comodel_name="crm.lost.reason", string="Reason given", readonly=True
    )
    competitor_id = fields.Many2one(
        comodel_name="auto.competitor", string="Competitor given", readonly=True
    )
    date_lost = fields.Datetime(string="Lost on", readonly=True)
    date_due = fields.Date(string="Call by", required=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Called by",
        tracking=True,
        index="btree_not_null",
        domain="[('share', '=', False), ('id', '!=', consultant_id)]",
    )
    state = fields.Selection(
        selection=[("open", "To call"), ("done", "Done")],
        required=True,
        readonly=True,
        default="open",
    )
    result = fields.Selection(
        selection=[
            ("confirmed", "Lost indeed"),
            ("resurrected", "Still wants a car: taken up again"),
            ("elsewhere", "Bought from somebody else than told"),
            ("unreachable", "Not reached"),
        ],
        tracking=True,
    )
    actual_competitor_id = fields.Many2one(
        comodel_name="auto.competitor", string="Bought from, really"
    )
    note = fields.Text(string="What the customer said")
    date_done = fields.Datetime(string="Called on", readonly=True)
    bought_in_group = fields.Boolean(
        string="Bought in the group",
        readonly=True,
        help="The same person bought from another store of the group. Which one, and "
        "by whom, is not told.",
    )
    resurrected_rate = fields.Float(
        string="Taken up again (%)",
        compute="_compute_rates",
        store=True,
        aggregator="avg",
        help="Share of the reached that still wanted a car, or had bought from "
        "somebody else than told. Not reached ones do not count.",
    )
    is_reached = fields.Boolean(compute="_compute_rates", store=True)

    _lead_date_uniq = models.UniqueIndex(
        "(lead_id) WHERE state = 'open'", "This prospect is already being checked."
    )

    @api.depends("state", "result")
    def _compute_rates(self):
        for check in self:
            check.is_reached = check.state == "done" and check.result != "unreachable"
            check.resurrected_rate = (
                100.0 if check.result == "resurrected" and check.is_reached else 0.0
            )

    def action_done(self):
        """Close these checks with the result entered.

        A prospect who still wants a car is reopened, due today.

        :raise UserError: when a result is missing, or when the consultant who lost
            the prospect checks it
        """
        for check in self:
            if not check.result:
                raise UserError(self.env._("Please enter what the call gave."))
            if check.consultant_id == self.env.user:
                raise UserError(
                    self.env._("Somebody else than the consultant makes this call.")
                )
        now = fields.Datetime.now()
        self.filtered(lambda check: check.state == "open").write(
            {"state": "done", "date_done": now, "user_id": self.env.uid}
        )
        self.sudo().activity_ids.unlink()  # whoever was reminded of it
        for check in self:
            if check.result == "resurrected" and not check.lead_id.active:
                # The caller need not be allowed to work on the store's prospects.
                check.sudo().lead_id.action_reopen()
                check.sudo().lead_id.message_notify(
                    partner_ids=check.consultant_id.partner_id.ids,
                    subject=check.lead_id.display_name,
                    body=self.env._(
                        "Called back after the loss: still wants a car. Please follow "
                        "up."
                    ),
                )
        self._update_bought_in_group()
        return True

    @api.model
    def _sample(self, leads):
        """Pick some of the leads lost just now, at random, and plan their calls.

        :param leads: ``crm.lead`` whose loss was approved
        :return: the checks
        """
        checks = self.browse()
        for company, lost in leads.grouped("company_id").items():
            picked = lost.filtered(
                lambda _lead, c=company: RANDOM.uniform(0, 100) < c.lost_check_percent
            )
            if not picked:
                continue
            user = company.lost_check_user_id
            due = fields.Date.context_today(self) + timedelta(
                days=company.lost_check_days
            )
            checks |= self.create(
                [
                    {
                        "lead_id": lead.id,
                        "company_id": company.id,
                        "consultant_id": lead.user_id.id,
                        "lost_reason_id": lead.lost_reason_id.id,
                        "competitor_id": lead.competitor_id.id,
                        "date_lost": lead.lost_date,
                        "date_due": due,
                        "user_id": user.id if user != lead.user_id else False,
                    }
                    for lead in picked
                ]
            )
        checks._update_bought_in_group()
        assigned = checks.filtered("user_id")
        if assigned:
            activity_type = self.env.ref("auto_crm_lead.activity_type_lost_check")
            self.env["mail.activity"].with_context(
                mail_activity_quick_update=True
            ).create(
                [
                    {
                        "activity_type_id": activity_type.id,
                        "res_model_id": self.env["ir.model"]._get_id(self._name),
                        "res_id": check.id,
                        "user_id": check.user_id.id,
                        "date_deadline": check.date_due,
                        "automated": True,
                    }
                    for check in assigned
                ]
            )
        return checks

    def _update_bought_in_group(self):
        """Note whether the same persons bought from another store of the group.

        Asked below the access rules: the answer is yes or no, and no more.
        """
        if not self:
            return
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT c.id
                  FROM auto_lead_lost_check c
                  JOIN crm_lead l ON l.id = c.lead_id
                  JOIN res_company lc ON lc.id = c.company_id
                  JOIN crm_lead w ON w.won_status = 'won' AND w.id != l.id
                   AND w.company_id != c.company_id
                   AND w.date_closed >= l.create_date
                   AND (w.phone_sanitized = l.phone_sanitized
                        OR w.email_normalized = l.email_normalized
                        OR w.partner_id = l.partner_id)
                  JOIN res_company wc ON wc.id = w.company_id
                   AND split_part(wc.parent_path, '/', 1)
                       = split_part(lc.parent_path, '/', 1)
                 WHERE c.id IN %s
                """,
                tuple(self.ids),
            )
        )
        # What the caller may write is the result; this is the system's finding.
        found = self.sudo().browse([row[0] for row in rows])
        found.filtered(lambda check: not check.bought_in_group).write(
            {"bought_in_group": True}
        )

    @api.model
    def _cron_bought_in_group(self):
        """Look again whether persons lost here have bought elsewhere in the group."""
        year_ago = fields.Datetime.now() - timedelta(days=365)
        self.search(
            [("bought_in_group", "=", False), ("date_lost", ">=", year_ago)]
        )._update_bought_in_group()
