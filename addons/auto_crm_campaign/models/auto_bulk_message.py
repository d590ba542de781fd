import logging
import random
from collections import Counter

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

_logger = logging.getLogger(__name__)

# Only the methods below pass this object, so that no client skips a step.
DOOR = object()
# What is written while it is a draft; the rest follows from the steps.
DRAFT_FIELDS = {
    "name",
    "segment_id",
    "channel",
    "purpose",
    "subject",
    "body_html",
    "body_text",
    "company_id",
    "campaign_id",
    "schedule_date",
    "holdout_percent",
    "outcome_days",
    "is_stop_line",
}
MAX_PEOPLE = 200000
BATCH = 200
# Of the session-level lock under which messages go out, one worker at a time.
SEND_LOCK = 7319250118


class AutoBulkMessage(models.Model):
    """One message to all of a segment, by SMS or e-mail, on Odoo's mass mailing.

    Who gets it is settled once, when it is started, by who may be seen, who agreed,
    and who was contacted often enough; each person has a line that says so. Jobs hand
    the lines over to Odoo's mailing in batches, each in one transaction with the
    contact log: a worker that dies has handed over a batch whole, or not at all.
    """

    _name = "auto.bulk.message"
    _inherit = ["mail.thread"]
    _description = "Bulk message"
    _order = "id desc"

    name = fields.Char(required=True, tracking=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("queued", "Being sent"),
            ("done", "Sent"),
            ("stopped", "Stopped"),
        ],
        required=True,
        readonly=True,
        default="draft",
        copy=False,
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        required=True,
        readonly=True,
        copy=False,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    segment_id = fields.Many2one(
        comodel_name="auto.segment",
        string="Segment",
        required=True,
        index=True,
        ondelete="restrict",
    )
    segment_count = fields.Integer(
        related="segment_id.member_count", string="People", related_sudo=False
    )
    campaign_id = fields.Many2one(
        comodel_name="utm.campaign",
        string="Campaign",
        index="btree_not_null",
        ondelete="restrict",
    )
    channel = fields.Selection(
        selection=[("sms", "SMS"), ("email", "E-mail")], required=True, default="sms"
    )
    purpose = fields.Selection(
        selection=[("marketing", "Marketing"), ("service", "Service of the own car")],
        required=True,
        default="marketing",
        help="Marketing goes to those who agreed, or did not forbid it, as the store "
        "is set, and respects the limit of contacts. A service message goes to all "
        "who did not forbid service messages.",
    )
    subject = fields.Char()
    body_html = fields.Html(string="Text of the e-mail", sanitize_style=True)
    body_text = fields.Text(string="Text of the SMS")
    is_stop_line = fields.Boolean(
        string="Say how to opt out",
        default=True,
        help="Adds a line with a link by which the person wants no more SMS. E-mails "
        "always have one.",
    )
    schedule_date = fields.Datetime(
        string="Not before", help="Empty: as soon as it is started."
    )
    date_start = fields.Datetime(string="Started on", readonly=True, copy=False)
    date_done = fields.Datetime(string="Sent on", readonly=True, copy=False)
    holdout_percent = fields.Integer(
        string="Held out (%)",
        default=0,
        help="So many of those who could get it do not, drawn by lot. What they do "
        "anyhow shows what the message itself has moved.",
    )
    seed = fields.Integer(
        readonly=True,
        copy=False,
        help="The lot is drawn by this number: anybody can draw it again.",
    )
    outcome_days = fields.Integer(
        string="Days of the outcome",
        default=30,
        help="What people do within so many days counts as the outcome.",
    )
    mailing_id = fields.Many2one(
        comodel_name="mailing.mailing",
        string="Mailing",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    error = fields.Char(string="Trouble", readonly=True, copy=False)
    recipient_ids = fields.One2many(
        comodel_name="auto.bulk.recipient", inverse_name="message_id", copy=False
    )
    wait_until = fields.Datetime(
        string="Waits until",
        compute="_compute_wait_until",
        help="The day it was planned for, or the end of the store's quiet hours.",
    )
    planned_count = fields.Integer(string="Waiting", compute="_compute_counts")
    queued_count = fields.Integer(string="Handed over", compute="_compute_counts")
    held_count = fields.Integer(string="Held out", compute="_compute_counts")
    skipped_count = fields.Integer(string="Left out", compute="_compute_counts")
    failed_count = fields.Integer(string="Failed", compute="_compute_counts")
    reply_count = fields.Integer(string="Replies", compute="_compute_counts")

    _share_check = models.Constraint(
        "CHECK (holdout_percent BETWEEN 0 AND 90 AND outcome_days BETWEEN 1 AND 365)",
        "Between 0 and 90 percent are held out, and the outcome is looked at for 1 to "
        "365 days.",
    )

    # ------------------------------------------------------------
    # Compute and checks
    # ------------------------------------------------------------

    @api.depends("recipient_ids.state", "recipient_ids.reply_date")
    def _compute_counts(self):
        lines = self.env["auto.bulk.recipient"]
        counts = {
            (message, state): count
            for message, state, count in lines._read_group(
                [("message_id", "in", self.ids)], ["message_id", "state"], ["__count"]
            )
        }

        def count(domain):
            return dict(
                lines._read_group(
                    Domain("message_id", "in", self.ids) & Domain(domain),
                    ["message_id"],
                    ["__count"],
                )
            )

        failed = count(self._failed_domain())
        replied = count([("reply_date", "!=", False)])
        for message in self:
            for name, state in (
                ("planned_count", "planned"),
                ("queued_count", "queued"),
                ("held_count", "held_out"),
                ("skipped_count", "skipped"),
            ):
                message[name] = counts.get((message, state), 0)
            message.failed_count = failed.get(message, 0)
            message.reply_count = replied.get(message, 0)

    @api.depends("state", "schedule_date", "company_id")
    def _compute_wait_until(self):
        now = fields.Datetime.now()
        for message in self:
            start = max(message.schedule_date or now, now)
            start = message.company_id._auto_quiet_until(start) or start
            waits = message.state == "queued" and start > now
            message.wait_until = start if waits else False

    @api.model
    def _failed_domain(self):
        return [("trace_status", "in", ("error", "bounce", "cancel"))]

    @api.constrains("channel", "subject", "body_html", "body_text", "state")
    def _check_text(self):
        for message in self.filtered(lambda one: one.state != "draft"):
            if message.channel == "sms" and not (message.body_text or "").strip():
                raise ValidationError(self.env._("An SMS needs a text."))
            if message.channel == "email" and not (message.subject or "").strip():
                raise ValidationError(self.env._("An e-mail needs a subject."))

    @api.constrains("subject", "body_html", "body_text", "state")
    def _check_placeholders(self):
        """Let texts name the customer, and nothing else: the system fills them in."""
        render = self.env["mail.render.mixin"]
        for message in self:
            if any(
                render._has_unsafe_expression_template_inline_template(
                    text, "res.partner"
                )
                for text in (message.subject, message.body_text)
            ) or render._has_unsafe_expression_template_qweb(
                message.body_html, "res.partner"
            ):
                raise ValidationError(
                    self.env._(
                        "The only placeholder in a text is the name of the customer: "
                        "%(placeholder)s",
                        placeholder="{{ object.name }}",
                    )
                )

    @api.constrains("company_id", "segment_id")
    def _check_store(self):
        for message in self:
            segment = message.segment_id
            if segment.scope != "group" and segment.company_id != message.company_id:
                # Without its name: it may be one that the user must not see.
                raise ValidationError(
                    self.env._("The segment is one of another store.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            vals_list = [
                {
                    **dict.fromkeys(self._kept_fields(), False),
                    **{name: vals[name] for name in vals if name in DRAFT_FIELDS},
                    "state": "draft",
                    "user_id": self.env.uid,
                }
                for vals in vals_list
            ]
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su and self.env.context.get("auto_bulk_door") is not DOOR:
            ours = {
                name
                for name in vals
                if "auto_crm_campaign" in self._fields[name]._modules
            }
            if ours - DRAFT_FIELDS:
                raise UserError(self.env._("This follows from the steps of sending."))
            if ours and any(message.state != "draft" for message in self):
                raise UserError(
                    self.env._("What is on its way is not changed any more.")
                )
        return super().write(vals)

    @api.model
    def _kept_fields(self):
        return ("seed", "date_start", "date_done", "mailing_id", "error")

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(message.state != "draft" for message in self):
            raise UserError(self.env._("A message that was started is kept."))

    # ------------------------------------------------------------
    # Steps
    # ------------------------------------------------------------

    def action_start(self):
        """Settle who gets it, and let the jobs send it."""
        self.check_access("write")
        for message in self:
            message = message._in_its_own_name()
            locked = message.try_lock_for_update()
            if not locked or message.state != "draft":
                raise UserError(self.env._("This message was started already."))
            message._settle_recipients()
            # Odoo's mailing is a technical record of this message, on which the
            # roles have no right of their own.
            mailing = (
                self.env["mailing.mailing"].sudo().create(message._mailing_values())
            )
            message.with_context(auto_bulk_door=DOOR).write(
                {
                    "state": "queued",
                    "date_start": fields.Datetime.now(),
                    "mailing_id": mailing.id,
                }
            )
        self._trigger_jobs()
        return True

    def action_stop(self):
        """Send no more; what was handed over is on its way."""
        self.check_access("write")
        for message in self:
            if not message.try_lock_for_update() or message.state != "queued":
                raise UserError(self.env._("Only what is being sent can be stopped."))
        # The lines are the system's: nobody has the right to write them.
        waiting = self.recipient_ids.sudo().filtered(lambda one: one.state == "planned")
        waiting.write({"state": "skipped", "reason": "stopped"})
        self.with_context(auto_bulk_door=DOOR).write({"state": "stopped"})

    def action_retry(self):
        """Send again what surely did not go out; consent is asked once more."""
        self.ensure_one()
        self.check_access("write")
        # The lines and the queues are the system's.
        again = self.sudo().recipient_ids._send_again()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": self.env._("Queued again: %s", len(again)),
                "type": "success" if again else "warning",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _in_its_own_name(self):
        """Return the message in its store, and in the language of who wrote it."""
        self.ensure_one()
        # The job runs as nobody; how to opt out is said in the text's language.
        lang = self.user_id.sudo().lang
        return self.with_company(self.company_id).with_context(lang=lang)

    def _trigger_jobs(self):
        # Whoever starts a message may not run jobs; this asks for the run only.
        cron = self.env.ref("auto_crm_campaign.cron_bulk_send").sudo()
        for message in self:
            cron._trigger(message.wait_until or None)

    def _mailing_values(self):
        """Return the values of Odoo's mailing behind the message."""
        self.ensure_one()
        body = self.body_html
        if self.channel == "email" and self.purpose == "marketing":
            body = (body or Markup("")) + self._stop_html()
        return {
            "subject": self.subject or self.name,
            "mailing_type": "sms" if self.channel == "sms" else "mail",
            "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
            "mailing_domain": "[('id', '=', 0)]",
            "body_plaintext": self.body_text,
            "body_html": body,
            "body_arch": body,
            "user_id": self.user_id.id,
            "campaign_id": self.campaign_id.id,
            "email_from": self.company_id.email_formatted
            or self.user_id.email_formatted,
            "sms_allow_unsubscribe": self.is_stop_line and self.purpose == "marketing",
            "keep_archives": True,
            "use_exclusion_list": self.purpose == "marketing",
        }

    def _stop_html(self):
        """Return the line by which the person wants no more e-mails."""
        # Odoo puts the person's own link in the place of this one.
        return Markup(
            '<p style="font-size: 12px; color: #6c757d;">%s '
            '<a href="/unsubscribe_from_list">%s</a></p>'
        ) % (
            self.env._("You do not want such e-mails?"),
            self.env._("Opt out here"),
        )

    # ------------------------------------------------------------
    # Who gets it
    # ------------------------------------------------------------

    def _people(self, complete=False):
        """Return who is in the segment, and the persons whom the user may see.

        :param bool complete: whether prospects without a customer record get one
        :raise UserError: when they are too many
        """
        self.ensure_one()
        # A store writes to its own people, whoever sends the message for it.
        segment = self.segment_id.with_context(
            allowed_company_ids=self.company_id._auto_own_stores().ids
        )
        members = segment._members(limit=MAX_PEOPLE + 1)
        if len(members) > MAX_PEOPLE:
            raise UserError(
                self.env._(
                    "More than %(limit)s people: narrow the segment.",
                    limit=str(MAX_PEOPLE),
                )
            )
        partners = segment._contacted_partners(members, complete=complete)
        # Only those whom the user may see: a prospect may name a stranger.
        return members, partners._filtered_access("read").filtered("active")

    def action_preview(self):
        """Tell how many would get it now, and why the others would not."""
        message = self._in_its_own_name().with_context(
            lang=self.env.context.get("lang")
        )
        _members, partners = message._people()
        reasons = Counter(message._reasons(partners).values())
        going = len(partners) - reasons.total()
        held = going * self.holdout_percent // 100
        field = self.env["auto.bulk.recipient"]._fields["reason"]
        labels = dict(field._description_selection(self.env))
        parts = [
            (self.env._("Recipients"), going - held),
            (self.env._("Held out"), held),
            *((labels[reason], count) for reason, count in reasons.most_common()),
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.name,
                "message": " · ".join(f"{name}: {count}" for name, count in parts),
                "type": "info" if going else "warning",
                "sticky": True,
            },
        }

    def _settle_recipients(self):
        """Make a line for each person of the segment, with what becomes of it."""
        self.ensure_one()
        members, partners = self._people(complete=True)
        leads = {}
        if members._name == "crm.lead":
            leads = {lead.partner_id: lead for lead in members.sorted("id")}
        reasons = self._reasons(partners)
        eligible = [one.id for one in partners if one not in reasons]
        if not eligible:
            raise UserError(self.env._("Nobody of this segment can get this message."))
        seed = random.SystemRandom().randrange(1, 2**31 - 1)
        held = set(self._draw(eligible, seed))
        self.with_context(auto_bulk_door=DOOR).write({"seed": seed})
        # The lines are the proof of who was treated how: only the system writes them.
        self.env["auto.bulk.recipient"].sudo().create(
            [
                {
                    "message_id": self.id,
                    "partner_id": partner.id,
                    "lead_id": leads[partner].id if partner in leads else False,
                    "reason": reasons.get(partner, False),
                    "state": "skipped"
                    if partner in reasons
                    else "held_out"
                    if partner.id in held
                    else "planned",
                }
                for partner in partners
            ]
        )

    def _draw(self, ids, seed):
        """Return those of ``ids`` that are held out, the same ones for one seed."""
        count = len(ids) * self.holdout_percent // 100
        # A lot that can be drawn again, no secret.
        return random.Random(seed).sample(sorted(ids), count)  # noqa: S311

    def _reasons(self, partners):
        """Return why some get no message, as ``{partner: reason}``."""
        self.ensure_one()
        name = "phone_sanitized" if self.channel == "sms" else "email_normalized"
        # The number is used, not shown.
        addresses = {one: one[name] for one in partners.sudo()}
        seen, reasons = set(), {}
        for partner in partners:
            address = addresses[partner]
            if not address:
                reasons[partner] = "no_address"
            elif address in seen:
                reasons[partner] = "duplicate"
            seen.add(address)
        open_ = partners.filtered(lambda one: one not in reasons)
        allowed = open_._may_contact(self.channel, self.purpose)
        over = self.env["res.partner"]
        if self.purpose == "marketing":
            over = (open_ - allowed)._over_contact_cap()
        states = open_._consent_states(self.channel, self.purpose)
        for partner in open_ - allowed:
            if states.get(partner.id) == "withdrawn":
                reasons[partner] = "refused"
            elif partner in over:
                reasons[partner] = "capped"
            else:
                reasons[partner] = "not_asked"
        return reasons

    # ------------------------------------------------------------
    # Sending
    # ------------------------------------------------------------

    @api.model
    def _cron_send(self, batch_size=BATCH):
        """Hand waiting lines over to Odoo's mailing, one worker at a time.

        The lock belongs to the connection, and each batch starts on a fresh
        snapshot: the contacts that another worker logged count for the limit.
        """
        cr = self.env.cr
        cr.execute("SELECT pg_try_advisory_lock(%s)", [SEND_LOCK])
        if not cr.fetchone()[0]:
            return
        try:
            self._send_all(batch_size)
        finally:
            if not cr.closed:
                cr.execute("SELECT pg_advisory_unlock(%s)", [SEND_LOCK])

    @api.model
    def _send_all(self, batch_size):
        cron = self.env["ir.cron"]
        lines = self.env["auto.bulk.recipient"]
        due = Domain("state", "=", "queued") & (
            Domain("schedule_date", "=", False)
            | Domain("schedule_date", "<=", fields.Datetime.now())
        )
        # Nobody is woken: those of stores with quiet hours wait for a later run.
        messages = self.search(due, order="id").filtered(lambda one: not one.wait_until)
        # Committing starts a fresh snapshot, which sees what others have sent.
        cron._commit_progress(
            remaining=lines.search_count(
                [("state", "=", "planned"), ("message_id", "in", messages.ids)]
            )
        )
        for message in messages:
            while message.state == "queued":
                try:
                    with self.env.cr.savepoint():
                        sent = message._send_batch(batch_size)
                except Exception as error:
                    # One message that cannot be sent does not hold up the others.
                    _logger.exception("Bulk message %s failed", message.id)
                    message.error = str(error)[:500]
                    cron._commit_progress()
                    break
                if not cron._commit_progress(sent):
                    return

    def _send_batch(self, size):
        """Hand over up to ``size`` lines; return how many.

        Consent and limit are asked once more, since both may have changed.
        """
        self.ensure_one()
        message = self._in_its_own_name()
        lines = self.env["auto.bulk.recipient"].search(
            [("message_id", "=", self.id), ("state", "=", "planned")],
            limit=size,
            order="id",
        )
        if not lines:
            if message.try_lock_for_update():
                message.write({"state": "done", "date_done": fields.Datetime.now()})
            return 0
        lines = lines.try_lock_for_update().filtered(lambda one: one.state == "planned")
        reasons = message._reasons(lines.partner_id.with_company(self.company_id))
        late = lines.filtered(lambda line: line.partner_id in reasons)
        for reason, group in late.grouped(
            lambda line: reasons[line.partner_id]
        ).items():
            group.write({"state": "skipped", "reason": reason})
        going = lines - late
        if going:
            message._hand_over(going)
        if message.error:
            message.error = False
        return len(lines)

    def _hand_over(self, lines):
        """Put the message of the lines into Odoo's queue, and log the contacts."""
        ids = lines.partner_id.ids
        mailing = self.mailing_id.with_company(self.company_id)
        if self.channel == "sms":
            values = mailing._send_sms_get_composer_values(ids)
            composer = self.env["sms.composer"].with_context(
                active_id=False,
                auto_bulk_purpose=self.purpose,
                auto_sms_company_id=self.company_id.id,
            )
            composer.create({**values, "mass_keep_log": False})._action_send_sms()
        else:
            self._hand_over_mail(mailing, ids)
        traces = {
            trace.res_id: trace
            for trace in self.env["mailing.trace"].search(
                [
                    ("mass_mailing_id", "=", mailing.id),
                    ("model", "=", "res.partner"),
                    ("res_id", "in", ids),
                ]
            )
        }
        contacts = self.env["auto.contact"].create(
            [
                {
                    "partner_id": line.partner_id.id,
                    "lead_id": line.lead_id.id,
                    "company_id": self.company_id.id,
                    "channel": self.channel,
                    "direction": "out",
                    "summary": self.subject or self.name,
                    "user_id": self.user_id.id,
                    "res_model": self._name,
                    "res_id": self.id,
                }
                for line in lines
            ]
        )
        for line, contact in zip(lines, contacts, strict=True):
            trace = traces.get(line.partner_id.id)
            line.write(
                {
                    "state": "queued",
                    "contact_id": contact.id,
                    "trace_id": trace.id if trace else False,
                    "date": fields.Datetime.now(),
                }
            )

    def _hand_over_mail(self, mailing, ids):
        """As Odoo's mailing does, but queued, and in our transaction."""
        composer = (
            self.env["mail.compose.message"]
            .with_context(
                active_ids=ids,
                default_composition_mode="mass_mail",
                **mailing._get_mass_mailing_context(),
            )
            .create(
                {
                    "auto_delete": False,
                    "author_id": self.user_id.partner_id.id,
                    "body": mailing.body_html or "",
                    "composition_mode": "mass_mail",
                    "email_from": mailing.email_from,
                    "force_send": False,
                    "mass_mailing_id": mailing.id,
                    "model": "res.partner",
                    "reply_to_force_new": False,
                    "subject": mailing.subject,
                    "template_id": False,
                    "use_exclusion_list": mailing.use_exclusion_list,
                }
            )
        )
        composer._action_send_mail(auto_commit=False)

    # ------------------------------------------------------------
    # Screens
    # ------------------------------------------------------------

    def _action_lines(self, name, domain):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "auto.bulk.recipient",
            "views": [(False, "list"), (False, "form")],
            "domain": [("message_id", "=", self.id), *domain],
        }

    def action_open_lines(self):
        return self._action_lines(self.env._("Recipients"), [])

    def action_open_queued(self):
        return self._action_lines(self.env._("Handed over"), [("state", "=", "queued")])

    def action_open_skipped(self):
        return self._action_lines(self.env._("Left out"), [("state", "=", "skipped")])

    def action_open_held(self):
        return self._action_lines(self.env._("Held out"), [("state", "=", "held_out")])

    def action_open_failed(self):
        return self._action_lines(self.env._("Failed"), self._failed_domain())

    def action_open_replies(self):
        return self._action_lines(self.env._("Replies"), [("reply_date", "!=", False)])
