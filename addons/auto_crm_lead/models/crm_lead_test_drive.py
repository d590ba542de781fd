from odoo import api, fields, models
from odoo.exceptions import UserError


class CrmLead(models.Model):
    """From a prospect to a test drive."""

    _inherit = "crm.lead"

    test_drive_ids = fields.One2many(
        comodel_name="auto.test.drive",
        inverse_name="lead_id",
        string="Test drives",
        groups="auto_crm_base.group_consultant,auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,auto_crm_base.group_head_office,"
        "auto_crm_base.group_auditor,auto_crm_base.group_callcentre,"
        "auto_crm_base.group_complaint",
    )
    test_drive_count = fields.Integer(
        string="Number of test drives", compute="_compute_test_drive_count"
    )
    test_drive_text = fields.Char(
        string="Test drive",
        compute="_compute_test_drive_count",
        help="The last one, and whether it led to an order.",
    )

    @api.depends("won_status")
    @api.depends_context("uid", "allowed_company_ids", "lang")
    def _compute_test_drive_count(self):
        drives = self.env["auto.test.drive"]
        by_lead = {}
        if drives.has_access("read"):
            found = drives.search([("lead_id", "in", self._origin.ids)])
            by_lead = found.grouped("lead_id")
        states = dict(drives._fields["state"]._description_selection(self.env))
        for lead in self:
            mine = by_lead.get(lead._origin, drives)
            lead.test_drive_count = len(mine)
            last = mine[:1]
            parts = last and [
                states[last.state],
                last._when_text(),
                last.model_id.display_name,
                self.env._("led to an order")
                if sum(mine.mapped("order_count"))
                else "",
            ]
            lead.test_drive_text = " · ".join(filter(None, parts)) if last else False

    def action_book_test_drive(self):
        """Open a new test drive of the prospect, with what is known filled in.

        :raise UserError: when the prospect is closed or nameless
        """
        self.ensure_one()
        self.check_access("write")
        if not self.active:
            raise UserError(self.env._("This prospect is closed."))
        if not self.partner_id:
            self._handle_partner_assignment()
        if not self.partner_id:
            raise UserError(self.env._("Please enter the customer's name first."))
        company = self.company_id or self.env.company
        wish = self.drive_wish_start
        return self.env["auto.test.drive"]._action_new(
            lead_id=self.id,
            partner_id=self.partner_id.id,
            company_id=company.id,
            user_id=self.user_id.id or self.env.uid,
            vehicle_id=self._wished_car().id,
            start=wish and fields.Datetime.to_string(wish),
        )

    def action_open_test_drives(self):
        """Open the test drives of the prospect."""
        self.ensure_one()
        return self.env["auto.test.drive"]._action_of(
            [("lead_id", "=", self.id)],
            default_lead_id=self.id,
            default_partner_id=self.partner_id.id,
        )

    def _merge_dependences(self, opportunities):
        """Take the test drives, and the wish for one, to the prospect that stays."""
        res = super()._merge_dependences(opportunities)
        wished = opportunities.filtered("drive_wish_start")[:1]
        if wished and not self.drive_wish_start:
            self._wish_drive(wished.drive_wish_start, wished.drive_wish_model_id)
        opportunities.sudo().test_drive_ids._set({"lead_id": self.id})
        return res

    # ------------------------------------------------------------------
    # My day
    # ------------------------------------------------------------------

    @api.model
    def my_day(self, user_id=None):
        """Add the test drives of the day; see there.

        :return dict: with ``drives``: what the consultant drives today, and what is
            still open of earlier days; before them what customers wish for
        """
        day = super().my_day(user_id)
        drives = self.env["auto.test.drive"]
        day["drives"] = []
        if drives.has_access("read"):
            user = day["user"]["id"]
            day["drives"] = self._my_day_wishes(user) + drives._my_day_rows(user)
        return day
