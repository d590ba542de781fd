from odoo import fields, models


class AutoFollowup(models.Model):
    _inherit = "auto.followup"

    complaint_id = fields.Many2one(
        comodel_name="auto.complaint",
        string="Complaint",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="What the customer complained about in this talk.",
    )

    def _complain(self, words):
        """Make a complaint of what an unhappy customer said.

        :param str words: what the customer is not content with
        :return: the complaint
        """
        self.ensure_one()
        # The talk itself is in the contact log already, as the follow-up's result.
        complaint = self.env["auto.complaint"]._register_from(
            self, {"description": words, "contact": False}
        )
        self._note(complaint_id=complaint.id)
        return complaint
