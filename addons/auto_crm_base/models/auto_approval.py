from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, LockError, UserError
from odoo.fields import Command, Domain

# Only this module can pass this object in the context, so a decision cannot be
# written by any client or by another addon.
DECIDE = object()
# And this one, so that what was asked for is not put in other words afterwards.
TITLE = object()


class AutoApproval(models.Model):
    """One request to decide something about a document: the "To approve" inbox.

    Documents ask through ``auto.approval.mixin``. A request is decided once,
    through :meth:`action_approve` and :meth:`action_refuse`, by somebody whose
    role allows it and who did not ask for it; then it is kept as it is.
    """

    _name = "auto.approval"
    _inherit = [
        "auto.append.only.mixin",
        "auto.numbered.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _description = "Approval"
    _order = "date_requested desc, id desc"
    _rec_names_search = ["name", "summary"]
    # Approvers may read but never write; still they are told here.
    _mail_post_access = "read"

    kind_id = fields.Many2one(
        comodel_name="auto.approval.kind",
        string="Kind",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    summary = fields.Char(required=True, readonly=True, translate=True)
    detail = fields.Text(
        string="What happened",
        readonly=True,
        help="What the requester wrote, to decide by.",
    )
    res_model = fields.Char(string="Document model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document ID", model_field="res_model", required=True, readonly=True
    )
    document_name = fields.Char(
        string="Document", compute="_compute_document_name", compute_sudo=False
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
    )
    requester_id = fields.Many2one(
        comodel_name="res.users",
        string="Requested by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    date_requested = fields.Datetime(
        string="Requested on",
        required=True,
        readonly=True,
        default=fields.Datetime.now,
    )
    amount = fields.Monetary(readonly=True)
    currency_id = fields.Many2one(related="company_id.currency_id")
    approver_group_ids = fields.Many2many(
        comodel_name="res.groups",
        string="Roles that may decide",
        readonly=True,
        help="Set from the kind and the amount when the request is made.",
    )
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        copy=False,
    )
    decided_by = fields.Many2one(
        comodel_name="res.users", readonly=True, copy=False, index="btree_not_null"
    )
    date_decided = fields.Datetime(string="Decided on", readonly=True, copy=False)
    note = fields.Text(string="Reason", readonly=True, copy=False)
    can_decide = fields.Boolean(
        string="Waiting for me",
        compute="_compute_can_decide",
        search="_search_can_decide",
        help="Waiting, your role may decide it, and you did not ask for it yourself.",
    )

    _one_waiting = models.UniqueIndex(
        "(res_model, res_id, kind_id) WHERE state = 'waiting'",
        "This document already waits for this approval.",
    )
    _document_idx = models.Index("(res_model, res_id, id DESC)")
    _waiting_idx = models.Index("(company_id, date_requested) WHERE state = 'waiting'")

    @api.depends("res_model", "res_id")
    def _compute_document_name(self):
        """Name the document only to those who may read it."""
        self.document_name = False
        for model, approvals in self.filtered("res_id").grouped("res_model").items():
            if model not in self.env:
                continue
            documents = self.env[model].browse(approvals.mapped("res_id")).exists()
            names = {
                document.id: document.display_name
                for document in documents._filtered_access("read")
            }
            for approval in approvals:
                approval.document_name = names.get(approval.res_id, False)

    @api.depends("state", "requester_id", "company_id", "approver_group_ids")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        for approval in self:
            approval.can_decide = approval.state == "waiting" and not approval._why_not(
                self.env.user
            )

    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        user = self.env.user
        domain = (
            Domain("state", "=", "waiting")
            & Domain("requester_id", "!=", user.id)
            & Domain("company_id", "in", user.company_ids.ids)
            & Domain("approver_group_ids", "in", user.all_group_ids.ids)
        )
        if True in value and False in value:
            return Domain.TRUE
        return domain if True in value else ~domain

    @api.depends("name", "summary")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for approval in self:
            approval.display_name = f"{approval.name} {approval.summary}"

    def copy_data(self, default=None):
        raise UserError(
            self.env._("An approval cannot be copied. Ask again on the document.")
        )

    def action_approve(self):
        """Grant the requests and carry them out on their documents.

        :raise UserError: when one is already decided, being decided by somebody
            else, or was asked for by the current user
        :raise AccessError: when the current user's role may not decide it
        """
        self._decide("approved")
        return True

    def action_refuse(self, note):
        """Refuse the requests.

        :param str note: the reason, told to those who asked; required
        :raise UserError, AccessError: as :meth:`action_approve`
        """
        if not (note or "").strip():
            raise UserError(self.env._("Please say why you refuse."))
        self._decide("refused", note.strip())
        return True

    def action_cancel(self):
        """Withdraw the current user's own requests."""
        if self.requester_id - self.env.user:
            raise AccessError(
                self.env._("Only the person who asked can withdraw a request.")
            )
        self._cancel(self.env._("Withdrawn by the person who asked."))
        return True

    def action_open_refuse(self):
        """Open the window that asks for the reason of a refusal."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": "auto.approval.refuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_approval_ids": [Command.set(self.ids)]},
        }

    def action_open_document(self):
        """Open the document that the request is about."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "views": [(False, "form")],
        }

    def _append_only_open_fields(self):
        if self.env.context.get("auto_decide") is DECIDE:
            return frozenset({"state", "decided_by", "date_decided", "note"})
        if self.env.context.get("auto_title") is TITLE:
            return frozenset({"summary"})
        return super()._append_only_open_fields()

    def _why_not(self, user):
        """Return why ``user`` may not decide this request; empty when they may."""
        self.ensure_one()
        # Who may decide must be the same for whoever asks.
        approval = self.sudo()
        if approval.requester_id == user:
            return self.env._(
                "You asked for “%(summary)s” yourself, so somebody else must decide.",
                summary=approval.summary,
            )
        if approval.company_id not in user.company_ids or not (
            approval.approver_group_ids & user.sudo().all_group_ids
        ):
            return self.env._(
                "“%(summary)s” can be decided in %(store)s by: %(roles)s.",
                summary=approval.summary,
                store=approval.company_id.name,
                roles=", ".join(approval.approver_group_ids.mapped("name")) or "-",
            )
        return ""

    def _check_may_decide(self, user):
        """Refuse ``user`` the decision on a request that somebody else must decide.

        :raise UserError, AccessError: as :meth:`action_approve`
        """
        for approval in self.sudo():  # who may not decide may perhaps not read it
            reason = approval._why_not(user)
            if reason:
                error = UserError if approval.requester_id == user else AccessError
                raise error(reason)

    def _lock_waiting(self):
        """Lock the requests and make sure that nobody has decided them.

        :raise UserError: in words for the person who comes second
        """
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is deciding this right now.")
            ) from error
        self.invalidate_recordset(["state", "decided_by", "date_decided"])
        for approval in self.sudo():  # the second one may not read a decided one
            if approval.state != "waiting":
                raise UserError(
                    self.env._(
                        "“%(summary)s” is not waiting any more: %(state)s by %(user)s.",
                        summary=approval.summary,
                        state=dict(
                            approval._fields["state"]._description_selection(self.env)
                        )[approval.state],
                        user=approval.decided_by.name or "-",
                    )
                )

    def _decide(self, state, note=False):
        """Decide the requests as the current user, superuser mode or not."""
        user = self.env.user
        approvals = self.sudo(False)
        approvals.check_access("read")
        approvals._lock_waiting()
        approvals._check_may_decide(user)
        approvals._write_decision(state, note)
        for approval in approvals:
            document = approval._document()
            if state == "approved" and not document:
                raise UserError(
                    self.env._(
                        "The document of “%(summary)s” is not there any more. Refuse "
                        "the request.",
                        summary=approval.summary,
                    )
                )
            if state == "approved":
                document._approval_granted(approval)
            elif document:
                document._approval_refused(approval, note)
        approvals._tell_decision()

    def _cancel(self, note):
        """Cancel those of the requests that still wait.

        :param str note: why, in words
        """
        # The person or job that makes a request void need not be an approver.
        waiting = self.sudo().filtered(lambda approval: approval.state == "waiting")
        if not waiting:
            return
        waiting._lock_waiting()
        waiting._write_decision("cancelled", note)
        for approval in waiting:
            # The request may be decided in another store than the canceller's.
            document = approval._document()
            if document:
                document.with_env(self.env)._approval_cancelled(approval)

    def _document(self):
        """Return the document, with the rights of the current user."""
        self.ensure_one()
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists()

    def _write_decision(self, state, note):
        # Nobody has the right to write approvals; this is the only way.
        decided = self.sudo().with_context(auto_decide=DECIDE)
        decided.write(
            {
                "state": state,
                "decided_by": self.env.uid,
                "date_decided": fields.Datetime.now(),
                "note": note,
            }
        )
        activities = decided.with_context(auto_decide=None).activity_ids
        mine = activities.filtered(lambda activity: activity.user_id == self.env.user)
        if state != "cancelled" and mine:
            mine.write({"active": False, "feedback": note})
            activities -= mine
        activities.unlink()

    def _tell_decision(self):
        """Write the decision on the documents and tell those who asked."""
        for approval in self.sudo():  # the log line is written for everybody
            text = approval._decision_text()
            document = approval._document()
            if document and hasattr(document, "_message_log"):
                document._message_log(body=text)
            approval.message_notify(
                partner_ids=approval.requester_id.partner_id.ids,
                subject=approval.display_name,
                body=text,
            )

    def _decision_text(self):
        """Return the decision in words, as safe HTML."""
        self.ensure_one()
        values = {
            "summary": self.summary,
            "user": self.decided_by.name,
            "note": self.note,
        }
        if self.state == "approved":
            return Markup("<p>%s</p>") % self.env._(
                "Approved by %(user)s: %(summary)s", **values
            )
        return Markup("<p>%s</p>") % self.env._(
            "Refused by %(user)s: %(summary)s. Reason: %(note)s", **values
        )

    def _translate_title(self, titles):
        """Let everybody read what is asked for in their own language.

        :param dict titles: code of the language → title
        """
        self.ensure_one()
        named = self.with_context(auto_title=TITLE)
        named.update_field_translations("summary", titles)

    def _ask_approvers(self):
        """Make one activity for each person of the lowest level that may decide."""
        activity_type = self.env.ref("auto_crm_base.activity_type_approval")
        model_id = self.env["ir.model"]._get_id(self._name)
        by_key = self.grouped(lambda a: (a.company_id, a.kind_id, a.amount))
        vals_list = []
        for approvals in by_key.values():
            for approval in approvals:
                vals_list += [
                    {
                        "activity_type_id": activity_type.id,
                        "res_model_id": model_id,
                        "res_id": approval.id,
                        "user_id": user.id,
                        "summary": approval.with_context(lang=user.lang).summary,
                        "automated": True,
                    }
                    for user in approval._approvers_to_ask()
                ]
        # Approvers are reached by their activity list, without a mail for each.
        self.env["mail.activity"].sudo().with_context(
            mail_activity_quick_update=True
        ).create(vals_list)

    def _approvers_to_ask(self):
        """Return the users of the lowest level that has anybody for this store."""
        self.ensure_one()
        approval = self.sudo()
        groups = approval.kind_id._groups_for(approval.amount)
        candidates = approval.env["res.users"].search(
            Domain("all_group_ids", "in", groups.ids)
            & Domain("company_ids", "in", approval.company_id.ids)
            & Domain("share", "=", False)
            & Domain("id", "!=", approval.requester_id.id)
        )
        for group in groups:
            level = candidates.filtered(lambda user, g=group: g in user.all_group_ids)
            if level:
                in_store = level.filtered(
                    lambda user: user.company_id == approval.company_id
                )
                return in_store or level
        return candidates
