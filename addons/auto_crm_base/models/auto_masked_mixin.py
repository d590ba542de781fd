from odoo import api, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..tools.phone import clean_digits, mask_phone, normalise_phone

MASK = "*"
# The fields of a number in whatever has Odoo's mail.thread.phone.
PHONE_FIELDS = dict.fromkeys(
    ("phone", "phone_sanitized", "phone_mobile_search"), "phone"
)
EXACT_OPERATORS = ("=", "in", "like", "ilike", "=like", "=ilike")


class AutoMaskedMixin(models.AbstractModel):
    """Fields whose middle is hidden from users without the right to see them.

    The server hides them, whatever the client asks with: read, web client,
    JSON-2, export, vCard, the history in the chatter. What cannot be read
    cannot be guessed either: no sorting, no grouping, and a search by such a
    field finds a stranger's record only by the whole value.

    Nothing is hidden from the system itself, from users without any automotive
    role, from users with the right, and on records of
    :meth:`_mask_exempt_domain`.
    """

    _name = "auto.masked.mixin"
    _description = "Masked numbers"

    # ------------------------------------------------------------
    # To extend
    # ------------------------------------------------------------

    @api.model
    def _masked_fields(self):
        """Return which fields are masked, as ``{field name: kind}``.

        The kinds are ``phone``, ``document`` and ``email``.
        """
        return {}

    @api.model
    def _masked_fields_in_export(self):
        """Return the fields masked in exports, which may be more."""
        return self._masked_fields()

    @api.model
    def _mask_rights(self):
        """Return the group that sees a kind in full, as ``{kind: xmlid}``."""
        return {
            "phone": "auto_crm_base.group_phone_full",
            "email": "auto_crm_base.group_phone_full",
            "document": "auto_crm_base.group_identity_documents",
        }

    @api.model
    def _mask_exempt_domain(self):
        """Return the domain of the records that the user sees in full anyway."""
        return Domain.FALSE

    # ------------------------------------------------------------
    # Who sees what
    # ------------------------------------------------------------

    @api.model
    def _masked_for_user(self, masked=None):
        """Return those of the masked fields that the current user may not see.

        :param dict masked: other fields than :meth:`_masked_fields`
        :return: ``{field name: kind}``, empty for most users
        """
        if self.env.su:
            return {}
        masked = self._masked_fields() if masked is None else masked
        user = self.env.user
        if not masked or not user._auto_roles():
            return {}
        rights = self._mask_rights()
        hidden = {
            kind for kind in set(masked.values()) if not user.has_group(rights[kind])
        }
        return {name: kind for name, kind in masked.items() if kind in hidden}

    def _mask_exempt(self):
        """Return those of the records that the user sees in full.

        What counts is the saved record: values in an open form prove nothing.
        """
        unsaved = self.filtered(lambda record: not record._origin)
        saved = self - unsaved
        if not saved:
            return unsaved
        # The domain may pass through a parent that the user may not read.
        exempt = saved._origin.sudo().filtered_domain(self._mask_exempt_domain())
        exempt_ids = set(exempt._ids)
        return unsaved | saved.filtered(lambda record: record._origin.id in exempt_ids)

    @api.model
    def _mask_value(self, kind, value):
        """Return ``value`` as it is shown to a user without the right."""
        if not value or not isinstance(value, str):
            return value
        if kind == "phone":
            return mask_phone(value)
        if kind == "email":
            name, at, domain = value.partition("@")
            return f"{name[:1]}{MASK * 3}{at}{domain}"
        return MASK * max(len(value) - 4, 4) + value[-4:]

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    def _read_format(self, fnames, load="_classic_read"):
        result = super()._read_format(fnames, load=load)
        if not result or self._masked_fields().keys().isdisjoint(fnames):
            return result
        hidden = self._masked_for_user()
        names = [name for name in fnames if name in hidden]
        if not names:
            return result
        exempt_ids = set(self._mask_exempt()._ids)
        for values in result:
            if values["id"] in exempt_ids:
                continue
            for name in names:
                values[name] = self._mask_value(hidden[name], values[name])
        return result

    def _export_rows(self, fields, *, _is_toplevel_call=True):
        hidden = self._masked_for_user(self._masked_fields_in_export())
        columns = [
            (index, hidden[path[0]])
            for index, path in enumerate(fields)
            if path and path[0] in hidden
        ]
        if not columns:
            return super()._export_rows(fields, _is_toplevel_call=_is_toplevel_call)
        # The extra column tells which line is whose: x2many fields add lines.
        rows = super()._export_rows(
            [*fields, [".id"]], _is_toplevel_call=_is_toplevel_call
        )
        exempt_ids = {str(id_) for id_ in self._mask_exempt()._ids}
        for row in rows:
            record_id = row.pop()
            if record_id and record_id not in exempt_ids:
                for index, kind in columns:
                    row[index] = self._mask_value(kind, row[index])
        return rows

    def onchange(self, values, field_names, fields_spec):
        # A form sends back the mask that it was given; the record has the value.
        masked = self._masked_fields().keys() & values.keys()
        if masked and self:
            values = {
                name: value
                for name, value in values.items()
                if name not in masked or not value or MASK not in str(value)
            }
            field_names = [name for name in field_names if name in values]
        return super().onchange(values, field_names, fields_spec)

    # ------------------------------------------------------------
    # Searching
    # ------------------------------------------------------------

    @api.model
    def _search(self, domain, *args, **kwargs):
        hidden = self._masked_for_user()
        if hidden:
            domain = Domain(domain).map_conditions(
                lambda condition: self._mask_condition(condition, hidden)
            )
        return super()._search(domain, *args, **kwargs)

    @api.model
    def _mask_condition(self, condition, hidden):
        """Return ``condition`` so that it does not reveal a hidden value.

        Own records are searched as asked, the others by the whole value only.
        """
        name = condition.field_expr.partition(".")[0]
        if name not in hidden:
            return condition
        value = condition.value
        values = (
            list(value)
            if isinstance(value, (list, tuple, set, frozenset)) or hasattr(value, "add")
            else [value]
        )
        if not any(values):
            return condition
        if condition.operator not in EXACT_OPERATORS or not all(
            isinstance(item, str) or not item for item in values
        ):
            raise UserError(
                self.env._(
                    "You may search “%(field)s” only by the whole value.",
                    field=self._fields[name]._description_string(self.env),
                )
            )
        texts = [item.strip("%_ ") for item in values if item]
        exact = self._mask_exact_domain(name, hidden[name], texts)
        return exact | (self._mask_exempt_domain() & condition)

    @api.model
    def _mask_exact_domain(self, name, kind, texts):
        """Return the domain of the records whose ``name`` is one of ``texts``."""
        if kind != "phone":
            return Domain(name, "in", texts)
        country = self.env.company.country_id.code
        numbers = {normalise_phone(text, country) for text in texts} - {""}
        if "phone_sanitized" in self._fields:
            return Domain("phone_sanitized", "in", list(numbers))
        return Domain(name, "in", list(numbers | {clean_digits(t) for t in texts}))

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Offer no sorting and grouping by what the user sees masked."""
        description = super().fields_get(allfields, attributes)
        for name in self._masked_for_user().keys() & description.keys():
            for offer in ("sortable", "groupable"):
                if offer in description[name]:
                    description[name][offer] = False
        return description

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        self._mask_refuse(field_name.partition(".")[0])
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    def _read_group_groupby(self, alias, groupby_spec, query):
        self._mask_refuse(groupby_spec.partition(":")[0].partition(".")[0])
        return super()._read_group_groupby(alias, groupby_spec, query)

    def _read_group_select(self, aggregate_spec, query):
        self._mask_refuse(aggregate_spec.partition(":")[0])
        return super()._read_group_select(aggregate_spec, query)

    @api.model
    def _mask_refuse(self, name):
        """Refuse to sort or group by a field that the user may not see."""
        if name in self._masked_fields() and name in self._masked_for_user():
            # An AccessError: views ask so which fields they may sort and group by.
            raise AccessError(
                self.env._(
                    "You may not sort or group by “%(field)s”, because you see it "
                    "masked.",
                    field=self._fields[name]._description_string(self.env),
                )
            )

    # ------------------------------------------------------------
    # Writing
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._mask_check_values(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._mask_check_values(vals)
        return super().write(vals)

    @api.model
    def _mask_check_values(self, vals):
        """Refuse to save a masked value over the real one."""
        for name in self._masked_fields().keys() & vals.keys():
            if MASK in str(vals[name] or ""):
                raise UserError(
                    self.env._(
                        "“%(value)s” in “%(field)s” is masked and cannot be saved. "
                        "Type the whole value, or leave the field as it is.",
                        value=vals[name],
                        field=self._fields[name]._description_string(self.env),
                    )
                )

    def copy_data(self, default=None):
        # A copy would be the user's own record, and show what was hidden.
        vals_list = super().copy_data(default=default)
        hidden = self._masked_for_user()
        if hidden:
            exempt = self._mask_exempt()
            for record, vals in zip(self, vals_list, strict=True):
                if record not in exempt:
                    for name in hidden:
                        vals.pop(name, None)
        return vals_list
