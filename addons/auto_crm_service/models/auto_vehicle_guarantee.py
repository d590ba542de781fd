from collections import defaultdict

from psycopg2.errors import UniqueViolation

from odoo import api, fields, models
from odoo.exceptions import ConcurrencyError

from .auto_guarantee_count import COUNTER


class AutoVehicle(models.Model):
    """Counts the three guarantees of cars from the repair orders of all stores."""

    _inherit = "auto.vehicle"

    guarantee_ids = fields.One2many(
        comodel_name="auto.guarantee.count",
        inverse_name="vehicle_id",
        string="Three guarantees",
        readonly=True,
        copy=False,
    )
    guarantee_count = fields.Integer(
        string="Limits counted", compute="_compute_guarantee_count", compute_sudo=False
    )

    def _compute_guarantee_count(self):
        counts = {}
        model = self.env["auto.guarantee.count"]
        if model.has_access("read"):
            counts = dict(
                model._read_group(
                    [("vehicle_id", "in", self.ids)], ["vehicle_id"], ["__count"]
                )
            )
        for vehicle in self:
            vehicle.guarantee_count = counts.get(vehicle._origin, 0)

    def action_open_guarantees(self):
        """Open what is counted for this car."""
        return self._action_related(
            self.env._("Three guarantees"),
            "auto_crm_service.auto_guarantee_count_action_all",
        )

    def _counter_notes(self):
        return self._guarantee_notes().get(self.id, []) + super()._counter_notes()

    def _guarantee_notes(self):
        """Return the sentences of limits that are near or reached, per car."""
        counts = self.env["auto.guarantee.count"]
        if not self.ids or not counts.has_access("read"):
            return {}
        notes = defaultdict(list)
        for one in counts.search(
            [
                ("vehicle_id", "in", self.ids),
                ("level", "!=", "0"),
                ("date_end", ">=", fields.Date.context_today(self)),
            ]
        ):
            notes[one.vehicle_id.id].append(one._sentence())
        return notes

    # ------------------------------------------------------------------
    # Counting
    # ------------------------------------------------------------------

    def _guarantee_refresh(self):
        """Count anew, keep what changed, and warn; queries do not grow with cars."""
        # The repairs of every store of the group count, and nobody writes them.
        cars = self.sudo().filtered("delivery_date")
        if not cars:
            return
        rules = self.env["auto.guarantee.rule"].sudo().search([("active", "=", True)])
        counts = self.env["auto.guarantee.count"].sudo()
        counts = counts.with_context(auto_guarantee=COUNTER)
        known = {
            (one.vehicle_id, one.rule_id, one.key): one
            for one in counts.search([("vehicle_id", "in", cars.ids)])
        }
        wanted = cars._guarantee_figures(rules) if rules else {}
        new = []
        for place, figure in wanted.items():
            if place in known:
                known.pop(place)._follow(figure)
            else:
                vehicle, rule, key = place
                new.append(
                    {
                        **figure,
                        "vehicle_id": vehicle.id,
                        "rule_id": rule.id,
                        "key": key,
                        "entry_ids": [
                            fields.Command.create(entry)
                            for entry in figure["entry_ids"]
                        ],
                    }
                )
        counts.union(*known.values()).unlink()
        try:
            with self.env.cr.savepoint():
                counts.create(new)
        except UniqueViolation as error:
            # Two orders of one car ended at once: count again on what is there now.
            raise ConcurrencyError(str(error)) from error
        counts.search(
            [("vehicle_id", "in", cars.ids), ("level", "!=", "0")]
        )._warn_managers()

    def _guarantee_figures(self, rules):
        """Return what is counted, as ``{(car, rule, key): values}``."""
        repairs = (
            self.env["repair.order"]
            .sudo()
            .search(
                [
                    ("vehicle_id", "in", self.ids),
                    ("service_state", "not in", ("cancelled", False)),
                    ("job_ids.is_quality_fault", "=", True),
                ],
                order="date_in, id",
            )
        )
        entries = defaultdict(list)
        subjects = {}
        for repair in repairs:
            faults = repair._guarantee_faults()
            for rule in rules:
                if not repair._guarantee_counts(rule):
                    continue
                for key, (subject, quantity, name) in faults.get(rule.kind, {}).items():
                    if rule.kind == "stay":
                        key = f"stay:{repair.id}"
                    place = (repair.vehicle_id, rule, key)
                    subjects[place] = subject
                    entries[place].append((repair, quantity, name))
        figures = {
            place: self._guarantee_values(place[1], subjects[place], rows)
            for place, rows in entries.items()
        }
        # A short stay says nothing; only long ones are kept.
        return {
            place: figure
            for place, figure in figures.items()
            if place[1].kind != "stay" or figure["level"] != "0"
        }

    @api.model
    def _guarantee_values(self, rule, subject, rows):
        """Return the values of one count of its repairs."""
        count = sum(quantity for _repair, quantity, _name in rows)
        last = rows[-1][0]
        return {
            "company_id": last.company_id.id,
            "subject": subject,
            "count": count,
            "level": "2"
            if count >= rule.threshold
            else "1"
            if count >= rule.warn_at
            else "0",
            "date_end": rule._last_day(last.vehicle_id.delivery_date),
            "date_last": fields.Date.context_today(self, last.date_in),
            "entry_ids": [
                {
                    "repair_id": repair.id,
                    "date": fields.Date.context_today(self, repair.date_in),
                    "odometer": repair.odometer_in,
                    "quantity": quantity,
                    "name": name,
                }
                for repair, quantity, name in rows
            ],
        }

    @api.model
    def _cron_guarantees(self, batch_size=200):
        """Count anew the cars that stand in the workshop: their days go on."""
        cron = self.env["ir.cron"]
        last = 0
        while True:
            groups = self.env["repair.order"]._read_group(
                [
                    ("vehicle_id", ">", last),
                    ("service_state", "not in", ("returned", "cancelled", False)),
                ],
                ["vehicle_id"],
                order="vehicle_id",
                limit=batch_size,
            )
            vehicles = self.union(*(vehicle for [vehicle] in groups))
            if not vehicles:
                break
            last = max(vehicles.ids)
            vehicles._guarantee_refresh()
            if not cron._commit_progress(len(vehicles)):
                break
