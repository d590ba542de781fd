from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"
    _guarded_partner_fields = ("owner_id",)

    owner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Owner",
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The present owner. A change is kept in the ownership history.",
    )
    owner_ids = fields.One2many(
        comodel_name="auto.vehicle.owner",
        inverse_name="vehicle_id",
        string="Ownership history",
    )

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [dict(vals) for vals in vals_list]
        owner_ids = [vals.pop("owner_id", False) for vals in vals_list]
        vehicles = super().create(vals_list)
        today = fields.Date.context_today(self)
        vehicles._set_owners(
            {
                vehicle: (owner_id, vehicle.delivery_date or today, "")
                for vehicle, owner_id in zip(vehicles, owner_ids, strict=True)
                if owner_id
            }
        )
        return vehicles

    def write(self, vals):
        vals = dict(vals)
        owner_id = vals.pop("owner_id", None)
        result = super().write(vals)
        if owner_id is not None:
            # The history is written by the system: look first whether this user may
            # change the car at all.
            self.check_access("write")
            today = fields.Date.context_today(self)
            self._set_owners(dict.fromkeys(self, (owner_id, today, "")))
        return result

    def _mail_get_partner_fields(self, introspect_fields=False):
        return ["owner_id"]

    @api.model
    def _guarded_partner_label(self):
        return self.env._("Owner of another store")

    def action_change_owner(self):
        """Open the wizard that hands the car to another owner."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change of owner"),
            "res_model": "auto.vehicle.change.owner",
            "view_mode": "form",
            "target": "new",
            "context": {"default_vehicle_id": self.id},
        }

    def _change_owner(self, partner, date=None, reason=""):
        """Hand the vehicles to another owner; the history stays with them.

        :param partner: the new owner, or an empty record when nobody is known
        :param date: from which day; today when left out
        :param str reason: why, in words (sold, inherited, company car …)
        :raise UserError: when the day is before the present owner's first day or
            in the future
        """
        date = date or fields.Date.context_today(self)
        self._set_owners(dict.fromkeys(self, (partner.id, date, reason)))

    @api.model
    def _set_owners(self, changes):
        """Change the owner of several vehicles at once.

        :param dict changes: vehicle → (partner id or False, date, reason)
        """
        changes = {
            vehicle: change
            for vehicle, change in changes.items()
            if (vehicle.sudo().owner_id.id or False) != (change[0] or False)
        }
        if not changes:
            return
        vehicles = self.browse(vehicle.id for vehicle in changes)
        # The history is written by the system only; whoever calls has been checked
        # by the document or the form that calls.
        history = self.env["auto.vehicle.owner"].sudo()
        owned = vehicles.sudo().filtered("owner_id")
        current = history.search(
            [("vehicle_id", "in", owned.ids), ("date_end", "=", False)]
        )
        by_vehicle = {row.vehicle_id.id: row for row in current}
        today = fields.Date.context_today(self)
        events = []
        for vehicle, (partner_id, date, reason) in changes.items():
            row = by_vehicle.get(vehicle.id, history)
            if date > today + timedelta(1) or (row and date < row.date_start):
                raise UserError(
                    self.env._(
                        "%(vehicle)s cannot change owner on %(date)s: the day must be "
                        "after the present owner's first day and not in the future.",
                        vehicle=vehicle.display_name,
                        date=date,
                    )
                )
            row.write({"date_end": date})
            name = (
                self.env._("First owner entered")
                if not row
                else self.env._("Change of owner")
                if partner_id
                else self.env._("Owner left")
            )
            events.append(
                {
                    "vehicle_id": vehicle.id,
                    "kind": "owner",
                    "name": f"{name}: {reason}" if reason else name,
                    "partner_id": partner_id or row.partner_id.id,
                }
            )
        current.flush_recordset()
        history.create(
            [
                {
                    "vehicle_id": vehicle.id,
                    "partner_id": partner_id,
                    "date_start": date,
                    "reason": reason,
                    "company_id": self.env.company.id,
                }
                for vehicle, (partner_id, date, reason) in changes.items()
                if partner_id
            ]
        )
        for partner_id in {change[0] for change in changes.values()}:
            same = self.browse(
                vehicle.id
                for vehicle, change in changes.items()
                if change[0] == partner_id
            )
            same.sudo()._write_owner(partner_id or False)
        self._log_events(events)

    def _write_owner(self, partner_id):
        """Write the owner itself, past the write() above, which would come back."""
        vals = {"owner_id": partner_id}
        return super().write(vals)  # pylint: disable=super-method-mismatch
