import hashlib
import json
import logging
from collections import defaultdict

import phonenumbers
import psycopg2
import psycopg2.errors

from odoo import api, fields, models
from odoo.exceptions import AccessError, ConcurrencyError, UserError, ValidationError
from odoo.fields import Command
from odoo.tools import SQL, clean_context, email_normalize

from odoo.addons.auto_crm_base.models.auto_masked_mixin import MASK
from odoo.addons.auto_crm_base.tools.phone import normalise_phone

from .crm_lead import MERGE

_logger = logging.getLogger(__name__)

#: The longest texts that a door takes; what is longer is no honest enquiry.
LIMITS = {
    "name": 200,
    "phone": 60,
    "email": 254,
    "social_id": 120,
    "message": 20000,
    "campaign": 120,
    "source": 120,
    "medium": 120,
    "purchase_horizon": 20,
    "external_ref": 200,
    "street": 250,
    "city": 120,
    "region": 120,
    "zip": 30,
    "country": 60,
    "date": 40,
}
VEHICLE_LIMITS = {
    "brand": 80,
    "model": 120,
    "trim": 120,
    "year": 10,
    "vin": 30,
    "condition": 20,
}
#: Which of a person's identities says first who the person is.
KINDS = ("phone", "email", "social")

# Only the intake can pass this object in the context: it vouches for the values, so
# that checks on what people type are left out.
INTAKE = object()
#: Creating or completing a prospect is one line in its log, not a notification.
QUIET = {
    "auto_intake": INTAKE,
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
}
_IDENTITY_FIELDS = frozenset(
    {
        "active",
        "company_id",
        "email_from",
        "partner_id",
        "phone",
        "probability",
        "social_id",
        "stage_id",
    }
)


