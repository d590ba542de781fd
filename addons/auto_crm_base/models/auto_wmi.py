from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..tools import vin as vin_tools


class AutoWmi(models.Model):
    """World manufacturer identifier: the start of a VIN that names its maker."""

    _name = "auto.wmi"
    _description = "Maker code (WMI)"
    _order = "code"
    _rec_name = "maker"
    _rec_names_search = ["code", "maker"]

    code = fields.Char(
        required=True,
        size=6,
        help="The first three characters of the VIN. Makers of fewer than 500 cars a "
        "year share a code ending in 9: for them add characters 12 to 14 of the VIN.",
    )
    maker = fields.Char(required=True)
    brand_id = fields.Many2one(
        comodel_name="fleet.vehicle.model.brand",
        string="Brand",
        index="btree_not_null",
        ondelete="set null",
        help="Leave empty when the maker builds several brands.",
    )
    country_id = fields.Many2one(comodel_name="res.country", string="Country")
    region = fields.Selection(
        selection="_region_selection", compute="_compute_region", store=True
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint(
        "UNIQUE (code)", "This maker code is in the table already."
    )

    @api.depends("code")
    def _compute_region(self):
        for wmi in self:
            wmi.region = vin_tools.region(wmi.code or "") or False

    @api.model
    def _region_selection(self):
        """Return the world regions of ISO 3780."""
        return [
            ("africa", self.env._("Africa")),
            ("asia", self.env._("Asia")),
            ("europe", self.env._("Europe")),
            ("north_america", self.env._("North America")),
            ("oceania", self.env._("Oceania")),
            ("south_america", self.env._("South America")),
        ]

    @api.constrains("code")
    def _check_code(self):
        for wmi in self:
            wrong = [char for char in wmi.code if not vin_tools.is_vin_character(char)]
            if len(wmi.code) not in (3, 6) or wrong:
                raise ValidationError(
                    self.env._(
                        "“%(code)s” is no maker code: it has 3 characters (6 for small "
                        "makers), digits and letters without I, O and Q.",
                        code=wmi.code,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        makers = super().create(
            [
                {**vals, "code": vin_tools.normalise(vals.get("code"))}
                for vals in vals_list
            ]
        )
        makers._decode_again(makers.mapped("code"))
        return makers

    def write(self, vals):
        codes = self.mapped("code")
        if "code" in vals:
            vals = {**vals, "code": vin_tools.normalise(vals["code"])}
        result = super().write(vals)
        if {"code", "country_id", "active"} & set(vals):
            self._decode_again(codes + self.mapped("code"))
        return result

    @api.model
    def _decode_again(self, codes):
        """Decode the vehicles whose VIN begins with one of ``codes`` anew."""
        starts = {code[:3] for code in codes}
        # Every store's vehicles follow the one table.
        everywhere = self.env["auto.vehicle"].sudo().with_context(active_test=False)
        vehicles = everywhere.search(
            fields.Domain.OR([("vin", "=like", f"{start}%")] for start in starts)
        )
        for name in ("wmi_id", "decoded_country_id"):
            self.env.add_to_compute(vehicles._fields[name], vehicles)

    @api.model
    def _find_for(self, vins):
        """Return VIN → its maker code, for those in the table.

        :param list vins: normalised VINs; empty ones are left out
        """
        keys = {vin: (vin[:3] + vin[11:14], vin[:3]) for vin in vins if vin}
        if not keys:
            return {}
        # The table is public knowledge; a computed field reads it for everybody.
        table = self.sudo().search(
            [("code", "in", list({key for pair in keys.values() for key in pair}))]
        )
        by_code = {wmi.code: wmi.with_env(self.env) for wmi in table}
        found = {}
        for vin, (long_code, short_code) in keys.items():
            wmi = by_code.get(long_code) or by_code.get(short_code)
            if wmi:
                found[vin] = wmi
        return found
