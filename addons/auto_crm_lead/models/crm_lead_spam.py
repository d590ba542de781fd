from collections import Counter
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain

# Only this file can pass this object in the context: who is taken for insincere
# is out of the way, so nobody may say so in passing.
JUDGE = object()

JUDGE_ROLES = frozenset({"sales_manager", "store_manager", "head_office"})


class CrmLead(models.Model):
    """Doubtful enquiries are kept apart by rule, and brought back by one click.

    Nothing is thrown away: a doubtful prospect keeps its contacts and its person,
    but is not allocated and not in anybody's day.
    """

    _inherit = "crm.lead"

    is_spam = fields.Boolean(
        string="Doubtful",
        readonly=True,
        copy=False,
        default=False,
        help="Kept apart, since the signs say that this enquiry is not sincere.",
    )
    spam_score = fields.Float(string="Doubt score", readonly=True, copy=False)
    spam_rule_ids = fields.Many2many(
        comodel_name="auto.spam.rule",
        string="Signs",
        readonly=True,
        copy=False,
        groups="auto_crm_base.group_user",
        help="What speaks against this enquiry.",
    )
    spam_judged_by = fields.Many2one(
        comodel_name="res.users", string="Judged by", readonly=True, copy=False
    )

    _spam_idx = models.Index("(company_id, id) WHERE is_spam")

    def write(self, vals):
        if (
            not {"is_spam", "spam_judged_by"}.isdisjoint(vals)
            and self.env.context.get("auto_judge") is not JUDGE
            and any(
                lead[name] != vals[name]
                for name in ("is_spam",)
                if name in vals
                for lead in self
            )
        ):
            raise UserError(
                self.env._("Use “Sincere” or “Not sincere” to judge a prospect.")
            )
        return super().write(vals)

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("auto_judge") is not JUDGE:
            for vals in vals_list:
                vals.pop("is_spam", None)
        return super().create(vals_list)

    def action_mark_sincere(self):
        """Take doubtful prospects into the normal flow, and remember the person."""
        self.check_access("write")
        self._judge("allow")
        # Allocation is the system's, whoever judged.
        self.sudo()._allocate()
        return True

    def action_mark_spam(self):
        """Keep prospects apart as not sincere, and remember the person.

        :raise AccessError: when the current user is no manager; otherwise this would
            be a way to lose prospects without approval
        """
        if not (self.env.su or self.env.user._auto_roles() & JUDGE_ROLES):
            raise AccessError(
                self.env._(
                    "Only managers set prospects apart as not sincere. Ask for the "
                    "loss instead."
                )
            )
        self.check_access("write")
        if any(lead.won_status != "pending" or not lead.active for lead in self):
            raise UserError(self.env._("This prospect is closed."))
        self._judge("deny")
        # Reminders of colleagues on what is no prospect are void.
        self.sudo().activity_ids.unlink()
        return True

    def _judge(self, verdict):
        leads = self.with_context(auto_judge=JUDGE)
        leads.write({"is_spam": verdict == "deny", "spam_judged_by": self.env.uid})
        for lead in self:
            # The list is the system's; it learns from those who may judge.
            self.env["auto.spam.entry"].sudo()._judge(
                lead, lead.sudo()._own_identities(), verdict
            )
        text = (
            self.env._("Judged not sincere.")
            if verdict == "deny"
            else self.env._("Judged sincere.")
        )
        self._message_log_batch(bodies=dict.fromkeys(self.ids, text))

    @api.model
    def _open_domain(self):
        """Leave doubtful prospects out of what is followed up."""
        return super()._open_domain() & Domain("is_spam", "=", False)

    # ------------------------------------------------------------
    # At intake
    # ------------------------------------------------------------

    @api.model
    def _spam_score(self, values):
        """Weigh normalised intake values; see ``auto.spam.rule._score``."""
        return self.env["auto.spam.rule"]._score(values)

    @api.model
    def _spam_verdict(self, values):
        """Return why normalised intake ``values`` are doubtful, else ``""``."""
        score, hits = values.get("spam") or self._spam_score(values)
        if not hits:
            return ""
        company = self.env["res.company"].browse(values.get("company_id"))
        threshold = (company or self.env.company).sudo().spam_score
        if score < threshold:
            return ""
        return ", ".join(self.env["auto.spam.rule"].browse(hits).mapped("name"))

    def _intake_create_leads(self, slots):
        items = [slot["item"] for slot in slots]
        self._spam_prepare(items)
        for item in items:
            item["doubtful"] = bool(self._spam_verdict(item["values"]))
        judge = self.with_context(auto_judge=JUDGE)
        result = super(CrmLead, judge)._intake_create_leads(slots)
        for slot in slots:
            slot["lead"] = slot["lead"].with_env(self.env)
        return result

    @api.model
    def _intake_lead_values(self, item, customer, cache):
        vals = super()._intake_lead_values(item, customer, cache)
        score, hits = item["values"]["spam"]
        if hits:
            vals.update(
                is_spam=item["doubtful"],
                spam_score=score,
                spam_rule_ids=[Command.set(hits)],
            )
        return vals

    @api.model
    def _spam_prepare(self, items):
        """Weigh the new enquiries of a batch, in two queries for all of them."""
        if not items:
            return
        verdicts = self.env["auto.spam.entry"]._verdicts(
            {key for item in items for key in item["keys"]}
        )
        addresses = {item["remote_addr"] for item in items if item.get("remote_addr")}
        recent = Counter()
        if addresses:
            hour_ago = self.env.cr.now() - timedelta(hours=1)
            recent.update(
                dict(
                    self.env["auto.lead.intake"]._read_group(
                        [
                            ("remote_addr", "in", list(addresses)),
                            ("create_date", ">=", hour_ago),
                        ],
                        ["remote_addr"],
                        ["__count"],
                    )
                )
            )
        for item in items:
            values = item["values"]
            known = {verdicts[key] for key in item["keys"] if key in verdicts}
            given = item.get("given") or {}
            values["company_id"] = item["company"].id
            values["spam"] = self._spam_score(
                {
                    **values,
                    "known": "deny" if "deny" in known else "".join(known),
                    "same_address": recent[item.get("remote_addr")] + 1
                    if item.get("remote_addr")
                    else 0,
                    "honeypot": given.get("honeypot"),
                }
            )
