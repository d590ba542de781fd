from odoo import api, fields, models
from odoo.exceptions import AccessError


class AutoVehicleOwner(models.Model):
    """Who owned a vehicle from when to when.

    The rows are written by ``auto.vehicle._change_owner()``. They stay with the
    vehicle; a former owner is named to those who may read that person.
    """

    _name = "auto.vehicle.owner"
    _inherit = ["auto.append.only.mixin", "auto.partner.guard.mixin"]
    _description = "Vehicle owner"
    _order = "date_start desc, id desc"
    _rec_name = "vehicle_id"
    _guarded_partner_fields = ("partner_id",)

    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Vehicle",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Owner",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    date_start = fields.Date(string="From", required=True, readonly=True)
    date_end = fields.Date(
        string="Until", readonly=True, help="Empty for the present owner."
    )
    reason = fields.Char(readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", string="Entered by", readonly=True
    )
    is_current = fields.Boolean(
        string="Present owner", compute="_compute_is_current", search="_search_current"
    )

    _current_uniq = models.UniqueIndex(
        "(vehicle_id) WHERE date_end IS NULL",
        "A vehicle has one present owner. Somebody else has just changed the owner.",
    )
    _dates_check = models.Constraint(
        "CHECK (date_end IS NULL OR date_end >= date_start)",
        "An ownership cannot end before it begins.",
    )

    @api.depends("date_end")
    def _compute_is_current(self):
        for row in self:
            row.is_current = not row.date_end

    def _search_current(self, operator, value):
        if operator != "in":
            return NotImplemented
        if True in value and False in value:
            return [(1, "=", 1)]
        return [("date_end", "=" if True in value else "!=", False)]

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            raise AccessError(
                self.env._("Change the owner on the vehicle; its history follows.")
            )
        return super().create(vals_list)

    @api.model
    def _append_only_open_fields(self):
        return frozenset({"date_end"})

    @api.model
    def _guarded_partner_label(self):
        return self.env._("Former owner")
