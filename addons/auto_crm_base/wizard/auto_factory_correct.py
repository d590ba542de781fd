from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.auto_factory_intake import LENGTHS


class AutoFactoryCorrect(models.TransientModel):
    """A refused factory message, put right by a person and taken in."""

    _name = "auto.factory.correct"
    _inherit = ["auto.window.mixin"]
    _description = "Correct a factory message"
    _document_field = "message_id"

    message_id = fields.Many2one(
        comodel_name="auto.factory.message",
        string="Message",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    error = fields.Char(related="message_id.error", string="Why it was refused")
    production_number = fields.Char(required=True)
    vin = fields.Char(string="VIN")
    model = fields.Char(string="Model or product code")
    color = fields.Char(string="Exterior colour")
    interior_color = fields.Char(string="Interior colour")
    status = fields.Char(string="Status code", required=True)
    status_date = fields.Char(string="Date of the status", required=True)
    expected_date = fields.Char(string="Expected arrival")
    store = fields.Char(string="Store code")
    order = fields.Char(string="Contract number")
    message_ref = fields.Char(string="Message number")
    sequence = fields.Char()

    @api.model
    def default_get(self, fields_list):
        values = super().default_get(fields_list)
        message = self.env["auto.factory.message"].browse(values.get("message_id"))
        raw = message.raw if message else None
        for name, text in (raw or {}).items():
            field = self._field_of(name)
            if field in fields_list:
                values[field] = text
        return values

    @api.model
    def _field_of(self, name):
        return "message_ref" if name == "message_id" else name

    def action_take_in(self):
        """Take the corrected message in; the refused one is settled by it.

        :raise UserError: when it is refused again, saying why
        """
        self.ensure_one()
        intake = self.env["auto.factory.intake"]
        intake._check_right()
        message = self.message_id
        message.check_access("read")
        if not message.is_open:
            raise UserError(self.env._("This message is settled already."))
        row = {name: self[self._field_of(name)] or "" for name in LENGTHS}
        item = intake.with_company(message.company_id)._take_in([row], "person")[0]
        if item["result"] == "refused":
            raise UserError(item["error"])
        # The log says which message has put this one right.
        message = message.sudo()
        if message.is_open:
            later = message.search(
                [("message_key", "=", item["key"]), ("result", "!=", "refused")],
                limit=1,
            )
            message.write({"is_open": False, "settled_by_id": later.id})
        return {"type": "ir.actions.act_window_close"}
