from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Domain

# Who may let the whole group use a segment, and who a store.
GROUP_ROLES = frozenset({"head_office"})
STORE_ROLES = GROUP_ROLES | {"sales_manager", "service_manager", "store_manager"}
CHANNELS = ("phone", "sms", "email", "post")
# How many are looked at one by one to count whom which channel reaches.
REACH_LIMIT = 20000


class AutoSegment(models.Model):
    """People who have something in common: found again each time it is used.

    Here: whose it is, who is in it, and what opens them. The criteria are in files
    of their own, ``auto_segment_<subject>.py``; each addon adds its own fields to
    :meth:`_criteria_fields` and its conditions to :meth:`_criteria`, which become
    one domain, hence one query, however many there are.
    """

    _name = "auto.segment"
    _description = "Segment"
    _order = "name, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    note = fields.Text(string="Purpose", help="What this segment is good for.")
    scope = fields.Selection(
        selection=[("own", "Me"), ("store", "The store"), ("group", "All stores")],
        string="Used by",
        required=True,
        default="own",
        help="A segment of all stores finds in each store the people of that store.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Made by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env.user,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    target = fields.Selection(
        selection=[("partner", "Customers")],
        string="Finds",
        required=True,
        default="partner",
    )
    member_count = fields.Integer(
        string="People",
        compute="_compute_member_count",
        help="As of now, of those whom you may see.",
    )
    criteria_text = fields.Char(string="Criteria", compute="_compute_criteria_text")

    # ------------------------------------------------------------
    # To extend
    # ------------------------------------------------------------

    @api.model
    def _criteria_fields(self):
        """Return the names of the fields that say who is in the segment."""
        return []

    def _criteria(self):
        """Return the conditions that are set, each list joined with "and".

        :return: dict from ``customer`` (``res.partner``), ``place`` (what a prospect
            says in the same fields), ``vehicle`` (``auto.vehicle``) and what addons
            add, to a list of domains
        """
        self.ensure_one()
        return {"customer": [], "place": [], "vehicle": []}

    def _model(self):
        """Return the name of the model whose records the segment finds."""
        return "res.partner"

    def _member_domain(self):
        """Return the domain of the members, on :meth:`_model`.

        It names the stores, too: rules hold for a user, and messages go out by
        jobs.
        """
        self.ensure_one()
        return self._customer_domain(self._criteria()) & Domain(
            "store_ids", "in", self._stores().ids
        )

    # ------------------------------------------------------------
    # Who is in it
    # ------------------------------------------------------------

    def _stores(self):
        """Return the stores whose people it finds."""
        if self.scope == "group":
            return self.env.companies
        return self.company_id & self.env.companies

    def _customer_domain(self, criteria):
        """Return the domain of the customers by the conditions on them and cars."""
        domain = Domain("is_auto_customer", "=", True)
        domain &= Domain.AND([*criteria["customer"], *criteria["place"]])
        if criteria["vehicle"]:
            domain &= Domain("vehicle_ids", "any", Domain.AND(criteria["vehicle"]))
        return domain

    def _members(self, limit=None):
        """Return who is in the segment now, as far as the user may see them.

        :param int limit: at most so many
        :return: ``res.partner`` or another model, see :meth:`_model`
        """
        self.ensure_one()
        return self.env[self._model()].search(self._member_domain(), limit=limit)

    @api.model
    def _domain_of(self, model, value):
        """Return the domain of the members of segments, to search ``model`` by.

        :param value: ids, or texts that name the segments
        """
        ids = [one for one in value if isinstance(one, int) and one]
        domain = Domain("id", "in", ids)
        for text in value:
            if isinstance(text, str):
                domain |= Domain("name", "ilike", text)
        # The rules say whose segments the user may use.
        segments = self.with_context(active_test=False).search(domain)
        return Domain.OR(
            segment._member_domain()
            for segment in segments
            if segment._model() == model
        )

    @api.depends(
        lambda self: ["target", "scope", "company_id", *self._criteria_fields()]
    )
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_member_count(self):
        for segment in self:
            members = self.env[segment._model()]
            segment.member_count = (
                members.search_count(segment._member_domain())
                if members.has_access("read")
                else 0
            )

    @api.depends(lambda self: self._criteria_fields())
    @api.depends_context("lang")
    def _compute_criteria_text(self):
        names = self._criteria_fields()
        for segment in self:
            parts = []
            for name in names:
                field, value = self._fields[name], segment[name]
                if not value:
                    continue
                if field.relational:
                    value = ", ".join(value.mapped("display_name"))
                elif field.type == "selection":
                    value = dict(field._description_selection(self.env))[value]
                elif field.type == "boolean":
                    value = self.env._("yes")
                parts.append(f"{field._description_string(self.env)}: {value}")
            segment.criteria_text = "; ".join(parts)

    # ------------------------------------------------------------
    # Constraints, create, write
    # ------------------------------------------------------------

    @api.constrains(lambda self: self._criteria_fields())
    def _check_criteria(self):
        """Refuse negative numbers, and windows that end before they begin."""
        names = self._criteria_fields()
        for segment in self:
            for name in names:
                field = self._fields[name]
                if field.type not in ("integer", "float", "monetary"):
                    continue
                if segment[name] < 0:
                    raise ValidationError(
                        self.env._(
                            "“%(field)s” cannot be negative.",
                            field=field._description_string(self.env),
                        )
                    )
                upper = f"{name[:-4]}_max" if name.endswith("_min") else None
                if upper in names and segment[upper] and segment[upper] < segment[name]:
                    raise ValidationError(
                        self.env._(
                            "“%(upper)s” cannot be less than “%(lower)s”.",
                            upper=self._fields[upper]._description_string(self.env),
                            lower=field._description_string(self.env),
                        )
                    )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_sharing(vals)
        if not self.env.su:
            vals_list = [{**vals, "user_id": self.env.uid} for vals in vals_list]
        return super().create(vals_list)

    def write(self, vals):
        self._check_sharing(vals)
        if "user_id" in vals and not self.env.su:
            raise AccessError(self.env._("A segment stays whose it is."))
        return super().write(vals)

    @api.model
    def _check_sharing(self, vals):
        """Refuse to share a segment more widely than the role of the user reaches."""
        scope = vals.get("scope")
        if self.env.su or scope in (None, "own"):
            return
        user = self.env.user
        roles = user._auto_roles()
        allowed = GROUP_ROLES if scope == "group" else STORE_ROLES
        if roles & allowed or user.has_group("auto_crm_base.group_config"):
            return
        raise AccessError(
            self.env._("Only head office shares a segment with all stores.")
            if scope == "group"
            else self.env._("Only a manager shares a segment with the store.")
        )

    def copy_data(self, default=None):
        vals_list = super().copy_data(default=default)
        for segment, vals in zip(self, vals_list, strict=True):
            vals["name"] = self.env._("%(segment)s (copy)", segment=segment.name)
            vals["scope"] = "own"
            vals["company_id"] = self.env.company.id
        return vals_list

    # ------------------------------------------------------------
    # Actions
    # ------------------------------------------------------------

    def action_open_members(self):
        """Open the people of the segment, with all that can be done with them."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_base.res_partner_action_customer"
        )
        return self._members_action(action)

    def _members_action(self, action):
        action.pop("path", None)  # that is the address of the whole list
        action["name"] = self.name
        action["display_name"] = self.name
        action["domain"] = [("auto_segment_ids", "in", self.ids)]
        action["context"] = {"create": False}
        return action

    def _reach(self):
        """Return how many of the members each channel may and can reach now.

        :return: dict from channel to a number
        """
        members = self._members(limit=REACH_LIMIT)
        partners = self._contacted_partners(members)
        addressed = {
            "phone": partners.filtered("phone_sanitized"),
            "sms": partners.filtered("phone_sanitized"),
            "email": partners.filtered("email_normalized"),
            "post": partners.filtered(lambda one: one.city and one.street),
        }
        return {
            channel: len(addressed[channel]._may_contact(channel))
            for channel in CHANNELS
        }

    def _contacted_partners(self, members, complete=False):
        """Return the persons behind the members.

        :param bool complete: whether members without a customer record get one
        """
        return members

    def action_check_reach(self):
        """Tell how many may be reached by which channel, refusals and limit applied."""
        self.ensure_one()
        reach = self._reach()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("May be contacted now"),
                "message": self.env._(
                    "Phone %(phone)s · SMS %(sms)s · e-mail %(email)s · post "
                    "%(post)s. Left out are those who refused, who were contacted "
                    "often enough of late, or of whom there is no number or address.",
                    **{channel: str(count) for channel, count in reach.items()},
                ),
                "type": "info",
                "sticky": True,
            },
        }
