from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

TIMELINE_LIMIT = 40


class ResPartner(models.Model):
    _inherit = "res.partner"

    auto_360_tiles = fields.Json(
        string="At a glance", compute="_compute_auto_360_tiles", compute_sudo=False
    )
    auto_360_timeline = fields.Json(
        string="What happened", compute="_compute_auto_360_timeline", compute_sudo=False
    )

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_auto_360_tiles(self):
        for partner in self:
            partner.auto_360_tiles = (
                partner._origin._auto_360_counters() if partner._origin else []
            )

    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_auto_360_timeline(self):
        for partner in self:
            partner.auto_360_timeline = (
                partner._origin._auto_360_timeline() if partner._origin else []
            )

    def _auto_360_counters(self):
        """Return the figures of the customer's 360 view, counted by one query.

        :return: list of dicts ``key``, ``label``, ``icon`` (Font Awesome),
            ``count`` and ``action`` (what opens exactly the records counted; False
            where the user may know the figure only)
        """
        tiles = self._auto_360_tiles()
        open_tiles = [tile for tile in tiles if tile["count"] is None]
        # As search_count() does, with the rights of the user.
        queries = [
            tile.pop("query")
            if "query" in tile
            else self.env[tile["action"]["res_model"]]._search(tile["action"]["domain"])
            for tile in open_tiles
        ]
        if queries:
            counts = SQL(", ").join(
                SQL("(%s)", query.select("COUNT(*)")) for query in queries
            )
            [row] = self.env.execute_query(SQL("SELECT %s", counts))
            for tile, count in zip(open_tiles, row, strict=True):
                tile["count"] = count
        return tiles

    # ------------------------------------------------------------
    # To extend
    # ------------------------------------------------------------

    def _auto_360_tiles(self):
        """Return the tiles of the customer's 360 view, still without their figures.

        Other addons extend the list with :meth:`_auto_360_tile`, which leaves out
        what the user may not read. A tile without ``action`` has a ``query`` instead,
        for a figure that the user may know without its records.
        """
        self.ensure_one()
        family = self._auto_360_family()
        in_family = [("partner_id", "in", family)]
        attached = [("res_model", "=", "res.partner"), ("res_id", "in", family)]
        tiles = [
            self._auto_360_tile(
                "vehicles",
                self.env._("Vehicles"),
                "fa-car",
                "auto.vehicle",
                [("owner_id", "in", family)],
            ),
            self._auto_360_tile(
                "contacts",
                self.env._("Contact log"),
                "fa-comments-o",
                "auto.contact",
                in_family,
            ),
            self._auto_360_tile(
                "insurance",
                self.env._("Insurance"),
                "fa-umbrella",
                "auto.insurance.policy",
                [("vehicle_id.owner_id", "in", family)],
            ),
            self._auto_360_tile(
                "followups",
                self.env._("Follow-ups"),
                "fa-bell-o",
                "auto.followup",
                in_family,
            ),
            self._auto_360_tile(
                "identity",
                self.env._("Identity documents"),
                "fa-id-card-o",
                "auto.customer.document",
                in_family,
            ),
            self._auto_360_tile(
                "folder",
                self.env._("Customer folder"),
                "fa-folder-open-o",
                "ir.attachment",
                [*attached, ("res_field", "=", False)],
                views="kanban,list,form",
            ),
            self._auto_360_tile(
                "consents",
                self.env._("Consents"),
                "fa-check-square-o",
                "auto.consent",
                in_family,
            ),
        ]
        return [tile for tile in tiles if tile]

    def _auto_360_timeline(self, limit=TIMELINE_LIMIT):
        """Return what happened with the customer, newest first.

        Other addons add their events to those of :meth:`_auto_360_events`.

        :param int limit: how many events at most
        :return: list of dicts ``date`` (UTC text), ``icon``, ``title``, ``text``,
            ``by``, ``res_model`` and ``res_id`` of the record to open, both empty
            where the user may not
        """
        self.ensure_one()
        events = self._auto_360_events(limit)
        events = sorted(events, key=lambda event: event["date"], reverse=True)[:limit]
        # Who may not read the document of a car's event opens the car.
        targets = [
            [(event["res_model"], event["res_id"]), event.pop("car", None)]
            for event in events
        ]
        readable = self._auto_360_readable({one for both in targets for one in both})
        for event, both in zip(events, targets, strict=True):
            event["res_model"], event["res_id"] = next(
                (one for one in both if one in readable), (False, False)
            )
        return events

    @api.model
    def _auto_360_readable(self, targets):
        """Return which of these records the user may open.

        Contacts were searched with the user's rights; one query for each other model.

        :param set targets: pairs of model and id, or None
        """
        readable, ids_by_model = set(), {}
        for target in filter(None, targets):
            model, record_id = target
            if model == "auto.contact":
                readable.add(target)
            elif model in self.env:
                ids_by_model.setdefault(model, []).append(record_id)
        for model, ids in ids_by_model.items():
            records = self.env[model].with_context(active_test=False)
            if records.has_access("read"):
                found = records.search([("id", "in", ids)])
                readable.update((model, record_id) for record_id in found.ids)
        return readable

    def _auto_360_events(self, limit):
        """Return at most ``limit`` events of each source, in any order."""
        family = self._auto_360_family()
        events = []
        contacts = self.env["auto.contact"]
        if contacts.has_access("read"):
            channels = dict(
                contacts._fields["channel"]._description_selection(self.env)
            )
            results = dict(contacts._fields["result"]._description_selection(self.env))
            icons = contacts._channel_icons()
            for contact in contacts.search([("partner_id", "in", family)], limit=limit):
                title = [channels[contact.channel], results.get(contact.result)]
                events.append(
                    {
                        "date": fields.Datetime.to_string(contact.date),
                        "icon": icons.get(contact.channel, "fa-comment-o"),
                        "title": " · ".join(filter(None, title)),
                        "text": contact.summary or "",
                        "by": contact.user_id.name or "",
                        "res_model": contact._name,
                        "res_id": contact.id,
                    }
                )
        vehicle_events = self.env["auto.vehicle.event"]
        if vehicle_events.has_access("read"):
            events += [
                {
                    "date": fields.Datetime.to_string(event.date),
                    "icon": event.icon,
                    "title": event.vehicle_id.display_name,
                    "text": event.name,
                    "by": event.user_id.name or "",
                    "res_model": event.res_model or event.vehicle_id._name,
                    "res_id": event.res_id or event.vehicle_id.id,
                    "car": (event.vehicle_id._name, event.vehicle_id.id),
                }
                for event in vehicle_events.search(
                    [("partner_id", "in", family)], limit=limit
                )
            ]
        return events

    # ------------------------------------------------------------
    # Helpers
    # ------------------------------------------------------------

    def _auto_360_family(self):
        """Return the ids of the customer and of the customer's contacts."""
        self.ensure_one()
        return [self.id, *self.child_ids.ids]

    @api.model
    def _auto_360_tile(
        self,
        key,
        label,
        icon,
        model,
        domain,
        views="list,form",
        context=None,
        count=None,
    ):
        """Return one tile, or None when its records are none of the user's business.

        :param str key: stable name of the tile
        :param str icon: Font Awesome class
        :param str model: of the records counted
        :param domain: that counts and opens the same records
        :param str views: of the action, comma-separated
        :param int count: how many there are, when that is known already; else it is
            counted with the others
        """
        if model not in self.env or not self.env[model].has_access("read"):
            return None
        domain = list(Domain(domain))
        return {
            "key": key,
            "label": label,
            "icon": icon,
            "count": count,
            "action": {
                "type": "ir.actions.act_window",
                "name": f"{label}: {self.display_name}",
                "res_model": model,
                "views": [[False, view] for view in views.split(",")],
                "domain": domain,
                "context": context or {},
                "target": "current",
            },
        }
