from lxml import etree

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Command, Domain
from odoo.tools import email_normalize

from ..tools.phone import clean_digits, normalise_phone
from .auto_masked_mixin import PHONE_FIELDS

# Roles that decide whose customer somebody is.
ALLOCATING_ROLES = frozenset({"sales_manager", "store_manager", "head_office"})
# Roles that may share a customer with another store.
SHARING_ROLES = frozenset({"store_manager", "head_office"})
# Roles whose rules let them change customers, all or their own.
CUSTOMER_EDITORS = frozenset(
    {"consultant", "sales_manager", "adviser", "store_manager"}
)


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "auto.store.mixin", "auto.masked.mixin"]

    # ------------------------------------------------------------
    # Customer archive
    # ------------------------------------------------------------
    is_auto_customer = fields.Boolean(
        string="Automotive customer",
        index=True,
        help="A person or company with whom a store has business.",
    )
    auto_kind_ids = fields.Many2many(
        comodel_name="auto.customer.kind",
        string="Kinds",
        tracking=True,
        help="Prospect, sales, service, VIP, corporate, member; several may apply.",
    )
    auto_level_id = fields.Many2one(
        comodel_name="auto.customer.level",
        string="Level",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    auto_level_treatment = fields.Text(
        related="auto_level_id.treatment", string="Treatment"
    )
    auto_level_color = fields.Integer(related="auto_level_id.color")
    auto_interest_ids = fields.Many2many(
        comodel_name="auto.customer.interest", string="Interests"
    )
    birthday = fields.Date(
        tracking=False, help="The year may be a guess: only day and month are used."
    )
    birthday_mmdd = fields.Integer(
        string="Birthday as MMDD",
        compute="_compute_birthday_mmdd",
        store=True,
        index="btree_not_null",
        aggregator=None,
        help="Month × 100 + day, to find birthdays whatever the year.",
    )
    is_birthday_month = fields.Boolean(
        string="Birthday this month",
        compute="_compute_is_birthday_month",
        search="_search_is_birthday_month",
    )
    is_phone_masked = fields.Boolean(
        compute="_compute_is_phone_masked",
        help="Whether you see the number of this customer masked.",
    )
    social_id = fields.Char(
        string="WeChat or other ID", copy=False, index="btree_not_null"
    )
    auto_document_ids = fields.One2many(
        comodel_name="auto.customer.document",
        inverse_name="partner_id",
        string="Identity documents",
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "auto_crm_base.group_adviser,auto_crm_base.group_service_manager,"
        "auto_crm_base.group_complaint,auto_crm_base.group_callcentre,"
        "base.group_system",
    )

    # Whether a person is known is asked by number and by address, at each delivery;
    # Odoo searches them by pattern only.
    phone_sanitized = fields.Char(index="btree_not_null")
    email_normalized = fields.Char(index="btree_not_null")

    # ------------------------------------------------------------
    # Whose customer
    # ------------------------------------------------------------
    user_id = fields.Many2one(tracking=True, index="btree_not_null")
    auto_store_id = fields.Many2one(
        comodel_name="res.company",
        string="Home store",
        index="btree_not_null",
        tracking=True,
        help="The store that looks after this customer.",
    )
    store_ids = fields.Many2many(tracking=True, copy=False)
    lookup_ids = fields.One2many(
        comodel_name="auto.access.log",
        inverse_name="res_id",
        domain=[("res_model", "=", "res.partner"), ("kind", "=", "lookup")],
        string="Look-ups",
        groups="auto_crm_base.group_head_office,auto_crm_base.group_auditor",
    )
    contact_log_ids = fields.One2many(
        comodel_name="auto.contact",
        inverse_name="partner_id",
        string="Contact log",
        groups="auto_crm_base.group_consultant,"
        "auto_crm_base.group_sales_manager,"
        "auto_crm_base.group_store_manager,"
        "auto_crm_base.group_head_office,auto_crm_base.group_auditor,"
        "auto_crm_base.group_adviser,auto_crm_base.group_service_manager,"
        "auto_crm_base.group_complaint,auto_crm_base.group_callcentre,"
        "base.group_system",
    )
    last_auto_contact_date = fields.Datetime(
        string="Last contact",
        compute="_compute_last_auto_contact_date",
        search="_search_last_auto_contact_date",
    )
    vehicle_ids = fields.One2many(
        comodel_name="auto.vehicle", inverse_name="owner_id", string="Vehicles"
    )

    @api.model
    def _field_needs(self):
        # Figures of Odoo's purchase and accounting, where these are installed.
        return {
            **super()._field_needs(),
            "days_sales_outstanding": "credit",
            "on_time_rate": "purchase.order.line",
            "supplier_invoice_count": "account.move",
        }

    # ------------------------------------------------------------
    # Compute and search
    # ------------------------------------------------------------

    @api.depends("phone", "user_id", "parent_id.user_id")
    @api.depends_context("uid")
    def _compute_is_phone_masked(self):
        masked = self.browse()
        if "phone" in self._masked_for_user():
            masked = self.filtered("phone") - self._mask_exempt()
        for partner in self:
            partner.is_phone_masked = partner in masked

    @api.depends("birthday")
    def _compute_birthday_mmdd(self):
        for partner in self:
            day = partner.birthday
            partner.birthday_mmdd = day and day.month * 100 + day.day

    @api.depends("birthday_mmdd")
    def _compute_is_birthday_month(self):
        month = fields.Date.context_today(self).month
        for partner in self:
            partner.is_birthday_month = partner.birthday_mmdd // 100 == month

    def _search_is_birthday_month(self, operator, value):
        if operator != "in":
            return NotImplemented
        month = fields.Date.context_today(self).month
        return Domain("birthday_mmdd", ">", month * 100) & Domain(
            "birthday_mmdd", "<", month * 100 + 32
        )

    def _compute_last_auto_contact_date(self):
        # Which store spoke last is no secret; what was said is.
        dates = dict(
            self.env["auto.contact"]
            .sudo()
            ._read_group([("partner_id", "in", self.ids)], ["partner_id"], ["date:max"])
        )
        for partner in self:
            partner.last_auto_contact_date = dates.get(partner._origin)

    def _search_last_auto_contact_date(self, operator, value):
        """Find by the date of the last contact; ``<`` includes "never"."""
        since = {"<": ">=", "<=": ">", ">": ">", ">=": ">="}.get(operator)
        if not since:
            return NotImplemented
        # As the date itself: whoever sees the customer may know it.
        contacts = (
            self.env["auto.contact"]
            .sudo()
            ._search([("partner_id", "!=", False), ("date", since, value)])
        )
        domain = Domain("id", "in", contacts.subselect("partner_id"))
        return domain if operator == since else ~domain

    @api.onchange("phone", "country_id")
    def _onchange_phone_known(self):
        """Say that a customer of the store has this number already.

        A warning and no refusal: a couple, or the people of a company, may share a
        number. Whose it is within one company or family is not asked.
        """
        store = self.auto_store_id or self._default_store()
        changed = self.phone and self.phone != self._origin.phone
        if not changed or not self.env.user._auto_roles():
            return {}
        country = self.country_id or store.country_id
        if not normalise_phone(self.phone, country.code):
            return self._auto_warn_unreachable(
                self.env._("“%(phone)s” is no phone number.", phone=self.phone)
            )
        # Of the own store, whoever may see the customer: one record for life.
        family = (self | self.parent_id | self.commercial_partner_id)._origin.ids
        known = (
            self._find_customer(phone=self.phone)
            .sudo()
            .filtered(
                lambda partner: (
                    partner.is_auto_customer
                    and store in partner.store_ids
                    and partner.id not in family
                    and partner.commercial_partner_id.id not in family
                )
            )[:1]
        )
        if not known:
            return {}
        return {
            "warning": {
                "title": self.env._("This number is known"),
                "message": self.env._(
                    "%(customer)s of this store has this number already. Open that "
                    "customer instead of making a second one, unless they share the "
                    "number.",
                    customer=known.display_name,
                ),
            }
        }

    @api.onchange("email")
    def _onchange_email_valid(self):
        """Say that nobody can be written to at what was typed."""
        changed = self.email and self.email != self._origin.email
        if (
            not changed
            or not self.env.user._auto_roles()
            or email_normalize(self.email, strict=False)
        ):
            return {}
        return self._auto_warn_unreachable(
            self.env._("“%(email)s” is no e-mail address.", email=self.email)
        )

    @api.model
    def _auto_warn_unreachable(self, message):
        """Return the warning of an onchange; half a number may be all one knows."""
        return {"warning": {"title": self.env._("Look again"), "message": message}}

    # ------------------------------------------------------------
    # Create, write, unlink
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create(self._auto_complete_values(vals_list))
        # Contacts that are created with their parent come before its stores.
        parents = self.browse(
            partner.id
            for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get("child_ids")
        ).filtered("store_ids")
        parents._auto_share_with_children()
        for parent in parents.sudo():
            parent.child_ids.filtered(lambda child: not child.auto_store_id).write(
                {
                    "auto_store_id": parent.auto_store_id.id,
                    "is_auto_customer": parent.is_auto_customer,
                }
            )
        return partners

    def write(self, vals):
        self._auto_check_allocation(vals)
        if vals.get("social_id"):
            vals = dict(vals, social_id=self._normalise_social_id(vals["social_id"]))
        res = super().write(vals)
        if "country_id" in vals and not self.env[
            "res.company"
        ]._auto_partner_ids().isdisjoint(self.ids):
            self.env.registry.clear_cache()
        if "store_ids" in vals or vals.get("parent_id"):
            self._auto_share_with_children("parent_id" in vals)
        return res

    @api.ondelete(at_uninstall=False)
    def _unlink_except_auto_customer(self):
        if (
            not self.env.su
            and self.env.user._auto_roles()
            and any(partner.is_auto_customer for partner in self)
        ):
            raise UserError(
                self.env._(
                    "A customer is not deleted: archive the record, or have the "
                    "person erased on request."
                )
            )

    @api.model
    def _auto_complete_values(self, vals_list):
        """Return ``vals_list`` with what makes a partner a customer of a store.

        A contact belongs to the stores of its parent. What a user with an
        automotive role creates is a customer of the current store. Partners of
        users and companies, made with the context key ``auto_plain_partner``,
        are left alone.
        """
        plain = self.env.context.get("auto_plain_partner")
        roles = frozenset() if plain else self.env.user._auto_roles()
        parent_ids = {vals["parent_id"] for vals in vals_list if vals.get("parent_id")}
        # The stores of the parent hold for the contact, seen by the user or not.
        parents = {
            parent.id: parent for parent in self.sudo().browse(parent_ids).exists()
        }
        result = []
        for values in vals_list:
            vals = dict(values)
            parent = parents.get(vals.get("parent_id"))
            if vals.get("social_id"):
                vals["social_id"] = self._normalise_social_id(vals["social_id"])
            if parent and parent.store_ids and "store_ids" not in vals:
                vals["store_ids"] = [Command.set(parent.store_ids.ids)]
                vals.setdefault("is_auto_customer", parent.is_auto_customer)
                # A form sends the home store that nobody chose as empty.
                vals["auto_store_id"] = (
                    vals.get("auto_store_id") or parent.auto_store_id.id
                )
            elif roles and not parent and "store_ids" not in vals:
                store = self._default_store()
                vals["store_ids"] = [Command.set(store.ids)]
                vals.setdefault("is_auto_customer", True)
                vals["auto_store_id"] = vals.get("auto_store_id") or store.id
                vals["company_id"] = False
            if (
                roles
                and not self.env.su
                and "consultant" in roles
                and not roles & ALLOCATING_ROLES
            ):
                if vals.get("user_id", self.env.uid) not in (self.env.uid, False):
                    self._auto_refuse_allocation()
                vals["user_id"] = self.env.uid
            result.append(vals)
        return result

    def _auto_check_allocation(self, vals):
        """Refuse to give away or to share a customer without the right to."""
        if self.env.su or ("user_id" not in vals and "store_ids" not in vals):
            return
        roles = self.env.user._auto_roles()
        if not roles:
            return
        if (
            "user_id" in vals
            and not roles & ALLOCATING_ROLES
            and any(
                partner.is_auto_customer
                and partner.user_id
                and partner.user_id.id != vals["user_id"]
                for partner in self
            )
        ):
            self._auto_refuse_allocation()
        if "store_ids" in vals and not roles & SHARING_ROLES:
            raise AccessError(
                self.env._(
                    "Only a store manager or head office shares a customer with "
                    "another store."
                )
            )

    def _auto_refuse_allocation(self):
        raise AccessError(
            self.env._(
                "Only a manager gives a customer to another consultant. Ask your "
                "manager to reassign the customer."
            )
        )

    def _auto_share_with_children(self, with_parent=False):
        """Let contacts belong to the stores of their parent."""
        # The stores of a family are one, whoever may see its members.
        family = self.sudo().with_context(active_test=False)
        for partner in family if with_parent else ():
            if partner.parent_id.store_ids - partner.store_ids:
                partner.store_ids |= partner.parent_id.store_ids
        for partner in family:
            children = partner.child_ids.filtered(
                lambda child, stores=partner.store_ids: child.store_ids != stores
            )
            if children:
                children.write({"store_ids": [Command.set(partner.store_ids.ids)]})

    def _phone_get_country(self):
        # Without an address the home store tells where a number is national;
        # else it would depend on the store of whoever saves the customer.
        countries = super()._phone_get_country()
        for partner in self:
            country = partner.sudo().auto_store_id.country_id
            if country and partner.id not in countries:
                countries[partner.id] = country
        return countries

    @api.model
    def _normalise_social_id(self, social_id):
        """Return ``social_id`` so that two spellings of one id are equal."""
        return clean_digits(social_id).lower() or False

    # ------------------------------------------------------------
    # Masking
    # ------------------------------------------------------------

    @api.model
    def _masked_fields(self):
        return {**super()._masked_fields(), **PHONE_FIELDS}

    @api.model
    def _masked_fields_in_export(self):
        return {
            **super()._masked_fields_in_export(),
            "email": "email",
            "email_normalized": "email",
            "email_formatted": "email",
        }

    @api.model
    def _mask_exempt_domain(self):
        """Own customers, their contacts, and colleagues are shown in full."""
        return (
            Domain("user_id", "=", self.env.uid)
            | Domain("parent_id.user_id", "=", self.env.uid)
            | Domain("partner_share", "=", False)
        )

    def _build_vcard(self):
        vcard = super()._build_vcard()
        if vcard and self._masked_for_user() and not self._mask_exempt():
            vcard.contents.pop("tel", None)
            vcard.contents.pop("email", None)
        return vcard

    # ------------------------------------------------------------
    # Business methods
    # ------------------------------------------------------------

    def _leave_store(self, company, reason):
        """End the share of ``company`` in the customers.

        :param company: one ``res.company`` record
        :param str reason: why, in words; kept in the access log
        :raise UserError: when it is the home store of one of them, or the last
        """
        # As in _join_store: the caller has checked the right to share.
        leaving = self.sudo().filtered(lambda partner: company in partner.store_ids)
        if any(
            partner.auto_store_id == company or partner.store_ids == company
            for partner in leaving
        ):
            raise UserError(
                self.env._(
                    "A customer stays with the home store and with at least one "
                    "store. Give the customer another home store first."
                )
            )
        if leaving:
            leaving.write({"store_ids": [Command.unlink(company.id)]})
            self.env["auto.access.log"]._log(
                "leave_store", leaving, reason, company=company
            )

    def _check_reveal(self):
        """Refuse who may not reveal the numbers of these customers.

        :raise AccessError: without the right to reveal, or to read them
        """
        self.check_access("read")
        user = self.env.user
        if self.env.su or not self._masked_for_user():
            return
        if not user.has_group("auto_crm_base.group_phone_reveal"):
            raise AccessError(self.env._("You may not see phone numbers in full."))

    def action_reveal_phone(self):
        """Show the number in full; this is logged."""
        self.ensure_one()
        reveal = self.env["auto.phone.reveal"].create({"partner_id": self.id})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Phone number"),
            "res_model": reveal._name,
            "res_id": reveal.id,
            "views": [(False, "form")],
            "target": "new",
        }

    @api.model
    def get_view(self, view_id=None, view_type="form", **options):
        result = super().get_view(view_id, view_type, **options)
        customer_views = {
            self.env.ref(f"auto_crm_base.res_partner_view_{kind}_customer").id
            for kind in ("form", "list", "kanban")
        }
        roles = self.env.user._auto_roles()
        if result["id"] not in customer_views or not roles:
            return result
        # The same roles as in the rules of customers: where a rule would refuse
        # to save, the screen offers nothing to type.
        closed = [
            right
            for right, openers in (
                ("create", CUSTOMER_EDITORS | {"callcentre"}),
                ("edit", CUSTOMER_EDITORS),
            )
            if roles.isdisjoint(openers)
        ]
        if closed:
            arch = etree.fromstring(result["arch"])
            for right in closed:
                arch.set(right, "False")
            if "edit" in closed:
                arch.attrib.pop("multi_edit", None)
            result["arch"] = etree.tostring(arch, encoding="unicode")
        return result

    @api.model
    def get_import_templates(self):
        """Offer the template of the customer archive to the importer."""
        if self.env.context.get("auto_customer_template"):
            return [
                {
                    "label": self.env._("Template of the customer archive"),
                    "template": "/auto_crm_base/static/xls/customer_template.csv",
                }
            ]
        return super().get_import_templates()

    @api.model
    def _find_customer(self, phone=None, email=None, social_id=None, country=None):
        """Find the persons with exactly this number, address or social id.

        All stores are searched, since the one who asks has the number already.
        The caller then calls :meth:`_join_store` before showing what it found.

        :param str phone: a number in any spelling
        :param str email: an e-mail address in any spelling
        :param str social_id: a WeChat or other id
        :param country: ``res.country`` of numbers without prefix; the store's
            when left out
        :return: the partners, most recently changed first; empty when nothing
            usable was given
        """
        country = country or self.env.company.country_id
        number = phone and normalise_phone(phone, country.code)
        address = email and email_normalize(email)
        social_id = social_id and self._normalise_social_id(social_id)
        domain = Domain.OR(
            Domain(name, "=", value)
            for name, value in (
                ("phone_sanitized", number),
                ("email_normalized", address),
                ("social_id", social_id),
            )
            if value
        )
        if domain.is_false():
            return self.browse()
        # Of whatever store: see above.
        found = self.sudo().search(
            domain & Domain("partner_share", "=", True),
            order="is_auto_customer DESC, write_date DESC, id DESC",
        )
        return self.browse(found.ids)

    def _add_customer_kind(self, code):
        """Mark the customers with the kind of this code, once.

        :param str code: of an ``auto.customer.kind``; unknown codes do nothing
        """
        kind = self.env["auto.customer.kind"].sudo().search([("code", "=", code)])
        # Becoming a service customer is a fact, not an edit that needs a right.
        todo = self.sudo().filtered(lambda partner: kind - partner.auto_kind_ids)
        if todo:
            todo.write({"auto_kind_ids": [Command.link(kind.id)]})
