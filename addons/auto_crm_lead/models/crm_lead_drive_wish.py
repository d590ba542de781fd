from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class CrmLead(models.Model):
    """A test drive that the customer asked for at a time: confirmed with one click."""

    _inherit = "crm.lead"

    drive_wish_start = fields.Datetime(
        string="Test drive wished for",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="As the customer asked on a page of the store; empty once a test drive "
        "is booked.",
    )
    drive_wish_model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Model to drive",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    def _wish_drive(self, start, model):
        """Note when, and which model, the customer would like to drive.

        A later wish takes the place of an earlier one.

        :param datetime start: naive UTC
        :param model: ``fleet.vehicle.model`` or empty
        """
        self.write({"drive_wish_start": start, "drive_wish_model_id": model.id})

    def _wished_car(self):
        """Return a demo car of the wished model, one that is free then if any is."""
        self.ensure_one()
        company = self.company_id or self.env.company
        cars = self.env["auto.vehicle"]
        wanted = self.drive_wish_model_id or self.need_model_ids
        car = cars._demo_for(wanted, company, self.drive_wish_start)
        return car or cars._demo_for(wanted, company)

    def action_confirm_drive_wish(self):
        """Book the test drive as the customer asked for it, with a free demo car.

        Without a car of the model the form opens, to choose another one.

        :raise UserError: when it was booked already, or car or consultant is taken
        """
        self.ensure_one()
        self._lock_for_step("drive_wish_start")
        if not self.drive_wish_start:
            raise UserError(self.env._("There is no wish for a test drive any more."))
        car = self._wished_car()
        if not car:
            return self.action_book_test_drive()
        drive = self.env["auto.test.drive"].create(
            {
                "lead_id": self.id,
                "vehicle_id": car.id,
                "start": self.drive_wish_start,
            }
        )
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "Booked: %(when)s, %(car)s",
                    when=drive._when_text(),
                    car=drive.vehicle_id.display_name,
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_drop_drive_wish(self):
        """Put the wish aside, such as after the customer was told that it is off."""
        self.check_access("write")
        for lead in self.filtered("drive_wish_start"):
            when = self.env["auto.test.drive"]._moment_text(
                lead.drive_wish_start, lead.company_id
            )
            lead.message_post(body=self.env._("Wish for a test drive, %s: off", when))
        self._drive_wish_settled()
        return True

    def _drive_wish_settled(self):
        """Forget the wishes: a drive was booked, or there will be none."""
        # Whoever books; a wish is no secret of the prospect's consultant.
        self.sudo().filtered("drive_wish_start").write(
            {"drive_wish_start": False, "drive_wish_model_id": False}
        )

    @api.model
    def _my_day_wishes(self, user_id):
        """Return the open wishes of a consultant's prospects, as My day shows them."""
        leads = self.search(
            Domain("drive_wish_start", "!=", False)
            & Domain("user_id", "=", user_id)
            & Domain("won_status", "=", "pending"),
            order="drive_wish_start, id",
            limit=30,
        )
        now = fields.Datetime.now()
        return [
            {
                "id": f"wish_{lead.id}",
                "lead_id": lead.id,
                "start": fields.Datetime.to_string(lead.drive_wish_start),
                "state": "wished",
                "state_label": self.env._("To confirm"),
                "is_late": lead.drive_wish_start < now,
                "name": lead.contact_name or lead.name,
                "car": lead.drive_wish_model_id.display_name or "",
            }
            for lead in leads
        ]
