from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.auto_crm_base.models.auto_append_only_mixin import ERASE

# Only auto.member._use_benefit() and action_cancel() pass this object.
USE = object()


class AutoMemberBenefitUse(models.Model):
    """A member has used a benefit: when, where, and on which document.

    ``number`` counts the uses that stand in a calendar year from 1; a unique index
    on it keeps two people from using the last one at once.
    """

    _name = "auto.member.benefit.use"
    _description = "Use of a benefit"
    _order = "date desc, id desc"
    _rec_name = "benefit_id"

    member_id = fields.Many2one(
        comodel_name="auto.member",
        string="Member",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    partner_id = fields.Many2one(
        related="member_id.partner_id", string="Customer", store=True, index=True
    )
    tier_id = fields.Many2one(
        comodel_name="auto.member.tier",
        string="Tier then",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    benefit_id = fields.Many2one(
        comodel_name="auto.member.benefit",
        string="Benefit",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    kind = fields.Selection(related="benefit_id.kind", store=True)
    date = fields.Date(
        required=True, readonly=True, default=fields.Date.context_today, index=True
    )
    year = fields.Integer(required=True, readonly=True, aggregator=False)
    number = fields.Integer(
        required=True,
        readonly=True,
        aggregator=False,
        help="The how manieth use of the year.",
    )
    state = fields.Selection(
        selection=[("used", "Used"), ("cancelled", "Taken back")],
        required=True,
        readonly=True,
        default="used",
    )
    note = fields.Char(readonly=True)
    cancel_reason = fields.Char(string="Taken back because", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="By",
        readonly=True,
        index=True,
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    res_model = fields.Char(string="Document model", readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True
    )
    document_name = fields.Char(
        compute="_compute_document_name",
        compute_sudo=False,
        help="The document, for those who may read it.",
    )

    _number_uniq = models.UniqueIndex(
        "(member_id, benefit_id, year, number) WHERE state = 'used'",
        "Somebody else has just used this benefit. Look how many are left.",
    )
    _document_idx = models.Index("(res_model, res_id) WHERE res_id IS NOT NULL")
    _number_positive = models.Constraint(
        "CHECK (number > 0)", "The uses of a benefit are counted from 1."
    )

    @api.depends("res_model", "res_id")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_document_name(self):
        self.document_name = False
        for model, uses in self.filtered("res_id").grouped("res_model").items():
            if model not in self.env:
                continue
            documents = self.env[model].browse(set(uses.mapped("res_id"))).exists()
            names = {
                document.id: document.display_name
                for document in documents._filtered_access("read")
            }
            for use in uses:
                use.document_name = names.get(use.res_id, False)

    @api.model_create_multi
    def create(self, vals_list):
        self._check_writer()
        return super().create(vals_list)

    def write(self, vals):
        # The stored name of the customer follows the membership.
        if vals.keys() - {"partner_id", "kind"}:
            self._check_writer()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        raise UserError(self.env._("The use of a benefit is taken back, not deleted."))

    def _check_writer(self):
        context = self.env.context
        if (
            context.get("auto_benefit_use") is not USE
            and context.get("auto_erase") is not ERASE
        ):
            raise AccessError(
                self.env._("A benefit is used and taken back by the member's buttons.")
            )

    def action_cancel(self, reason=None):
        """Take the use back: the member has the benefit again.

        :param str reason: why; the button says who did it
        :raise UserError: when it was taken back already
        """
        self.check_access("write")
        if any(use.state != "used" for use in self):
            raise UserError(self.env._("This use was taken back already."))
        reason = reason or self.env._("Taken back by %(user)s", user=self.env.user.name)
        self.with_context(auto_benefit_use=USE).write(
            {"state": "cancelled", "cancel_reason": reason}
        )
        for use in self:
            use.member_id._message_log(
                body=self.env._(
                    "%(benefit)s of %(date)s is taken back: %(reason)s",
                    benefit=use.benefit_id.name,
                    date=use.date,
                    reason=reason,
                )
            )

    def action_open_document(self):
        """Open the document on which the benefit was used."""
        self.ensure_one()
        document = self.env[self.res_model].browse(self.res_id)
        document.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "res_model": document._name,
            "res_id": document.id,
            "views": [(False, "form")],
            "target": "current",
        }
