from odoo import models
from odoo.fields import Command


class RepairOrder(models.Model):
    """What the form of an order does while it is typed."""

    _inherit = "repair.order"

    def onchange(self, values, field_names, fields_spec):
        """Leave the new lines of a job to the job.

        A line typed into a job shows up among the lines of the order as well, since
        both name it; the form would save it twice, once without its job.
        """
        result = super().onchange(values, field_names, fields_spec)
        changed = result.get("value", {})
        if "line_ids" in changed:
            changed["line_ids"] = [
                command
                for command in changed["line_ids"]
                if command[0] != Command.CREATE
            ]
        return result
