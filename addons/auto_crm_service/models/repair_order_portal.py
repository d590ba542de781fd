import hashlib
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_amount

from .repair_order_estimate import BEFORE_WORK

# The steps that a customer is shown, and the states that each of them covers.
STEPS = (
    ("received", ("received",)),
    ("estimate", ("asked",)),
    ("work", ("queued", "working")),
    ("parts", ("parts",)),
    ("quality", ("quality",)),
    ("ready", ("ready", "settled")),
    ("returned", ("returned",)),
)
# Shown only when the car is there just now.
SOMETIMES = ("estimate", "parts")
MAX_NAME = 100
MAX_NOTE = 2000


class RepairOrder(models.Model):
    """The customer's page of a repair order: how far it is, and the estimate.

    Who has the link with the token sees it without a login.
    """

    _name = "repair.order"
    _inherit = ["repair.order", "portal.mixin"]

    # Who reads it could decide in the customer's place.
    access_token = fields.Char(groups="base.group_system")
    parts_told = fields.Char(
        string="Told to the customer",
        copy=False,
        help="What the customer reads on their page about the wait for parts.",
    )
    photo_ids = fields.One2many(
        comodel_name="auto.repair.photo", inverse_name="repair_id", string="Photos"
    )

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for repair in self.filtered("vehicle_id"):
            repair.access_url = f"/my/repairs/{repair.id}"
        return result

    def _get_report_base_filename(self):
        """Return the name of the file that the customer's page prints."""
        self.ensure_one()
        return self.name.replace("/", "-")

    # ------------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------------

    def action_share(self):
        """Open what is sent to the customer: the link to their page."""
        self.ensure_one()
        self._check_writer()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send to the customer"),
            "res_model": "auto.repair.share",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_repair_id": self.id},
        }

    def action_preview(self):
        """Look at the customer's page as the customer sees it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.access_url, "target": "new"}

    def action_ask_customer(self):
        result = super().action_ask_customer()
        self.line_ids._to_decide()._offer_to_customer()
        return result

    # ------------------------------------------------------------------
    # The link
    # ------------------------------------------------------------------

    def _link_is_open(self):
        """Return whether the link still shows the page without a login."""
        self.ensure_one()
        over = self.date_out
        if self.service_state == "cancelled":
            over = self.write_date
        days = self.company_id.auto_service_link_days
        return not over or fields.Datetime.now() <= over + timedelta(days=days)

    def _portal_ensure_token(self):
        # Whoever may send the link need not know how it is made.
        return super(RepairOrder, self.sudo())._portal_ensure_token()

    def _sign_token(self, pid):
        # As above: a mail to the customer carries the mark, whoever writes it.
        return super(RepairOrder, self.sudo())._sign_token(pid)

    def get_portal_url(
        self,
        suffix=None,
        report_type=None,
        download=None,
        query_string=None,
        anchor=None,
    ):
        """Return the address of the customer's page, with the token.

        :raise AccessError: for those who do not keep repair orders
        """
        if self.vehicle_id:
            self._check_writer()
        return super().get_portal_url(
            suffix, report_type, download, query_string, anchor
        )

    # ------------------------------------------------------------------
    # What the customer sees
    # ------------------------------------------------------------------

    def _portal_steps(self):
        """Return the steps of the repair as the customer is told them.

        :return: dicts of ``code``, ``name``, ``text`` and ``state``: done, now or next
        """
        self.ensure_one()
        names = {
            "received": self.env._("Received"),
            "estimate": self.env._("Your decision"),
            "work": self.env._("In work"),
            "parts": self.env._("Waiting for a part"),
            "quality": self.env._("Quality check"),
            "ready": self.env._("Ready for you"),
            "returned": self.env._("Returned"),
        }
        steps, state = [], "done"
        for code, covered in STEPS:
            is_now = self.service_state in covered
            if code in SOMETIMES and not is_now:
                continue
            if is_now:
                state = "now"
            elif state == "now":
                state = "next"
            steps.append(
                {
                    "code": code,
                    "name": names[code],
                    "text": self._portal_text() if is_now else "",
                    "state": state,
                }
            )
        return steps

    def _portal_text(self):
        """Return in the customer's words what happens to the car now."""
        self.ensure_one()
        if self.service_state == "parts":
            return self.parts_told or self.env._(
                "A part is on its way to us. We go on as soon as it is here."
            )
        return {
            "received": self.env._("Your car is with us. The estimate follows."),
            "asked": self.env._("Please look at the estimate and decide."),
            "queued": self.env._("Your car is next in line for a technician."),
            "working": self.env._("A technician works on your car."),
            "quality": self.env._("The work is done and being checked."),
            "ready": self.env._("Your car is ready. You can pick it up."),
            "settled": self.env._("Your car is ready. You can pick it up."),
            "returned": self.env._("Thank you for your visit."),
            "cancelled": self.env._("This repair was cancelled."),
        }.get(self.service_state, "")

    def _portal_lines(self):
        """Return the lines that the customer sees."""
        return self.line_ids._shown()

    def _portal_to_decide(self):
        """Return the lines on which the customer is asked."""
        if self.service_state in ("settled", "returned", "cancelled"):
            return self.line_ids.browse()
        return self._portal_lines()._to_decide()

    def _portal_fingerprint(self):
        """Return a mark of what is asked, that changes when the estimate does."""
        self.ensure_one()
        rows = [
            f"{line.id}|{line.name}|{line.quantity}|{line.price_total}|{line.pay_type}"
            for line in self._portal_to_decide().sorted("id")
        ]
        return hashlib.sha256("\n".join(rows).encode()).hexdigest()[:32]

    def _report_shares(self, lines):
        """Return who pays how much of these lines, in words, for the print-outs.

        :param lines: those that were printed; declined ones do not count
        """
        self.ensure_one()
        wanted = lines.filtered(lambda line: line.decision != "declined")
        names = (
            ("customer", self.env._("Customer pays")),
            ("warranty", self.env._("Warranty pays")),
            ("insurance", self.env._("Insurance pays")),
            ("internal", self.env._("The house pays")),
        )
        sums = {
            pay_type: sum(theirs.mapped("price_total"))
            for pay_type, theirs in wanted.grouped("pay_type").items()
        }
        return [(name, sums[code]) for code, name in names if sums.get(code)]

    # ------------------------------------------------------------------
    # The customer decides
    # ------------------------------------------------------------------

    def _portal_decide(self, chosen, fingerprint, name, signature, note="", origin=""):
        """Keep what the customer decided on their page, and go on with it.

        Called as superuser, for whoever has the page.

        :param set chosen: the ids of the lines that are approved; the rest is declined
        :param str fingerprint: the :meth:`_portal_fingerprint` of what was shown
        :param str name: who decides
        :param signature: an image in base64
        :param str note: what else the customer says
        :param str origin: where it came from, for the log
        :return: the ``auto.repair.approval``
        :raise UserError: when the estimate has changed, or something is missing
        """
        self.ensure_one()
        lines = self._portal_to_decide()
        if not lines or fingerprint != self._portal_fingerprint():
            raise UserError(
                self.env._("The estimate has changed meanwhile. Please look again.")
            )
        name = (name or "").strip()[:MAX_NAME]
        if not name:
            raise UserError(self.env._("Please enter your name."))
        if not signature:
            raise UserError(self.env._("Please sign."))
        approved = lines.filtered(lambda line: line.id in chosen)
        approval = self._record_decision(
            approved,
            lines - approved,
            "portal",
            name,
            signature=signature,
            note="\n".join(filter(None, ((note or "").strip()[:MAX_NOTE], origin))),
        )
        if self.service_state in BEFORE_WORK and not self.to_decide_count:
            self._approve_house_lines()
            if any(line.decision == "approved" for line in self.line_ids):
                self._to_workshop()
        self._tell_decision(approval)
        return approval

    def _tell_decision(self, approval):
        """Tell the adviser what the customer has decided."""
        self.ensure_one()
        adviser = self.user_id.partner_id
        # The words are the adviser's, not the customer's.
        texts = self.with_context(lang=self.user_id.lang or self.env.lang)
        self.message_post(
            body=texts.env._(
                "%(name)s decided on the portal: %(approved)s approved, %(declined)s "
                "declined.",
                name=approval.decided_by,
                approved=format_amount(
                    texts.env, approval.amount_approved, approval.currency_id
                ),
                declined=format_amount(
                    texts.env, approval.amount_declined, approval.currency_id
                ),
            ),
            author_id=self.env.ref("base.partner_root").id,
            partner_ids=adviser.ids,
            message_type="notification",
            subtype_xmlid="mail.mt_note",
        )
