from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command

#: More columns fit on no sheet of paper.
MAX_COLUMNS = 6


class AutoModelCompare(models.TransientModel):
    """The comparison sheet: models of ours beside those of competitors."""

    _name = "auto.model.compare"
    _inherit = ["auto.window.mixin"]
    _description = "Comparison sheet"
    _document_field = "lead_id"

    lead_id = fields.Many2one(
        comodel_name="crm.lead", string="For the prospect", readonly=True
    )
    model_ids = fields.Many2many(
        comodel_name="fleet.vehicle.model", string="Our models"
    )
    rival_ids = fields.Many2many(
        comodel_name="auto.competitor.model", string="Competing models"
    )
    with_arguments = fields.Boolean(
        string="With our arguments",
        help="What speaks for theirs and for ours: for colleagues, not for a sheet "
        "that the customer takes home.",
    )
    sheet = fields.Html(compute="_compute_sheet", sanitize=False)

    @api.depends_context("lang")
    def _compute_display_name(self):
        self.display_name = self.env._("Comparison sheet")

    @api.depends("model_ids", "rival_ids", "with_arguments")
    def _compute_sheet(self):
        for compare in self:
            columns = compare._columns()
            compare.sheet = (
                self.env["ir.qweb"]._render(
                    "auto_crm_lead.model_sheet_table", compare._sheet_values(columns)
                )
                if columns
                else False
            )

    @api.model
    def _open(self, models, rivals, lead=None):
        """Return the action that opens the sheet of these models.

        :param models: ``fleet.vehicle.model``
        :param rivals: ``auto.competitor.model``
        :param lead: the ``crm.lead`` it is made for
        """
        ours = models[: MAX_COLUMNS // 2]
        compare = self.create(
            {
                "lead_id": lead.id if lead else False,
                "model_ids": [Command.set(ours.ids)],
                "rival_ids": [Command.set(rivals[: MAX_COLUMNS - len(ours)].ids)],
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Comparison sheet"),
            "res_model": self._name,
            "res_id": compare.id,
            "view_mode": "form",
        }

    def action_print(self):
        """Print the sheet.

        :raise UserError: when nothing is chosen
        """
        self.ensure_one()
        if not self._columns():
            raise UserError(self.env._("Choose the models to compare."))
        return self.env.ref("auto_crm_lead.report_model_compare").report_action(self)

    def _columns(self):
        """Return the models side by side, ours first."""
        return [
            *(model._origin for model in self.model_ids),
            *(model._origin for model in self.rival_ids),
        ][:MAX_COLUMNS]

    def _sheet_values(self, columns=None):
        """Return what the sheet shows, on the screen and on paper."""
        self.ensure_one()
        columns = columns or self._columns()
        rows = self.env["auto.model.sheet"]._sheet(columns)
        arguments = [
            record
            for record in columns
            if self.with_arguments and "strengths" in record
            if record.strengths or record.weaknesses
        ]
        return {
            "heads": [
                {
                    "name": record.name,
                    "by": record[self._maker_field(record)].name,
                    "ours": "brand_id" in record,
                }
                for record in columns
            ],
            "rows": rows,
            "arguments": arguments,
        }

    @api.model
    def _maker_field(self, record):
        return "brand_id" if "brand_id" in record else "competitor_id"