class CrmLead(models.Model):
    _inherit = "crm.lead"

    social_id = fields.Char(
        string="Social account",
        index="btree_not_null",
        help="The person's WeChat or other account, as the channel names it.",
    )
    wanted_text = fields.Char(
        string="Car asked for", help="In the customer's own words, as it came in."
    )
    intake_ids = fields.One2many(
        comodel_name="auto.lead.intake",
        inverse_name="lead_id",
        string="Intakes",
        groups="auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor",
    )
    intake_source_id = fields.Many2one(
        comodel_name="auto.intake.source",
        string="Door",
        readonly=True,
        index="btree_not_null",
        help="The website, portal or mail address that the prospect came through.",
    )

    _public_ref_uniq = models.UniqueIndex(
        "(public_ref) WHERE public_ref IS NOT NULL",
        "This reference belongs to another prospect.",
    )

    @api.depends("user_id", "team_id", "partner_id")
    def _compute_company_id(self):
        # Odoo empties the company of a lead that has neither salesperson nor
        # team, and a lead without company is everybody's. Ours stays where it is.
        before = {lead: lead.company_id for lead in self}
        res = super()._compute_company_id()
        for lead in self:
            if before[lead]:
                lead.company_id = before[lead]
            elif not lead.company_id:
                lead.company_id = self.env.company
        return res

    # ------------------------------------------------------------
    # CRUD: identities are kept in step whoever writes
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        # A reference is drawn, and given by nobody but the system.
        own = self.env.su
        missing = [vals for vals in vals_list if not own or not vals.get("public_ref")]
        references = self._next_public_refs(len(missing))
        for vals, reference in zip(missing, references, strict=True):
            vals["public_ref"] = reference
        leads = super().create(vals_list)
        if self.env.context.get("auto_intake") is not INTAKE:
            leads._sync_identities(refuse=not self.env.su)
        return leads

    def write(self, vals):
        res = super().write(vals)
        if not _IDENTITY_FIELDS.isdisjoint(vals):
            context = self.env.context
            self._sync_identities(
                refuse=not self.env.su
                and context.get("auto_intake") is not INTAKE
                and context.get("auto_merge") is not MERGE
                and not {"phone", "email_from", "social_id"}.isdisjoint(vals)
            )
        return res

    def _check_company(self, fnames=None):
        # The intake takes consultant, team and customer of the prospect's store.
        if self.env.context.get("auto_intake") is INTAKE:
            return None
        return super()._check_company(fnames)

    @api.model
    def _pls_get_won_lost_total_count(self, team_results):
        # As Odoo's, which looks for one and the same stage for each team, for each
        # new prospect.
        first = str(self.env["crm.stage"]._first_shared_id())
        if first not in team_results.get("stage_id", []):
            return 0, 0, 0
        counts = team_results["stage_id"][first]
        return counts["won"], counts["lost"], counts["won"] + counts["lost"]

    @api.model
    def _next_public_refs(self, count):
        """Return ``count`` new public references, in one query."""
        if not count:
            return []
        # Drawing a number is not reading the sequence's settings.
        sequence_model = self.env["ir.sequence"].sudo()
        sequence_id = self.env["ir.model.data"]._xmlid_to_res_id(
            "auto_crm_lead.sequence_lead_public", raise_if_not_found=True
        )
        form = sequence_model._plain_form(sequence_id)
        if not form:
            sequence = sequence_model.browse(sequence_id)
            return [sequence.next_by_id() for _index in range(count)]
        rows = self.env.execute_query(
            SQL(
                "SELECT nextval(%s) FROM generate_series(1, %s)",
                f"ir_sequence_{sequence_id:03d}",
                count,
            )
        )
        sequence = sequence_model.new(form)
        return [sequence.get_next_char(number) for (number,) in rows]

    # ------------------------------------------------------------
    # Identity
    # ------------------------------------------------------------

    def _is_open_prospect(self):
        """Return whether somebody still works, or shall work, on this prospect."""
        self.ensure_one()
        return self.active and not self.stage_id.is_won

    def _own_identities(self):
        """Return the ``(company id, kind, value)`` that the prospect shows."""
        self.ensure_one()
        company = self.company_id
        if not company or not self._is_open_prospect():
            return set()
        return set(
            self._identity_keys(
                company,
                normalise_phone(self.phone, company._auto_country_code()),
                email_normalize(self.email_from or "") or "",
                self._normalise_social(self.social_id),
            )
        )

    @api.model
    def _identity_keys(self, company, phone, email, social):
        """Return the keys of a person, the most telling first."""
        values = zip(KINDS, (phone, email, social), strict=True)
        return [(company.id, kind, value) for kind, value in values if value]

    @api.model
    def _person_keys(self, company, phone=None, email=None, social_id=None):
        """Return the keys of a person, whose values are as somebody types them."""
        return self._identity_keys(
            company,
            normalise_phone(phone, company._auto_country_code()) if phone else "",
            email_normalize(email or "") or "",
            self._normalise_social(social_id),
        )

    @api.model
    def _normalise_social(self, text):
        return self.env["res.partner"]._normalise_social_id(text or "") or ""

    def _sync_identities(self, refuse=False):
        """Bring the identities held in line with what the prospects show.

        :param bool refuse: whether to refuse that a person who is an open
            prospect already becomes a second one
        :raise UserError: naming the prospect that there is
        """
        if not self:
            return
        # Identities decide for everybody, also about prospects one cannot see.
        identity_model = self.env["auto.lead.identity"].sudo()
        wanted = {lead.id: lead._own_identities() for lead in self.sudo()}
        held = self.env.execute_query(
            SQL(
                "SELECT lead_id, company_id, kind, value, extra"
                " FROM auto_lead_identity WHERE lead_id IN %s",
                tuple(self.ids),
            )
        )
        keep = set()
        have = defaultdict(set)
        for lead_id, company, kind, value, extra in held:
            key = (company, kind, value)
            companies = {item[0] for item in wanted[lead_id]}
            if key in wanted[lead_id] or (extra and company in companies):
                keep.add(key)
                have[lead_id].add(key)
        if len(keep) < len(held):
            identity_model._release(self, keep)
        rows = [
            (*key, lead_id, False)
            for lead_id, keys in wanted.items()
            for key in keys - have[lead_id]
        ]
        if not rows:
            return
        taken = identity_model._take(rows)
        if refuse and len(taken) < len({row[:3] for row in rows}):
            holders = identity_model._holders({row[:3] for row in rows} - taken)
            for lead_id in holders.values():
                self.browse(lead_id)._raise_already_open()

    def _raise_already_open(self):
        """Say which open prospect the person is, as far as the user may know."""
        self.ensure_one()
        prospect = self.sudo()  # the reference is no secret; the rest is checked
        if self.has_access("read") and prospect.user_id:
            raise UserError(
                self.env._(
                    "This person is an open prospect already: %(reference)s, looked "
                    "after by %(consultant)s. Log the contact there instead.",
                    reference=prospect.public_ref,
                    consultant=prospect.user_id.name,
                )
            )
        raise UserError(
            self.env._(
                "This person is an open prospect of the store already: %(reference)s. "
                "Use “New prospect”, which adds the contact to it.",
                reference=prospect.public_ref,
            )
        )

    @api.model
    def _find_open_prospect(self, company, phone=None, email=None, social_id=None):
        """Return the open prospect of a person in a store, as superuser.

        One query on a unique index, however many prospects there are.

        :param company: the store
        :param phone: number in any spelling
        :return: at most one ``crm.lead``
        """
        keys = self._person_keys(company, phone, email, social_id)
        # Whether the person is known is asked before anything can be seen.
        holders = self.env["auto.lead.identity"].sudo()._holders(keys)
        return self.sudo().browse(
            next((holders[key] for key in keys if key in holders), [])
        )

    def _inverse_phone(self):
        # A delivery that knows somebody's e-mail must not change his number.
        leads = self
        if self.env.context.get("auto_intake") is INTAKE:
            leads = self.filtered(lambda lead: not lead.partner_id.phone)
        leads = leads.filtered(lambda lead: MASK not in (lead.phone or ""))
        own = leads._with_own_contact_data()
        # With sudo: see _with_own_contact_data().
        super(CrmLead, own.sudo())._inverse_phone()
        return super(CrmLead, leads - own)._inverse_phone()

    def _inverse_email_from(self):
        leads = self
        if self.env.context.get("auto_intake") is INTAKE:
            leads = self.filtered(lambda lead: not lead.partner_id.email)
        leads = leads.filtered(lambda lead: MASK not in (lead.email_from or ""))
        own = leads._with_own_contact_data()
        # With sudo: see _with_own_contact_data().
        super(CrmLead, own.sudo())._inverse_email_from()
        return super(CrmLead, leads - own)._inverse_email_from()

    def _with_own_contact_data(self):
        """Return the prospects whose user completes the customer's contact data.

        The customer of a prospect belongs to nobody until it is won, yet its number
        is corrected by who talks to him: the consultant of the prospect, who may
        write it. An address that opens an account stays with who may change users.
        """
        mine = self.filtered(lambda lead: lead.user_id == self.env.user)
        readable = mine.partner_id._filtered_access("read")
        # Accounts decide whoever sees them, also archived ones.
        customers = readable.sudo().with_context(active_test=False)
        plain = customers.filtered(
            lambda partner: partner.is_auto_customer and not partner.user_ids
        )
        return mine.filtered(lambda lead: lead.partner_id.id in plain.ids)

    def _merge_opportunity(self, user_id=False, team_id=False, auto_unlink=True, **kw):
        merged = super(CrmLead, self.with_context(auto_merge=MERGE))._merge_opportunity(
            user_id=user_id, team_id=team_id, auto_unlink=auto_unlink, **kw
        )
        merged._sync_identities()
        return merged.with_env(self.env)

    def _merge_dependences(self, opportunities):
        res = super()._merge_dependences(opportunities)
        # What the merged prospects brought stays with the one that remains, and
        # a retry of their deliveries leads to it. The log is the system's.
        opportunities.sudo().intake_ids.write(
            {"lead_id": self.id, "public_ref": self.public_ref}
        )
        # The contact log is closed to changes; that the prospect it belongs to has
        # another number now is none of what was said.
        self.env["auto.contact"].flush_model(["lead_id"])
        self.env.execute_query(
            SQL(
                "UPDATE auto_contact SET lead_id = %s WHERE lead_id IN %s RETURNING id",
                self.id,
                tuple(opportunities.ids) or (0,),
            )
        )
        self.env["auto.contact"].invalidate_model(["lead_id"])
        self.invalidate_recordset(["contact_ids"])
        self.env.execute_query(
            SQL(
                "UPDATE auto_lead_identity SET lead_id = %s, extra = TRUE"
                " WHERE lead_id IN %s AND company_id = %s RETURNING id",
                self.id,
                tuple(opportunities.ids) or (0,),
                self.company_id.id,
            )
        )
        self.env["auto.lead.identity"].invalidate_model()
        return res

    # ------------------------------------------------------------
    # Intake: the one door
    # ------------------------------------------------------------

    @api.model
    def intake_prospect(self, values, channel="api", external_ref=None):
        """Take a prospect in, from a program that works as an Odoo user (JSON-2).

        ``POST /json/2/crm.lead/intake_prospect`` with ``values``, ``channel``
        and ``external_ref``. The store is the user's current company
        (``context.allowed_company_ids``).

        :param dict values: ``name`` (required), ``phone``, ``email``,
            ``social_id`` (one of the three required), ``message``, ``campaign``,
            ``source``, ``medium``, ``purchase_horizon`` (now, 3m, 6m, 12m),
            ``vehicle`` {``brand``, ``model``, ``condition``}, ``street``,
            ``city``, ``region``, ``zip``, ``country``
        :param str channel: the code of an intake channel
        :param str external_ref: the sender's own reference; a second call with
            it changes nothing and answers as the first
        :return: ``{"lead": "<public reference>", "created": true|false}``
        :raise ValidationError: saying which value is wrong
        """
        self._check_may_intake()
        if not isinstance(values, dict):
            raise ValidationError(self.env._("“values” must be an object."))
        if not isinstance(channel, str):
            raise ValidationError(self.env._("“channel” must be a text."))
        external_ref = self._intake_text(external_ref, "external_ref")
        result = self._intake_process(
            [{"values": values, "channel": channel, "external_ref": external_ref}]
        )[0]
        return {"lead": result["public_ref"], "created": result["created"]}

    @api.model
    def _check_may_intake(self):
        """Check that the user's role may register a prospect."""
        if self.env.su or self.env.user.has_group("base.group_system"):
            return
        if self._intake_roles().isdisjoint(self.env.user._auto_roles()):
            raise AccessError(
                self.env._("Your role does not allow you to register a prospect.")
            )

    @api.model
    def _intake_roles(self):
        """Return the roles that may register a prospect (C on Lead)."""
        return frozenset(
            {
                "adviser",
                "callcentre",
                "consultant",
                "head_office",
                "sales_manager",
                "store_manager",
            }
        )

    @api.model
    def _intake(self, values, channel, external_ref=None, source=None, raw=None):
        """Take one prospect in; see :meth:`_intake_batch`."""
        return self._intake_batch(
            [
                {
                    "values": values,
                    "channel": channel,
                    "external_ref": external_ref,
                    "source": source,
                    "raw": raw,
                }
            ]
        )

    @api.model
    def _intake_batch(self, items):
        """Take prospects in, by whatever door they came.

        The person is looked up among the open prospects of the store by phone,
        then e-mail, then social account. A known person gets one more contact
        and what was still empty; an unknown one becomes a prospect, with the
        customer found in the group or made. What was delivered before (same
        channel, door and external reference) changes nothing.

        :param items: list of dicts: ``values`` (see :meth:`intake_prospect`),
            ``channel`` (code), and where there are ``external_ref``, ``source``
            (an ``auto.intake.source``), ``company`` (a store; else the source's,
            else the current one), ``raw`` (what was received, ``str`` or
            ``bytes``), ``format``, ``user`` (who shall look after a new one),
            ``idempotency_key``, ``body_hash``, ``remote_addr``, ``contact`` (more
            values of the ``auto.contact``, from our own code), ``intake`` (a
            quarantined intake that is replayed)
        :return: the ``crm.lead`` of each item, in order; a person who comes
            twice is there twice
        :raise ValidationError: naming the value that is wrong; nothing is kept
        """
        results = self._intake_process(items)
        return self.browse([result["lead"].id for result in results])

    @api.model
    def _intake_process(self, items):
        """Do the work of :meth:`_intake_batch`.

        :return: list of dicts ``lead`` (superuser record), ``public_ref``,
            ``created``, ``repeated``, ``intake``
        """
        prepared = [self._intake_prepare(item) for item in items]
        repeats = self._intake_repeats(prepared)
        results = [None] * len(prepared)
        fresh = []
        first_of_ref = {}
        for index, item in enumerate(prepared):
            known = repeats.get(item["ref_key"])
            if known:
                results[index] = {
                    "lead": known.lead_id,
                    "public_ref": known.public_ref,
                    "created": False,
                    "repeated": True,
                    "intake": known,
                }
            elif item["ref_key"] and item["ref_key"] in first_of_ref:
                item["repeats"] = first_of_ref[item["ref_key"]]
            else:
                if item["ref_key"]:
                    first_of_ref[item["ref_key"]] = item
                item["index"] = index
                fresh.append(item)
        if fresh:
            self._intake_fresh(fresh)
        for index, item in enumerate(prepared):
            if results[index] is None:
                done = item.get("repeats") or item
                results[index] = {
                    "lead": done["lead"],
                    "public_ref": done["lead"].public_ref,
                    "created": done["created"] and done is item,
                    "repeated": done is not item,
                    "intake": done["intake_record"],
                }
        return results

    @api.model
    def _intake_prepare(self, item):
        """Return ``item`` with normalised values, its company, channel and keys."""
        source = item.get("source") or self.env["auto.intake.source"]
        company = item.get("company") or source.sudo().company_id or self.env.company
        channel = self.env["auto.intake.channel"]._data_of(item["channel"])
        if not channel:
            raise ValidationError(
                self.env._("There is no channel “%s”.", item["channel"])
            )
        user = (item.get("user") or self.env["res.users"]).sudo()  # of a colleague
        if user and company not in user.company_ids:
            raise ValidationError(
                self.env._(
                    "%(user)s does not work in %(store)s.",
                    user=user.name,
                    store=company.sudo().name,
                )
            )
        values = item["values"]
        if not item.get("normalised"):
            values = self._intake_normalise(values, company)
        external_ref = item.get("external_ref") or None
        keys = self._identity_keys(
            company, values["phone"], values["email"], values["social_key"]
        )
        return {
            **item,
            "values": values,
            "given": item["values"],
            "source": source.sudo(),  # its defaults apply whoever delivers
            "company": company.sudo(),
            "channel_code": item["channel"],
            "channel_id": channel[0],
            "contact_channel": channel[1],
            "external_ref": external_ref,
            "ref_key": external_ref
            and (company.id, channel[0], source.id or 0, external_ref),
            "keys": keys,
        }

    @api.model
    def _intake_label(self, name):
        """Return what an error calls the value ``name``.

        A program reads the key that it sent; who fills in a form or uploads a list
        reads the label on the screen, which the door gives in the context.
        """
        labels = self.env.context.get("auto_intake_labels")
        return labels.get(name, name) if isinstance(labels, dict) else name

    @api.model
    def _intake_text(self, value, name, limit=None):
        """Return ``value`` as clean text, or refuse it naming the field."""
        if value is None or value is False:
            return ""
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = str(value)
        if not isinstance(value, str):
            raise ValidationError(
                self.env._("“%s” must be a text.", self._intake_label(name))
            )
        if "\x00" in value:
            raise ValidationError(
                self.env._(
                    "“%s” contains a character that no text has.",
                    self._intake_label(name),
                )
            )
        value = value.encode("utf-8", "ignore").decode().strip()
        limit = limit or LIMITS.get(name, 250)
        if len(value) > limit:
            raise ValidationError(
                self.env._(
                    "“%(field)s” is longer than %(limit)s characters.",
                    field=self._intake_label(name),
                    limit=limit,
                )
            )
        return value

    @api.model
    def _intake_normalise(self, values, company):
        """Return checked and comparable values.

        :param dict values: as a door received them
        :param company: the store, whose country says how to read a phone number
        :return: dict with all keys of the intake; texts are ``""`` when missing
        :raise ValidationError: naming the value that is wrong
        """
        if not isinstance(values, dict):
            raise ValidationError(self.env._("A prospect must be an object."))
        clean = {name: self._intake_text(values.get(name), name) for name in LIMITS}
        vehicle = values.get("vehicle") or {}
        if isinstance(vehicle, str):
            vehicle = {"model": vehicle}
        if not isinstance(vehicle, dict):
            raise ValidationError(self.env._("“%s” must be an object.", "vehicle"))
        clean["vehicle"] = {
            name: text
            for name, limit in VEHICLE_LIMITS.items()
            if (text := self._intake_text(vehicle.get(name), f"vehicle.{name}", limit))
        }
        condition = clean["vehicle"].get("condition")
        if condition and condition not in ("new", "used", "any"):
            raise ValidationError(
                self.env._(
                    "“%(field)s” must be one of: %(values)s.",
                    field=self._intake_label("vehicle.condition"),
                    values="new, used, any",
                )
            )
        clean["moment"] = self._intake_moment(clean["date"])
        clean["name"] = " ".join(clean["name"].split())
        if not clean["name"]:
            raise ValidationError(
                self.env._("“%s” is missing.", self._intake_label("name"))
            )
        self._intake_normalise_person(clean, company)
        clean["purchase_horizon"] = horizon = self._intake_horizon(values, clean)
        if horizon and horizon not in self._intake_horizons():
            raise ValidationError(
                self.env._(
                    "“%(field)s” must be one of: %(values)s.",
                    field=self._intake_label("purchase_horizon"),
                    values=", ".join(self._intake_horizons()),
                )
            )
        return clean

    @api.model
    def _intake_normalise_person(self, clean, company):
        """Make phone, e-mail and social account comparable, one at least."""
        given = {kind: clean[kind] for kind in ("phone", "email", "social_id")}
        clean["phone_given"] = given["phone"]
        clean["email_given"] = given["email"]
        clean["phone"] = (
            normalise_phone(given["phone"], company._auto_country_code())
            if given["phone"]
            else ""
        )
        clean["email"] = email_normalize(given["email"]) or "" if given["email"] else ""
        clean["social_key"] = self._normalise_social(given["social_id"])
        if clean["phone"] or clean["email"] or clean["social_key"]:
            return
        phone, email, social = map(self._intake_label, given)
        if given["phone"]:
            raise ValidationError(
                self.env._(
                    "“%(field)s”: %(value)s is no phone number.",
                    field=phone,
                    value=given["phone"],
                )
            )
        if given["email"]:
            raise ValidationError(
                self.env._(
                    "“%(field)s”: %(value)s is no e-mail address.",
                    field=email,
                    value=given["email"],
                )
            )
        raise ValidationError(
            self.env._(
                "One of “%(phone)s”, “%(email)s” and “%(social)s” is required.",
                phone=phone,
                email=email,
                social=social,
            )
        )

    @api.model
    def _intake_horizon(self, values, clean):
        """Return the code of the purchase horizon that ``values`` give, or ``""``.

        A door that hears it in words gives ``purchase_months``: the shortest
        horizon that reaches as far is taken.
        """
        months = values.get("purchase_months")
        if clean["purchase_horizon"] or not isinstance(months, int | float):
            return clean["purchase_horizon"]
        # Configuration that every door needs. A month more is not another horizon.
        horizons = self.env["auto.lead.horizon"].sudo()
        horizons = horizons.search([], order="months")  # pylint: disable=no-search-all
        fitting = [item.code for item in horizons if item.months + 1 >= months]
        return (fitting or horizons[-1:].mapped("code") or [""])[0]

    @api.model
    def _intake_moment(self, text):
        """Return the moment ``text`` names in UTC, ``False`` for none or nonsense."""
        try:
            moment = fields.Datetime.to_datetime(text) if text else False
        except ValueError:
            return False
        if moment and moment > fields.Datetime.now():
            return False
        return moment

    @api.model
    def _intake_horizons(self):
        """Return the ids of the purchase horizons by code."""
        # Configuration that every door needs.
        horizons = self.env["auto.lead.horizon"].sudo().search_fetch([], ["code"])
        return {horizon.code: horizon.id for horizon in horizons}

    @api.model
    def _intake_repeats(self, prepared):
        """Return the intakes that items repeat, by the items' ``ref_key``."""
        references = [item["ref_key"] for item in prepared if item["ref_key"]]
        if not references:
            return {}
        rows = self.env.execute_query(
            SQL(
                "SELECT company_id, channel_id, COALESCE(source_id, 0),"
                " external_ref, id FROM auto_lead_intake"
                " WHERE (company_id, channel_id, COALESCE(source_id, 0),"
                " external_ref) IN (%s)"
                " AND external_ref IS NOT NULL"
                " AND state IN ('done', 'spam', 'replayed')",
                SQL(", ").join(SQL("(%s, %s, %s, %s)", *key) for key in references),
            )
        )
        # The answer to a retry is the first answer, whoever asks.
        intake_model = self.env["auto.lead.intake"].sudo()
        return {tuple(row[:4]): intake_model.browse(row[4]) for row in rows}

    @api.model
    def _intake_fresh(self, items):
        """Find or create the prospect of each item and write its contact.

        Sets ``lead``, ``created`` and ``intake_record`` on the items.
        """
        # Whoever delivers (a website, a mail, an adviser who may only register)
        # has no right on prospects and customers; the values were checked, none
        # of them names a user or a team, and the store is the door's.
        self = self.sudo().with_context(  # noqa: PLW0642
            **{**clean_context(self.env.context), **QUIET}
        )
        companies = {item["company"].id for item in items}
        if len(companies) == 1:
            self = self.with_company(companies.pop())  # noqa: PLW0642
        identity_model = self.env["auto.lead.identity"]
        keys = {key for item in items for key in item["keys"]}
        everywhere = identity_model._holders_anywhere(keys)
        holders = self._intake_drop_closed(
            {key: lead_id for key, lead_id in everywhere.items() if key in keys}
        )
        self._intake_mark_elsewhere(items, everywhere)
        # One slot for each person, so that a list with the same person three
        # times makes one prospect.
        known = {
            lead_id: {"lead": self.browse(lead_id)} for lead_id in holders.values()
        }
        slot_of = {key: known[lead_id] for key, lead_id in holders.items()}
        new_slots = []
        for item in items:
            slot = next((slot_of[key] for key in item["keys"] if key in slot_of), None)
            if slot is None:
                slot = {"lead": None, "item": item}
                new_slots.append(slot)
            item["created"] = slot.get("item") is item
            item["slot"] = slot
            for key in item["keys"]:
                slot_of.setdefault(key, slot)
        self._intake_create_leads(new_slots)
        for item in items:
            item["lead"] = item["slot"]["lead"]
        self._intake_complete([item for item in items if not item["created"]])
        identity_model._take(self._intake_identity_rows(items))
        self._intake_log(items)
        created = self.browse([slot["lead"].id for slot in new_slots])
        for item in items:
            item["lead"]._after_intake(item["created"], item["intake_record"])
        unassigned = created.filtered(lambda lead: lead.active and not lead.user_id)
        if unassigned:
            unassigned._allocate()
        # Here, where the store is known: what is worked out when the transaction
        # ends is worked out for some other store, from its address read anew.
        self.env.flush_all()

    @api.model
    def _intake_mark_elsewhere(self, items, holders):
        """Set ``elsewhere`` on items: whether another store has the person too.

        :param dict holders: who holds the items' identities in any store
        """
        stores = defaultdict(set)
        for company_id, *person in (
            *holders,
            *(key for item in items for key in item["keys"]),
        ):
            stores[tuple(person)].add(company_id)
        for item in items:
            item["elsewhere"] = any(len(stores[key[1:]]) > 1 for key in item["keys"])

    @api.model
    def _intake_drop_closed(self, holders):
        """Return ``holders`` without prospects that were closed unnoticed.

        A stage that is declared won, or SQL, closes prospects without a write
        on them; they give their identities back here.
        """
        leads = self.browse(sorted(set(holders.values())))
        closed = leads.filtered(lambda lead: not lead._is_open_prospect())
        if not closed:
            return holders
        self.env["auto.lead.identity"]._release(closed)
        return {key: lead for key, lead in holders.items() if lead not in closed.ids}

    @api.model
    def _intake_identity_rows(self, items):
        shown = {}
        rows = []
        taken = set()
        for item in items:
            lead = item["lead"]
            if item["created"]:
                shown.setdefault(lead.id, set()).update(item["keys"])
            elif lead.id not in shown:
                shown[lead.id] = lead._own_identities()
            for key in item["keys"]:
                if key not in taken:
                    taken.add(key)
                    rows.append((*key, lead.id, key not in shown[lead.id]))
        return rows

    @api.model
    def _intake_create_leads(self, slots):
        """Create the prospect, and where needed the customer, of each slot."""
        if not slots:
            return
        items = [slot["item"] for slot in slots]
        customers = self._intake_customers(items)
        cache = {}
        vals_list = [
            self._intake_lead_values(item, customer, cache)
            for item, customer in zip(items, customers, strict=True)
        ]
        for vals in vals_list:
            if vals.get("team_id") is not None:
                first = self.env["crm.stage"]._first_id(vals["team_id"])
                vals.setdefault("stage_id", first)
        for slot, lead in zip(slots, self.create(vals_list), strict=True):
            slot["lead"] = lead

    @api.model
    def _intake_customers(self, items):
        """Return the customer of each item: found in the group, or new.

        A customer is found by exact phone, then e-mail, then social account,
        whichever store has business with him so far; the item's store joins.
        """
        partner_model = self.env["res.partner"]
        found = self._intake_known_customers(items)
        partner_of = {}
        new_vals = []
        new_of = {}
        for index, item in enumerate(items):
            keys = [key[1:] for key in item["keys"]]
            partner = next((found[key] for key in keys if key in found), None)
            if partner:
                partner_of[index] = partner
                continue
            position = next((new_of[key] for key in keys if key in new_of), None)
            if position is None:
                position = len(new_vals)
                new_vals.append(self._intake_customer_values(item))
            for key in keys:
                new_of.setdefault(key, position)
            partner_of[index] = position
        # A person without parent has nothing to take over from a company.
        created = partner_model.with_context(_partners_skip_fields_sync=True).create(
            new_vals
        )
        joining = defaultdict(partner_model.browse)
        for index, item in enumerate(items):
            position = partner_of[index]
            if isinstance(position, int):
                partner_of[index] = created[position]
                if new_vals[position]["auto_store_id"] == item["company"].id:
                    continue
            joining[item["company"]] |= partner_of[index]
        for company, partners in joining.items():
            partners._join_store(company, self.env._("Prospect taken in"))
            partners._add_customer_kind("prospect")
        return [partner_of[index] for index in range(len(items))]

    @api.model
    def _intake_known_customers(self, items):
        """Return the customers in the group by ``(kind, value)``, in one query."""
        values = defaultdict(list)
        for item in items:
            for _company, kind, value in item["keys"]:
                values[kind].append(value)
        columns = {
            "phone": "phone_sanitized",
            "email": "email_normalized",
            "social": "social_id",
        }
        columns = {kind: name for kind, name in columns.items() if values[kind]}
        if not columns:
            return {}
        partners = self.env["res.partner"].search_fetch(
            [
                ("partner_share", "=", True),
                *["|"] * (len(columns) - 1),
                *((name, "in", values[kind]) for kind, name in columns.items()),
            ],
            ["store_ids", *columns.values()],
            order="is_auto_customer DESC, write_date DESC, id DESC",
        )
        found = {}
        for partner in partners:
            for kind, name in columns.items():
                if partner[name]:
                    found.setdefault((kind, partner[name]), partner)
        return found

    @api.model
    def _intake_customer_values(self, item):
        values = item["values"]
        kind = self.env["ir.model.data"]._xmlid_to_res_id(
            "auto_crm_base.customer_kind_prospect"
        )
        return {
            "name": values["name"],
            "phone": self._intake_format_phone(values["phone"]),
            "email": values["email"] or False,
            "street": values["street"] or False,
            "city": values["city"] or False,
            "zip": values["zip"] or False,
            "social_id": values["social_id"] or False,
            "company_id": False,
            "is_auto_customer": True,
            "auto_kind_ids": [Command.link(kind)] if kind else [],
            "auto_store_id": item["company"].id,
            "store_ids": [Command.link(item["company"].id)],
            # Said, so that Odoo does not look for what a parent would have.
            "user_id": False,
        }

    @api.model
    def _intake_format_phone(self, number):
        """Return an E.164 ``number`` as people read it, ``False`` for none."""
        if not number:
            return False
        return phonenumbers.format_number(
            phonenumbers.parse(number), phonenumbers.PhoneNumberFormat.INTERNATIONAL
        )

    @api.model
    def _intake_wanted_text(self, values):
        vehicle = values["vehicle"]
        parts = (vehicle.get(name) for name in ("year", "brand", "model", "trim"))
        return " ".join(filter(None, parts)) or vehicle.get("vin", "")

    @api.model
    def _intake_lead_values(self, item, customer, cache):
        """Return what the prospect of ``item`` is created with.

        :param customer: its ``res.partner``
        :param dict cache: what was looked up already for this batch
        """
        values = item["values"]
        source = item["source"]
        wanted = self._intake_wanted_text(values)
        vals = {
            "name": f"{values['name']} · {wanted}" if wanted else values["name"],
            "type": "opportunity",
            "company_id": item["company"].id,
            "partner_id": customer.id,
            "contact_name": values["name"],
            "user_id": item["user"].id if item.get("user") else False,
            "intake_channel_id": item["channel_id"],
            "intake_source_id": source.id or False,
            "phone": self._intake_format_phone(values["phone"]),
            "email_from": values["email"] or False,
            "social_id": values["social_id"] or False,
            "source_id": source.utm_source_id.id,
            "medium_id": source.utm_medium_id.id,
            "campaign_id": source.utm_campaign_id.id,
        }
        vals.update(self._intake_optional_values(item, cache))
        if not customer.street and not customer.city:
            vals.update(
                {name: values[name] or False for name in ("street", "city", "zip")}
            )
        return vals

    @api.model
    def _intake_optional_values(self, item, cache):
        """Return the values of ``item`` that a known prospect may still lack."""
        values = item["values"]
        vals = self._intake_campaign_values(values, cache)
        if values["purchase_horizon"]:
            if "horizons" not in cache:
                cache["horizons"] = self._intake_horizons()
            vals["horizon_id"] = cache["horizons"][values["purchase_horizon"]]
        vehicle = values["vehicle"]
        if vehicle:
            vals["wanted_text"] = self._intake_wanted_text(values) or False
            key = ("car", vehicle.get("brand"), vehicle.get("model"))
            if key not in cache:
                cache[key] = self._intake_match_catalogue(*key[1:])
            brand, model = cache[key]
            if brand:
                vals["need_brand_ids"] = [Command.set(brand.ids)]
            if model:
                vals["need_model_ids"] = [Command.set(model.ids)]
            if vehicle.get("condition"):
                vals["need_condition"] = vehicle["condition"]
        return vals

    @api.model
    def _intake_campaign_values(self, values, cache):
        vals = {}
        for name in ("source", "medium", "campaign"):
            if values[name]:
                key = (f"utm.{name}", values[name])
                if key not in cache:
                    record = self.env["utm.mixin"]._find_or_create_record(*key)
                    cache[key] = record.id
                vals[f"{name}_id"] = cache[key]
        return vals

    @api.model
    def _intake_match_catalogue(self, brand_name, model_name):
        """Return the brand and the model of the catalogue that have these names.

        What does not match stays text; a door never adds to the catalogue.
        """
        brand = self.env["fleet.vehicle.model.brand"]
        model = self.env["fleet.vehicle.model"]

        def exactly(text):
            return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")

        if brand_name:
            brand = brand.search([("name", "=ilike", exactly(brand_name))], limit=1)
        if model_name:
            domain = [("name", "=ilike", exactly(model_name))]
            if brand:
                domain.append(("brand_id", "=", brand.id))
            found = model.search(domain, limit=2)
            # One name of two makers says nothing without the maker.
            model = found if len(found) == 1 else model
        return brand or model.brand_id, model

    @api.model
    def _intake_complete(self, items):
        """Fill in what known prospects still lack; note what differs.

        Nothing that somebody wrote is overwritten: a value that differs goes
        into the summary of the contact.
        """
        cache = {}
        for item in items:
            lead = item["lead"]
            values = item["values"]
            item["differs"] = []
            vals = {}
            offered = {
                "phone": self._intake_format_phone(values["phone"]),
                "email_from": values["email"] or False,
                "social_id": values["social_id"] or False,
                **self._intake_optional_values(item, cache),
            }
            own = lead._own_identities()
            for name, value in offered.items():
                if not value or name in ("source_id", "medium_id"):
                    continue
                if not lead[name]:
                    vals[name] = value
                else:
                    item["differs"].append(name)
            item["differs"] = self._intake_differing(lead, item, own)
            if vals:
                lead.write(vals)

    @api.model
    def _intake_differing(self, lead, item, own):
        """Return lines that say what ``item`` gives otherwise than ``lead`` has."""
        values = item["values"]
        keys = {kind: (company, kind, value) for company, kind, value in item["keys"]}
        lines = []
        if values["name"] != (lead.contact_name or values["name"]):
            lines.append(self.env._("Name given: %s", values["name"]))
        if "phone" in keys and lead.phone and keys["phone"] not in own:
            lines.append(self.env._("Phone given: %s", values["phone_given"]))
        if "email" in keys and lead.email_from and keys["email"] not in own:
            lines.append(self.env._("E-mail given: %s", values["email_given"]))
        if "social" in keys and lead.social_id and keys["social"] not in own:
            lines.append(self.env._("Account given: %s", values["social_id"]))
        horizon = values["purchase_horizon"]
        if horizon and lead.horizon_id and lead.horizon_id.code != horizon:
            lines.append(self.env._("Purchase horizon given: %s", horizon))
        return lines

    @api.model
    def _intake_summary(self, item):
        """Return what the contact log keeps of a delivery."""
        values = item["values"]
        lines = [values["message"]]
        wanted = self._intake_wanted_text(values)
        if wanted:
            lines.append(self.env._("Car asked for: %s", wanted))
        if values["campaign"]:
            # What people read is its title; the name is the identifier of a link.
            campaign = item["lead"].campaign_id
            known = campaign.name == values["campaign"]
            lines.append(
                self.env._(
                    "Campaign: %s", (known and campaign.title) or values["campaign"]
                )
            )
        if values["phone_given"] and not values["phone"]:
            lines.append(self.env._("Phone given: %s", values["phone_given"]))
        if values["email_given"] and not values["email"]:
            lines.append(self.env._("E-mail given: %s", values["email_given"]))
        lines += item.get("differs", ())
        return "\n".join(filter(None, lines))

    @api.model
    def _intake_log(self, items):
        """Write the contact, the intake and the line in the log of each item."""
        user = self.env.user
        by_staff = not user._is_superuser() and user._is_internal()
        now = fields.Datetime.now()
        self.env["auto.contact"].create(
            [
                {
                    "lead_id": item["lead"].id,
                    "partner_id": item["lead"].partner_id.id,
                    "company_id": item["company"].id,
                    "date": item["values"]["moment"] or now,
                    "channel": item["contact_channel"],
                    "direction": "in",
                    "summary": self._intake_summary(item) or False,
                    "external_ref": item["external_ref"] or False,
                    "user_id": user.id if by_staff else False,
                    **(item.get("contact") or {}),
                }
                for item in items
            ]
        )
        try:
            self._intake_keep_records(items)
        except psycopg2.errors.UniqueViolation as error:
            # Another transaction took the same delivery in meanwhile: on a fresh
            # snapshot it is a repeat.
            raise ConcurrencyError("The delivery is being taken in") from error
        author = {}
        if user._is_superuser():
            # Doors deliver as the system, which is one known author, not looked up.
            author = {
                "author_id": self.env["ir.model.data"]._xmlid_to_res_id(
                    "base.partner_root"
                ),
                "email_from": False,
            }
        self._message_log_batch(
            bodies={
                item["lead"].id: self._intake_chatter(item)
                for item in items
                if item["created"]
            },
            **author,
        )

    @api.model
    def _intake_keep_records(self, items):
        """Write the ``auto.lead.intake`` of each item; a replayed one is completed."""
        intake_model = self.env["auto.lead.intake"]
        new_items = []
        new_vals = []
        for item in items:
            vals = self._intake_record_values(item)
            if not item.get("intake"):
                new_items.append(item)
                new_vals.append(vals)
                continue
            # Replaying is the manager's right, which was checked; the log's own
            # fields are the system's.
            item["intake_record"] = item["intake"].sudo()
            item["intake_record"].write(
                {name: vals[name] for name in intake_model._result_fields()}
                | {"state": "replayed"}
            )
        intake_model.flush_model()
        for item, intake in zip(new_items, intake_model.create(new_vals), strict=True):
            item["intake_record"] = intake

    @api.model
    def _intake_chatter(self, item):
        # The channel is a field of the prospect; its name is not read for this.
        if item["source"]:
            return self.env._("Prospect taken in by “%s”.", item["source"].name)
        return self.env._("Prospect taken in.")

    @api.model
    def _intake_record_values(self, item):
        """Return the values of the ``auto.lead.intake`` of ``item``."""
        raw = item.get("raw")
        if not raw:
            raw = json.dumps(item["given"], ensure_ascii=False, default=str)
        verdict = self._spam_verdict(item["values"]) if item["created"] else ""
        return {
            "channel_id": item["channel_id"],
            "source_id": item["source"].id or False,
            "import_id": item.get("import_id") or False,
            "company_id": item["company"].id,
            "lead_id": item["lead"].id,
            "public_ref": item["lead"].public_ref,
            "created": item["created"],
            "state": "spam" if verdict else "done",
            "error": verdict or False,
            "person": item["values"]["name"],
            "campaign": item["values"]["campaign"] or False,
            "external_ref": item["external_ref"] or False,
            "idempotency_key": item.get("idempotency_key") or False,
            "body_hash": item.get("body_hash") or False,
            "remote_addr": item.get("remote_addr") or False,
            "body_format": item.get("format") or "values",
            **self.env["auto.lead.intake"]._raw_values(raw),
        }

    # ------------------------------------------------------------
    # Hooks of intake, for the other parts of the prospect's life
    # ------------------------------------------------------------

    def _allocate(self):
        """Give prospects that nobody looks after to somebody."""

    @api.model
    def _spam_verdict(self, values):
        """Return why normalised intake ``values`` look like spam, else ``""``."""
        return ""

    def _after_intake(self, created, intake):
        """Do what follows a delivery.

        :param bool created: whether the prospect is new
        :param intake: the ``auto.lead.intake``, as superuser
        """

    # ------------------------------------------------------------
    # Concurrency
    # ------------------------------------------------------------

    @api.model
    def _intake_lock_numbers(self, values_list, company, *more):
        """Return the advisory lock numbers of the persons in ``values_list``.

        They leave the store out, so that two stores do not make one customer
        twice. What cannot be normalised locks nothing: it will be refused.

        :param more: further texts to lock on, such as a delivery's key
        """
        texts = {f"intake:{text}" for text in more if text}
        for values in values_list:
            try:
                clean = self._intake_normalise(values, company)
            except ValidationError:
                continue
            for _company, kind, value in self._identity_keys(
                company, clean["phone"], clean["email"], clean["social_key"]
            ):
                texts.add(f"intake:{kind}:{value}")
        return sorted(
            int.from_bytes(
                hashlib.blake2b(text.encode(), digest_size=8).digest(), signed=True
            )
            for text in texts
        )
