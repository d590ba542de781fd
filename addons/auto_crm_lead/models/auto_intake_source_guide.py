import base64
import hmac
import io
import secrets

from PIL import Image
from reportlab.graphics.barcode.qrencoder import QRCode, QRErrorCorrectLevel

from odoo import api, fields, models

#: Pixels of a code, and its white border in modules, as the standard asks.
CODE_SIZE = 400
QUIET = 4


class AutoIntakeSource(models.Model):
    """A door may have a buying guide: public pages of the models that a store sells."""

    _inherit = "auto.intake.source"

    has_guide = fields.Boolean(
        string="Buying guide",
        help="Whether the public pages with the published models are open.",
    )
    guide_token = fields.Char(
        string="Token of the guide",
        compute="_compute_guide_token",
        store=True,
        copy=False,
        groups="auto_crm_base.group_config",
        help="The part of the address that names these pages; it opens nothing else.",
    )
    guide_brand_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model.brand",
        relation="auto_intake_source_guide_brand_rel",
        string="Brands in the guide",
        help="Empty: all brands that have published models.",
    )
    guide_prices = fields.Boolean(
        string="Show guide prices",
        help="Without, the pages show no price, and nobody can search by one.",
    )
    guide_intro = fields.Text(
        string="Welcome",
        translate=True,
        help="Said above the models; empty: the general text.",
    )
    guide_url = fields.Char(
        string="Address of the guide", compute="_compute_guide_url", compute_sudo=True
    )
    guide_qr = fields.Binary(
        string="Code of the guide", compute="_compute_guide_url", compute_sudo=True
    )

    _guide_token_uniq = models.UniqueIndex(
        "(guide_token) WHERE guide_token IS NOT NULL",
        "Another door has this token already.",
    )

    @api.depends("has_guide")
    def _compute_guide_token(self):
        for door in self:
            if door.has_guide and not door.guide_token:
                door.guide_token = secrets.token_urlsafe(12)
            else:
                door.guide_token = door.guide_token

    @api.depends("has_guide", "guide_token")
    def _compute_guide_url(self):
        base = self.env["ir.config_parameter"].get_param("web.base.url")
        for door in self:
            shown = door.has_guide and door.guide_token
            door.guide_url = f"{base}/auto/guide/{door.guide_token}" if shown else False
            door.guide_qr = self._link_code(door.guide_url)

    @api.model
    def _link_code(self, url):
        """Return the picture of a code that leads to ``url``, False without one.

        Drawn here: Odoo's own needs a graphics library that servers often lack.
        """
        if not url:
            return False
        code = QRCode(None, QRErrorCorrectLevel.M)
        code.addData(url)
        code.make()
        size = code.getModuleCount()
        picture = Image.new("1", (size + 2 * QUIET, size + 2 * QUIET), 1)
        for row in range(size):
            for column in range(size):
                if code.isDark(row, column):
                    picture.putpixel((column + QUIET, row + QUIET), 0)
        scale = max(CODE_SIZE // picture.width, 1)
        picture = picture.resize((picture.width * scale, picture.height * scale))
        file = io.BytesIO()
        picture.save(file, "PNG")
        return base64.b64encode(file.getvalue())

    def action_open_guide(self):
        """Open the buying guide as a stranger sees it."""
        self.ensure_one()
        return {"type": "ir.actions.act_url", "url": self.guide_url, "target": "new"}

    @api.model
    def _by_guide_token(self, token):
        """Return the door whose guide is open as superuser, else an empty one."""
        # The visitor is nobody in Odoo: the token is what lets him in.
        doors = self.sudo()
        if not token or len(token) > 100 or "\x00" in token:
            return doors.browse()
        door = doors.search(
            [("guide_token", "=", token), ("has_guide", "=", True)], limit=1
        )
        same = hmac.compare_digest((door.guide_token or "").encode(), token.encode())
        return door if same else doors.browse()

    @api.model
    def _guide_of_store(self, company):
        """Return the door of a store that has a guide, as superuser."""
        # Every consultant hands the address out.
        return self.sudo().search(
            [("company_id", "=", company.id), ("has_guide", "=", True)], limit=1
        )

    def _guide_models(self):
        """Return the models that the guide of this door shows, as superuser."""
        self.ensure_one()
        # Which are published is said on them; strangers have no right to read.
        models_ = self.env["fleet.vehicle.model"].sudo()
        models_ = models_.with_company(self.company_id)
        domain = [("guide_published", "=", True), ("vehicle_type", "=", "car")]
        if self.guide_brand_ids:
            domain.append(("brand_id", "in", self.guide_brand_ids.ids))
        return models_.search(domain, order="brand_id, name")
