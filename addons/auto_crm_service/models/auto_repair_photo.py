from odoo import api, fields, models
from odoo.exceptions import UserError


class AutoRepairPhoto(models.Model):
    """A photo taken on a repair order: of a finding, or of damage on the car."""

    _name = "auto.repair.photo"
    _description = "Photo of a repair"
    _order = "repair_id, id"

    name = fields.Char(string="What it shows")
    job_id = fields.Many2one(
        comodel_name="auto.repair.job",
        string="Job",
        index="btree_not_null",
        ondelete="cascade",
    )
    mark_id = fields.Many2one(
        comodel_name="auto.damage.mark",
        string="Damage",
        index="btree_not_null",
        ondelete="cascade",
    )
    repair_id = fields.Many2one(
        comodel_name="repair.order",
        string="Repair order",
        compute="_compute_repair_id",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="repair_id.company_id", store=True, index=True)
    image = fields.Image(required=True, max_width=1600, max_height=1600)
    image_256 = fields.Image(
        string="Small image",
        related="image",
        max_width=256,
        max_height=256,
        store=True,
    )
    is_shared = fields.Boolean(
        string="For the customer",
        default=True,
        help="The customer sees it on the page of the repair order.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Taken by",
        readonly=True,
        default=lambda self: self.env.user,
        ondelete="restrict",
    )

    @api.depends("job_id", "mark_id")
    def _compute_repair_id(self):
        for photo in self:
            photo.repair_id = (
                photo.job_id.repair_id or photo.mark_id.repair_id or photo.repair_id
            )

    @api.constrains("job_id", "mark_id", "repair_id")
    def _check_repair(self):
        for photo in self:
            theirs = photo.job_id.repair_id | photo.mark_id.repair_id
            if theirs - photo.repair_id:
                raise UserError(
                    self.env._("A photo stays with the repair order of what it shows.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            vals.pop("user_id", None)
        photos = super().create(vals_list)
        photos.repair_id._check_not_over()
        photos.mark_id.repair_id._check_walk_round_open()
        return photos

    def write(self, vals):
        if not self.env.su:
            if vals.keys() - {"name", "is_shared"}:
                raise UserError(
                    self.env._("A photo does not change: take another one.")
                )
            self.repair_id._check_not_over()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_shown(self):
        self.repair_id._check_not_over()
        self.mark_id.repair_id._check_walk_round_open()
        if any(photo.is_shared and photo.repair_id.decision_ids for photo in self):
            raise UserError(
                self.env._("The customer decided by this photo: it is kept.")
            )
