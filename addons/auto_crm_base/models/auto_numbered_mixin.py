from odoo import api, fields, models


class AutoNumberedMixin(models.AbstractModel):
    """A document that gets its number from the sequence of its model's name."""

    _name = "auto.numbered.mixin"
    _description = "Numbered document"

    name = fields.Char(
        string="Number", required=True, readonly=True, copy=False, default="/"
    )

    @api.model_create_multi
    def create(self, vals_list):
        # Numbers are given by the system, whoever makes the document.
        sequences = self.env["ir.sequence"].sudo()
        today = fields.Date.context_today(self)
        numbered = []
        for vals in vals_list:
            if vals.get("name", "/") == "/":
                company_id = vals.get("company_id") or self.env.company.id
                sequence = sequences.with_company(company_id)
                number = sequence.next_by_code(self._name, today) or "/"
                vals = {**vals, "name": number}
            numbered.append(vals)
        return super().create(numbered)
