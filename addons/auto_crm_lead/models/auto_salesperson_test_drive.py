from odoo import api, fields, models


class AutoSalesperson(models.Model):
    _inherit = "auto.salesperson"

    test_drive_count = fields.Integer(
        string="Test drives",
        compute="_compute_test_drive_count",
        help="That took place.",
    )
    test_drive_orders = fields.Integer(
        string="Orders after test drives", compute="_compute_test_drive_count"
    )

    @api.depends("user_id", "company_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_test_drive_count(self):
        drives = self.env["auto.test.drive"]
        figures = {}
        if drives.has_access("read"):
            figures = {
                (user, company): figures
                for user, company, *figures in drives._read_group(
                    [
                        ("user_id", "in", self.user_id.ids),
                        ("company_id", "in", self.company_id.ids),
                        ("state", "in", ("back", "done")),
                    ],
                    ["user_id", "company_id"],
                    ["__count", "order_count:sum"],
                )
            }
        for person in self:
            count, orders = figures.get((person.user_id, person.company_id), (0, 0))
            person.test_drive_count, person.test_drive_orders = count, orders

    def action_open_test_drives(self):
        """Open the test drives of the person that took place."""
        self.ensure_one()
        return self.env["auto.test.drive"]._action_of(
            [
                ("user_id", "=", self.user_id.id),
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("back", "done")),
            ]
        )
