from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    complaint_ids = fields.One2many(
        comodel_name="auto.complaint",
        inverse_name="partner_id",
        string="Complaints",
        bypass_search_access=True,
        copy=False,
    )

    def _auto_360_tiles(self):
        tiles = super()._auto_360_tiles()
        tile = self._auto_360_tile(
            "complaints",
            self.env._("Complaints"),
            "fa-exclamation-triangle",
            "auto.complaint",
            [("partner_id", "in", self._auto_360_family())],
            views="list,form",
        )
        return [*tiles, tile] if tile else tiles

    def _auto_360_events(self, limit):
        events = super()._auto_360_events(limit)
        complaints = self.env["auto.complaint"]
        if complaints.has_access("read"):
            # Those about a car are on the timeline of the car already.
            states = dict(complaints._fields["state"]._description_selection(self.env))
            events += [
                {
                    "date": fields.Datetime.to_string(complaint.date_received),
                    "icon": "fa-exclamation-triangle",
                    "title": f"{complaint.name} · {states[complaint.state]}",
                    "text": complaint.subject or "",
                    "by": complaint.user_id.name or "",
                    "res_model": complaint._name,
                    "res_id": complaint.id,
                }
                for complaint in complaints.search(
                    [
                        ("partner_id", "in", self._auto_360_family()),
                        ("vehicle_id", "=", False),
                    ],
                    limit=limit,
                )
            ]
        return events
