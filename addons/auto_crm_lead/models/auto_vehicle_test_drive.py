from odoo import api, fields, models
from odoo.fields import Domain


class AutoVehicle(models.Model):
    """Demo cars, and what their drives led to."""

    _inherit = "auto.vehicle"

    is_demo = fields.Boolean(
        string="Demo car",
        copy=False,
        tracking=True,
        help="Prospects of its store may book test drives with it.",
    )
    test_drive_count = fields.Integer(
        string="Test drives", compute="_compute_test_drive_count"
    )
    test_drive_orders = fields.Integer(
        string="Orders after test drives", compute="_compute_test_drive_count"
    )

    _demo_idx = models.Index("(company_id) WHERE is_demo")

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_test_drive_count(self):
        drives = self.env["auto.test.drive"]
        figures = {}
        if drives.has_access("read"):
            figures = {
                car: figures
                for car, *figures in drives._read_group(
                    [("vehicle_id", "in", self.ids)],
                    ["vehicle_id"],
                    ["__count", "order_count:sum"],
                )
            }
        for car in self:
            count, orders = figures.get(car._origin, (0, 0))
            car.test_drive_count, car.test_drive_orders = count, orders

    @api.model
    def _demo_for(self, models_wanted, company, start=None):
        """Return a demo car of a store, of a model that is wanted.

        :param models_wanted: ``fleet.vehicle.model`` records, in any number
        :param datetime start: when it must be free, in naive UTC
        """
        if not models_wanted:
            return self.browse()
        wanted = (
            Domain("is_demo", "=", True)
            & Domain("company_id", "=", company.id)
            & Domain("model_id", "in", models_wanted.ids)
            & Domain("sale_state", "not in", ("sold", "delivered"))
        )
        if start:
            # That a car is taken is no secret; by whom is not told.
            drives = self.env["auto.test.drive"].sudo()
            stop = fields.Datetime.add(start, hours=company.sudo().auto_drive_hours)
            taken = drives.search(drives._meeting_domain(start, stop)).vehicle_id
            wanted &= Domain("id", "not in", taken.ids)
        return self.search(wanted, limit=1)

    def action_open_test_drives(self):
        """Open the test drives of the car."""
        self.ensure_one()
        return self.env["auto.test.drive"]._action_of(
            [("vehicle_id", "=", self.id)],
            default_vehicle_id=self.id if self.is_demo else False,
        )
