from odoo import api, fields, models


class AutoMarketReceipt(models.Model):
    """That a note on the market was sent to somebody, and when it was read.

    Only the system writes it.
    """

    _name = "auto.market.receipt"
    _description = "Read receipt"
    _order = "is_read, user_id, id"
    _rec_name = "user_id"

    info_id = fields.Many2one(
        comodel_name="auto.market.info",
        string="Market information",
        required=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        index=True,
        ondelete="cascade",
    )
    category_id = fields.Many2one(related="info_id.category_id", store=True)
    company_id = fields.Many2one(related="info_id.company_id", store=True, index=True)
    date_sent = fields.Datetime(string="Sent on", default=fields.Datetime.now)
    date_read = fields.Datetime(string="Read on")
    is_read = fields.Boolean(
        string="Read", compute="_compute_is_read", store=True, index=True
    )
    hours = fields.Float(
        string="Read after (hours)",
        compute="_compute_is_read",
        store=True,
        aggregator="avg",
    )
    unread = fields.Integer(
        string="Not read", compute="_compute_is_read", store=True, aggregator="sum"
    )

    _once = models.UniqueIndex(
        "(info_id, user_id)", "It was sent to this person already."
    )

    @api.depends("date_read", "date_sent")
    def _compute_is_read(self):
        for receipt in self:
            receipt.is_read = bool(receipt.date_read)
            receipt.unread = 0 if receipt.date_read else 1
            receipt.hours = (
                (receipt.date_read - receipt.date_sent).total_seconds() / 3600
                if receipt.date_read and receipt.date_sent
                else 0
            )

    @api.model
    def _confirm(self, infos):
        """Note that the current user has read ``infos``, sent or found."""
        # Nobody writes receipts by hand; this one is the user's own.
        receipts = self.sudo()
        known = receipts.search(
            [("info_id", "in", infos.ids), ("user_id", "=", self.env.uid)]
        )
        now = fields.Datetime.now()
        known.filtered(lambda one: not one.date_read).write({"date_read": now})
        receipts.create(
            [
                {"info_id": info.id, "user_id": self.env.uid, "date_read": now}
                for info in infos - known.info_id
            ]
        )
        mine = infos.sudo().activity_ids.filtered(
            lambda activity: activity.user_id == self.env.user
        )
        mine.action_done()
        infos.invalidate_recordset(["my_unread", "read_count", "receipt_count"])
