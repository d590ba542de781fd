from odoo import api, fields, models


class AutoLeadAssignment(models.Model):
    """Why a prospect went to a consultant: the candidates, and what decided."""

    _name = "auto.lead.assignment"
    _inherit = ["auto.append.only.mixin"]
    _description = "Assignment of a prospect"
    _order = "date desc, id desc"
    _rec_name = "user_id"

    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Prospect",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
    )
    date = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    kind = fields.Selection(
        selection=[
            ("auto", "By rule"),
            ("recall", "Taken back"),
            ("manual", "By hand"),
        ],
        required=True,
        readonly=True,
    )
    rule_id = fields.Many2one(
        comodel_name="auto.allocation.rule", readonly=True, ondelete="set null"
    )
    rule_name = fields.Char(
        string="Rule then", readonly=True, help="The rule's name at that time."
    )
    method = fields.Char(readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Given to",
        readonly=True,
        index="btree_not_null",
        help="Empty when nobody could be found.",
    )
    former_user_id = fields.Many2one(
        comodel_name="res.users", string="Taken from", readonly=True
    )
    done_by = fields.Many2one(
        comodel_name="res.users",
        string="Done by",
        readonly=True,
        default=lambda self: self.env.user,
    )
    candidates = fields.Json(
        readonly=True,
        help="For each candidate: name, open prospects, given today, on duty, the "
        "score, and why they were left out.",
    )
    explanation = fields.Text(compute="_compute_explanation")

    # What somebody got today, and last of all: asked for each new prospect.
    _given_idx = models.Index(
        "(user_id, company_id, date, id) WHERE user_id IS NOT NULL"
    )

    @api.depends("candidates", "user_id", "rule_name", "kind")
    @api.depends_context("lang")
    def _compute_explanation(self):
        methods = dict(
            self.env["auto.allocation.rule"]
            ._fields["method"]
            ._description_selection(self.env)
        )
        for assignment in self:
            lines = []
            if assignment.rule_name:
                lines.append(
                    self.env._(
                        "Rule “%(rule)s”: %(method)s.",
                        rule=assignment.rule_name,
                        method=methods.get(assignment.method, assignment.method),
                    )
                )
            elif assignment.kind != "manual":
                lines.append(self.env._("No rule applies to this prospect."))
            if assignment.kind != "manual" and not assignment.user_id:
                lines.append(self.env._("Nobody could take it."))
            why = assignment._why_words()
            if why:
                lines.append(why)
            lines.extend(
                assignment._candidate_words(candidate)
                for candidate in assignment.candidates or []
            )
            assignment.explanation = "\n".join(lines)

    def _why_words(self):
        """Return why the one who got it was chosen before the others."""
        self.ensure_one()
        fit = [one for one in self.candidates or [] if not one.get("out")]
        winner = next((one for one in fit if one["user"] == self.user_id.id), None)
        if not winner or self.kind == "manual":
            return None
        name = winner["name"]
        others = [one for one in fit if one is not winner]
        if not others:
            return self.env._("%s was the only one who could take it.", name)
        if "score" not in winner:
            return None
        best = min(one.get("score", 0) for one in others)
        if winner["score"] >= best:
            return self.env._(
                "%(name)s waited longest of %(count)s with the same score.",
                name=name,
                count=1 + sum(one.get("score") == winner["score"] for one in others),
            )
        if self.method == "capacity":
            return self.env._(
                "%(name)s has the most room: %(taken)s %% taken, the next %(next)s %%.",
                name=name,
                taken=winner["score"],
                next=best,
            )
        return self.env._(
            "%(name)s has the fewest open prospects: %(open)s, the next %(next)s.",
            name=name,
            open=winner["score"],
            next=best,
        )

    def _candidate_words(self, candidate):
        """Return one candidate in the reader's language."""
        self.ensure_one()
        if candidate.get("cap"):
            words = self.env._(
                "%(open)s of %(cap)s open, %(today)s new today",
                open=candidate["open"],
                cap=candidate["cap"],
                today=candidate["today"],
            )
        else:
            words = self.env._(
                "%(open)s open, %(today)s new today",
                open=candidate["open"],
                today=candidate["today"],
            )
        if not candidate.get("on_duty", True) and not candidate.get("out"):
            words = self.env._("%s, not on duty", words)
        if candidate.get("out"):
            return self.env._(
                "– %(name)s: %(words)s; left out: %(reason)s",
                name=candidate["name"],
                words=words,
                reason=self._out_words(candidate["out"]),
            )
        if candidate["user"] == self.user_id.id:
            return self.env._(
                "→ %(name)s: %(words)s; chosen", name=candidate["name"], words=words
            )
        return f"– {candidate['name']}: {words}"

    def _out_words(self, code):
        return {
            "unavailable": self.env._("takes no new prospects"),
            "away": self.env._("away"),
            "brand": self.env._("other brands"),
            "max_open": self.env._("has as many open as possible"),
            "max_per_day": self.env._("has as many new ones today as possible"),
            "off_duty": self.env._("not on duty"),
            "former": self.env._("had it before"),
        }.get(code, code)
