from odoo import models

# What a spreadsheet runs as a formula. Odoo's CSV export already quotes
# "=", "+" and "-", and in an XLSX file only "=" makes a formula.
FORMULA_STARTS = ("=", "@", "\t", "\r")


class Base(models.AbstractModel):
    _inherit = "base"

    def export_data(self, fields_to_export):
        """Log what automotive roles take out, and let no cell be a formula."""
        result = super().export_data(fields_to_export)
        for row in result["datas"]:
            for index, cell in enumerate(row):
                if isinstance(cell, str) and cell.startswith(FORMULA_STARTS):
                    row[index] = f"'{cell}"
        # Headings of grouped exports ask for the same records again: log once.
        if self and self.env.user._auto_roles():
            self.env["auto.access.log"]._log_export(self, fields_to_export)
        return result
