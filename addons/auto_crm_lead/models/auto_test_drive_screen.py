from odoo import api, fields, models
from odoo.fields import Domain


class AutoTestDrive(models.Model):
    """What other screens open and show of test drives."""

    _inherit = "auto.test.drive"

    @api.model
    def _action_of(self, domain, **context):
        """Return the action that opens some test drives."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_test_drive_action_list"
        )
        known = {name: value for name, value in context.items() if value}
        return action | {"domain": domain, "context": known}

    @api.model
    def _action_new(self, **defaults):
        """Return the action that opens a new test drive.

        :param defaults: field values, as ids; empty ones are left out
        """
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Book a test drive"),
            "res_model": self._name,
            "views": [(False, "form")],
            "context": {
                f"default_{name}": value for name, value in defaults.items() if value
            },
        }

    @api.model
    def _my_day_rows(self, user_id):
        """Return the drives that a consultant has today, as My day shows them."""
        drives = self.search(
            Domain("user_id", "=", user_id)
            & (
                Domain("state", "in", ("out", "back"))
                | (
                    Domain("state", "=", "booked")
                    & Domain("start", ">=", "today -1d")
                    & Domain("start", "<", "today +1d")
                )
            ),
            order="start, id",
            limit=30,
        )
        states = dict(self._fields["state"]._description_selection(self.env))
        names = {row["id"]: row for row in drives.read(["partner_id", "is_late"])}
        return [
            {
                "id": drive.id,
                "start": fields.Datetime.to_string(drive.start),
                "state": drive.state,
                "state_label": states[drive.state],
                "is_late": names[drive.id]["is_late"],
                "name": names[drive.id]["partner_id"][1],
                # The consultant's own demo car.
                "car": drive.sudo().vehicle_id.display_name,
            }
            for drive in drives
        ]
