import base64
import binascii

from werkzeug.urls import url_encode

from odoo import http
from odoo.exceptions import UserError
from odoo.http import request
from odoo.tools import consteq

from odoo.addons.portal.controllers.portal import CustomerPortal, pager

PNG = "data:image/png;base64,"
MAX_SIGNATURE = 400 * 1024


class RepairPortal(CustomerPortal):
    """The customer's page of a repair: how far it is, the estimate, the decision."""

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "repair_count" in counters:
            values["repair_count"] = self._repairs().search_count(self._repair_domain())
        return values

    def _repairs(self):
        """Return the model as superuser: customers have no right on it.

        Every search names the customer, or the token does; the page chooses what it
        shows.
        """
        return request.env["repair.order"].sudo()

    def _repair_domain(self):
        partner = request.env.user.commercial_partner_id
        return [
            ("partner_id", "child_of", partner.id),
            ("vehicle_id", "!=", False),
        ]

    # ------------------------------------------------------------------
    # Pages
    # ------------------------------------------------------------------

    @http.route(
        ["/my/repairs", "/my/repairs/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
    )
    def portal_my_repairs(self, page=1, **_params):
        repairs = self._repairs()
        domain = self._repair_domain()
        bar = pager(
            url="/my/repairs",
            total=repairs.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        values = self._prepare_portal_layout_values()
        values.update(
            repairs=repairs.search(
                domain,
                order="date_in desc, id desc",
                limit=self._items_per_page,
                offset=bar["offset"],
            ),
            page_name="repair",
            pager=bar,
            default_url="/my/repairs",
        )
        return request.render("auto_crm_service.portal_my_repairs", values)

    @http.route(
        "/my/repairs/<int:repair_id>",
        type="http",
        auth="public",
        website=True,
        methods=["GET"],
    )
    def portal_my_repair(
        self, repair_id, access_token="", report_type="", lang="", **params
    ):
        repair = self._repair(repair_id, access_token, lang)
        if report_type == "pdf" and repair._portal_lines():
            # What the adviser still types is nobody's estimate.
            request.update_context(auto_shown_only=True)
            return self._show_report(
                model=repair,
                report_type="pdf",
                report_ref="auto_crm_service.report_repair_estimate",
                download=bool(params.get("download")),
            )
        return self._render_repair(repair, access_token, done=bool(params.get("done")))

    @http.route(
        "/my/repairs/<int:repair_id>/decide",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
        max_content_length=2 * MAX_SIGNATURE,
    )
    def portal_decide(self, repair_id, access_token="", lang="", **params):
        repair = self._repair(repair_id, access_token, lang)
        typed = {name: str(params.get(name) or "").strip() for name in ("name", "note")}
        if self._is_preview():
            # The customer's word is the customer's; the house has its own ways.
            raise request.not_found()
        chosen = {
            int(value)
            for value in request.httprequest.form.getlist("line")
            if value.isdecimal() and len(value) < 10
        }
        try:
            with request.env.cr.savepoint():
                repair._portal_decide(
                    chosen,
                    str(params.get("fingerprint") or ""),
                    typed["name"],
                    self._signature(params.get("signature")),
                    typed["note"],
                    request.env._(
                        "From the address %(ip)s", ip=request.httprequest.remote_addr
                    ),
                )
        except UserError as error:
            repair.invalidate_recordset()
            return self._render_repair(
                repair, access_token, error=str(error), typed=typed
            )
        query = {"done": 1}
        if access_token:
            query["access_token"] = access_token
        if lang:
            query["lang"] = request.env.lang
        return request.redirect(
            f"/my/repairs/{repair.id}?{url_encode(query)}", code=303
        )

    @http.route(
        "/my/repairs/<int:repair_id>/photo/<int:photo_id>",
        type="http",
        auth="public",
        methods=["GET"],
    )
    def portal_repair_photo(
        self, repair_id, photo_id, access_token="", small="", **_params
    ):
        repair = self._repair(repair_id, access_token)
        photo = repair.photo_ids.filtered(
            lambda one: one.id == photo_id and one.is_shared
        )
        if not photo:
            raise request.not_found()
        name = "image_256" if small else "image"
        stream = request.env["ir.binary"].sudo()._get_image_stream_from(photo, name)
        return stream.get_response()

    # ------------------------------------------------------------------
    # Parts
    # ------------------------------------------------------------------

    def _repair(self, repair_id, access_token="", lang=""):
        """Return the repair order as superuser for whom it concerns, else 404."""
        repair = self._repairs().browse(repair_id).exists()
        if not repair.vehicle_id:
            raise request.not_found()
        told = str(access_token or "").encode(errors="replace")
        known = (repair.access_token or "").encode()
        by_link = known and consteq(told, known) and repair._link_is_open()
        if not by_link and not self._is_theirs(repair):
            raise request.not_found()
        self._use_language(repair, lang)
        return repair.with_env(request.env(su=True)).with_company(repair.company_id)

    def _is_theirs(self, repair):
        """Return whether the user may see the repair order without its token."""
        user = request.env.user
        if user._is_public():
            return False
        if user._is_internal():
            return repair.with_user(user).has_access("read")
        return repair.filtered_domain(self._repair_domain()) == repair

    def _is_preview(self):
        """Return whether somebody of the house looks at the customer's page."""
        return request.env.user._is_internal()

    def _use_language(self, repair, lang):
        """Speak the language that was asked for, else the customer's."""
        installed = [code for code, _name in request.env["res.lang"].get_installed()]
        user = request.env.user
        wanted = [lang] if user._is_public() else [lang, user.lang]
        for code in [*wanted, repair.partner_id.lang, request.env.lang]:
            if code in installed:
                request.update_context(lang=code)
                break
        # A promise is told by the clock of the store.
        request.update_context(tz=repair.company_id._workshop_tz())

    def _signature(self, value):
        """Return the drawn image in base64, or nothing when it is no picture."""
        value = str(value or "")
        if not value.startswith(PNG) or len(value) > MAX_SIGNATURE:
            return False
        try:
            raw = base64.b64decode(value[len(PNG) :], validate=True)
        except (binascii.Error, ValueError):
            return False
        if not raw.startswith(b"\x89PNG\r\n\x1a\n"):
            return False
        return base64.b64encode(raw)

    def _render_repair(self, repair, access_token, error="", typed=None, done=False):
        lines = repair._portal_lines()
        to_decide = repair._portal_to_decide()
        values = self._prepare_portal_layout_values()
        values.update(
            repair=repair,
            lines=lines,
            jobs=lines.job_id.sorted(lambda job: (job.sequence, job.id)),
            to_decide=to_decide,
            steps=repair._portal_steps(),
            text=repair._portal_text(),
            photos=repair.photo_ids.filtered("is_shared"),
            fingerprint=repair._portal_fingerprint(),
            token=access_token,
            is_preview=self._is_preview(),
            error=error,
            typed=typed or {},
            done=done,
            lang=request.env.lang,
            languages=request.env["res.lang"].get_installed(),
            page_name="repair",
            res_company=repair.company_id,
        )
        return request.render("auto_crm_service.portal_my_repair", values)
