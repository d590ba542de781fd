from lxml import etree

from odoo.tests import tagged

from .common_claim import ClaimCase

MODELS = {
    "repair.order": "auto_crm_service.repair_order_view_form_service",
    "auto.repair.job": False,
    "auto.appointment": False,
    "auto.claim": False,
    "auto.complaint": False,
    "auto.vehicle": False,
    "res.partner": False,
}


@tagged("post_install", "-at_install")
class TestScreensOpen(ClaimCase):
    """Whoever may open a document sees its form, though not all that is in it."""

    def _specification(self, user, model, view):
        """Return what the web client asks for to show a form."""
        records = self.env[model].with_user(user)
        arch = records.get_view(view and self.env.ref(view).id, "form")["arch"]

        def nodes(root, fields):
            specification = {}
            for node in root.xpath("*"):
                if node.tag != "field":
                    specification |= nodes(node, fields)
                    continue
                name = node.get("name")
                field = fields[name]
                values = {}
                if field.type == "many2one":
                    values["fields"] = {"display_name": {}}
                inner = node.xpath("list|kanban|form")
                if inner:
                    lines = self.env[field.comodel_name]._fields
                    values["fields"] = {}
                    for one in inner:
                        values["fields"] |= nodes(one, lines)
                specification.setdefault(name, {}).update(values)
            return specification

        return nodes(etree.fromstring(arch), records._fields)

    def test_forms(self):
        claim = self._claim()
        repair = claim.repair_id
        self.env["auto.complaint"]._register_complaint(
            {
                "description": "Too late",
                "partner_id": self.owner.id,
                "vehicle_id": self.vehicle.id,
            },
            "visit",
        )
        self.assertTrue(repair.job_ids)
        users = [
            *(user for key, user in self.users.items() if key[-1] != 2),
            self.cashier,
        ]
        opened = set()
        for user in users:
            for model, view in MODELS.items():
                records = self.env[model].with_user(user)
                if not records.has_access("read"):
                    continue
                records = records.search([], limit=8, order="id desc")
                if not records:
                    continue
                with self.subTest(user=user.login, model=model):
                    specification = self._specification(user, model, view)
                    # Each user comes with a request of their own.
                    self.env.invalidate_all()
                    rows = records.web_read(specification)
                    self.assertEqual(len(rows), len(records))
                    self.assertEqual(set(rows[0]), {"id", *specification})
                    opened.add((user, model))
        self.assertIn((self.cashier, "auto.claim"), opened)
        self.assertIn((self.technician, "repair.order"), opened)
        self.assertIn((self.users["sales_manager", 1], "repair.order"), opened)

    def test_whole_records(self):
        """A program that names no fields gets those that its user can read."""
        repair = self._claim().repair_id
        for role in ("adviser", "technician", "service_manager", "sales_manager"):
            user = self.users[role, 1]
            [values] = repair.with_user(user).read()
            self.assertEqual(values["id"], repair.id)
            self.assertTrue(repair.job_ids.with_user(user).read())
