from odoo import http
from odoo.http import request

from ..tools import sheet


class ImportTemplate(http.Controller):
    @http.route("/auto_crm/import/template", type="http", auth="user", methods=["GET"])
    def template(self):
        """Return an XLSX list with the headers that the import understands."""
        _ = request.env._
        header = (
            _("Name"), _("Phone"), _("E-mail"), _("WeChat"), _("Brand"), _("Model"),
            _("Purchase horizon"), _("City"), _("Source"), _("Remarks"),
        )  # fmt: skip
        if (request.env.lang or "").startswith("zh"):
            header = (
                "姓名", "手机", "邮箱", "微信号", "品牌", "意向车型", "购车时间",
                "城市", "来源", "备注",
            )  # fmt: skip
        row = (
            _("Test Person"), "138 0013 8000", "person@example.com", "", "Toyota",
            "Corolla", "3 months", "", "", "",
        )  # fmt: skip
        return request.make_response(
            sheet.write("xlsx", [header, row]),
            headers=[
                (
                    "Content-Type",
                    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                ),
                ("Content-Disposition", http.content_disposition("prospects.xlsx")),
            ],
        )
