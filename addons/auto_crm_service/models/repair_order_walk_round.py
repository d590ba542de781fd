import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import file_open

from .repair_order import STATE

OUTLINE = "auto_crm_service/static/src/walk_round/car.svg"
# Written by the signature, once.
SIGNED_FIELDS = {
    "walk_round_signature",
    "walk_round_signed_by",
    "walk_round_date",
    "walk_round_user_id",
}
# What the walk round the car takes down, and nobody changes after the signature.
TAKEN_DOWN = {"fuel_level", "belongings"}


class RepairOrder(models.Model):
    """The walk round the car: damage, fuel, belongings, the customer's signature."""

    _inherit = "repair.order"

    damage_ids = fields.One2many(
        comodel_name="auto.damage.mark", inverse_name="repair_id", string="Damage"
    )
    damage_count = fields.Integer(compute="_compute_damage_count")
    walk_round_signature = fields.Image(
        string="Signature at the walk-round",
        max_width=1024,
        max_height=1024,
        readonly=True,
        copy=False,
    )
    walk_round_signed_by = fields.Char(string="Signed by", readonly=True, copy=False)
    walk_round_date = fields.Datetime(
        string="Walk-round signed on", readonly=True, copy=False
    )
    walk_round_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Walked round by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    def _compute_damage_count(self):
        counts = {
            repair.id: count
            for repair, count in self.env["auto.damage.mark"]._read_group(
                [("repair_id", "in", self.ids)], ["repair_id"], ["__count"]
            )
        }
        for repair in self:
            repair.damage_count = counts.get(repair.id, 0)

    @api.model
    def _field_needs(self):
        return {**super()._field_needs(), "damage_count": "auto.damage.mark"}

    @api.model_create_multi
    def create(self, vals_list):
        return super().create(
            [
                {name: vals[name] for name in vals if name not in SIGNED_FIELDS}
                for vals in vals_list
            ]
        )

    def write(self, vals):
        if self.env.context.get("auto_repair") is not STATE:
            if vals.keys() & SIGNED_FIELDS:
                raise UserError(self.env._("The customer signs at the walk-round."))
            if vals.keys() & TAKEN_DOWN:
                self._check_walk_round_open()
        return super().write(vals)

    def action_walk_round(self):
        """Open the walk round the car, for a tablet or a phone."""
        self.ensure_one()
        return {
            "type": "ir.actions.client",
            "tag": "auto_crm_service.walk_round",
            "name": self.env._("Walk-round"),
            "params": {"repair_id": self.id},
            "context": {"active_id": self.id},
        }

    def action_open_service(self):
        """Open the repair order, from a screen that is none of its views."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_service.repair_order_action_service"
        )
        view = self.env.ref("auto_crm_service.repair_order_view_form_service")
        return {**action, "views": [(view.id, "form")], "res_id": self.id}

    def _check_walk_round_open(self):
        """Refuse to change what the customer has signed.

        :raise UserError: for signed ones
        """
        self._check_not_over()
        for repair in self:
            if repair.walk_round_date:
                raise UserError(
                    self.env._(
                        "%(order)s: the customer has signed the walk-round.",
                        order=repair.display_name,
                    )
                )

    def walk_round(self):
        """Return what the walk round the car shows.

        :return: a dict of the car, ``fuel_level``, ``belongings``, the ``marks`` with
            their photos, those of the ``last`` visit, the choices and the signature
        """
        self.ensure_one()
        self.check_access("read")
        kinds = self.env["auto.damage.mark"]._fields["kind"]
        fuel = self._fields["fuel_level"]
        last = self.search(
            [
                ("vehicle_id", "=", self.vehicle_id.id),
                ("id", "!=", self.id),
                ("date_in", "<=", self.date_in or fields.Datetime.now()),
                ("damage_ids", "!=", False),
            ],
            order="date_in desc",
            limit=1,
        )
        return {
            "id": self.id,
            "name": self.name,
            "plate": self.vehicle_id.license_plate or self.vehicle_id.vin or "",
            "model": self.vehicle_id.model_id.display_name or "",
            "customer": (self.brought_by_id or self.partner_id).name or "",
            "fuel_level": self.fuel_level or "",
            "belongings": self.belongings or "",
            "marks": [mark._walk_round_values() for mark in self.damage_ids],
            "last": [
                {"x": mark.x, "y": mark.y, "kind": mark.kind}
                for mark in last.damage_ids
            ],
            "kinds": kinds._description_selection(self.env),
            "fuels": fuel._description_selection(self.env),
            "signed_by": self.walk_round_signed_by or "",
            "may_write": self.has_access("write")
            and not self.walk_round_date
            and self.service_state not in ("settled", "returned", "cancelled"),
        }

    def sign_walk_round(self, name, signature):
        """Keep the customer's signature; nothing changes after it.

        :param str name: who signs
        :param str signature: the picture, in base64
        :raise UserError: without either, or when it is signed already
        """
        self.ensure_one()
        self.check_access("write")
        self._check_writer()
        self._check_walk_round_open()
        name = (name or "").strip()[:100]
        if not name:
            raise UserError(self.env._("Please enter who signs."))
        try:
            picture = base64.b64decode(signature or "", validate=True)
        except (binascii.Error, ValueError, TypeError):
            picture = b""
        if not picture:
            raise UserError(self.env._("Please let the customer sign."))
        self.with_context(auto_repair=STATE).write(
            {
                "walk_round_signature": signature,
                "walk_round_signed_by": name,
                "walk_round_date": fields.Datetime.now(),
                "walk_round_user_id": self.env.uid,
            }
        )
        return self.walk_round()

    def _outline_uri(self):
        """Return the outline of a car as the address of a picture, for print."""
        with file_open(OUTLINE, "rb") as file:
            return f"data:image/svg+xml;base64,{base64.b64encode(file.read()).decode()}"
