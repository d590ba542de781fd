from odoo import api, fields, models


class AutoMember(models.Model):
    """How somebody becomes a member."""

    _inherit = "auto.member"

    def _begin(self, tier_ids):
        """Give new members a card and a tier, and say so.

        :param list tier_ids: for each member the id of the tier brought over from
            another system, or False for the lowest
        """
        if not self:
            return
        self._give_cards()
        history = []
        today = fields.Date.context_today(self)
        for member, tier_id in zip(self, tier_ids, strict=True):
            tier = self.env["auto.member.tier"].sudo().browse(tier_id)
            tier = tier or member.sudo().program_id._entry_tier()
            member._set(
                {
                    "tier_id": tier.id,
                    "tier_since": member.date_joined,
                    "tier_until": fields.Date.add(today, months=tier.keep_months),
                }
            )
            history.append(
                {"member_id": member.id, "tier_id": tier.id, "direction": "start"}
            )
        # The history is written by the system only.
        self.env["auto.member.tier.history"].sudo().create(history)
        self.partner_id._add_customer_kind("member")
        for member in self.filtered("opening_points"):
            member._add_points(
                member.opening_points, self.env._("Brought over from another system")
            )

    def _give_cards(self):
        """Let each member have the customer's card of the programme.

        The card that the customer has already, if it rests or not, is taken.
        """
        # Only the system makes cards of members; others would make points by them.
        cards = (
            self.env["loyalty.card"]
            .sudo()
            .with_context(loyalty_no_mail=True, tracking_disable=True)
        )
        known = {
            (card.partner_id.id, card.program_id.id): card
            for card in cards.with_context(active_test=False).search(
                [
                    ("partner_id", "in", self.partner_id.ids),
                    ("program_id", "in", self.program_id.ids),
                ],
                order="active, points, id",
            )
        }
        new = self.filtered(
            lambda member: (member.partner_id.id, member.program_id.id) not in known
        )
        made = cards.create(
            [
                {
                    "partner_id": member.partner_id.id,
                    "program_id": member.program_id.id,
                    "points": 0,
                }
                for member in new
            ]
        )
        new_cards = dict(zip(new, made, strict=True))
        for member in self:
            key = (member.partner_id.id, member.program_id.id)
            card = new_cards.get(member) or known[key]
            if not card.active:
                card.active = True
            member._set({"card_id": card.id})

    @api.model
    def _enrol(self, partners, program, company=None):
        """Make customers members of a programme, whoever of them is not yet.

        :param partners: ``res.partner`` records
        :param program: one ``loyalty.program`` for members
        :param company: the store where; the current one when left out
        :return: the new members
        """
        company = company or self.env.company
        # Members of other stores count, too.
        known = (
            self.sudo()
            .search(
                [
                    ("partner_id", "in", partners.ids),
                    ("program_id", "=", program.id),
                    ("state", "=", "active"),
                ]
            )
            .partner_id
        )
        return self.create(
            [
                {
                    "partner_id": partner.id,
                    "program_id": program.id,
                    "company_id": company.id,
                }
                for partner in partners
                if partner.id not in known.ids
            ]
        )

    @api.model
    def _enrol_on(self, occasion, partners, company):
        """Enrol customers by the programmes that do so on this occasion.

        Other addons call it when something happens that is an entry of the
        programmes' ``auto_enrol``, and add entries.

        :param str occasion: such as car or invoice
        :param partners: the ``res.partner`` concerned, of any kind
        :param company: the store where it happened
        :return: the new members
        """
        members = self.browse()
        programs = self.env["loyalty.program"]._member_programs(company)
        program = programs.filtered(lambda one: one.auto_enrol == occasion)[:1]
        if not program or not program.tier_ids:
            return members
        # It happens with a document of whoever; the programme wants it, not they.
        customers = partners.sudo().filtered("is_auto_customer")
        if customers:
            members = self.sudo()._enrol(customers, program, company)
        return members.with_env(self.env)
