from odoo import api, fields, models

from ..tools import vin as vin_tools


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    lookup_ids = fields.One2many(
        comodel_name="auto.access.log",
        inverse_name="res_id",
        string="Look-ups",
        domain=[("res_model", "=", "auto.vehicle"), ("kind", "=", "lookup")],
        bypass_search_access=True,
        copy=False,
        groups="auto_crm_base.group_head_office,auto_crm_base.group_auditor",
        help="Who found the car by its exact VIN or plate; the call centre and the "
        "complaint desk see only these.",
    )

    @api.model
    def _lookup(self, vin=None, plate=None):
        """Find vehicles by an exact VIN, or else by an exact plate.

        This is how a store gets to see a car that it has no business with yet:
        the car is before it, or its owner on the telephone. The look-up is logged
        and the current store joins.

        :param str vin: in any spelling; asked first
        :param str plate: in any spelling
        :return: the vehicles (a plate may have moved from car to car), with the
            rights of the caller; empty when there is none
        """
        vin = vin_tools.normalise(vin)
        plate = self._normalise_plate(plate)
        # The car may be another store's, which the caller may not browse.
        everywhere = self.sudo()
        found, detail = everywhere.browse(), ""
        if vin:
            found = everywhere.with_context(active_test=False).search(
                [("vin", "=", vin)]
            )
            detail = self.env._("Found by VIN %(vin)s", vin=vin)
        if not found and plate:
            found = everywhere.search([("license_plate", "=", plate)])
            detail = self.env._("Found by plate %(plate)s", plate=plate)
        if found:
            self.env["auto.access.log"]._log("lookup", found, detail)
            found._join_store(self.env.company, detail)
        return self.browse(found.ids)
