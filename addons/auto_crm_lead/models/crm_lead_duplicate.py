from datetime import timedelta

from babel.dates import format_skeleton
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import SQL, babel_locale_parse


class CrmLead(models.Model):
    """A person who is an open prospect of two stores: told, but never whose.

    Both stores learn that, since which month, and who keeps the claim by the
    protection rules. Names, numbers and the other store stay behind the wall;
    head office sees both.
    """

    _inherit = "crm.lead"

    other_store_since = fields.Datetime(
        compute="_compute_other_store", search="_search_other_store_since"
    )
    other_store_claim = fields.Selection(
        selection=[
            ("ours", "Ours"),
            ("theirs", "The other store's"),
            ("open", "Nobody's: the protection has ended"),
        ],
        string="Claim",
        compute="_compute_other_store",
        help="Who keeps the claim by the protection rules of the group.",
    )
    other_store_text = fields.Char(string="Other store", compute="_compute_other_store")

    @api.depends("phone", "email_from", "company_id", "active", "stage_id")
    @api.depends_context("lang")
    def _compute_other_store(self):
        others = self._other_store_leads()
        for lead in self:
            found = others.get(lead.id)
            if not found:
                lead.other_store_since = lead.other_store_claim = False
                lead.other_store_text = False
                continue
            lead.other_store_since = found[2]
            lead.other_store_claim, until = self._other_store_verdict(*found)
            lead.other_store_text = self._other_store_words(
                found[2], lead.other_store_claim, until
            )

    @api.model
    def _other_store_verdict(self, own_date, own_brands, other_date, other_brands):
        """Return who of two stores keeps the claim on a person, and until when.

        :param own_date: since when the person is ours; nothing: not yet
        :param own_brands: ids of the brands wished for here
        :return: a value of ``other_store_claim``, and a time
        """
        now = fields.Datetime.now()
        ours = (own_date or now) <= other_date
        first, brands = (own_date, own_brands) if ours else (other_date, other_brands)
        days = self.env["auto.protection.rule"]._days_for(brands)
        until = first + timedelta(days=days)
        return ("open" if until < now else "ours" if ours else "theirs"), until

    @api.model
    def _other_store_words(self, since, claim, until):
        """Say since which month another store has the person, and whose claim it is."""
        locale = babel_locale_parse(self.env.lang or "en_US")

        def words(skeleton, value):
            day = fields.Datetime.context_timestamp(self, value)
            return format_skeleton(skeleton, day, locale=locale)

        text = self.env._(
            "This person is also a prospect of another store of the group since %s.",
            words("yMMMM", since),
        )
        day = words("MMMMd", until)
        if claim == "ours":
            claim_text = self.env._("Your store keeps the claim until %s.", day)
        elif claim == "theirs":
            claim_text = self.env._("That store keeps the claim until %s.", day)
        else:
            claim_text = self.env._("Neither store has a claim any more.")
        return f"{text} {claim_text}"

    @api.model
    def _other_store_hint(self, company, phone=None, email=None, social_id=None):
        """Tell of a person who is not registered yet what registering would tell.

        :param company: the store that would register the person
        :param phone: number in any spelling
        :return: the words, or nothing when no other store has the person
        """
        keys = self._person_keys(company, phone, email, social_id)
        if not keys:
            return False
        self.flush_model(["active", "is_spam", "need_brand_ids"])
        # Asked below the access rules, as for those who are registered.
        rows = self.env.execute_query(
            SQL(
                """
                SELECT other.create_date, %(brands)s
                  FROM auto_lead_identity o
                  JOIN res_company oc ON oc.id = o.company_id
                   AND split_part(oc.parent_path, '/', 1) = %(group)s
                  JOIN crm_lead other ON other.id = o.lead_id AND other.active
                   AND NOT COALESCE(other.is_spam, FALSE)
                 WHERE o.company_id != %(company)s AND (o.kind, o.value) IN (%(keys)s)
                 ORDER BY other.create_date, other.id
                 LIMIT 1
                """,
                brands=self._other_store_sql_brands("other"),
                group=company.sudo().parent_path.partition("/")[0],
                company=company.id,
                keys=SQL(", ").join(SQL("(%s, %s)", *key[1:]) for key in keys),
            )
        )
        for since, brands in rows:
            claim, until = self._other_store_verdict(None, (), since, brands)
            return self._other_store_words(since, claim, until)
        return False

    @api.model
    def _other_store_sql_brands(self, table):
        """Return the brands wished for by the prospect ``table``, as an array."""
        field = self._fields["need_brand_ids"]
        return SQL(
            "ARRAY(SELECT %s FROM %s WHERE %s = %s)",
            SQL.identifier(field.column2),
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
            SQL.identifier(table, "id"),
        )

    @api.model
    def _search_other_store_since(self, operator, value):
        if operator != "in" or False not in value:
            return NotImplemented
        domain = Domain(
            "id", "in", SQL("(SELECT DISTINCT i.lead_id %s)", self._other_store_sql())
        )
        return ~domain

    @api.model
    def _other_store_sql(self):
        """Return FROM and WHERE that join identities ``i`` to other stores' ``o``."""
        return SQL(
            """
              FROM auto_lead_identity i
              JOIN auto_lead_identity o
                ON o.kind = i.kind AND o.value = i.value
               AND o.company_id != i.company_id
              JOIN res_company ic ON ic.id = i.company_id
              JOIN res_company oc ON oc.id = o.company_id
               AND split_part(oc.parent_path, '/', 1)
                   = split_part(ic.parent_path, '/', 1)
            """
        )

    def _other_store_leads(self):
        """Return what is known of the same persons in other stores of the group.

        Asked below the access rules, since the point is to know what one may not
        see; only dates and brands come out, and of these only the month is shown.

        :return: dict from lead id to ``(own date, own brands, earliest date there,
            brands there)``
        """
        if not self.ids:
            return {}
        self.flush_model(["active", "is_spam", "need_brand_ids"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (own.id) own.id, own.create_date, %(brands)s,
                       other.create_date, %(other_brands)s
                  %(same_person)s
                  JOIN crm_lead own ON own.id = i.lead_id
                  JOIN crm_lead other ON other.id = o.lead_id AND other.active
                   AND NOT COALESCE(other.is_spam, FALSE)
                 WHERE i.lead_id IN %(ids)s
                 ORDER BY own.id, other.create_date, other.id
                """,
                brands=self._other_store_sql_brands("own"),
                other_brands=self._other_store_sql_brands("other"),
                same_person=self._other_store_sql(),
                ids=tuple(self.ids),
            )
        )
        return {row[0]: row[1:] for row in rows}

    def action_open_both(self):
        """Open the prospects of one person in all stores; for head office.

        :raise AccessError: for others
        """
        self.ensure_one()
        if "head_office" not in self.env.user._auto_roles():
            raise AccessError(
                self.env._("Only head office sees whose prospect the person is.")
            )
        # Rules still decide which of them can be read.
        ids = [
            row[0]
            for row in self.env.execute_query(
                SQL(
                    "SELECT DISTINCT o.lead_id %s WHERE i.lead_id = %s",
                    self._other_store_sql(),
                    self.id,
                )
            )
        ]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("The same person in all stores"),
            "res_model": "crm.lead",
            "view_mode": "list,form",
            "domain": [("id", "in", [self.id, *ids])],
        }

    def _after_intake(self, created, intake):
        result = super()._after_intake(created, intake)
        if not created and self.lost_state == "requested":
            # Somebody who writes again is not lost.
            self._cancel_approvals(
                self.env._("The customer has made contact again."), "lead_lost"
            )
        return result

    def _intake_log(self, items):
        """Note on the prospects of both stores that there are two of them."""
        result = super()._intake_log(items)
        shared = [i["lead"].id for i in items if i["created"] and i["elsewhere"]]
        if shared:
            self.browse(shared)._log_other_store()
        return result

    def _log_other_store(self):
        found = self._other_store_leads()
        if not found:
            return
        pairs = self.env.execute_query(
            SQL(
                "SELECT DISTINCT o.lead_id %s WHERE i.lead_id IN %s",
                self._other_store_sql(),
                tuple(found),
            )
        )
        leads = self.browse(found) | self.browse([row[0] for row in pairs])
        leads.invalidate_recordset(["other_store_text"], flush=False)
        # Each store's line says only what that store may know.
        leads.sudo()._message_log_batch(
            bodies={
                lead.id: Markup("<p>%s</p>") % lead.other_store_text
                for lead in leads.sudo()
                if lead.other_store_text
            }
        )
