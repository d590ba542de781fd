from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# Only the code that takes messages in passes this object.
WRITER = object()


class AutoFactoryMessage(models.Model):
    """One message of a factory about one car on order, and what came of it.

    Written once. A refused message is settled by a later one that says the same
    and is taken in, or by a person who puts it aside.
    """

    _name = "auto.factory.message"
    _inherit = ["auto.append.only.mixin"]
    _description = "Factory message"
    _order = "id desc"
    _rec_name = "production_number"

    production_number = fields.Char(readonly=True, index="btree_not_null")
    vehicle_id = fields.Many2one(
        comodel_name="auto.vehicle",
        string="Vehicle",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        string="Store",
        required=True,
        readonly=True,
        index=True,
        help="The store of the car; of a refused message, who sent it in.",
    )
    result = fields.Selection(
        selection=[
            ("applied", "Taken in"),
            ("older", "Older than what is known"),
            ("stock", "Stock knows better"),
            ("refused", "Refused"),
        ],
        required=True,
        readonly=True,
        index=True,
        help="Stock knows better: the car is received, so its place is what stock "
        "says and no longer the factory.",
    )
    error = fields.Char(string="Why refused", readonly=True)
    status_code = fields.Char(string="Status code", readonly=True)
    status_id = fields.Many2one(
        comodel_name="auto.factory.status.code", string="Status", readonly=True
    )
    status_date = fields.Datetime(string="Status of", readonly=True)
    expected_date = fields.Date(string="Expected on", readonly=True)
    vin = fields.Char(string="VIN", readonly=True)
    order_ref = fields.Char(string="Contract number", readonly=True)
    message_ref = fields.Char(string="Message number", readonly=True)
    raw = fields.Json(string="As received", readonly=True)
    raw_text = fields.Text(string="What it said", compute="_compute_raw_text")
    message_key = fields.Char(readonly=True)
    content_hash = fields.Char(readonly=True)
    source = fields.Selection(
        selection=[("api", "API"), ("file", "File"), ("person", "Corrected by hand")],
        required=True,
        readonly=True,
        default="api",
    )
    file_id = fields.Many2one(
        comodel_name="auto.factory.file",
        string="File",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    line = fields.Integer(string="Row", readonly=True, aggregator=None)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Received by",
        required=True,
        readonly=True,
        default=lambda self: self.env.user,
    )
    create_date = fields.Datetime(string="Received on", readonly=True)
    is_open = fields.Boolean(
        string="To be settled",
        readonly=True,
        help="Refused, and nobody has dealt with it yet.",
    )
    settled_by_id = fields.Many2one(
        comodel_name="auto.factory.message",
        string="Settled by",
        readonly=True,
        index="btree_not_null",
        help="The later message that says it again.",
    )

    _key_uniq = models.UniqueIndex(
        "(message_key) WHERE result != 'refused'",
        "This message was taken in already.",
    )
    _refused_idx = models.Index("(message_key) WHERE is_open")

    @api.depends("raw")
    def _compute_raw_text(self):
        labels = dict(self.env["auto.factory.column"]._selection_field())
        for message in self:
            raw = message.raw if isinstance(message.raw, dict) else {}
            message.raw_text = "\n".join(
                f"{labels.get(name, name)}: {value}" for name, value in raw.items()
            )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get("auto_factory_writer") is not WRITER:
            raise AccessError(
                self.env._("Factory messages come from the factory, not by hand.")
            )
        return super().create(vals_list)

    @api.model
    def _append_only_open_fields(self):
        return frozenset({"is_open", "settled_by_id"})

    def action_correct(self):
        """Open the message's values to put them right and take them in."""
        self.ensure_one()
        self.env["auto.factory.intake"]._check_right()
        if not self.is_open:
            raise UserError(self.env._("This message is settled already."))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Correct and take in"),
            "res_model": "auto.factory.correct",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_message_id": self.id},
        }

    def action_retry(self):
        """Take refused messages in once more, after the set-up was put right.

        :return: a note with how many could be taken in
        """
        self.env["auto.factory.intake"]._check_right()
        self.check_access("read")
        open_messages = self.filtered("is_open").sorted("id")
        taken = 0
        for messages in open_messages.grouped("company_id").values():
            items = (
                self.env["auto.factory.intake"]
                .with_company(messages.company_id)
                ._take_in([dict(one.raw or {}) for one in messages], source="person")
            )
            taken += sum(item["result"] != "refused" for item in items)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if taken == len(open_messages) else "warning",
                "message": self.env._(
                    "%(taken)s of %(all)s taken in.",
                    taken=taken,
                    all=len(open_messages),
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_put_aside(self):
        """Settle refused messages that need nothing any more."""
        self.env["auto.factory.intake"]._check_right()
        self.check_access("read")
        # Nobody writes the log by hand; that it is dealt with is noted here only.
        self.sudo().filtered("is_open").is_open = False
        return True
