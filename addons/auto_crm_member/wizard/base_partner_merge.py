from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Leave one membership of a programme; Odoo adds up the cards' points."""
        # Merging reaches all stores; who may merge was checked by the caller.
        members = (
            self.env["auto.member"]
            .sudo()
            .search(
                [
                    ("partner_id", "in", (src_partners | dst_partner).ids),
                    ("state", "=", "active"),
                ]
            )
        )
        kept = members.browse()
        for same in members.grouped("program_id").values():
            best = same.sorted(
                lambda member: (
                    -member.tier_id.sequence,
                    member.date_joined,
                    member.id,
                )
            )[:1]
            kept |= best
            for member in same - best:
                member._set(
                    {
                        "state": "ended",
                        "end_reason": self.env._(
                            "Made one with %(number)s", number=best.name
                        ),
                    }
                )
        self.env.flush_all()
        res = super()._update_foreign_keys(src_partners, dst_partner)
        self.env.invalidate_all()
        for member in kept:
            cards = (
                self.env["loyalty.card"]
                .sudo()
                .search(
                    [
                        ("partner_id", "=", dst_partner.id),
                        ("program_id", "=", member.program_id.id),
                    ],
                    limit=1,
                )
            )
            if cards and cards != member.card_id:
                member._set({"card_id": cards.id})
        return res
