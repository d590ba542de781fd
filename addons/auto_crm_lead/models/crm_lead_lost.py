from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE

# Only code that imports this object can pass it in the context: no client, no
# import and no other addon loses a prospect but through the approval.
LOSE = object()

APPROVAL_KIND = "lead_lost"
MERGE_ANYONE_ROLES = frozenset({"sales_manager", "store_manager", "head_office"})


class CrmLead(models.Model):
    """Losing a prospect takes a reason and somebody else's approval.

    Whatever the way (button, wizard, ``write``, archive, import, merge,
    deletion, an API key, superuser code), a lead leaves the open ones only
    through :meth:`_approval_granted`, by being won, or by being merged into
    the same person's other lead.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "auto.approval.mixin"]

    lost_state = fields.Selection(
        string="Loss", readonly=True, copy=False, tracking=True, index=True
    )
    lost_reason_id = fields.Many2one(copy=False)
    lost_note = fields.Text(
        string="What happened",
        readonly=True,
        copy=False,
        help="In the words of the person who asked to give this prospect up.",
    )
    lost_requester_id = fields.Many2one(
        comodel_name="res.users",
        string="Loss requested by",
        readonly=True,
        copy=False,
    )
    lost_request_date = fields.Datetime(
        string="Loss requested on", readonly=True, copy=False
    )
    lost_date = fields.Datetime(string="Lost on", readonly=True, copy=False)
    lost_can_decide = fields.Boolean(compute="_compute_lost_can_decide")
    competitor_id = fields.Many2one(
        comodel_name="auto.competitor",
        string="Bought from",
        index="btree_not_null",
        copy=False,
        tracking=True,
        help="The competitor who got, or may get, this customer.",
    )
    competitor_model_id = fields.Many2one(
        comodel_name="auto.competitor.model",
        string="Their model",
        domain="[('competitor_id', '=', competitor_id)]",
        index="btree_not_null",
        copy=False,
    )
    merged_into_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Merged into",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    @api.depends("lost_state", "approval_ids.state")
    @api.depends_context("uid")
    def _compute_lost_can_decide(self):
        waiting = self._waiting_loss().filtered("can_decide")
        deciding = set(waiting.mapped("res_id"))
        for lead in self:
            lead.lost_can_decide = lead.id in deciding

    # ------------------------------------------------------------
    # CRUD: no way around the approval
    # ------------------------------------------------------------

    @api.model
    def _lost_own_fields(self):
        """Return the fields that only this file writes."""
        return {
            "lost_state",
            "lost_requester_id",
            "lost_request_date",
            "lost_date",
            "merged_into_id",
            "won_status",
        }

    def _may_lose(self):
        return self.env.context.get("auto_lose") is LOSE

    def _refuse_silent_loss(self):
        raise UserError(
            self.env._(
                "A prospect is not given up without approval: use “Lost”, give the "
                "reason, and a manager decides."
            )
        )

    @api.model_create_multi
    def create(self, vals_list):
        if self._may_lose():
            return super().create(vals_list)
        for vals in vals_list:
            for name in self._lost_own_fields() & vals.keys():
                if name == "lost_state" and vals[name] == "none":
                    continue
                if vals[name]:
                    self._refuse_silent_loss()
        leads = super().create(vals_list)
        if any(not lead.active and lead.won_status != "won" for lead in leads):
            self._refuse_silent_loss()
        return leads

    def write(self, vals):
        if self._may_lose() or not self:
            return super().write(vals)
        watched = {
            "active",
            "probability",
            "stage_id",
            "lost_reason_id",
            "lost_note",
            *self._lost_own_fields(),
        }
        if not watched & vals.keys():
            return super().write(vals)
        self._check_loss_values(vals)
        lost_before = self.filtered(
            lambda lead: not lead.active and lead.lost_state == "approved"
        )
        kept_before = self.filtered(
            lambda lead: lead.active or lead.won_status == "won"
        )
        result = super().write(vals)
        if any(not lead.active and lead.won_status != "won" for lead in kept_before):
            self._refuse_silent_loss()
        lost_before.filtered("active")._after_reopen()
        won = self.filtered(
            lambda lead: lead.lost_state == "requested" and lead.won_status == "won"
        )
        if won:
            won._cancel_approvals(self.env._("The prospect bought."), APPROVAL_KIND)
        return result

    def _check_loss_values(self, vals):
        """Refuse values that would lose a prospect or rewrite a request."""
        closed = self._lost_own_fields() & vals.keys()
        if any(
            self._fields[name].convert_to_write(lead[name], lead) != vals[name]
            for name in closed
            for lead in self
        ):
            self._refuse_silent_loss()
        if (
            "probability" in vals
            and (vals["probability"] or 0) <= 0
            and any(lead.active and lead.probability > 0 for lead in self)
        ):
            self._refuse_silent_loss()
        for name in ("lost_reason_id", "lost_note"):
            if name in vals and any(
                lead.lost_state in ("requested", "approved")
                and (not lead.active or lead.lost_state == "requested")
                and self._fields[name].convert_to_write(lead[name], lead) != vals[name]
                for lead in self
            ):
                raise UserError(
                    self.env._(
                        "The reason of a loss is part of the request and stays as it "
                        "was written."
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_merged(self):
        if self.env.context.get("auto_erase") is ERASE:
            return
        if any(not lead.merged_into_id for lead in self):
            raise UserError(
                self.env._(
                    "A prospect cannot be deleted. Ask for its loss, or merge it with "
                    "the same person's other prospect."
                )
            )

    def copy_data(self, default=None):
        default = dict(default or {}, active=True)
        return super().copy_data(default=default)

    # ------------------------------------------------------------
    # Request and decision
    # ------------------------------------------------------------

    def action_request_lost(self, lost_reason_id, note=False, competitor_id=None):
        """Ask for the approval of giving these prospects up.

        They stay open, with their grade, until somebody else approves.

        :param int lost_reason_id: id of a ``crm.lost.reason``
        :param str note: what happened, in words
        :param int competitor_id: id of the ``auto.competitor`` who got the customer;
            required where the reason says so
        :return: True
        :raise UserError: when a reason or the competitor is missing, or when one
            of the prospects is won, lost, or already waits for approval
        """
        self.check_access("write")
        reason, competitor = self._check_loss_reason(lost_reason_id, competitor_id)
        for lead in self:
            if lead.won_status == "won":
                raise UserError(self.env._("“%s” is won.", lead.display_name))
            if not lead.active or lead.lost_state == "approved":
                raise UserError(self.env._("“%s” is already lost.", lead.display_name))

        def summary(lead):
            name = reason.with_env(lead.env).name
            if not competitor:
                return lead.env._("Lost: %(reason)s", reason=name)
            return lead.env._(
                "Lost: %(reason)s (%(competitor)s)",
                reason=name,
                competitor=competitor.name,
            )

        # First the request: it says who has already asked.
        note = (note or "").strip()
        self._request_approval(APPROVAL_KIND, summary, detail=note)
        values = {
            "lost_state": "requested",
            "lost_reason_id": reason.id,
            "lost_note": note,
            "lost_requester_id": self.env.uid,
            "lost_request_date": fields.Datetime.now(),
        }
        if competitor:
            values["competitor_id"] = competitor.id
        self.with_context(auto_lose=LOSE).write(values)
        if note:
            self._message_log_batch(
                bodies={lead.id: Markup("<p>%s</p>") % note for lead in self}
            )
        return True

    @api.model
    def _check_loss_reason(self, reason_id, competitor_id):
        """Return the reason and the competitor of a loss.

        :raise UserError: when the reason, or the competitor that it needs, is missing
        """
        reason = self.env["crm.lost.reason"].browse(reason_id or []).exists()
        if not reason:
            raise UserError(self.env._("Please give the reason of the loss."))
        competitor = self.env["auto.competitor"].browse(competitor_id or []).exists()
        if reason.needs_competitor and not competitor:
            raise UserError(
                self.env._(
                    "The reason “%(reason)s” needs the competitor from whom the "
                    "customer bought.",
                    reason=reason.name,
                )
            )
        return reason, competitor

    def action_approve_lost(self):
        """Approve the loss: grade F, lost, activities closed, person released.

        :return: True
        :raise UserError: when nothing waits, when somebody else was faster, or
            when the current user asked for it
        :raise AccessError: when the current user's role may not decide
        """
        self._loss_to_decide().action_approve()
        return True

    def action_refuse_lost(self, note):
        """Refuse the loss: back to the former grade, and a follow-up is due today.

        :param str note: why, told to the consultant; required
        :return: True
        :raise UserError, AccessError: as :meth:`action_approve_lost`
        """
        self._loss_to_decide().action_refuse(note)
        return True

    def action_open_lost(self):
        """Open the window that asks for the reason of the loss."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "crm.crm_lead_lost_action"
        )
        return {
            **action,
            "name": self.env._("Loss of a prospect"),
            "context": {"dialog_size": "medium", "default_lead_ids": self.ids},
        }

    def action_open_refuse_lost(self):
        """Open the window that asks why the loss is refused."""
        return self._loss_to_decide().action_open_refuse()

    def action_set_lost(self, **additional_values):
        """Ask for approval instead of losing at once; see :meth:`action_request_lost`.

        :raise UserError: when ``additional_values`` names no ``lost_reason_id``
        """
        if self._may_lose():
            return super().action_set_lost(**additional_values)
        return self.action_request_lost(
            additional_values.get("lost_reason_id"),
            additional_values.get("lost_note"),
            additional_values.get("competitor_id"),
        )

    def _waiting_loss(self):
        """Return the requests that wait on these leads, as the current user."""
        # Looked up for everybody; deciding checks the rights.
        approvals = self.env["auto.approval"].sudo()
        return approvals.search(
            [
                ("kind_id.code", "=", APPROVAL_KIND),
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("state", "=", "waiting"),
            ]
        ).with_env(self.env)

    def _loss_to_decide(self):
        self.check_access("read")
        approvals = self._waiting_loss()
        if len(approvals) < len(self) or not approvals:
            raise UserError(
                self.env._("No loss is waiting for a decision here (any more).")
            )
        return approvals

    def _approval_granted(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_granted(approval)
        # The grade follows the status (see ``_handle_won_lost``).
        self.with_context(auto_lose=LOSE).write(
            {
                "active": False,
                "probability": 0,
                "automated_probability": 0,
                "lost_state": "approved",
                "lost_date": fields.Datetime.now(),
                "next_followup_date": False,
            }
        )
        # The reminders of colleagues too are void now.
        self.sudo().activity_ids.unlink()
        self._after_lost(approval)
        return None

    def _close_erased(self):
        """Lose, without approval, what is open of persons who were just erased."""
        leads = self.with_context(auto_lose=LOSE, tracking_disable=True)
        still_open = leads.filtered(
            lambda lead: lead.active and lead.won_status == "pending"
        )
        still_open._cancel_approvals(self.env._("The person was erased."))
        still_open.write(
            {
                "active": False,
                "probability": 0,
                "automated_probability": 0,
                "lost_state": "approved",
                "lost_date": fields.Datetime.now(),
                "next_followup_date": False,
            }
        )
        leads.write({"lost_note": False})

    def _after_lost(self, approval):
        """Do what follows a loss: some are called back by somebody else."""
        # Nobody shall know which ones, or pick them.
        self.env["auto.lead.lost.check"].sudo()._sample(self.sudo())

    def _approval_refused(self, approval, note):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_refused(approval, note)
        self._keep_after_request("refused")
        if self.user_id and self.user_id != approval.requester_id:
            self.message_notify(
                partner_ids=self.user_id.partner_id.ids,
                subject=self.display_name,
                body=self.env._(
                    "The loss of this prospect was refused, please follow up: %s", note
                ),
            )
        return None

    def _approval_cancelled(self, approval):
        if approval.kind_id.code != APPROVAL_KIND:
            return super()._approval_cancelled(approval)
        self._keep_after_request("none")
        return None

    def _keep_after_request(self, state):
        """Give the lead back to its consultant, with its grade, due today."""
        lead = self.with_context(auto_lose=LOSE)
        values = {"lost_state": state}
        if self.won_status == "pending":
            values["next_followup_date"] = fields.Date.context_today(self)
        lead.write(values)

    def action_reopen(self):
        """Take lost prospects up again, with their former grade, due today."""
        self.filtered(lambda lead: not lead.active).action_unarchive()
        return True

    def _after_reopen(self):
        """Forget the loss of reopened leads; grade and follow-up come back as well."""
        if not self:
            return
        self.with_context(auto_lose=LOSE).write(
            {"lost_state": "none", "lost_date": False, "lost_reason_id": False}
        )
        self._compute_probabilities()

    # ------------------------------------------------------------
    # Merge: not a loss, and not a way round it
    # ------------------------------------------------------------

    def _sort_by_confidence_level(self, reverse=False):
        """Put open leads before lost ones, so that none is merged away."""
        leads = super()._sort_by_confidence_level(reverse=reverse)
        return leads.sorted(lambda lead: bool(lead.active), reverse=reverse)

    def _check_merge(self):
        """Refuse merges that would make an open prospect disappear."""
        if len(self.company_id) > 1:
            raise UserError(
                self.env._("Prospects of different stores cannot be merged.")
            )
        statuses = set(self.mapped("won_status"))
        if {"won", "pending"} <= statuses:
            raise UserError(
                self.env._("An open prospect cannot be merged into a won one.")
            )
        if self.env.su or self.env.user._auto_roles() & MERGE_ANYONE_ROLES:
            return
        for lead in self[1:]:
            if not lead._is_same_person(self[0]):
                raise UserError(
                    self.env._(
                        "“%(lead)s” and “%(other)s” have no phone number, e-mail or "
                        "customer in common. Ask a manager to merge them.",
                        lead=lead.display_name,
                        other=self[0].display_name,
                    )
                )

    def _is_same_person(self, other):
        """Tell whether two leads share the customer, a number or an address."""
        return any(
            self[name] and self[name] == other[name]
            for name in ("partner_id", "phone_sanitized", "email_normalized")
        )

    def _merge_opportunity(
        self, user_id=False, team_id=False, auto_unlink=True, max_length=5
    ):
        self._check_merge()
        requested = self.filtered(lambda lead: lead.lost_state == "requested")
        if requested and requested != self:
            requested._cancel_approvals(
                self.env._("Merged with another prospect of the same person."),
                APPROVAL_KIND,
            )
        head = super()._merge_opportunity(
            user_id=user_id,
            team_id=team_id,
            auto_unlink=False,
            max_length=max_length,
        )
        tail = self - head
        # The tail may belong to colleagues; who may merge was checked above.
        tail.sudo().with_context(auto_lose=LOSE).write({"merged_into_id": head.id})
        if auto_unlink:
            tail.sudo().unlink()
        return head

    def _merge_get_fields_specific(self):
        return {
            **super()._merge_get_fields_specific(),
            "lost_reason_id": lambda fname, leads: leads[0].lost_reason_id.id,
        }

    def _merge_history_models(self):
        """Return the models whose records follow the survivor of a merge.

        :return: a dict from model name to the field that links to the lead
        """
        return {"auto.lead.lost.check": "lead_id"}

    def _merge_dependences(self, opportunities):
        result = super()._merge_dependences(opportunities)
        self._merge_history(opportunities)
        return result

    def _merge_history(self, tail):
        """Move the logs of ``tail`` to this lead.

        Logs are append-only for everybody, so they are moved below the ORM; what
        they say stays as it was.
        """
        for model, field in self._merge_history_models().items():
            if model not in self.env:
                continue
            records = self.env[model]
            records.flush_model()
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET %s = %s WHERE %s IN %s RETURNING id",
                    SQL.identifier(records._table),
                    SQL.identifier(field),
                    self.id,
                    SQL.identifier(field),
                    tuple(tail.ids),
                )
            )
            records.invalidate_model([field])
        self.invalidate_recordset()
