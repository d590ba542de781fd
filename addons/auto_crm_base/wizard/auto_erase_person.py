from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..models.auto_append_only_mixin import ERASE


class AutoErasePerson(models.TransientModel):
    """Finds a person by phone, VIN, plate, e-mail or social id, and erases it.

    Contracts and a vehicle's history must be kept, so the person's record stays
    under a pseudonym and everything that tells who it was is removed.
    """

    _name = "auto.erase.person"
    _description = "Erase a person"

    query = fields.Char(
        string="Phone, VIN, plate, e-mail or social ID",
        help="The whole of it: only exact matches are found.",
    )
    partner_id = fields.Many2one(comodel_name="res.partner", string="Person")
    candidate_ids = fields.Many2many(
        comodel_name="res.partner", string="Found", readonly=True
    )
    preview_text = fields.Text(string="What happens", compute="_compute_preview_text")
    reason = fields.Char(
        help="Who asked for it, when, and how the identity was checked."
    )

    @api.depends("partner_id")
    def _compute_preview_text(self):
        for wizard in self:
            lines = []
            if wizard.partner_id:
                wizard._check_right()
                for entry in wizard._erase_models(wizard._persons()):
                    # Head office erases what it may not all read.
                    count = (
                        self.env[entry["model"]]
                        .sudo()
                        .with_context(active_test=False)
                        .search_count(entry["domain"])
                    )
                    if count:
                        lines.append(f"{entry['label']}: {count}")
            wizard.preview_text = "\n".join(lines)

    def _check_right(self):
        user = self.env.user
        if not (
            self.env.su
            or user.has_group("auto_crm_base.group_head_office")
            or user.has_group("base.group_system")
        ):
            raise AccessError(
                self.env._("Only head office or an administrator erases a person.")
            )

    @api.model
    def _erase_models(self, persons):
        """Return what is erased of ``persons``, in this order.

        :param persons: the ``res.partner`` concerned, as superuser
        :return: list of dicts ``model``, ``domain``, ``label`` and either
            ``values`` to write over what is there, or ``delete`` as True. Other
            addons add theirs.
        """
        partners = Domain("partner_id", "in", persons.ids)
        on_partner = Domain("res_model", "=", "res.partner") & Domain(
            "res_id", "in", persons.ids
        )
        on_thread = Domain("model", "=", "res.partner") & Domain(
            "res_id", "in", persons.ids
        )
        return [
            {
                "model": "auto.customer.document",
                "domain": partners,
                "label": self.env._("Identity documents deleted"),
                "delete": True,
            },
            {
                "model": "ir.attachment",
                # The picture of the record is a field and goes with the record.
                "domain": on_partner & Domain("res_field", "=", False),
                "label": self.env._("Files of the customer folder deleted"),
                "delete": True,
            },
            {
                "model": "mail.message",
                "domain": on_thread,
                "label": self.env._("Messages and changes of the record deleted"),
                "delete": True,
            },
            {
                "model": "mail.activity",
                "domain": on_partner,
                "label": self.env._("Planned activities deleted"),
                "delete": True,
            },
            {
                "model": "auto.contact",
                "domain": partners,
                "label": self.env._("Contacts whose text and number are removed"),
                "values": {
                    "summary": False,
                    "next_step": False,
                    "number": False,
                    "external_ref": False,
                },
            },
            {
                "model": "auto.consent",
                "domain": partners,
                "label": self.env._("Consents whose wording and proof are removed"),
                "values": {"wording": False, "proof": False},
            },
            {
                "model": "mail.message",
                "domain": Domain("author_id", "in", persons.ids),
                "label": self.env._("Messages whose sender's address is removed"),
                "values": {"email_from": False},
            },
            {
                "model": "res.partner.bank",
                "domain": partners,
                "label": self.env._("Bank accounts archived"),
                "values": {"active": False, "acc_holder_name": False},
            },
            {
                "model": "res.partner",
                "domain": Domain("id", "in", persons.ids),
                "label": self.env._("Records that stay under a pseudonym"),
                "values": self._erased_partner_values(),
            },
        ]

    @api.model
    def _erased_partner_values(self):
        """Return the values that leave nothing personal on a ``res.partner``."""
        cleared = (
            "phone",
            "email",
            "street",
            "street2",
            "zip",
            "city",
            "vat",
            "company_registry",
            "company_name",
            "website",
            "comment",
            "function",
            "ref",
            "barcode",
            "birthday",
            "social_id",
            "image_1920",
            "partner_latitude",
            "partner_longitude",
        )
        return {
            **dict.fromkeys(cleared, False),
            "category_id": [fields.Command.clear()],
            "auto_interest_ids": [fields.Command.clear()],
            "active": False,
        }

    def _persons(self):
        """Return the person and the person's contacts, as superuser."""
        # Erasing is for the whole group, also what other stores know.
        people = self.env["res.partner"].sudo().with_context(active_test=False)
        return people.search([("id", "child_of", self.partner_id.ids)])

    def action_find(self):
        """Find persons by exactly what was typed, archived ones too."""
        self.ensure_one()
        self._check_right()
        query = (self.query or "").strip()
        if not query:
            raise UserError(
                self.env._("Type a phone number, a VIN, a plate or an address.")
            )
        found = (
            self.env["res.partner"]
            .with_context(active_test=False)
            ._find_customer(phone=query, email=query, social_id=query)
        )
        if not found:
            vehicles = self.env["auto.vehicle"]._lookup(vin=query, plate=query)
            # Owners of all stores: a request is made to the group.
            owners = vehicles.sudo().owner_id
            found = self.env["res.partner"].browse(owners.ids)
        if not found:
            raise UserError(self.env._("Nobody has exactly “%(query)s”.", query=query))
        self.env["auto.access.log"]._log(
            "lookup", found, self.env._("Request for erasure")
        )
        # Who is in sight anyway is not shared further just by being looked for.
        hidden = found - found._filtered_access("read")
        hidden._join_store(self.env.company, self.env._("Request for erasure"))
        self.write(
            {
                "candidate_ids": [fields.Command.set(found.ids)],
                "partner_id": found.id if len(found) == 1 else False,
            }
        )
        return self._reopen()

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Erase a person"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
        }

    def action_erase(self):
        """Erase the person; this cannot be undone.

        :raise UserError: without a reason, or for a person who works here
        """
        self.ensure_one()
        self._check_right()
        if not self.partner_id:
            raise UserError(self.env._("Choose the person first."))
        if not (self.reason or "").strip():
            raise UserError(self.env._("Give the reason: it is kept in the log."))
        persons = self._persons()
        users = persons.with_context(active_test=False).user_ids
        if users.filtered(lambda user: not user.share):
            raise UserError(
                self.env._("This person has a user of their own and works here.")
            )
        if (
            self.env["res.company"]
            .sudo()
            .search_count([("partner_id", "in", persons.ids)])
        ):
            raise UserError(self.env._("This is a store, not a person."))
        users.action_archive()
        quiet = {
            "auto_erase": ERASE,
            "active_test": False,
            "tracking_disable": True,
            "mail_notrack": True,
        }
        for entry in self._erase_models(persons):
            # The right was checked above; erasing reaches all stores.
            records = (
                self.env[entry["model"]]
                .sudo()
                .with_context(**quiet)
                .search(entry["domain"])
            )
            if entry.get("delete"):
                records.unlink()
            elif records:
                records.write(entry["values"])
        for person in persons.with_context(**quiet):
            person.name = self.env._("Erased person %s", person.id)
        self.env["auto.access.log"]._log("erase", persons, self.reason.strip())
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The person was erased."),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }
