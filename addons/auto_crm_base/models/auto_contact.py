from odoo import fields, models


class AutoContact(models.Model):
    """The one contact log: who talked with a customer about what, and the result."""

    _name = "auto.contact"
    _inherit = ["auto.append.only.mixin"]
    _description = "Contact"
    _order = "date desc, id desc"

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", index="btree_not_null"
    )
    date = fields.Datetime(required=True, default=fields.Datetime.now)
    channel = fields.Selection(
        selection=[
            ("phone", "Phone"),
            ("visit", "Showroom visit"),
            ("sms", "SMS"),
            ("email", "E-mail"),
            ("chat", "WeChat or chat"),
            ("web", "Website"),
            ("fax", "Fax"),
            ("event", "Event"),
            ("letter", "Letter"),
            ("system", "Another system"),
        ],
        required=True,
        default="phone",
    )
    direction = fields.Selection(
        selection=[("in", "From the customer"), ("out", "To the customer")],
        required=True,
        default="out",
    )
    summary = fields.Text()
    result = fields.Selection(
        selection=[
            ("reached", "Reached"),
            ("no_answer", "No answer"),
            ("wrong_number", "Wrong number"),
            ("call_back", "Call back later"),
            ("appointment", "Appointment made"),
            ("visited", "Came to the store"),
            ("not_interested", "Not interested"),
        ],
    )
    next_step = fields.Char()
    user_id = fields.Many2one(
        comodel_name="res.users", string="By", default=lambda self: self.env.user
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    external_ref = fields.Char(string="External reference")
    res_model = fields.Char(string="Document model")
    res_id = fields.Many2oneReference(string="Document", model_field="res_model")
