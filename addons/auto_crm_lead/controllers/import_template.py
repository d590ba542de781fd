from odoo import http
from odoo.http import request

from odoo.addons.auto_crm_base.tools import sheet

# Headers that the import recognises, in the language of the reader.
ENGLISH = (
    "Name",
    "Phone",
    "E-mail",
    "WeChat",
    "Brand",
    "Model",
    "Purchase horizon",
    "City",
    "Source",
    "Remarks",
)
CHINESE = (
    "姓名",
    "手机",
    "邮箱",
    "微信号",
    "品牌",
    "意向车型",
    "购车时间",
    "城市",
    "来源",
    "备注",
)
EXAMPLE = {
    "Name": "Test Person",
    "Phone": "138 0013 8000",
    "E-mail": "person@example.com",
    "Brand": "Toyota",
    "Model": "Corolla",
    "Purchase horizon": "3 months",
}


class ImportTemplate(http.Controller):
    @http.route("/auto_crm/import/template", type="http", auth="user", methods=["GET"])
    def template(self):
        """Return an XLSX list with the headers that the import understands."""
        header = CHINESE if (request.env.lang or "").startswith("zh") else ENGLISH
        row = [EXAMPLE.get(name, "") for name in ENGLISH]
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
