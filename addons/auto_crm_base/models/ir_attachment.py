from odoo import models


class IrAttachment(models.Model):
    _inherit = "ir.attachment"

    def _hand_over_to(self, document, users):
        """Let files be read by those who read a document.

        The web client uploads what is added to a document that is not saved yet as
        nobody's file, which only its uploader reads.

        :param document: one record
        :param users: of whom files are taken, and only such as are nobody's
        """
        # Its uploader has chosen it for this document.
        loose = self.sudo().filtered_domain(
            [("res_id", "in", (0, False)), ("create_uid", "in", users.ids)]
        )
        loose.write({"res_model": document._name, "res_id": document.id})
