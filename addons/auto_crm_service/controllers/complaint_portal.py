import secrets

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

MAX_TEXT = 8000


class ComplaintPortal(CustomerPortal):
    """A customer's own complaints: list, new, answer, content or not."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "complaint_count" in counters:
            values["complaint_count"] = self._complaints().search_count(
                self._complaint_domain()
            )
        return values

    def _complaints(self):
        """Return the model as superuser: customers have no right on it.

        Every search names the customer, and the page chooses what it shows, so that
        nothing of the house's own notes can be read by a program.
        """
        return request.env["auto.complaint"].sudo()

    def _complaint_domain(self):
        partner = request.env.user.commercial_partner_id
        return [("partner_id", "child_of", partner.id)]

    @http.route(
        ["/my/complaints", "/my/complaints/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_complaints(self, page=1, **_params):
        complaints = self._complaints()
        domain = self._complaint_domain()
        bar = pager(
            url="/my/complaints",
            total=complaints.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        values = self._prepare_portal_layout_values()
        values.update(
            complaints=complaints.search(
                domain, limit=self._items_per_page, offset=bar["offset"]
            ),
            page_name="complaint",
            pager=bar,
            default_url="/my/complaints",
            steps=self._complaint_steps(),
        )
        return request.render("auto_crm_service.portal_my_complaints", values)

    def _complaint_steps(self):
        """Return how far a complaint is, in the customer's words."""
        env = request.env
        return {
            "new": env._("We have it"),
            "assigned": env._("We have it"),
            "in_progress": env._("We work on it"),
            "answered": env._("Answered: are you content?"),
            "callback": env._("Answered: are you content?"),
            "closed": env._("Closed"),
        }

    def _complaint(self, complaint_id):
        """Return one of the customer's own complaints as superuser, else 404."""
        complaint = self._complaints().search(
            [("id", "=", complaint_id), *self._complaint_domain()]
        )
        if not complaint:
            raise request.not_found()
        return complaint

    @http.route(
        "/my/complaints/<int:complaint_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_complaint(self, complaint_id, error="", **_params):
        return self._render_complaint(self._complaint(complaint_id), error)

    def _render_complaint(self, complaint, error="", typed=""):
        comment = request.env.ref("mail.mt_comment")
        messages = complaint.message_ids.filtered(
            lambda message: (
                message.subtype_id == comment
                and message.message_type in ("comment", "email")
                and not message.is_internal
            )
        )
        values = self._prepare_portal_layout_values()
        values.update(
            complaint=complaint,
            messages=messages.sorted("date"),
            page_name="complaint",
            steps=self._complaint_steps(),
            error=error,
            typed=typed,
        )
        return request.render("auto_crm_service.portal_my_complaint", values)

    @http.route(
        "/my/complaints/new", type="http", auth="user", website=True, methods=["GET"]
    )
    def portal_new_complaint(self, **_params):
        return self._render_new({})

    @http.route(
        "/my/complaints/new", type="http", auth="user", website=True, methods=["POST"]
    )
    def portal_create_complaint(self, **params):
        names = ("description", "vehicle", "category", "store", "nonce")
        typed = {name: str(params.get(name) or "").strip() for name in names}
        stores, cars, categories = self._choices()
        if not typed["description"]:
            return self._render_new(
                typed, request.env._("Please tell us what happened.")
            )

        def chosen(name, records):
            number = typed[name]
            return records.filtered(lambda record: str(record.id) == number)[:1]

        store = chosen("store", stores) or stores[:1]
        partner = request.env.user.partner_id
        # The customer has no rights of a store; what is written is the customer's own.
        complaints = self._complaints().with_company(store)
        try:
            with request.env.cr.savepoint():
                complaint = complaints._register_complaint(
                    {
                        "partner_id": partner.id,
                        "vehicle_id": chosen("vehicle", cars).id,
                        "category_id": chosen("category", categories).id,
                        "description": typed["description"][:MAX_TEXT],
                    },
                    "portal",
                    typed["nonce"] and f"{request.env.uid}:{typed['nonce']}"[:200],
                )
        except UserError as error:
            return self._render_new(typed, str(error))
        partner.sudo()._join_store(store, request.env._("Complaint on the portal"))
        return request.redirect(f"/my/complaints/{complaint.id}", code=303)

    def _choices(self):
        """Return the stores, cars and categories that the customer may name."""
        env = request.env(su=True)  # a customer has no right to browse any of these
        partner = request.env.user.partner_id.with_env(env)
        family = partner.commercial_partner_id
        doors = env["auto.complaint.door"].search([])
        stores = (
            partner.auto_store_id
            | partner.store_ids
            | family.store_ids
            | doors.company_id
            or request.env.company
        )
        cars = env["auto.vehicle"].search([("owner_id", "child_of", family.id)])
        categories = env["auto.complaint.category"].search([("parent_id", "=", False)])
        return stores, cars, categories

    def _render_new(self, typed, error=""):
        stores, cars, categories = self._choices()
        values = self._prepare_portal_layout_values()
        values.update(
            stores=stores,
            cars=cars,
            categories=categories,
            typed=typed,
            error=error,
            nonce=typed.get("nonce") or secrets.token_urlsafe(12),
            page_name="complaint_new",
        )
        return request.render("auto_crm_service.portal_new_complaint", values)

    @http.route(
        "/my/complaints/<int:complaint_id>/say",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_say(self, complaint_id, text="", decision="", **_params):
        complaint = self._complaint(complaint_id)
        text = str(text or "").strip()[:MAX_TEXT]
        try:
            with request.env.cr.savepoint():
                if decision in ("satisfied", "unsatisfied"):
                    complaint._customer_decides(decision == "satisfied", text)
                else:
                    complaint._customer_says(text, "portal")
                if text:
                    complaint.message_post(
                        body=text,
                        author_id=request.env.user.partner_id.id,
                        message_type="comment",
                        subtype_xmlid="mail.mt_comment",
                    )
        except UserError as error:
            return self._render_complaint(complaint, str(error), text)
        return request.redirect(f"/my/complaints/{complaint.id}", code=303)
