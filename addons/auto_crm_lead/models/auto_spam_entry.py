from odoo import api, fields, models
from odoo.fields import Domain


class AutoSpamEntry(models.Model):
    """A person whom somebody has judged: sincere or not, whatever the rules say."""

    _name = "auto.spam.entry"
    _inherit = ["auto.masked.mixin"]
    _description = "Judged sender"
    _order = "id desc"
    _rec_name = "value"

    kind = fields.Selection(
        selection=[("phone", "Phone"), ("email", "E-mail"), ("social", "Account")],
        required=True,
        readonly=True,
    )
    value = fields.Char(required=True, readonly=True)
    verdict = fields.Selection(
        selection=[("allow", "Sincere"), ("deny", "Not sincere")], required=True
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Judged on",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", required=True, readonly=True
    )

    _value_uniq = models.Constraint(
        "UNIQUE(company_id, kind, value)", "This sender is already judged."
    )

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), "value": "phone", "display_name": "phone"}

    @api.model
    def _mask_exact_domain(self, name, kind, texts):
        # The value may be an address or an account as well.
        return super()._mask_exact_domain(name, kind, texts) | Domain(name, "in", texts)

    @api.model
    def _judge(self, lead, keys, verdict):
        """Remember a verdict on the person behind ``lead``.

        :param keys: iterable of ``(company id, kind, value)``
        :param str verdict: ``allow`` or ``deny``
        """
        keys = set(keys)
        if not keys:
            return
        known = {
            (entry.company_id.id, entry.kind, entry.value): entry
            for entry in self.search(
                [
                    ("company_id", "in", [key[0] for key in keys]),
                    ("value", "in", [key[2] for key in keys]),
                ]
            )
        }
        entries = self.browse([known[key].id for key in keys if key in known])
        entries.write({"verdict": verdict})
        self.create(
            [
                {
                    "company_id": company_id,
                    "kind": kind,
                    "value": value,
                    "verdict": verdict,
                    "lead_id": lead.id,
                }
                for company_id, kind, value in sorted(keys - known.keys())
            ]
        )

    @api.model
    def _verdicts(self, keys):
        """Return the verdicts on ``(company id, kind, value)`` keys, in one query."""
        keys = set(keys)
        if not keys:
            return {}
        entries = self.search_fetch(
            [
                ("company_id", "in", list({key[0] for key in keys})),
                ("value", "in", [key[2] for key in keys]),
            ],
            ["company_id", "kind", "value", "verdict"],
        )
        return {
            (entry.company_id.id, entry.kind, entry.value): entry.verdict
            for entry in entries
        }
