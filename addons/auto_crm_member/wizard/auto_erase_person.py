from odoo import api, models
from odoo.fields import Domain


class AutoErasePerson(models.TransientModel):
    _inherit = "auto.erase.person"

    @api.model
    def _erase_models(self, persons):
        of_person = Domain("partner_id", "in", persons.ids)
        # Head office erases for the whole group.
        members = self.env["auto.member"].sudo().search(of_person)
        cards = (
            self.env["loyalty.card"]
            .sudo()
            .with_context(active_test=False)
            .search(of_person)
        )
        entries = [
            {
                "model": "auto.member",
                "domain": of_person,
                "label": self.env._("Memberships ended"),
                "values": {"state": "ended", "note": False, "end_reason": False},
            },
            {
                "model": "auto.member.benefit.use",
                "domain": Domain("member_id", "in", members.ids),
                "label": self.env._("Uses of benefits whose notes are removed"),
                "values": {"note": False, "cancel_reason": False},
            },
            {
                "model": "loyalty.card",
                "domain": Domain("id", "in", cards.ids),
                "label": self.env._("Cards archived"),
                "values": {"active": False},
            },
            *(
                {
                    "model": "mail.message",
                    "domain": Domain("model", "=", records._name)
                    & Domain("res_id", "in", records.ids),
                    "label": self.env._("Messages of memberships deleted"),
                    "delete": True,
                }
                for records in (members, cards)
            ),
        ]
        return [*entries, *super()._erase_models(persons)]
