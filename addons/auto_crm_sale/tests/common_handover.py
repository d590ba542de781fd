from odoo.tools import file_open

from .common import SaleCase


class HandoverCase(SaleCase):
    """A contract in force whose car stands ready."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with file_open("base/static/img/avatar_grey.png", "rb") as image:
            cls.signature = image.read()

    def setUp(self):
        super().setUp()
        self.vehicle = self._receive()
        self.lead = self.env["crm.lead"].create(
            {
                "name": "Wants a car",
                "type": "opportunity",
                "partner_id": self.partners[0].id,
                "company_id": self.store.id,
                "user_id": self.consultant.id,
            }
        )
        self.order = self._contract(
            self.vehicle, self.partners[0], opportunity_id=self.lead.id
        )
        self.order.action_confirm()

    def _handover(self, order=None, **values):
        """Plan the handover of a contract, as the consultant."""
        return (
            self.env["auto.handover"]
            .with_user(self.consultant)
            .with_context(allowed_company_ids=self.store.ids)
            .create({"order_id": (order or self.order).id, **values})
        )

    def _prepare(self, handover):
        """Inspect, explain and sign everything."""
        handover.checklist_ids.action_all_ok()
        handover.write({"odometer": 12, "is_data_confirmed": True})
        handover.write(
            {
                "customer_signature": self.signature,
                "consultant_signature": self.signature,
            }
        )
