from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import ormcache


class LoyaltyProgram(models.Model):
    """A programme of members: Odoo's loyalty programme with tiers and benefits."""

    _inherit = "loyalty.program"

    is_member_program = fields.Boolean(
        string="For members",
        help="Only members earn and spend its points, each by the tier; others are "
        "not given a card by their first order.",
    )
    tier_ids = fields.One2many(
        comodel_name="auto.member.tier", inverse_name="program_id", string="Tiers"
    )
    benefit_ids = fields.One2many(
        comodel_name="auto.member.benefit",
        inverse_name="program_id",
        string="Benefits",
    )
    member_ids = fields.One2many(
        comodel_name="auto.member", inverse_name="program_id", string="Members"
    )
    member_count = fields.Integer(string="Members now", compute="_compute_member_count")
    count_cars = fields.Boolean(
        string="Cars count as spend",
        help="Whether the price of a car counts for the tier. Without it, only "
        "what is spent besides does: service, accessories, insurance.",
    )
    auto_enrol = fields.Selection(
        selection=[
            ("never", "Only by hand"),
            ("car", "With the first car delivered"),
            ("invoice", "With the first invoice"),
        ],
        string="Enrolment",
        required=True,
        default="never",
        help="What makes a customer of the store a member without anybody asking.",
    )
    membership_months = fields.Integer(
        string="Membership lasts (months)",
        help="After so many months the membership ends, unless it is renewed; 0: "
        "it does not end.",
    )
    points_expiry_months = fields.Integer(
        string="Points last (months)",
        help="Points that were not used for so many months are taken back, the "
        "oldest first; 0: they last.",
    )
    points_warning_days = fields.Integer(
        string="Told before (days)",
        default=30,
        help="So many days before points expire, the member is told.",
    )

    _member_numbers_check = models.Constraint(
        "CHECK (COALESCE(membership_months, 0) >= 0"
        " AND COALESCE(points_expiry_months, 0) >= 0"
        " AND COALESCE(points_warning_days, 0) >= 0)",
        "Months and days of a programme cannot be negative.",
    )

    def _compute_member_count(self):
        counts = dict(
            self.env["auto.member"]._read_group(
                [("program_id", "in", self.ids), ("state", "=", "active")],
                ["program_id"],
                ["__count"],
            )
            if self.env["auto.member"].has_access("read")
            else ()
        )
        for program in self:
            program.member_count = counts.get(program, 0)

    @api.constrains("is_member_program", "program_type", "applies_on")
    def _check_member_program(self):
        for program in self.filtered("is_member_program"):
            if program.program_type != "loyalty" or program.applies_on != "both":
                raise ValidationError(
                    self.env._(
                        "“%(program)s”: a programme of members is of the type loyalty "
                        "cards, and its points count for this and later orders.",
                        program=program.name,
                    )
                )

    @api.constrains("is_member_program")
    def _check_has_no_members(self):
        for program in self:
            # Of whatever store.
            if not program.is_member_program and program.sudo().member_ids:
                raise ValidationError(
                    self.env._(
                        "“%(program)s” has members: archive it instead.",
                        program=program.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        # What Odoo fills in by the type comes after the checks.
        fixed = {"program_type": "loyalty", "applies_on": "both", "trigger": "auto"}
        return super().create(
            [
                {**fixed, **vals} if vals.get("is_member_program") else vals
                for vals in vals_list
            ]
        )

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    def action_open_members(self):
        """Open the members of the programme."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_member.auto_member_action"
        )
        action["domain"] = [("program_id", "=", self.id)]
        return action

    @api.model
    def _member_programs(self, company):
        """Return the programmes that customers of a store may join, best first.

        :param company: one ``res.company`` record
        """
        # Which programmes there are is no secret, whoever enrols.
        return self.sudo().browse(self._member_program_ids(company.id))

    @api.model
    @ormcache("company_id")
    def _member_program_ids(self, company_id):
        """Return the ids of :meth:`_member_programs`, which every delivery asks for."""
        programs = self.sudo().search(
            [
                ("is_member_program", "=", True),
                "|",
                ("company_id", "=", False),
                ("company_id", "parent_of", company_id),
            ]
        )
        return tuple(programs.ids)

    def _entry_tier(self):
        """Return the tier with which a membership begins: the lowest."""
        self.ensure_one()
        return self.tier_ids.sorted(lambda tier: (tier.sequence, tier.id))[:1]
