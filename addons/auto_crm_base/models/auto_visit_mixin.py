import base64

from odoo import fields, models

from ..tools import ical


class AutoVisitMixin(models.AbstractModel):
    """A time at which the customer is expected: told by letters with a calendar file.

    For documents with ``name``, ``partner_id`` and ``company_id``; what the calendar
    shows says :meth:`_calendar_event`.
    """

    _name = "auto.visit.mixin"
    _description = "Time at which a customer is expected"

    def _store_address(self):
        """Return where the store is, in one line."""
        self.ensure_one()
        lines = self.sudo().company_id.partner_id._display_address(without_company=True)
        return ", ".join(line.strip() for line in lines.splitlines() if line.strip())

    def _calendar_event(self):
        """Return what the calendar shows, as superuser: the letter is the customer's.

        :return: dict ``start``, ``stop`` (naive UTC), ``summary``, ``description``,
            ``sequence`` (how often it was moved) and ``cancelled``
        """
        raise NotImplementedError

    def _calendar_name(self):
        """Return the file's name."""
        self.ensure_one()
        return f"{self.sudo().name.replace('/', '-')}.ics"

    def _calendar_file(self):
        """Return the bytes of a calendar file of the visit."""
        self.ensure_one()
        known = self.sudo()  # the letter is the customer's
        company = known.company_id
        return ical.event(
            uid=f"{self._name.replace('.', '-')}-{known.id}@{self.env.cr.dbname}",
            stamp=fields.Datetime.now(),
            location=" ".join(filter(None, [company.name, known._store_address()])),
            organizer=company.email,
            **known._calendar_event(),
        )

    def _send_letters(self, template):
        """Write a letter, with the calendar file, to whoever may get it.

        With ``auto_visit_quiet`` in the context none is written.

        :param str template: xmlid; one that was deleted sends nothing
        :return: the visits of the customers who get one
        """
        template = self.env.ref(template, raise_if_not_found=False)
        if not template or self.env.context.get("auto_visit_quiet"):
            return self.browse()
        # The letter is the store's, whoever books.
        visits = self.sudo()
        partners = visits.partner_id.filtered("email")
        reachable = partners._may_contact("email", "service")
        told = visits.filtered(lambda one: one.partner_id in reachable)
        for visit in told:
            letter = visit.with_context(lang=visit.partner_id.lang)
            file = base64.b64encode(letter._calendar_file())
            template.sudo().send_mail(
                visit.id,
                email_values={"attachments": [(visit._calendar_name(), file)]},
            )
        return told
