import secrets

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

from .appointment_pages import AppointmentPages

FIELDS = ("store", "car", "type", "day", "start", "concern", "nonce")


class AppointmentPortal(AppointmentPages, CustomerPortal):
    """A customer's own appointments: list, book, move, cancel."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "appointment_count" in counters:
            values["appointment_count"] = self._appointments().search_count(
                self._appointment_domain()
            )
        return values

    def _appointments(self):
        """Return the model as superuser: customers have no right on it.

        Every search names the customer, and the page chooses what it shows.
        """
        return request.env["auto.appointment"].sudo()

    def _appointment_domain(self):
        partner = request.env.user.commercial_partner_id
        return [("partner_id", "child_of", partner.id)]

    @http.route(
        ["/my/appointments", "/my/appointments/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_appointments(self, page=1, **_params):
        appointments = self._appointments()
        domain = self._appointment_domain()
        bar = pager(
            url="/my/appointments",
            total=appointments.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        values = self._prepare_portal_layout_values()
        values.update(
            appointments=appointments.search(
                domain, limit=self._items_per_page, offset=bar["offset"]
            ),
            page_name="appointment",
            pager=bar,
            default_url="/my/appointments",
            steps=self._steps(),
        )
        return request.render("auto_crm_service.portal_my_appointments", values)

    @http.route(
        "/my/appointments/<int:appointment_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_appointment(self, appointment_id, move="", day="", **_params):
        return self._render_appointment(
            self._appointment(appointment_id), move=bool(move), day=day
        )

    @http.route(
        "/my/appointments/<int:appointment_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_change_appointment(self, appointment_id, **params):
        appointment = self._appointment(appointment_id)
        if error := self._change(appointment, params):
            move = params.get("what") == "move"
            return self._render_appointment(appointment, error, move, params.get("day"))
        return request.redirect(f"/my/appointments/{appointment.id}", code=303)

    @http.route(
        "/my/appointments/<int:appointment_id>/calendar.ics",
        type="http",
        auth="user",
        methods=["GET"],
    )
    def portal_appointment_calendar(self, appointment_id, **_params):
        return self._calendar_response(self._appointment(appointment_id))

    def _appointment(self, appointment_id):
        """Return one of the customer's own appointments as superuser, else 404."""
        appointment = self._appointments().search(
            [("id", "=", appointment_id), *self._appointment_domain()]
        )
        if not appointment:
            raise request.not_found()
        return appointment

    def _render_appointment(self, appointment, error="", move=False, day=None):
        values = self._prepare_portal_layout_values()
        url = f"/my/appointments/{appointment.id}"
        values.update(self._detail_values(appointment, url, error, move, day))
        values["page_name"] = "appointment"
        return request.render("auto_crm_service.portal_my_appointment", values)

    # ------------------------------------------------------------------
    # Book
    # ------------------------------------------------------------------

    @http.route(
        "/my/appointments/new", type="http", auth="user", website=True, methods=["GET"]
    )
    def portal_new_appointment(self, **params):
        return self._render_new_appointment(self._typed(params))

    @http.route(
        "/my/appointments/new", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_book_appointment(self, **params):
        typed = self._typed(params)
        store, car, kind = self._chosen(typed)[:3]
        partner = request.env.user.partner_id
        # The customer has no rights of a store; what is booked is the customer's own.
        appointments = self._appointments().with_company(store)
        try:
            with request.env.cr.savepoint():
                appointment = appointments._book(
                    {
                        "company_id": store.id,
                        "partner_id": partner.id,
                        "vehicle_id": car.id,
                        "type_id": kind.id,
                        "start": self._moment(typed["start"]),
                        "concern": typed["concern"],
                        "channel": "portal",
                        "external_ref": typed["nonce"]
                        and f"{request.env.uid}:{typed['nonce']}"[:200],
                    }
                )
        except UserError as error:
            return self._render_new_appointment(typed, str(error))
        return request.redirect(f"/my/appointments/{appointment.id}", code=303)

    def _typed(self, params):
        return {name: str(params.get(name) or "").strip()[:5000] for name in FIELDS}

    def _chosen(self, typed):
        """Return what was chosen, and what could be: stores, cars and work."""
        env = request.env(su=True)  # a customer has no right to browse any of these
        partner = request.env.user.partner_id.with_env(env)
        family = partner.commercial_partner_id
        open_stores = (
            env["auto.appointment.setting"]
            .search([("has_form", "=", True)])
            .company_id.sorted("sequence")
        )
        own = partner.auto_store_id | partner.store_ids | family.store_ids
        stores = (own & open_stores) | open_stores
        cars = env["auto.vehicle"].search([("owner_id", "child_of", family.id)])
        kinds = self._public_types().with_env(env)

        def chosen(name, records):
            number = self._number(typed[name])
            return records.filtered(lambda record: record.id == number)

        store = chosen("store", stores) or stores[:1]
        car = chosen("car", cars) or cars[:1]
        return store, car, chosen("type", kinds), stores, cars, kinds

    def _render_new_appointment(self, typed, error=""):
        store, car, kind, stores, cars, kinds = self._chosen(typed)
        day = self._day(typed["day"])
        values = self._prepare_portal_layout_values()
        values.update(
            store=store,
            car=car,
            kind=kind,
            stores=stores,
            cars=cars,
            kinds=kinds,
            day=day,
            free=self._free_days(store, kind, day) if store and kind else None,
            typed=typed,
            error=error,
            nonce=typed["nonce"] or secrets.token_urlsafe(12),
            page_name="appointment_new",
        )
        return request.render("auto_crm_service.portal_new_appointment", values)
