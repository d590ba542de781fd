from odoo import api, fields, models

from .auto_vehicle_event import WRITER


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    event_ids = fields.One2many(
        comodel_name="auto.vehicle.event",
        inverse_name="vehicle_id",
        string="Timeline",
        readonly=True,
    )

    @api.model_create_multi
    def create(self, vals_list):
        vehicles = super().create(vals_list)
        vehicles._log_event("registered", self.env._("Registered"))
        return vehicles

    def write(self, vals):
        before = self._watched_values(vals)
        result = super().write(vals)
        self._log_changes(before)
        return result

    def _log_event(
        self, kind, name, document=None, partner=None, date=None, company=None
    ):
        """Write one line on the timeline of each vehicle: the only way to do so.

        :param str kind: a key of ``auto.vehicle.event.kind``
        :param str name: what happened, in words and without a person's name
        :param document: the record that did it, one of any model
        :param partner: the customer concerned; shown to those who may read them
        :param date: when it happened, a datetime in UTC; now when left out
        :param company: the store where; the current one when left out
        :return: the events
        """
        company = company or self.env.company
        return self._log_events(
            [
                {
                    "vehicle_id": vehicle.id,
                    "kind": kind,
                    "name": name,
                    "res_model": document._name if document else False,
                    "res_id": document.id if document else False,
                    "partner_id": partner.id if partner else False,
                    "date": date or fields.Datetime.now(),
                    "company_id": company.id,
                }
                for vehicle in self
            ]
        )

    @api.model
    def _log_events(self, vals_list):
        """Write lines that differ, in one go; see :meth:`_log_event`."""
        # Nobody has the right to write the timeline, so that nobody can forge it.
        events = self.env["auto.vehicle.event"].sudo()
        events = events.with_context(auto_event_writer=WRITER).create(
            [
                {"company_id": self.env.company.id, "user_id": self.env.uid, **vals}
                for vals in vals_list
            ]
        )
        return events.with_env(self.env)

    @api.model
    def _watched_fields(self):
        """Return the fields whose change the timeline tells, with the event kind."""
        return {
            "vin": "identity",
            "engine_number": "identity",
            "license_plate": "plate",
            "supply_state": "supply",
            "sale_state": "sale",
            "company_id": "store",
            "lot_id": "stock",
            "production_number": "factory",
        }

    def _watched_values(self, vals):
        watched = [name for name in self._watched_fields() if name in vals]
        return {
            vehicle: {name: vehicle._watched_label(name) for name in watched}
            for vehicle in (self if watched else self.browse())
        }

    def _watched_label(self, name):
        field = self._fields[name]
        value = self[name]
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, "")
        if field.type == "many2one":
            # A store or a serial number is named, not shown.
            return value.sudo().display_name or ""
        return value or ""

    def _log_changes(self, before):
        kinds = self._watched_fields()
        lines = []
        for vehicle, old_values in before.items():
            for name, old in old_values.items():
                new = vehicle._watched_label(name)
                if new == old:
                    continue
                label = self._fields[name]._description_string(self.env)
                lines.append(
                    {
                        "vehicle_id": vehicle.id,
                        "kind": kinds[name],
                        "name": f"{label}: {old or '—'} → {new or '—'}",
                        "company_id": vehicle.company_id.id,
                    }
                )
        if lines:
            self._log_events(lines)
