from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import float_round

POSITION = "auto_crm_member.points_last_member_id"


class AutoMember(models.Model):
    """Points: corrected with a reason, and taken back when they are old."""

    _inherit = "auto.member"

    def _add_points(self, points, description):
        """Add to, or with a negative number take from, the points of a member.

        :param float points: how many
        :param str description: why, for the history
        :raise UserError: when there are not as many to take
        """
        self.ensure_one()
        # Cards and their history are changed by the system only.
        card = self.sudo().card_id
        total = float_round(card.points + points, precision_digits=2)
        if total < 0:
            raise UserError(
                self.env._(
                    "%(member)s has %(points)s points only.",
                    member=self.display_name,
                    points=f"{card.points:g}",
                )
            )
        card.env["loyalty.history"].create(
            {
                "card_id": card.id,
                "description": description,
                "issued": max(points, 0),
                "used": max(-points, 0),
            }
        )
        card.points = total

    # ------------------------------------------------------------
    # Expiry
    # ------------------------------------------------------------

    @api.model
    def _cron_points(self, batch_size=500):
        """End memberships, take back old points, and tell beforehand.

        Goes on where it stopped.
        """
        cron = self.env["ir.cron"]
        parameters = self.env["ir.config_parameter"].sudo()
        members = self.sudo()  # the job belongs to no store
        today = fields.Date.context_today(self)
        last = int(parameters.get_param(POSITION, 0))
        domain = Domain("state", "=", "active") & (
            Domain("date_end", "<", today)
            | Domain("program_id.points_expiry_months", ">", 0)
        )
        cron._commit_progress(
            remaining=members.search_count(domain & Domain("id", ">", last))
        )
        while batch := members.search(
            domain & Domain("id", ">", last), order="id", limit=batch_size
        ):
            over = batch.filtered(
                lambda member: member.date_end and member.date_end < today
            )
            if over:
                over._end("expired", self.env._("The membership has expired."))
            (batch - over)._expire_points()
            last = batch[-1].id
            parameters.set_param(POSITION, last)
            if not cron._commit_progress(len(batch)):
                return
        parameters.set_param(POSITION, 0)

    def _expire_points(self):
        """Take back points that are too old, and note which are next.

        The oldest points are used first: what was issued before the limit and not
        used since expires. Doing it twice takes nothing twice.
        """
        today = fields.Date.context_today(self)
        for program, members in self.sudo().grouped("program_id").items():
            months = program.points_expiry_months
            if not months:
                continue
            limit = fields.Date.subtract(today, months=months)
            warned = fields.Date.add(limit, days=program.points_warning_days)
            old = members.card_id._points_older_than(limit)
            for member in members:
                if points := old.get(member.card_id, 0):
                    member._add_points(
                        -points, self.env._("Expired after %s months", months)
                    )
            soon = members.card_id._points_older_than(warned)
            days = members.card_id._oldest_points(limit)
            for member in members:
                member._note_expiry(
                    soon.get(member.card_id, 0), days.get(member.card_id), months
                )
            members._tell_expiry()

    def _note_expiry(self, points, issued_on, months):
        """Keep on the member which points expire next."""
        day = points and issued_on and fields.Date.add(issued_on, months=months)
        vals = {"points_expiring": points, "points_expiry_date": day or False}
        if any(self[name] != value for name, value in vals.items()):
            self._set(vals)

    def _tell_expiry(self):
        """Tell members by e-mail that points expire, once for each day."""
        template = self.env.ref(
            "auto_crm_member.mail_template_points_expire", raise_if_not_found=False
        )
        todo = self.filtered(
            lambda member: (
                member.points_expiring
                and member.points_expiry_date
                and member.points_told_date != member.points_expiry_date
            )
        )
        for company, members in todo.grouped("company_id").items():
            partners = members.partner_id.with_company(company)
            reachable = partners.filtered("email")._may_contact("email", "service")
            for member in members:
                if template and member.partner_id in reachable:
                    template.send_mail(member.id)
                member._set({"points_told_date": member.points_expiry_date})
