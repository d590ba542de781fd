from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

# Only the code that takes factory messages in passes this object.
FACTORY = object()

#: Where a car is that is on order and has not arrived.
ON_ORDER_STATES = ("planned", "in_production", "factory_stock", "in_transit")


class AutoVehicle(models.Model):
    """A car on order: what the factory says about it, and whether it is late."""

    _inherit = "auto.vehicle"

    supply_state = fields.Selection(group_expand="_group_expand_supply_state")
    expected_date = fields.Date(
        string="Expected on",
        index="btree_not_null",
        help="When a car that is on order will be here.",
    )
    first_expected_date = fields.Date(
        string="First expected on",
        readonly=True,
        copy=False,
        help="The date that was told first.",
    )
    factory_status_id = fields.Many2one(
        comodel_name="auto.factory.status.code",
        string="Factory status",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The last word of the factory.",
    )
    factory_date = fields.Datetime(
        string="Factory status of", readonly=True, copy=False
    )
    factory_sequence = fields.Integer(
        string="Sequence of the factory", readonly=True, copy=False, aggregator=None
    )
    factory_message_count = fields.Integer(
        string="Factory messages", compute="_compute_factory_message_count"
    )
    is_on_order = fields.Boolean(
        string="On order",
        compute="_compute_is_on_order",
        search="_search_is_on_order",
        help="Ordered from the maker and not yet arrived.",
    )
    late_days = fields.Integer(
        string="Days late",
        compute="_compute_late_days",
        aggregator=None,
        help="Days since the car was expected.",
    )
    is_late = fields.Boolean(
        string="Late", compute="_compute_late_days", search="_search_is_late"
    )

    _production_number_uniq = models.UniqueIndex(
        "(production_number) WHERE production_number IS NOT NULL",
        "Another vehicle has this production number.",
    )

    @api.depends("supply_state", "stock_location_id")
    def _compute_is_on_order(self):
        for vehicle in self:
            vehicle.is_on_order = (
                vehicle.supply_state in ON_ORDER_STATES
                and not vehicle.stock_location_id
            )

    @api.model
    def _group_expand_supply_state(self, states, domain):
        """Put the columns in the order in which a car goes through them; on the board
        of cars on order, each of these states has a column."""
        wanted = set(states)
        if self.env.context.get("auto_expand_supply"):
            wanted |= set(ON_ORDER_STATES)
        return [
            key
            for key, _label in self._fields["supply_state"].selection
            if key in wanted
        ]

    def _search_is_on_order(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return [
            ("supply_state", "in", ON_ORDER_STATES),
            ("stock_location_id", "=", False),
        ]

    def _compute_factory_message_count(self):
        counts = {}
        messages = self.env["auto.factory.message"]
        if messages.has_access("read"):
            counts = dict(
                messages._read_group(
                    [("vehicle_id", "in", self.ids)], ["vehicle_id"], ["__count"]
                )
            )
        for vehicle in self:
            vehicle.factory_message_count = counts.get(vehicle._origin, 0)

    @api.depends("is_on_order", "expected_date")
    def _compute_late_days(self):
        today = fields.Date.context_today(self)
        for vehicle in self:
            late = vehicle._days_late(today) if vehicle.is_on_order else 0
            vehicle.late_days = max(late, 0)
            vehicle.is_late = late > 0

    def _days_late(self, today):
        """Return by how many days the car on order is behind, at most 0 when it is
        not."""
        self.ensure_one()
        return (today - self.expected_date).days if self.expected_date else 0

    def _search_is_late(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        today = fields.Date.context_today(self)
        return Domain("is_on_order", "=", True) & self._late_domain(today)

    @api.model
    def _late_domain(self, today):
        """Return the domain of the cars on order that are late."""
        return Domain("expected_date", "<", today)

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [
            {**vals, "first_expected_date": vals["expected_date"]}
            if vals.get("expected_date")
            else vals
            for vals in vals_list
        ]
        self._refuse_known_production_numbers(vals_list)
        return super().create(vals_list)

    def write(self, vals):
        if vals.get("expected_date"):
            first = self.filtered(lambda one: not one.first_expected_date)
            if first:
                rest = self - first
                result = super(AutoVehicle, first).write(
                    {**vals, "first_expected_date": vals["expected_date"]}
                )
                return super(AutoVehicle, rest).write(vals) if rest else result
        if vals.get("production_number") and not self._by_factory():
            self._refuse_known_production_numbers([vals])
        return super().write(vals)

    def _by_factory(self):
        return self.env.context.get("auto_vehicle_factory") is FACTORY

    def _write_from_factory(self, vals):
        """Write what a checked message of the factory says."""
        return self.with_context(
            auto_vehicle_factory=FACTORY, tracking_disable=True
        ).write(vals)

    def _watched_fields(self):
        # What the factory says is told by one line, with its message.
        return {} if self._by_factory() else super()._watched_fields()

    @api.model
    def _refuse_known_vins(self, vins, known=None):
        # The messages of a batch were checked together.
        if self._by_factory():
            return None
        return super()._refuse_known_vins(vins, known=known)

    def _refuse_known_production_numbers(self, vals_list):
        """Refuse a production number that another vehicle has, in words.

        The unique index decides when two people do this at the same moment.
        """
        if self._by_factory():
            return
        numbers = [
            number
            for vals in vals_list
            if (number := self._normalise_numbers(vals).get("production_number"))
        ]
        if not numbers:
            return
        domain = Domain("production_number", "in", numbers)
        if self:
            domain &= Domain("id", "not in", self.ids)
        # Another store's vehicle must be found too; only that it exists is told.
        others = self.sudo().with_context(active_test=False).search(domain, limit=1)
        twice = {number for number in numbers if numbers.count(number) > 1}
        if others and not others.active:
            raise ValidationError(
                self.env._(
                    "An archived vehicle has the production number “%(number)s”: take "
                    "that one out of the archive.",
                    number=others.production_number,
                )
            )
        for number in [*sorted(twice), *others.mapped("production_number")]:
            raise ValidationError(
                self.env._(
                    "Another vehicle has the production number “%(number)s”.",
                    number=number,
                )
            )

    def action_open_factory_messages(self):
        """Open what the factory has said about the car."""
        return self._action_related(
            self.env._("Factory messages"),
            "auto_crm_base.auto_factory_message_action",
        )

    @api.model
    def factory_update(self, rows):
        """Take in what a factory says about cars on order (JSON-2).

        ``POST /json/2/auto.vehicle/factory_update`` with ``{"rows": [...]}`` and the
        key of a user with the right “factory interface”. Good rows are kept, each
        refused row is told; the same row twice changes nothing.

        :param list rows: at most 1000 objects of texts: ``production_number``,
            ``status`` (a factory status code), ``status_date`` (ISO 8601; without a
            zone in that of the user) required; ``vin``, ``model`` (code of product or
            trim, or the model's name; required for a car not known yet), ``color``,
            ``interior_color``, ``expected_date``, ``store`` (its code or name),
            ``order`` (number of the contract), ``message_id``, ``sequence`` (a whole
            number, decides between messages of the same time)
        :return: list of ``{"row": 1…, "production_number", "result": "applied" |
            "repeated" | "older" | "stock" | "refused", "error": why refused}``
        :raise AccessError: without the right
        :raise ValidationError: when ``rows`` is no list, or too long
        """
        intake = self.env["auto.factory.intake"]
        intake._check_right()
        intake._check_rows(rows)
        return [
            {
                "row": item["line"],
                "production_number": item["number"],
                "result": item["result"],
                "error": item["error"],
            }
            for item in intake._take_in(rows)
        ]
