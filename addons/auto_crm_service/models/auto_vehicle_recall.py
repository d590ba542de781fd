from odoo import api, fields, models
from odoo.fields import Domain

from .auto_recall_match import VIN_KEY

# The most urgent first.
SEVERITIES = ("stop", "safety", "quality", "info")


class AutoVehicle(models.Model):
    """The recalls of a car: found when it is registered, told wherever it comes."""

    _inherit = "auto.vehicle"

    recall_row_ids = fields.One2many(
        comodel_name="auto.recall.vehicle",
        inverse_name="vehicle_id",
        string="Recalls",
        readonly=True,
        copy=False,
    )
    open_recall_count = fields.Integer(
        string="Open recalls",
        compute="_compute_open_recalls",
        search="_search_open_recall_count",
    )
    open_recalls = fields.Char(
        string="Recalls to be done", compute="_compute_open_recalls"
    )
    has_stop_drive = fields.Boolean(
        string="Must not be driven", compute="_compute_open_recalls"
    )

    _vin_key_idx = models.Index(f"({VIN_KEY}) WHERE vin IS NOT NULL")

    @api.depends("recall_row_ids.state", "recall_row_ids.recall_id.state")
    def _compute_open_recalls(self):
        rows = self.env["auto.recall.vehicle"]
        found = {}
        if rows.has_access("read"):
            found = dict(
                rows._read_group(
                    [
                        ("vehicle_id", "in", self.ids),
                        ("is_pending", "=", True),
                        ("recall_id.state", "=", "active"),
                    ],
                    ["vehicle_id"],
                    ["recall_id:recordset"],
                )
            )
        for vehicle in self:
            recalls = found.get(vehicle._origin, self.env["auto.recall"])
            calls = recalls.filtered(lambda recall: recall.kind != "bulletin")
            vehicle.open_recall_count = len(recalls)
            vehicle.open_recalls = ", ".join(calls.mapped("display_name")) or False
            vehicle.has_stop_drive = "stop" in calls.mapped("severity")

    def _search_open_recall_count(self, operator, value):
        known = (operator, value) in ((">", 0), (">=", 1)) or (
            operator == "in" and set(value) == {0}
        )
        if not known:
            return NotImplemented
        # Left to the database: a recall may concern a hundred thousand cars.
        pending = Domain(
            "recall_row_ids",
            "any",
            [("is_pending", "=", True), ("recall_id.state", "=", "active")],
        )
        return ~pending if operator == "in" else pending

    @api.model_create_multi
    def create(self, vals_list):
        vehicles = super().create(vals_list)
        vehicles._match_recalls()
        return vehicles

    def write(self, vals):
        result = super().write(vals)
        if not {"vin", "model_id", "model_year", "company_id"}.isdisjoint(vals):
            # What the numbers of a car say holds for every store.
            self.env["auto.recall"].sudo()._rematch(self)
        return result

    def _match_recalls(self):
        """Find the recalls of these cars."""
        # As above.
        self.env["auto.recall"].sudo()._match(self)

    def _recall_notes(self):
        """Return the open recalls in words, the most urgent first."""
        self.ensure_one()
        recalls = (
            self.recall_row_ids.filtered("is_pending")
            .recall_id.filtered(lambda recall: recall.state == "active")
            .sorted(lambda recall: SEVERITIES.index(recall.severity))
        )
        return [recall._note_text() for recall in recalls]

    def _counter_notes(self):
        return [*self._recall_notes(), *super()._counter_notes()]

    def action_open_recalls(self):
        """Open the recalls of the car."""
        return self._action_related(
            self.env._("Recalls"), "auto_crm_service.auto_recall_vehicle_action"
        )


class AutoRecall(models.Model):
    _inherit = "auto.recall"

    def _note_text(self):
        """Return one line about the recall for whoever has the car before them."""
        self.ensure_one()
        kinds = {
            "recall": self.env._("Open recall: %(recall)s", recall=self.display_name),
            "campaign": self.env._(
                "Service campaign: %(recall)s", recall=self.display_name
            ),
            "bulletin": self.env._(
                "Technical bulletin: %(recall)s", recall=self.display_name
            ),
        }
        text = kinds[self.kind]
        if self.severity == "stop" and self.kind != "bulletin":
            text = self.env._("DO NOT DRIVE. %(text)s", text=text)
        return text


class AutoVehicleEvent(models.Model):
    _inherit = "auto.vehicle.event"

    kind = fields.Selection(
        selection_add=[("recall", "Recall")],
        ondelete={"recall": lambda events: events._turn_into("store")},
    )

    @api.model
    def _kind_icons(self):
        return {**super()._kind_icons(), "recall": "fa-bullhorn"}
