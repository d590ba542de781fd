from odoo import api, fields, models


class SaleOrder(models.Model):
    """Each agreed version of a contract is kept."""

    _inherit = "sale.order"

    version_ids = fields.One2many(
        comodel_name="auto.contract.version",
        inverse_name="order_id",
        string="Versions",
        readonly=True,
        copy=False,
    )
    version_count = fields.Integer(compute="_compute_version_count")
    change_html = fields.Html(
        string="Change to approve",
        compute="_compute_change_html",
        sanitize=False,
        help="What differs now from the version that was agreed last.",
    )

    def _compute_version_count(self):
        counts = dict(
            self.env["auto.contract.version"]
            .sudo()  # a number only, of a contract that is read already
            ._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"])
        )
        for order in self:
            order.version_count = counts.get(order._origin, 0)

    @api.depends("contract_approval", "version_ids")
    @api.depends_context("lang")
    def _compute_change_html(self):
        for order in self:
            # Shown to whoever reads the contract itself.
            last = order.sudo().version_ids.sorted("number")[-1:]
            order.change_html = (
                last._rows_html(last._compare(last.snapshot, order._snapshot()))
                if last and last.terms != order._terms_key()
                else False
            )

    def action_view_versions(self):
        """Open the versions of the contract."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_sale.auto_contract_version_action"
        )
        action["domain"] = [("order_id", "=", self.id)]
        return action

    def _keep_version(self, reason):
        """Keep the contract as it stands, when it differs from what is kept.

        :param str reason: a key of ``auto.contract.version.reason``
        :return: the new version, or none
        """
        self.ensure_one()
        # Nobody has the right to write versions, so that none can be forged.
        versions = self.env["auto.contract.version"].sudo()
        key = self._terms_key()
        last = versions.search([("order_id", "=", self.id)], limit=1)
        if last.terms == key:
            return versions.browse()
        snapshot = self._snapshot()
        version = versions.create(
            {
                "order_id": self.id,
                "number": last.number + 1,
                "reason": reason,
                "company_id": self.company_id.id,
                "amount_total": self.amount_total,
                "terms": key,
                "snapshot": snapshot,
                "difference": last and versions._compare(last.snapshot, snapshot),
            }
        )
        self.invalidate_recordset(["version_ids", "version_count"])
        if last:
            self._tell_vehicles(
                self.env._("Contract changed (%(name)s)", name=self.name)
            )
        return version

    def _snapshot(self):
        """Return the contract in words and figures, see ``auto.contract.version``."""
        self.ensure_one()
        # In words that hold when names change later; the same for whoever confirms.
        order = self.sudo().with_context(lang=self._get_lang())
        return {
            "customer": order.partner_id.name or "",
            "currency": order.currency_id.name,
            "total": order.amount_total,
            "lines": [
                {
                    "id": line.id,
                    "product_id": line.product_id.id,
                    "product": line.product_id.display_name or line.name,
                    "vehicle": line.vehicle_id.vin
                    or line.vehicle_id.production_number
                    or "",
                    "quantity": line.product_uom_qty,
                    "price": line.price_unit,
                    "discount": line.discount,
                    "taxes": ", ".join(line.tax_ids.mapped("name")),
                    "total": line.price_total,
                }
                for line in order._term_lines()
            ],
        }

    def _tell_vehicles(self, what):
        """Write a line on the timeline of the contract's cars."""
        for order in self:
            order.vehicle_ids._log_event(
                "contract",
                what,
                document=order,
                partner=order.partner_id,
                date=fields.Datetime.now(),
                company=order.company_id,
            )
