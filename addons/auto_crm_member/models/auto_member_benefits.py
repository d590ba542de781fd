from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL
from odoo.tools.misc import format_date

from .auto_member_benefit_use import USE

# So many days later the use of a benefit is still taken down by whoever gave it.
MAX_LATE_DAYS = 31


class AutoMember(models.Model):
    """What members get, and how much of it is left this year."""

    _inherit = "auto.member"

    benefits_html = fields.Html(
        string="Benefits",
        compute="_compute_benefits_html",
        sanitize=False,
        compute_sudo=False,
    )

    @api.depends("tier_id", "use_ids.state", "state", "date_end")
    @api.depends_context("lang")
    def _compute_benefits_html(self):
        states = self._benefit_states()
        for member in self:
            member.benefits_html = self.env["ir.qweb"]._render(
                "auto_crm_member.benefit_table",
                {"benefits": states.get(member._origin.id, [])},
            )

    def _benefit_states(self, date=None):
        """Return what each member gets and how much of it is left.

        :param date: in whose calendar year; today when left out
        :return: dict member id → list of dicts ``id``, ``name``, ``kind``,
            ``description``, ``percent``, ``quantity`` (0: as often as wanted),
            ``used``, ``left`` (None: as often as wanted)
        """
        date = date or fields.Date.context_today(self)
        # What other stores gave counts; that is why it is shown at all.
        members = self.sudo().filtered(lambda member: member._is_member())
        used = {
            (member.id, benefit.id): count
            for member, benefit, count in self.env["auto.member.benefit.use"]
            .sudo()
            ._read_group(
                [
                    ("member_id", "in", members.ids),
                    ("year", "=", date.year),
                    ("state", "=", "used"),
                ],
                ["member_id", "benefit_id"],
                ["__count"],
            )
        }
        result = {}
        for member in members:
            rows = result[member.id] = []
            for line in member.tier_id.benefit_line_ids.filtered("benefit_id.active"):
                benefit = line.benefit_id
                count = used.get((member.id, benefit.id), 0)
                rows.append(
                    {
                        "id": benefit.id,
                        "name": benefit.name,
                        "kind": benefit.kind,
                        "description": benefit.description or "",
                        "percent": line.percent,
                        "quantity": line.quantity,
                        "used": count,
                        "left": max(line.quantity - count, 0)
                        if line.quantity
                        else None,
                    }
                )
        return result

    def _use_benefit(self, benefit, document=None, date=None, note=""):
        """Take down that the member used a benefit.

        Whoever serves the customer may do it. Two people who use the last one at
        once meet in the database: one is repeated, sees the other's, and is told.

        :param benefit: one ``auto.member.benefit``
        :param document: the record on which it was used, of any model
        :param date: the day; today when left out. More than 31 days back only the
            managers of members go, and nobody to before the membership: each year
            has benefits of its own
        :return: the ``auto.member.benefit.use``
        :raise UserError: when the member has not that benefit, or none is left
        """
        self.ensure_one()
        self.check_access("read")
        uses = self.env["auto.member.benefit.use"]
        uses.check_access("create")
        today = fields.Date.context_today(self)
        date = date or today
        if date > today:
            raise UserError(self.env._("A benefit is not used in the future."))
        self._check_use_date(date)
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE auto_member SET use_serial = COALESCE(use_serial, 0) + 1"
                " WHERE id = %s RETURNING id",
                self.id,
            )
        )
        self.invalidate_recordset(["use_serial"])
        if not self._is_member():
            raise UserError(
                self.env._("%(member)s is not a member now.", member=self.display_name)
            )
        states = {row["id"]: row for row in self._benefit_states(date)[self.id]}
        row = states.get(benefit.id)
        if not row:
            raise UserError(
                self.env._(
                    "%(tier)s members do not have “%(benefit)s”.",
                    tier=self.sudo().tier_id.name,
                    benefit=benefit.sudo().name,
                )
            )
        if row["left"] == 0:
            raise UserError(
                self.env._(
                    "“%(benefit)s” is used up: %(used)s of %(quantity)s in %(year)s.",
                    benefit=row["name"],
                    used=row["used"],
                    quantity=row["quantity"],
                    year=date.year,
                )
            )
        # The numbers of uses that stand are unique; one taken back left a gap.
        taken = set(
            uses.sudo()
            .search(
                [
                    ("member_id", "=", self.id),
                    ("benefit_id", "=", benefit.id),
                    ("year", "=", date.year),
                    ("state", "=", "used"),
                ]
            )
            .mapped("number")
        )
        number = next(n for n in range(1, len(taken) + 2) if n not in taken)
        use = uses.with_context(auto_benefit_use=USE).create(
            {
                "member_id": self.id,
                "benefit_id": benefit.id,
                "tier_id": self.sudo().tier_id.id,
                "date": date,
                "year": date.year,
                "number": number,
                "note": note,
                "res_model": document._name if document else False,
                "res_id": document.id if document else False,
            }
        )
        use = use.with_env(self.env)
        self._message_log(
            body=self.env._(
                "Used: %(benefit)s (%(date)s). %(note)s",
                benefit=row["name"],
                date=format_date(self.env, date),
                note=note or "",
            )
        )
        return use

    def _check_use_date(self, date):
        """Refuse a day too long ago; see :meth:`_use_benefit`.

        :raise UserError: for such a day
        """
        self.ensure_one()
        today = fields.Date.context_today(self)
        first = self.date_joined
        if not self._may_manage():
            first = max(first, fields.Date.subtract(today, days=MAX_LATE_DAYS))
        if date < first:
            raise UserError(
                self.env._(
                    "This benefit is taken down for %(date)s or later.",
                    date=format_date(self.env, first),
                )
            )
