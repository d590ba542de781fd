import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import frozendict, ormcache


class AutoSpamRule(models.Model):
    """A sign that an enquiry is not sincere, and how much it weighs."""

    _name = "auto.spam.rule"
    _inherit = ["auto.rule.mixin"]
    _description = "Sign of a doubtful enquiry"

    name = fields.Char(help="Shown as the reason on the prospect.")
    kind = fields.Selection(
        selection=[
            ("text", "Words in name or message"),
            ("name", "Form of the name"),
            ("phone", "Form of the phone number"),
            ("domain", "E-mail domain"),
            ("links", "Number of links"),
            ("rate", "Many from one address within an hour"),
            ("honeypot", "Filled in what people cannot see"),
            ("denied", "Marked as not sincere before"),
        ],
        required=True,
        default="text",
    )
    pattern = fields.Text(
        help="One a line. For words and forms: regular expressions, letter case "
        "ignored; for domains: the part after the @."
    )
    limit = fields.Integer(
        default=3, help="From how many links or enquiries on the sign counts."
    )
    weight = fields.Float(
        default=50,
        help="Weights of all signs are added; from the store's score on the enquiry "
        "is kept apart.",
    )

    @api.constrains("kind", "pattern")
    def _check_pattern(self):
        for rule in self:
            if (
                rule.kind in ("text", "name", "phone", "domain")
                and not (rule.pattern or "").strip()
            ):
                raise ValidationError(
                    self.env._("The sign “%s” needs a pattern.", rule.name)
                )
            if rule.kind in ("text", "name", "phone"):
                for line in rule._lines():
                    try:
                        re.compile(line)
                    except re.error as error:
                        raise ValidationError(
                            self.env._(
                                "“%(line)s” is no regular expression: %(error)s",
                                line=line,
                                error=error,
                            )
                        ) from error

    def _lines(self):
        self.ensure_one()
        lines = (self.pattern or "").splitlines()
        return [line.strip() for line in lines if line.strip()]

    @api.model
    @ormcache()
    def _signs(self):
        """Return the active rules as plain data; intake asks with each enquiry."""
        return tuple(
            frozendict(
                id=rule.id,
                kind=rule.kind,
                lines=tuple(rule._lines()),
                limit=rule.limit,
                weight=rule.weight,
            )
            # The same signs hold for whoever delivers.
            for rule in self.sudo().search([])
        )

    @api.model
    def _score(self, values):
        """Weigh an enquiry.

        :param dict values: ``name``, ``message``, ``phone`` (E.164), ``email``,
            and where known ``known`` (``allow`` or ``deny``: somebody has judged this
            person), ``same_address`` (enquiries from the sender's address within
            the last hour), ``honeypot``
        :return: ``(score, ids of the rules that apply)``
        """
        if values.get("known") == "allow":
            return 0, []
        score, hits = 0, []
        for sign in self._signs():
            if getattr(self, f"_sign_{sign['kind']}")(sign, values):
                score += sign["weight"]
                hits.append(sign["id"])
        return score, hits

    @api.model
    def _any_line(self, sign, text):
        return bool(text) and any(
            re.search(line, text[:5000], re.IGNORECASE) for line in sign["lines"]
        )

    @api.model
    def _sign_text(self, sign, values):
        text = f"{values.get('name') or ''}\n{values.get('message') or ''}"
        return self._any_line(sign, text)

    @api.model
    def _sign_name(self, sign, values):
        return self._any_line(sign, values.get("name"))

    @api.model
    def _sign_phone(self, sign, values):
        return self._any_line(sign, values.get("phone"))

    @api.model
    def _sign_domain(self, sign, values):
        domain = (values.get("email") or "").rpartition("@")[2].lower()
        return bool(domain) and any(
            domain == line.lower() or domain.endswith(f".{line.lower()}")
            for line in sign["lines"]
        )

    @api.model
    def _sign_links(self, sign, values):
        links = re.findall(r"https?://|www\.", values.get("message") or "", re.I)
        return len(links) >= max(sign["limit"], 1)

    @api.model
    def _sign_rate(self, sign, values):
        return (values.get("same_address") or 0) >= max(sign["limit"], 1)

    @api.model
    def _sign_honeypot(self, sign, values):
        return bool(values.get("honeypot"))

    @api.model
    def _sign_denied(self, sign, values):
        return values.get("known") == "deny"
