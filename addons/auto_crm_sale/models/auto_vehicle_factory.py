from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

#: A car without a date is held so long for its customer.
UNKNOWN_DAYS = 180


class AutoVehicle(models.Model):
    """A car on order that is for a customer: who waits for it, and until when."""

    _inherit = "auto.vehicle"

    promised_date = fields.Date(
        string="Promised for",
        compute="_compute_promised_date",
        compute_sudo=True,
        store=True,
        help="The delivery date of the customer's contract.",
    )
    is_behind_promise = fields.Boolean(
        string="Later than promised",
        compute="_compute_is_behind_promise",
        store=True,
        help="Expected later than the contract promises.",
    )
    customer_text = fields.Char(
        string="For",
        compute="_compute_customer_text",
        compute_sudo=True,
        help="The customer who waits for the car; not of another store.",
    )
    factory_late_told = fields.Boolean(
        string="Told to be late",
        readonly=True,
        copy=False,
        help="The consultant has a task about it.",
    )

    @api.depends(
        "sale_line_ids.order_id.commitment_date", "sale_line_ids.order_id.state"
    )
    def _compute_promised_date(self):
        for vehicle in self:
            dates = [
                order.commitment_date.date()
                for order in vehicle.sale_line_ids.order_id
                if order.state == "sale" and order.commitment_date
            ]
            vehicle.promised_date = min(dates, default=False)

    @api.depends("expected_date", "promised_date")
    def _compute_is_behind_promise(self):
        for vehicle in self:
            vehicle.is_behind_promise = bool(
                vehicle.expected_date
                and vehicle.promised_date
                and vehicle.expected_date > vehicle.promised_date
            )

    @api.depends("reservation_ids.state", "reservation_ids.partner_id")
    @api.depends_context("allowed_company_ids", "uid")
    def _compute_customer_text(self):
        holders = {
            holder.vehicle_id: holder
            for holder in self.filtered(
                lambda car: car.sale_state in ("reserved", "sold")
            )._active_reservation()
        }
        for vehicle in self:
            holder = holders.get(vehicle)
            vehicle.customer_text = (
                holder
                and holder.company_id in self.env.companies
                and holder.partner_id.name
            )

    @api.depends("promised_date")
    def _compute_late_days(self):
        return super()._compute_late_days()

    def _days_late(self, today):
        days = super()._days_late(today)
        if self.promised_date:
            arrival = max(self.expected_date or today, today)
            days = max(days, (arrival - self.promised_date).days)
        return days

    @api.model
    def _late_domain(self, today):
        return Domain.OR(
            [
                super()._late_domain(today),
                Domain("promised_date", "<", today),
                Domain("is_behind_promise", "=", True),
            ]
        )

    # ------------------------------------------------------------------
    # When the date moves
    # ------------------------------------------------------------------

    def write(self, vals):
        if "expected_date" not in vals or self._by_factory():
            return super().write(vals)
        before = {vehicle: vehicle.expected_date for vehicle in self}
        result = super().write(vals)
        self._tell_expected(before)
        return result

    def _tell_expected(self, before):
        """Tell the contracts of these cars that they are expected on another day.

        :param dict before: vehicle → the date that was known; cars that are not for
            anybody are left out
        """
        changed = self.filtered(
            lambda one: one.expected_date and one.expected_date != before[one]
        )
        if not changed:
            return
        today = fields.Date.context_today(self)
        # Whoever enters the date need not see whose car it is.
        changed = changed.sudo()
        changed.filtered(
            lambda one: one.factory_late_told and one._days_late(today) <= 0
        ).factory_late_told = False
        for holder in changed._active_reservation():
            vehicle = holder.vehicle_id
            was, now = before[vehicle.with_env(self.env)], vehicle.expected_date
            document = holder.order_id or holder
            env = document.with_context(lang=holder.user_id.lang).env
            document.message_post(
                body=env._(
                    "Expected arrival of %(car)s: %(before)s → %(after)s",
                    car=vehicle.display_name,
                    before=format_date(env, was) if was else "—",
                    after=format_date(env, now),
                ),
                subtype_xmlid="mail.mt_note",
            )
            if was and now > was and holder.date_expiry:
                holder.date_expiry += now - was
            promised = vehicle.promised_date
            if promised and now > promised and (not was or now > was):
                vehicle._ask_consultant(
                    holder,
                    env._(
                        "The car comes later than promised: agree a new date with the "
                        "customer"
                    ),
                )

    def _ask_consultant(self, holder, summary):
        """Give the consultant of a late car a task, one at a time.

        :param holder: the reservation of the car
        """
        self.ensure_one()
        document = holder.order_id or holder
        self.factory_late_told = True
        user = document.user_id or holder.user_id
        kind = "auto_crm_sale.mail_activity_factory_late"
        if not user or document.activity_search([kind], user_id=user.id):
            return
        document.activity_schedule(kind, summary=summary, user_id=user.id)

    @api.model
    def _cron_late_orders(self, batch_size=200):
        """Give the consultants a task for each customer's car that is late, once."""
        domain = Domain("is_late", "=", True) & Domain(
            [
                ("sale_state", "in", ("reserved", "sold")),
                ("factory_late_told", "=", False),
            ]
        )
        cron = self.env["ir.cron"]
        vehicles = self.search(domain, limit=batch_size, order="id")
        cron._commit_progress(remaining=self.search_count(domain))
        holders = vehicles._active_reservation().grouped("vehicle_id")
        for vehicle in vehicles:
            holder = holders.get(vehicle)
            vehicle.factory_late_told = True
            if holder:
                env = vehicle.with_context(lang=holder.user_id.lang).env
                vehicle._ask_consultant(
                    holder,
                    env._(
                        "%(car)s is %(days)s days late: ask the factory and tell the "
                        "customer",
                        car=vehicle.display_name,
                        days=vehicle.late_days,
                    ),
                )
            if not cron._commit_progress(1):
                break

    def _follow_stock(self, location, line):
        result = super()._follow_stock(location, line)
        if location.usage == "internal" and self.sudo().factory_late_told:
            # Whoever receives the car need not see who waits for it.
            holder = self._active_reservation()
            document = holder.order_id or holder
            document.activity_unlink(["auto_crm_sale.mail_activity_factory_late"])
            self.sudo().factory_late_told = False
        return result

    # ------------------------------------------------------------------
    # From a contract or a reservation to the car on order
    # ------------------------------------------------------------------

    @api.model
    def _unit_on_order(self, number, product, company):
        """Return the car with a production number, for a customer of a store.

        A number that nobody knows is a new order at the factory; until the factory
        speaks of it, or the car is sold, it is for nobody else.

        :raise UserError: when the car is another store's, or another configuration
        """
        vals = self._normalise_numbers({"production_number": number})
        number = vals["production_number"]
        # Consultants order cars for their contracts; they may not change others.
        vehicles = self.sudo().with_company(company).with_context(active_test=False)
        vehicle = vehicles.search([("production_number", "=", number)])
        ordered = {
            "product_id": product.id,
            "company_id": company.id,
            **vehicles.env["stock.lot"]
            .new({"product_id": product.id})
            ._vehicle_model_vals(),
        }
        if not vehicle:
            return vehicles.create(
                {
                    **vals,
                    **ordered,
                    "supply_state": "planned",
                    "sale_state": "free",
                    "is_number_only": True,
                }
            ).with_env(self.env)
        if vehicle.is_number_only and not vehicle.active:
            vehicle.write({**ordered, "active": True})
        if company != vehicle.company_id:
            raise UserError(
                self.env._(
                    "The production number %(number)s is known, but not as a car of "
                    "this store.",
                    number=number,
                )
            )
        if not vehicle.product_id:
            vehicle.product_id = product
        if vehicle.product_id != product:
            raise UserError(
                self.env._(
                    "%(vehicle)s is not a “%(product)s”.",
                    vehicle=vehicle.display_name,
                    product=product.display_name,
                )
            )
        return vehicle.with_env(self.env)

    def _name_production_number(self, number):
        """Give a car on order the number by which the factory knows it."""
        self.ensure_one()
        # Consultants do this for the cars of their contracts.
        vehicle = self.sudo()
        if vehicle.production_number:
            raise UserError(
                self.env._(
                    "%(vehicle)s has the production number %(number)s. Choose the "
                    "other car instead.",
                    vehicle=vehicle.display_name,
                    number=vehicle.production_number,
                )
            )
        vehicle.production_number = number

    def _held_until(self):
        """Return until when a car on order is held without a contract: some days
        after it is expected."""
        self.ensure_one()
        vehicle = self.sudo()  # the store's setting is no secret
        today = fields.Date.context_today(self)
        day = vehicle.expected_date or fields.Date.add(today, days=UNKNOWN_DAYS)
        days = vehicle.company_id.auto_reservation_days
        return fields.Datetime.to_datetime(
            fields.Date.add(max(day, today), days=max(days, 1))
        )

    def _factory_words(self):
        """Say where these cars on order are and when they are expected."""
        states = dict(self._fields["supply_state"]._description_selection(self.env))
        words = []
        for vehicle in self.filtered("is_on_order"):
            parts = [
                vehicle.production_number or vehicle.display_name,
                states[vehicle.supply_state],
            ]
            if vehicle.expected_date:
                day = format_date(self.env, vehicle.expected_date)
                parts.append(self.env._("expected on %(day)s", day=day))
            if vehicle.is_late:
                parts.append(self.env._("%(days)s days late", days=vehicle.late_days))
            words.append(" · ".join(parts))
        return "; ".join(words)
