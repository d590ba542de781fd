from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ..models.res_partner import ALLOCATING_ROLES


class AutoBookHandover(models.TransientModel):
    """Hands the whole book of somebody who leaves to one or more colleagues.

    What belongs to one customer goes to one colleague: the customer, and the
    follow-ups, leads and activities of the customer.
    """

    _name = "auto.book.handover"
    _description = "Hand over a book"

    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        default=lambda self: self.env.company,
    )
    from_user_id = fields.Many2one(
        comodel_name="res.users",
        string="From",
        required=True,
        domain="[('share', '=', False)]",
        context={"active_test": False},
    )
    to_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="To",
        required=True,
        domain="[('share', '=', False), ('id', '!=', from_user_id), "
        "('company_ids', 'in', company_id)]",
        help="With several colleagues the customers are split evenly.",
    )
    reason = fields.Char(required=True)
    preview = fields.Json(compute="_compute_preview")
    preview_text = fields.Text(string="What goes over", compute="_compute_preview")

    @api.model
    def _book_models(self):
        """Return what makes up somebody's book.

        :return: list of dicts ``model``, ``user_field``, ``partner_field`` (or
            None), ``domain`` of what is still open, and ``label``. Other addons
            add theirs.
        """
        models_ = [
            {
                "model": "res.partner",
                "user_field": "user_id",
                "partner_field": "id",
                "domain": Domain("store_ids", "in", self.company_id.ids),
                "label": self.env._("Customers"),
            },
            {
                "model": "mail.activity",
                "user_field": "user_id",
                "partner_field": None,
                "domain": Domain.TRUE,
                "label": self.env._("Planned activities"),
            },
        ]
        if "auto.followup" in self.env:
            models_.append(
                {
                    "model": "auto.followup",
                    "user_field": "user_id",
                    "partner_field": "partner_id",
                    "domain": Domain("state", "in", ("open", "escalated"))
                    & Domain("company_id", "=", self.company_id.id),
                    "label": self.env._("Open follow-ups"),
                }
            )
        return models_

    @api.depends("from_user_id", "company_id")
    def _compute_preview(self):
        for wizard in self:
            rows = []
            if wizard.from_user_id and wizard.company_id:
                rows = [
                    {"label": entry["label"], "count": len(records)}
                    for entry, records in wizard._book_records()
                ]
            wizard.preview = rows
            wizard.preview_text = "\n".join(
                f"{row['label']}: {row['count']}" for row in rows
            )

    def _book_records(self):
        """Yield each entry of :meth:`_book_models` with its records."""
        self.ensure_one()
        self._check_right()
        for entry in self._book_models():
            # The book is handed over whole, whichever parts of it the manager may
            # read; it is bounded by the store, which the manager has.
            records = (
                self.env[entry["model"]]
                .sudo()
                .search(
                    entry["domain"]
                    & Domain(entry["user_field"], "=", self.from_user_id.id),
                    order="id",
                )
            )
            yield entry, records

    def _check_right(self):
        if self.env.su:
            return
        if not self.env.user._auto_roles() & ALLOCATING_ROLES:
            raise AccessError(self.env._("Only a manager hands over a book."))
        if self.company_id not in self.env.user.company_ids:
            raise AccessError(self.env._("This is not one of your stores."))

    def action_hand_over(self):
        """Hand over everything at once, and log it."""
        self.ensure_one()
        self._check_right()
        targets = (self.to_user_ids - self.from_user_id).sorted("id")
        if not targets:
            raise UserError(
                self.env._("Choose at least one colleague to hand over to.")
            )
        if any(
            target.share or self.company_id not in target.sudo().company_ids
            for target in targets
        ):
            raise UserError(
                self.env._("A book is handed to colleagues of the same store.")
            )
        owner_of = {}
        counts = []
        for entry, records in self._book_records():
            shares = dict.fromkeys(targets, records.browse())
            for record in records:
                shares[self._target_of(entry, record, targets, owner_of)] += record
            for target, share in shares.items():
                if share:
                    share.write({entry["user_field"]: target.id})
            counts.append(f"{entry['label']}: {len(records)}")
        self.env["auto.access.log"]._log(
            "handover",
            self.from_user_id,
            self.env._(
                "To %(users)s: %(counts)s. %(reason)s",
                users=", ".join(targets.mapped("name")),
                counts=", ".join(counts),
                reason=self.reason,
            ),
            company=self.company_id,
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "title": self.env._("Book handed over"),
                "message": ", ".join(counts),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _target_of(self, entry, record, targets, owner_of):
        """Return who takes ``record``: for one customer always the same."""
        partner = record
        if entry["partner_field"] is None:
            partner = self._partner_of_activity(record)
        elif entry["partner_field"] != "id":
            partner = record[entry["partner_field"]]
        # Contacts of a company go with their company.
        key = partner.commercial_partner_id.id if partner else f"none-{record.id}"
        if key not in owner_of:
            owner_of[key] = targets[len(owner_of) % len(targets)]
        return owner_of[key]

    def _partner_of_activity(self, activity):
        """Return the customer of the document of an activity, or nobody."""
        partners = self.env["res.partner"].sudo()
        if not activity.res_model or activity.res_model not in self.env:
            return partners
        document = self.env[activity.res_model].sudo().browse(activity.res_id)
        if activity.res_model == "res.partner":
            return document.exists()
        if "partner_id" in document._fields:
            return document.exists().partner_id
        return partners
