from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError


class AutoCompetitorCustomer(models.Model):
    """A customer of a competitor: a person who drives, or chose, another's car.

    Whom we lost comes in by itself. The day from which the person may change cars
    again is when it is worth calling.
    """

    _name = "auto.competitor.customer"
    _inherit = ["auto.partner.guard.mixin", "mail.thread", "mail.activity.mixin"]
    _description = "Competitor's customer"
    _order = "date_change, id desc"
    _rec_name = "partner_id"
    _guarded_partner_fields = ("partner_id",)

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        required=True,
        index=True,
        ondelete="cascade",
    )
    active = fields.Boolean(default=True)
    kind = fields.Selection(
        selection=[("drives", "Drives theirs"), ("chose", "Chose theirs over ours")],
        string="Relation",
        required=True,
        default="drives",
        tracking=True,
    )
    competitor_id = fields.Many2one(
        comodel_name="auto.competitor",
        string="Competitor",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    competitor_model_id = fields.Many2one(
        comodel_name="auto.competitor.model",
        string="Their model",
        domain="[('competitor_id', '=?', competitor_id)]",
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    car_text = fields.Char(
        string="Car in words", help="Where the model is not in the list; year, colour."
    )
    date_since = fields.Date(string="Since")
    date_change = fields.Date(
        string="May change again from",
        tracking=True,
        help="When a lease or loan ends, or when people usually change.",
    )
    note = fields.Text(string="Likes and dislikes", help="In the customer's words.")
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Lost prospect",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Consultant",
        index="btree_not_null",
        default=lambda self: self.env.user,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        tracking=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )

    _lead_uniq = models.UniqueIndex(
        "(lead_id, kind) WHERE lead_id IS NOT NULL AND active",
        "This loss is noted already.",
    )
    _change_idx = models.Index("(company_id, date_change) WHERE active IS TRUE")

    @api.onchange("competitor_model_id")
    def _onchange_competitor_model_id(self):
        if self.competitor_model_id:
            self.competitor_id = self.competitor_model_id.competitor_id

    @api.constrains("partner_id", "competitor_id", "competitor_model_id", "car_text")
    def _check_car(self):
        for customer in self:
            model = customer.competitor_model_id
            if not (customer.competitor_id or model or customer.car_text):
                raise ValidationError(
                    self.env._("Say whose car it is: competitor, model, or in words.")
                )
            if model and model.competitor_id != customer.competitor_id:
                raise ValidationError(
                    self.env._(
                        "“%(model)s” is not sold by %(competitor)s.",
                        model=model.name,
                        competitor=customer.competitor_id.name or "?",
                    )
                )

    @api.constrains("date_since", "date_change")
    def _check_dates(self):
        for customer in self:
            since, change = customer.date_since, customer.date_change
            if since and change and change < since:
                raise ValidationError(
                    self.env._("The car is not changed before it is had.")
                )

    @api.model_create_multi
    def create(self, vals_list):
        if not self.env.su:
            self._check_persons(vals_list)
            for vals in vals_list:
                vals.pop("lead_id", None)
        for vals in vals_list:
            self._complete(vals)
        return super().create(vals_list)

    def write(self, vals):
        if not self.env.su:
            self._check_persons([vals])
            if "lead_id" in vals:
                raise UserError(self.env._("Which prospect was lost is kept."))
        return super().write(self._complete(dict(vals)))

    @api.model
    def _complete(self, vals):
        """Set whose the model is, where only the model is given."""
        if vals.get("competitor_model_id") and "competitor_id" not in vals:
            model = self.env["auto.competitor.model"].browse(
                vals["competitor_model_id"]
            )
            vals["competitor_id"] = model.competitor_id.id
        return vals

    @api.model
    def _check_persons(self, vals_list):
        """Refuse persons that the user does not see."""
        ids = {vals["partner_id"] for vals in vals_list if vals.get("partner_id")}
        self.env["res.partner"].browse(ids).check_access("read")

    # ------------------------------------------------------------------

    def action_win_back(self):
        """Take the person in as a prospect again, for whoever asks."""
        self.ensure_one()
        self.check_access("write")
        # The number goes from record to record; the user need not see it.
        person = self.sudo().partner_id
        if not (person.phone or person.email or person.social_id):
            raise UserError(
                self.env._("%s has neither phone nor e-mail.", person.display_name)
            )
        car = self.competitor_model_id.name or self.car_text
        lead_model = self.env["crm.lead"]
        result = lead_model._intake_by_hand(
            {
                "name": person.name,
                "phone": person.phone,
                "email": person.email,
                "social_id": person.social_id,
                "message": car and self.env._("Drives a competitor's car: %s", car),
            },
            "phone",
            self.company_id,
            external_ref=f"win-back-{self.id}-{fields.Date.context_today(self)}",
        )
        lead = lead_model.browse(result["lead"].id)
        if not lead.has_access("read"):
            return {
                "type": "ir.actions.client",
                "tag": "display_notification",
                "params": {"message": lead_model._by_hand_text(result)},
            }
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": lead.id,
            "view_mode": "form",
        }

    @api.model
    def _note_lost(self, lead):
        """Note who was lost to a competitor.

        :param lead: a lost ``crm.lead``, as superuser
        """
        if not lead.competitor_id or not lead.partner_id:
            return
        today = fields.Date.context_today(lead)
        months = lead.company_id.competitor_change_months
        self.create(
            {
                "partner_id": lead.partner_id.id,
                "kind": "chose",
                "competitor_id": lead.competitor_id.id,
                "competitor_model_id": lead.competitor_model_id.id,
                "date_since": today,
                "date_change": fields.Date.add(today, months=months)
                if months
                else False,
                "note": lead.lost_note,
                "lead_id": lead.id,
                "user_id": lead.user_id.id,
                "company_id": lead.company_id.id,
            }
        )
