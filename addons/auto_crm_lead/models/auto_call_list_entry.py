from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError

from .auto_call_list import STEP

# Results of a contact after which the person is called again.
AGAIN = ("no_answer", "call_back")


class AutoCallListEntry(models.Model):
    """One person on a call list: how often tried, with what result, when next."""

    _name = "auto.call.list.entry"
    _description = "Person on a call list"
    _order = "next_date, id"
    _rec_name = "partner_id"

    list_id = fields.Many2one(
        comodel_name="auto.call.list",
        string="Call list",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        related="list_id.company_id", store=True, index=True, string="Store"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    state = fields.Selection(
        selection=[
            ("waiting", "To call"),
            ("calling", "On the line"),
            ("done", "Reached"),
            ("missed", "Not reached"),
            ("barred", "May not be called"),
            ("off", "Taken off"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        group_expand=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Agent",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who has the person on the line, agreed to call again, or called last.",
    )
    taken_date = fields.Datetime(string="Given out", readonly=True)
    next_date = fields.Datetime(
        string="Next call", required=True, readonly=True, default=fields.Datetime.now
    )
    promised = fields.Boolean(
        string="Time agreed",
        readonly=True,
        help="The customer asked to be called then, by the same agent.",
    )
    attempts = fields.Integer(string="Calls", readonly=True)
    no_answer_count = fields.Integer(string="No answer", readonly=True)
    last_result = fields.Selection(
        selection=lambda self: (
            self.env["auto.contact"]._fields["result"]._description_selection(self.env)
        ),
        readonly=True,
    )
    last_date = fields.Datetime(string="Last call", readonly=True)
    contact_ids = fields.One2many(
        comodel_name="auto.contact",
        inverse_name="call_entry_id",
        string="Contacts",
        readonly=True,
    )

    _person_uniq = models.UniqueIndex(
        "(list_id, partner_id)", "This person is on the list already."
    )
    _agent_uniq = models.UniqueIndex(
        "(user_id) WHERE state = 'calling'",
        "An agent has one person on the line.",
    )
    _next_idx = models.Index(
        "(list_id, next_date, id) WHERE state IN ('waiting', 'calling')"
    )

    # ------------------------------------------------------------
    # CRUD
    # ------------------------------------------------------------

    def write(self, vals):
        if self.env.context.get("auto_call_list") is not STEP:
            raise UserError(self.env._("A call list is changed by its buttons."))
        return super().write(vals)

    def _step(self, **values):
        """Write how a person on the list stands; the only way to do so."""
        # Agents read whom they call, and change nothing but by calling.
        self.sudo().with_context(auto_call_list=STEP).write(values)

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_take_off(self):
        """Call these people no more on this list."""
        self.list_id._check_manager()
        self.filtered(lambda one: one.state in ("waiting", "calling"))._step(
            state="off"
        )
        return True

    def action_put_back(self):
        """Call these people again, from the beginning."""
        self.list_id._check_manager()
        self.filtered(lambda one: one.state in ("off", "missed", "done"))._step(
            state="waiting",
            no_answer_count=0,
            promised=False,
            user_id=False,
            next_date=fields.Datetime.now(),
        )
        return True

    def action_open_contacts(self):
        """Open what was said in the calls."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_base.auto_contact_action"
        )
        action["domain"] = [("call_entry_id", "=", self.id)]
        action["context"] = {"create": False}
        return action

    # ------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------

    def _log_result(self, result, again_at=None):
        """Keep what came of a call, and when to call again.

        :param str result: a key of ``auto.contact.result``
        :param again_at: naive UTC datetime that was agreed, for ``call_back``
        """
        self.ensure_one()
        now = fields.Datetime.now()
        setting = self.list_id.sudo()  # read by every agent of the store anyway
        missed = self.no_answer_count + (result == "no_answer")
        values = {
            "attempts": self.attempts + 1,
            "no_answer_count": missed,
            "last_result": result,
            "last_date": now,
            "promised": False,
            "taken_date": False,
        }
        if result in AGAIN and missed < setting.max_attempts:
            agreed = result == "call_back" and again_at
            retry = now + timedelta(hours=setting.retry_hours)
            values |= {
                "state": "waiting",
                "next_date": again_at if agreed else retry,
                "promised": bool(agreed),
            }
        elif result in ("no_answer", "wrong_number", "call_back"):
            values["state"] = "missed"
        else:
            values["state"] = "barred" if result == "opt_out" else "done"
        self._step(**values)

    def _give_back(self):
        """Let somebody else call; as if it had not been given out."""
        self.filtered(lambda one: one.state == "calling")._step(
            state="waiting", taken_date=False, user_id=False
        )
