from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class AutoCall(models.TransientModel):
    """The call screen for somebody on a call list: script, result, next person."""

    _inherit = "auto.call"

    call_reason_id = fields.Many2one(
        comodel_name="auto.call.reason", string="Reason for the call"
    )
    entry_id = fields.Many2one(
        comodel_name="auto.call.list.entry",
        string="Person on a call list",
        readonly=True,
        ondelete="cascade",
    )
    list_id = fields.Many2one(related="entry_id.list_id", string="Call list")
    list_open_count = fields.Integer(
        related="entry_id.list_id.open_count", string="Still to call"
    )
    entry_attempts = fields.Integer(
        related="entry_id.attempts", string="Calls made before"
    )
    script = fields.Html(related="entry_id.list_id.script_id.published_body")
    again_at = fields.Datetime(
        string="Call again at", help="Empty: after the hours that the list says."
    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_entry(vals.get("entry_id"))
        return super().create(vals_list)

    def write(self, vals):
        self._check_entry(vals.get("entry_id"))
        return super().write(vals)

    def onchange(self, values, field_names, fields_spec):
        default = self.env.context.get("default_entry_id")
        self._check_entry(values.get("entry_id"))
        self._check_entry(default)
        return super().onchange(values, field_names, fields_spec)

    @api.model
    def _check_entry(self, entry_id):
        """Refuse what is on another agent's line: its script and person would show.

        :raise AccessError: for it
        """
        if entry_id and not self.env.su:
            entry = self.env["auto.call.list.entry"].browse(entry_id).sudo().exists()
            if entry.user_id != self.env.user:
                raise AccessError(self.env._("Another agent calls this person."))

    @api.model
    def _start_entry(self, entry):
        """Open the call screen for the person whom a call list gives out.

        Being given somebody to ring up is a look-up and shows the number: both are
        logged, as the call screen does when somebody calls.

        :param entry: the ``auto.call.list.entry`` of the current user
        :return: one ``auto.call``
        """
        entry.ensure_one()
        # The agent may see the customer from here on only.
        partner = self.env["res.partner"].browse(entry.sudo().partner_id.id)
        name = entry.sudo().list_id.name
        call = self.search(
            [
                ("entry_id", "=", entry.id),
                ("contact_id", "=", False),
                ("create_uid", "=", self.env.uid),
                ("started_at", ">=", entry.sudo().taken_date),
            ],
            limit=1,
        )
        if call:
            return call
        call = self.create(
            {
                # The number is what the agent dials; see the log below.
                "number": partner.sudo().phone_sanitized or partner.sudo().phone,
                "direction": "out",
                "result": False,
                "entry_id": entry.id,
            }
        )
        call._take_found(partner, self.env._("Call list: %s", name))
        self.env["auto.access.log"]._log(
            "reveal", partner, self.env._("Call list: %s", name)
        )
        return call

    def action_done(self):
        self.ensure_one()
        if self.entry_id and not self.result:
            raise UserError(self.env._("What came of the call? Choose the result."))
        if self.again_at and self.again_at <= fields.Datetime.now():
            raise UserError(self.env._("The next call lies in the past."))
        return super().action_done()

    def action_done_stop(self):
        """Log the call and go back to the lists."""
        return self.with_context(auto_call_stop=True).action_done()

    def action_give_back(self):
        """Leave the person to another agent without a call."""
        self.ensure_one()
        self._own_entry()._give_back()
        return self._back_to_lists()

    def _back_to_lists(self):
        return self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_call_list_action"
        )

    def _own_entry(self):
        """Return the entry while this agent still has the person on the line."""
        return self.entry_id.filtered(
            lambda one: one.state == "calling" and one.user_id == self.env.user
        )

    def _prepare_contact_values(self):
        return {
            **super()._prepare_contact_values(),
            "call_reason_id": self.call_reason_id.id,
            "call_entry_id": self.entry_id.id,
        }

    @api.model
    def _intake_contact_fields(self):
        names = ("call_reason_id", "call_entry_id")
        return (*super()._intake_contact_fields(), *names)

    def _wrap_up(self):
        """Keep the result on the list, and give out the next person."""
        action = super()._wrap_up()
        entry = self._own_entry()
        if not entry:
            return action
        call_list = entry.list_id
        entry._log_result(self.result, self.again_at)
        if action:
            return action
        if self.env.context.get("auto_call_stop"):
            return self._back_to_lists()
        try:
            call_list._check_may_call()
        except UserError:
            return action  # the hours are over, or the list was closed meanwhile
        return call_list.action_next()
