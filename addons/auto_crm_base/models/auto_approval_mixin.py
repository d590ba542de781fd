from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL


class AutoApprovalMixin(models.AbstractModel):
    """Documents on which something must be approved before it happens.

    The document calls :meth:`_request_approval` and does what was asked for in
    :meth:`_approval_granted`. The kind (``auto.approval.kind``) says who decides.
    """

    _name = "auto.approval.mixin"
    _description = "Needs approval"

    approval_ids = fields.One2many(
        comodel_name="auto.approval",
        inverse_name="res_id",
        string="Approvals",
        domain=lambda self: [("res_model", "=", self._name)],
        readonly=True,
    )
    approval_state = fields.Selection(
        # The requests' own words: a list here would be another text of each document's
        # model, which no addon translates.
        selection=lambda self: (
            self.env["auto.approval"]._fields["state"]._description_selection(self.env)
        ),
        compute="_compute_approval_state",
        compute_sudo=True,
        search="_search_approval_state",
        help="The state of the latest request on this document.",
    )

    @api.depends("approval_ids.state")
    def _compute_approval_state(self):
        # The state is told to all who see the document, the request is not.
        latest = {}
        for approval in self.env["auto.approval"].search(
            [("res_model", "=", self._name), ("res_id", "in", self.ids)],
            order="id",
        ):
            latest[approval.res_id] = approval.state
        for document in self:
            document.approval_state = latest.get(document.id, False)

    def _search_approval_state(self, operator, value):
        if operator != "in":
            return NotImplemented
        self.env["auto.approval"].flush_model(["res_model", "res_id", "state"])
        latest = SQL(
            "(SELECT DISTINCT ON (res_id) res_id, state FROM auto_approval"
            " WHERE res_model = %s ORDER BY res_id, id DESC)",
            self._name,
        )
        states = tuple(state for state in value if state)
        domain = Domain.FALSE
        if states:
            domain |= Domain(
                "id",
                "in",
                SQL("(SELECT res_id FROM %s AS a WHERE state IN %s)", latest, states),
            )
        if False in value:
            domain |= Domain(
                "id",
                "not in",
                SQL(
                    "(SELECT res_id FROM auto_approval WHERE res_model = %s)",
                    self._name,
                ),
            )
        return domain

    def unlink(self):
        # What waits for somebody is refused as such, before its request ends.
        for check in self._ondelete_methods if self._waiting_approvals() else ():
            check(self)
        self._cancel_approvals(self.env._("The document was deleted."))
        return super().unlink()

    def _approval_company(self):
        """Return the store in which a request on this document is decided."""
        self.ensure_one()
        return ("company_id" in self and self.company_id) or self.env.company

    def _request_approval(self, kind_code, summary, amount=0, detail=""):
        """Ask for the approval of something on each of these documents.

        The current user is the one who asks, and can therefore never decide.

        :param str kind_code: ``code`` of an active ``auto.approval.kind``
        :param summary: what is asked for, in one line, for the approver: a text, or
            a function that returns it of a document. Of a function, everybody reads it
            in their own language.
        :param float amount: what it is worth, in the currency of the store
        :param str detail: what the requester says about it
        :return: the requests, one for each document, with the user's own rights
        :raise UserError: when one of the documents already waits for this
        """
        self.check_access("read")
        kind = self.env["auto.approval.kind"]._get(kind_code)
        # Requests are written only here, so that none can be forged, and another
        # user's request must be found too.
        approvals = self.env["auto.approval"].sudo()
        waiting = approvals.search(
            [
                ("kind_id", "=", kind.id),
                ("res_model", "=", self._name),
                ("res_id", "in", self.ids),
                ("state", "=", "waiting"),
            ],
            limit=1,
        )
        if waiting:
            raise UserError(
                self.env._(
                    "%(user)s has already asked for this: %(approval)s.",
                    user=waiting.requester_id.name,
                    approval=waiting.display_name,
                )
            )
        groups = kind._groups_for(amount)
        titles = {
            document.id: summary(document) if callable(summary) else summary
            for document in self
        }
        approvals = approvals.create(
            [
                {
                    "kind_id": kind.id,
                    "summary": titles[document.id],
                    "detail": detail,
                    "res_model": self._name,
                    "res_id": document.id,
                    "company_id": document._approval_company().id,
                    "requester_id": self.env.uid,
                    "amount": amount,
                    "approver_group_ids": groups.ids,
                }
                for document in self
            ]
        )
        if callable(summary):
            self._translate_titles(approvals, summary)
        approvals._ask_approvers()
        if hasattr(self, "_message_log_batch"):
            self._message_log_batch(
                bodies={
                    document.id: Markup("<p>%s</p>")
                    % self.env._(
                        "Approval requested: %(summary)s", summary=titles[document.id]
                    )
                    for document in self
                }
            )
        self.invalidate_recordset(["approval_ids", "approval_state"], flush=False)
        return approvals.sudo(self.env.su)

    def _translate_titles(self, approvals, summary):
        """Give these requests their title in each language that is installed.

        :param approvals: the requests, in the order of the documents
        :param summary: returns the title of a document
        """
        langs = [code for code, _name in self.env["res.lang"].get_installed()]
        for document, approval in zip(self, approvals, strict=True):
            approval._translate_title(
                {lang: summary(document.with_context(lang=lang)) for lang in langs}
            )

    def _cancel_approvals(self, note, kind_code=None):
        """Cancel what still waits on these documents, since it has become void.

        :param str note: why, in words
        :param str kind_code: only requests of this kind
        """
        kinds = [kind_code] if kind_code else []
        self._waiting_approvals(*kinds).with_env(self.env)._cancel(note)

    def _waiting_approvals(self, *kind_codes):
        """Return the requests that wait on these documents, as superuser.

        :param str kind_codes: of the kinds that count; all when none is named
        """
        domain = (
            Domain("res_model", "=", self._name)
            & Domain("res_id", "in", self.ids)
            & Domain("state", "=", "waiting")
        )
        if kind_codes:
            domain &= Domain("kind_id.code", "in", kind_codes)
        # Found for whoever works on the document: it need not be the one who asked,
        # nor one who may read the request. Deciding checks the rights.
        return self.env["auto.approval"].sudo().search(domain)

    def _waiting_approval(self, kind_code):
        """Return the request of this kind that waits on this document, if any."""
        self.ensure_one()
        return self._waiting_approvals(kind_code).with_env(self.env)

    def _approvals_that_wait(self, *kind_codes):
        """Return the requests of these kinds, for whoever works on the document.

        :raise UserError: when none waits
        """
        self.check_access("read")
        approvals = self._waiting_approvals(*kind_codes)
        if not approvals:
            raise UserError(self.env._("Nothing waits for a decision here (any more)."))
        return approvals.with_env(self.env)

    def _approvals_to_decide(self, *kind_codes):
        """Return the requests of these kinds, for whoever decides them.

        :raise UserError: when none waits
        :raise AccessError: saying who decides, when it is not the current user
        """
        approvals = self._approvals_that_wait(*kind_codes)
        approvals._check_may_decide(self.env.user)
        return approvals

    def _decidable(self, *kind_codes):
        """Return those of these documents on which this user may decide a request.

        :param str kind_codes: of the kinds of request that count
        """
        user = self.env.user
        return self.browse(
            {
                approval.res_id
                for approval in self._waiting_approvals(*kind_codes)
                if not approval._why_not(user)
            }
        )

    def _approval_granted(self, approval):
        """Do what was asked for. Called as the approver, once, in the same
        transaction as the decision; an error here undoes the decision."""
        self.ensure_one()

    def _approval_refused(self, approval, note):
        """Take back what the request had prepared. Called as the approver."""
        self.ensure_one()

    def _approval_cancelled(self, approval):
        """Take back what the request had prepared. Called as whoever cancels."""
        self.ensure_one()
