import unicodedata

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.fields import Domain

from ..tools import vin as vin_tools

PLATE_MAX_LENGTH = 12
# Engine and production numbers; the longest in use have about half of it.
NUMBER_LENGTH = 40


class AutoVehicle(models.Model):
    _inherit = "auto.vehicle"

    vin = fields.Char(
        string="VIN",
        copy=False,
        tracking=True,
        help="Vehicle identification number: 17 characters. Blanks, dashes, small "
        "and full-width letters are put right by themselves.",
    )
    license_plate = fields.Char(string="License plate", copy=False, index=True)
    engine_number = fields.Char(string="Engine number", copy=False, index=True)
    production_number = fields.Char(
        string="Production number",
        copy=False,
        index="btree_not_null",
        help="The maker's order number, known before the car has a VIN.",
    )
    vin_check_failed = fields.Boolean(
        string="VIN to be checked",
        compute="_compute_vin_check",
        store=True,
        help="The check digit does not fit the other characters.",
    )
    vin_warning = fields.Char(string="About the VIN", compute="_compute_vin_warning")

    # Decoded from the VIN
    wmi_id = fields.Many2one(
        comodel_name="auto.wmi",
        string="Maker code",
        compute="_compute_decoded",
        store=True,
        index="btree_not_null",
    )
    decoded_maker = fields.Char(related="wmi_id.maker", string="Maker")
    decoded_country_id = fields.Many2one(
        comodel_name="res.country",
        string="Made in",
        compute="_compute_decoded",
        store=True,
    )
    decoded_region = fields.Selection(
        selection=lambda self: self.env["auto.wmi"]._region_selection(),
        string="Region of origin",
        compute="_compute_decoded",
        store=True,
    )

    _vin_uniq = models.UniqueIndex(
        "(vin) WHERE vin IS NOT NULL",
        "A vehicle with this VIN exists already. Find it by its VIN instead of "
        "creating a second one.",
    )
    _vin_format = models.Constraint(
        "CHECK (vin IS NULL OR vin ~ '^[0-9A-HJ-NPR-Z]{17}$')",
        "A VIN has 17 characters: digits and letters without I, O and Q.",
    )

    @api.depends("vin")
    def _compute_vin_check(self):
        for vehicle in self:
            vehicle.vin_check_failed = bool(
                vehicle.vin and vin_tools.validate(vehicle.vin)
            )

    @api.depends("vin", "model_id.brand_id", "wmi_id.brand_id")
    def _compute_vin_warning(self):
        for vehicle in self:
            problems = vin_tools.validate(vehicle.vin) if vehicle.vin else []
            texts = [self.env._(problem.message) for problem in problems]
            brand, vin_brand = vehicle.model_id.brand_id, vehicle.wmi_id.brand_id
            if brand and vin_brand and brand != vin_brand:
                texts.append(
                    self.env._(
                        "The VIN is one of %(vin_brand)s, the model one of %(brand)s.",
                        vin_brand=vin_brand.name,
                        brand=brand.name,
                    )
                )
            vehicle.vin_warning = " ".join(texts) or False

    @api.depends("vin")
    def _compute_decoded(self):
        makers = self.env["auto.wmi"]._find_for(self.mapped("vin"))
        countries = {}
        for vehicle in self:
            vin = vehicle.vin or ""
            wmi = makers.get(vin, self.env["auto.wmi"])
            vehicle.wmi_id = wmi
            vehicle.decoded_region = vin_tools.region(vin) or False
            country = wmi.country_id
            if vin and not country:
                if not countries:
                    # The list of countries is public: anybody may read it.
                    countries = {
                        country.code: country
                        for country in self.env["res.country"].search([])
                    }
                country = countries.get(
                    vin_tools.country_code(vin), self.env["res.country"]
                )
            vehicle.decoded_country_id = country

    @api.constrains("vin")
    def _check_vin(self):
        for vehicle in self.filtered("vin"):
            # The setting is no secret, but a store may be another's.
            strict = vehicle.company_id.sudo().auto_vin_check == "refuse"
            problems = vin_tools.validate(vehicle.vin, with_check_digit=strict)
            if problems:
                raise ValidationError(self._vin_error(vehicle.vin, problems))

    @api.constrains("license_plate")
    def _check_license_plate(self):
        for vehicle in self.filtered("license_plate"):
            plate = vehicle.license_plate
            if len(plate) > PLATE_MAX_LENGTH or not any(map(str.isdigit, plate)):
                raise ValidationError(
                    self.env._("“%(plate)s” is no license plate.", plate=plate)
                )

    @api.constrains("sale_state", "vin", "license_plate")
    def _check_identified(self):
        """Refuse a car on the road that nobody could find again.

        New cars have no VIN until they are built; with a customer, a car has one, or
        at least the plate by which its service can be booked.
        """
        for vehicle in self:
            if vehicle.sale_state in ("delivered", "third_party") and not (
                vehicle.vin or vehicle.license_plate
            ):
                raise ValidationError(
                    self.env._(
                        "A car that is with its owner needs its VIN, or at least its "
                        "license plate."
                    )
                )

    @api.onchange("vin")
    def _onchange_vin(self):
        vin = vin_tools.normalise(self.vin)
        if self.vin and self.vin != vin:
            self.vin = vin
        if not vin:
            return {}
        if not self.model_id.brand_id and self.wmi_id.brand_id:
            models_of_brand = self.env["fleet.vehicle.model"].search(
                [("brand_id", "=", self.wmi_id.brand_id.id)], limit=2
            )
            if len(models_of_brand) == 1:
                self.model_id = models_of_brand
        problems = vin_tools.validate(vin)
        if not problems:
            return {}
        return {
            "warning": {
                "title": self.env._("Look at the VIN again"),
                "message": self._vin_error(vin, problems),
            }
        }

    @api.onchange("license_plate")
    def _onchange_license_plate(self):
        if self.license_plate:
            self.license_plate = self._normalise_plate(self.license_plate)

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = [self._normalise_numbers(vals) for vals in vals_list]
        self._refuse_known_vins([vals.get("vin") for vals in vals_list])
        return super().create(vals_list)

    def write(self, vals):
        vals = self._normalise_numbers(vals)
        if vals.get("vin"):
            self._refuse_known_vins([vals["vin"]], known=self)
        return super().write(vals)

    @api.model
    def _normalise_numbers(self, vals):
        """Return a copy of ``vals`` with its numbers as they are stored.

        :raise ValidationError: for a number that no maker gives
        """
        vals = dict(vals)
        if "vin" in vals:
            vals["vin"] = self._checked_vin(vals["vin"])
        if "license_plate" in vals:
            vals["license_plate"] = self._normalise_plate(vals["license_plate"])
        for name in ("engine_number", "production_number"):
            if name in vals:
                text = unicodedata.normalize("NFKC", vals[name] or "")
                vals[name] = "".join(text.split()).upper() or False
                self._check_number_length(name, vals[name])
        return vals

    @api.model
    def _check_number_length(self, name, number):
        if number and len(number) > NUMBER_LENGTH:
            raise ValidationError(
                self.env._(
                    "“%(number)s…” is too long for “%(field)s”: %(length)s characters "
                    "at most.",
                    number=number[:20],
                    field=self._fields[name]._description_string(self.env),
                    length=NUMBER_LENGTH,
                )
            )

    @api.model
    def _checked_vin(self, raw):
        """Return ``raw`` normalised, or refuse it by name of what is wrong.

        Asked before anything is written, so that the sentence reaches the user
        and not the database's own check.
        """
        vin = vin_tools.normalise(raw)
        if not vin:
            return False
        problems = vin_tools.validate(vin, with_check_digit=False)
        if problems:
            raise ValidationError(self._vin_error(vin, problems))
        return vin

    @api.model
    def _vin_error(self, vin, problems):
        return "\n".join(
            [
                self.env._("The VIN “%(vin)s” is not right.", vin=vin),
                *(self.env._(problem.message) for problem in problems),
            ]
        )

    @api.model
    def _refuse_known_vins(self, vins, known=None):
        """Refuse a VIN that another vehicle has, or that comes twice.

        The unique index decides when two people do this at the same moment.
        """
        wanted = [vin for vin in vins if vin]
        if not wanted:
            return
        domain = Domain("vin", "in", wanted)
        if known:
            domain &= Domain("id", "not in", known.ids)
        # Another store's vehicle must be found too; only that it exists is told.
        others = self.sudo().with_context(active_test=False)
        twice = {vin for vin in wanted if wanted.count(vin) > 1}
        if known and len(known) > 1:
            twice.add(wanted[0])
        for vin in [*sorted(twice), *others.search(domain, limit=1).mapped("vin")]:
            raise ValidationError(
                self.env._(
                    "A vehicle with the VIN “%(vin)s” exists already. Find it by its "
                    "VIN instead of creating a second one.",
                    vin=vin,
                )
            )

    @api.model
    def _normalise_plate(self, raw):
        """Return a license plate as it is stored: ``京A·12345`` → ``京A12345``."""
        text = unicodedata.normalize("NFKC", raw or "").upper()
        return "".join(char for char in text if char.isalnum()) or False
