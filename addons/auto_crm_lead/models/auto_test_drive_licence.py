from dateutil.relativedelta import relativedelta
from markupsafe import Markup

from odoo import api, models
from odoo.exceptions import ValidationError
from odoo.tools import format_date


class AutoTestDrive(models.Model):
    """The driver's licence, and the agreement that the driver signs."""

    _inherit = "auto.test.drive"

    @api.depends("licence_issue_date", "start", "company_id")
    def _compute_licence_warning(self):
        for drive in self:
            years = drive.company_id.sudo().auto_drive_licence_years
            issued = drive.licence_issue_date
            young = issued and drive.start and issued + relativedelta(years=years)
            drive.licence_warning = (
                self.env._(
                    "This licence is younger than %(years)s years: let the consultant "
                    "decide whether, and where, the customer drives.",
                    years=years,
                )
                if years and young and young > drive._day()
                else False
            )

    @api.constrains("licence_expiry_date", "licence_issue_date", "start")
    def _check_licence_dates(self):
        for drive in self:
            issued, expires = drive.licence_issue_date, drive.licence_expiry_date
            if expires and expires < drive._day():
                raise ValidationError(
                    self.env._(
                        "The licence is valid until %(day)s only: nobody drives with "
                        "it on %(start)s.",
                        day=format_date(self.env, expires),
                        start=format_date(self.env, drive._day()),
                    )
                )
            if issued and issued > drive._day():
                raise ValidationError(
                    self.env._("The licence was first issued after the test drive.")
                )
            if issued and expires and expires <= issued:
                raise ValidationError(
                    self.env._("A licence cannot end before it was issued.")
                )

    @api.constrains("licence_class_id", "vehicle_id")
    def _check_licence_class(self):
        for drive in self:
            licence = drive.licence_class_id
            # The gearbox of a demo car is no secret.
            car = drive.vehicle_id.sudo()
            if licence and not licence.is_car:
                raise ValidationError(
                    self.env._(
                        "With a licence of class %(code)s nobody drives a car.",
                        code=licence.code,
                    )
                )
            if licence.is_automatic_only and car.model_id.transmission == "manual":
                raise ValidationError(
                    self.env._(
                        "A licence of class %(code)s is for automatic gearboxes; "
                        "%(car)s has a manual one.",
                        code=licence.code,
                        car=car.display_name,
                    )
                )

    @api.model
    def _known_licence(self, partner):
        """Return the licence of a customer as it is known, as field values.

        From the last drive with one, else from the customer's documents. The number
        goes from one protected field into another, whoever may read it.
        """
        drives = self.sudo().search(
            [
                ("partner_id", "=", partner.id),
                ("driver_name", "=", partner.sudo().name),
                ("licence_number", "!=", False),
            ],
            order="start desc, id desc",
            limit=1,
        )
        today = self.env.company._auto_today()
        if drives and (drives.licence_expiry_date or today) >= today:
            return {
                "licence_number": drives.licence_number,
                "licence_class_id": drives.licence_class_id.id,
                "licence_issue_date": drives.licence_issue_date,
                "licence_expiry_date": drives.licence_expiry_date,
            }
        documents = self.env["auto.customer.document"].sudo()
        document = documents.search(
            [("partner_id", "=", partner.id), ("kind", "=", "driving_licence")],
            order="expiry_date desc, id desc",
            limit=1,
        )
        if not document or (document.expiry_date or today) < today:
            return {}
        return {
            "licence_number": document.number,
            "licence_expiry_date": document.expiry_date,
        }

    def _licence_problems(self):
        """Return what is missing of the licence to hand out the key, as sentences."""
        self.ensure_one()
        missing = [
            self._fields[name]._description_string(self.env)
            for name in ("licence_number", "licence_class_id", "licence_expiry_date")
            if not self[name]
        ]
        problems = []
        if missing:
            problems.append(self.env._("The licence lacks: %s.", ", ".join(missing)))
        if not self.is_licence_seen:
            problems.append(self.env._("Nobody has seen the licence in the original."))
        return problems

    def _licence_tail(self):
        """Return the licence number as printed: its end only."""
        self.ensure_one()
        return self._mask_value("document", self.licence_number) or ""

    # ------------------------------------------------------------------
    # Agreement
    # ------------------------------------------------------------------

    @api.depends("company_id", "terms_signed", "partner_id.lang")
    def _compute_terms(self):
        for drive in self:
            drive.terms = drive.terms_signed or drive._current_terms()

    def _current_terms(self):
        """Return the terms of the store, in the language of the customer."""
        self.ensure_one()
        lang = self.partner_id.sudo().lang or self.env.lang
        drive = self.with_context(lang=lang)
        own = drive.company_id.sudo().auto_drive_terms
        return own if own else drive._standard_terms()

    def _standard_terms(self):
        """Return the terms of a store that has written none of its own."""
        sentences = (
            self.env._("I hold a valid driving licence for this car and show it."),
            self.env._(
                "I drive myself, in the way that the law and the consultant ask, and "
                "let nobody else drive."
            ),
            self.env._(
                "I have not taken alcohol, drugs or medicine that keep me from driving."
            ),
            self.env._(
                "Fines and offences during the drive are mine. The car is insured; I "
                "answer for damage done on purpose or by gross carelessness."
            ),
            self.env._(
                "My licence data are kept for this drive and for enquiries of the "
                "authorities only."
            ),
        )
        items = Markup("").join(Markup("<li>%s</li>") % text for text in sentences)
        return Markup("<ol>%s</ol>") % items

    def _keep_terms(self):
        """Keep the words that were signed; clearing the signature frees them."""
        for drive in self:
            signed = bool(drive.driver_signature)
            drive._set({"terms_signed": signed and drive._current_terms()})
