import hashlib

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class AutoIntakeWizard(models.TransientModel):
    """The form “New prospect”: who came in, called, wrote, and what for."""

    _name = "auto.intake.wizard"
    _description = "New prospect"

    channel_id = fields.Many2one(
        comodel_name="auto.intake.channel",
        string="Channel",
        required=True,
        domain=[("is_manual", "=", True)],
        default=lambda self: self.env.ref(
            "auto_crm_lead.channel_walk_in", raise_if_not_found=False
        ),
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        default=lambda self: self.env.company,
        domain="[('id', 'in', allowed_company_ids)]",
    )
    name = fields.Char()
    phone = fields.Char()
    email = fields.Char(string="E-mail")
    social_id = fields.Char(string="WeChat or other account")
    horizon_id = fields.Many2one(
        comodel_name="auto.lead.horizon", string="Wants to buy"
    )
    model_id = fields.Many2one(comodel_name="fleet.vehicle.model", string="Model")
    wanted_text = fields.Char(
        string="Or in words", help="When the model is not in the list."
    )
    condition = fields.Selection(
        selection=[("new", "New"), ("used", "Used"), ("any", "New or used")],
        string="New or used",
    )
    campaign_id = fields.Many2one(
        comodel_name="utm.campaign", string="Campaign or event"
    )
    message = fields.Text(string="What was said")
    hint = fields.Char(compute="_compute_hint")
    is_known = fields.Boolean(compute="_compute_hint")
    other_store_text = fields.Char(
        string="Other store",
        compute="_compute_hint",
        help="That another store of the group has this person, and who keeps the "
        "claim; never which store.",
    )
    state = fields.Selection(
        selection=[("new", "New"), ("done", "Done")], default="new"
    )
    result = fields.Char(readonly=True)

    @api.depends("phone", "email", "social_id", "company_id")
    def _compute_hint(self):
        for wizard in self:
            lead, customer = wizard._known_person()
            wizard.is_known = bool(lead or customer)
            wizard.hint = (
                (lead and wizard._who_looks_after(lead))
                or (customer and wizard._whose_customer(customer))
                or False
            )
            wizard.other_store_text = (
                lead.other_store_text
                if lead
                else self.env["crm.lead"]._other_store_hint(
                    wizard.company_id, wizard.phone, wizard.email, wizard.social_id
                )
            )

    @api.onchange("phone", "email", "social_id", "company_id")
    def _onchange_person(self):
        """Fill in the name of a known person, where the user may read it."""
        if self.name:
            return
        lead, customer = self._known_person()
        customer = customer.with_env(self.env)
        if customer and customer.has_access("read"):
            self.name = customer.name
        elif lead and lead.with_env(self.env).has_access("read"):
            self.name = lead.contact_name

    def _known_person(self):
        """Return the open prospect and the customer of the store who this is.

        Both as superuser, since it is asked before the user may see anything, and
        both possibly empty.
        """
        self.ensure_one()
        person = {
            "phone": self.phone,
            "email": self.email,
            "social_id": self.social_id,
        }
        lead = self.env["crm.lead"]._find_open_prospect(self.company_id, **person)
        if lead:
            return lead, lead.partner_id
        found = self.env["res.partner"]._find_customer(
            **person, country=self.company_id.country_id
        )
        # What other stores have is not told here.
        customers = found.sudo().filtered(
            lambda partner: (
                partner.is_auto_customer and self.company_id in partner.store_ids
            )
        )
        return lead, customers[:1]

    def _whose_customer(self, customer):
        """Say that ``customer`` (superuser record) is one of the store, and whose."""
        if customer.user_id:
            return self.env._(
                "A customer of this store already, looked after by %s. The new "
                "prospect is added to the customer.",
                customer.user_id.name,
            )
        return self.env._(
            "A customer of this store already. The new prospect is added to the "
            "customer."
        )

    def _who_looks_after(self, lead):
        """Say that ``lead`` (superuser record) is there already, and whose it is."""
        if lead.user_id:
            return self.env._(
                "Already an open prospect here (%(reference)s), looked after by "
                "%(consultant)s. Your contact will be added to it.",
                reference=lead.public_ref,
                consultant=lead.user_id.name,
            )
        return self.env._(
            "Already an open prospect here (%(reference)s), not given to anybody "
            "yet. Your contact will be added to it.",
            reference=lead.public_ref,
        )

    def _intake_values(self):
        """Return the form as values of ``crm.lead._intake``."""
        self.ensure_one()
        vehicle = {
            "brand": self.model_id.brand_id.name,
            "model": self.model_id.name or self.wanted_text,
            "condition": self.condition,
        }
        return {
            "name": (self.name or "").strip() or self._known_name(),
            "phone": self.phone,
            "email": self.email,
            "social_id": self.social_id,
            "purchase_horizon": self.horizon_id.code,
            "campaign": self.campaign_id.name,
            "message": self.message,
            "vehicle": {key: value for key, value in vehicle.items() if value},
        }

    def _known_name(self):
        """Return the name that the store knows the person by, or nothing."""
        lead, customer = self._known_person()
        return customer.name or lead.contact_name

    def _form_ref(self, values):
        """Return the reference by which the same form, sent twice, is taken in once.

        A form that was corrected in between is another one.
        """
        content = repr(sorted(values.items())).encode()
        return f"form-{self.id}-{hashlib.sha256(content).hexdigest()[:16]}"

    def action_confirm(self):
        """Take the prospect in; open it, or say who looks after it."""
        self.ensure_one()
        if not (self.name or "").strip() and not self._known_name():
            raise ValidationError(self.env._("What is the person's name?"))
        if not (self.phone or self.email or self.social_id):
            raise ValidationError(
                self.env._("How can the person be reached? Phone, e-mail or account.")
            )
        lead_model = self.env["crm.lead"]
        values = self._intake_values()
        result = lead_model._intake_by_hand(
            values,
            self.channel_id.code,
            self.company_id,
            external_ref=self._form_ref(values),
        )
        self._after_intake(result)
        lead = lead_model.browse(result["lead"].id)
        if lead.has_access("read"):
            return {
                "type": "ir.actions.act_window",
                "res_model": "crm.lead",
                "res_id": lead.id,
                "view_mode": "form",
                "views": [(False, "form")],
            }
        self.write({"state": "done", "result": lead_model._by_hand_text(result)})
        return self._reopen()

    def _after_intake(self, result):
        """Do what else the form says with whom was taken in.

        :param dict result: of ``crm.lead._intake_process``
        """

    def action_another(self):
        """Begin the next one."""
        return self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_intake_wizard_action"
        )

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New prospect"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }
