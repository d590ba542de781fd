from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import format_date

#: More columns than this nobody reads side by side.
MOST = 8


class UtmCampaign(models.Model):
    """Campaigns side by side."""

    _inherit = "utm.campaign"

    def action_auto_compare(self):
        """Open these campaigns side by side."""
        if not 2 <= len(self) <= MOST:
            raise UserError(
                self.env._("Choose between 2 and %s campaigns to compare.", MOST)
            )
        return {
            "type": "ir.actions.client",
            "tag": "auto_crm_campaign.compare",
            "name": self.env._("Campaigns side by side"),
            "params": {"campaign_ids": self.ids},
        }

    @api.model
    def auto_comparison(self, campaign_ids):
        """Return what the comparison screen shows.

        :param list campaign_ids: which campaigns, in this order; of those that the
            user may not read nothing is told
        :return: dict of ``campaigns`` (list of dicts) and ``rows``: ``key``, ``label``
            and ``cells``, one for each campaign, with ``text``, ``target`` (text),
            ``best`` and ``figure`` (whether it opens records)
        :raise UserError: when the list is none, or too long
        """
        if not isinstance(campaign_ids, list) or not all(
            isinstance(one, int) for one in campaign_ids
        ):
            raise UserError(self.env._("Which campaigns shall be compared?"))
        if len(campaign_ids) > MOST:
            raise UserError(
                self.env._("Choose between 2 and %s campaigns to compare.", MOST)
            )
        campaigns = self.browse(campaign_ids).exists()._filtered_access("read")
        return {
            "campaigns": [campaign._auto_column() for campaign in campaigns],
            "rows": [
                campaigns._auto_row(*row)
                for row in self._auto_rows()
                if self._has_field_access(self._fields[row[1]], "read")
            ],
        }

    def _auto_column(self):
        self.ensure_one()
        states = dict(self._fields["auto_state"]._description_selection(self.env))
        dates = [
            format_date(self.env, day)
            for day in (self.auto_date_begin, self.auto_date_end)
            if day
        ]
        return {
            "id": self.id,
            "title": self.title,
            "kind": self.auto_kind_id.name or "",
            "dates": " – ".join(dates),
            "stores": ", ".join((self.store_ids & self.env.companies).mapped("name")),
            "state": states[self.auto_state],
            "mark": self._auto_mark(),
        }

    def _auto_mark(self):
        """Return the mean mark of the campaign's evaluations, or False."""
        if not self._has_field_access(self._fields["evaluation_ids"], "read"):
            return False
        marks = [one.mark for one in self.evaluation_ids if one.mark]
        return round(sum(marks) / len(marks), 1) if marks else False

    @api.model
    def _auto_rows(self):
        """Return the rows: key, field, kind of number, field of the target, which
        number is best."""
        return [
            ("budget", "auto_budget", "money", None, None),
            ("cost", "auto_cost", "money", "auto_budget", None),
            ("invited", "auto_invited_count", "count", None, None),
            (
                "attended",
                "auto_attended_count",
                "count",
                "auto_target_attended",
                "high",
            ),
            ("leads", "auto_lead_count", "count", "auto_target_leads", "high"),
            (
                "test_drives",
                "auto_test_drive_count",
                "count",
                "auto_target_test_drives",
                "high",
            ),
            ("reservations", "auto_reservation_count", "count", None, "high"),
            ("orders", "auto_order_count", "count", "auto_target_orders", "high"),
            ("revenue", "auto_revenue", "money", "auto_target_revenue", "high"),
            ("cost_per_lead", "auto_cost_per_lead", "ratio", None, "low"),
            ("cost_per_order", "auto_cost_per_order", "ratio", None, "low"),
            ("return", "auto_return", "percent", None, "high"),
        ]

    def _auto_row(self, key, name, kind, target, better):
        values = [campaign[name] for campaign in self]
        # A ratio of nothing is none, and cannot be the best.
        known = [value for value in values if value or kind == "count"]
        best = {"high": max, "low": min}[better](known) if better and known else None
        has_results = key in {"invited", "attended", "budget", "cost"} or key in (
            {"cost_per_lead", "cost_per_order", "revenue", "return"}
            | self._auto_results().keys()
        )
        return {
            "key": key,
            "label": self._fields[name]._description_string(self.env),
            "cells": [
                {
                    "text": campaign._auto_text(value, kind),
                    "target": campaign._auto_text(campaign[target], kind, empty="")
                    if target
                    else "",
                    "best": bool(best) and len(values) > 1 and value == best,
                    "figure": has_results,
                }
                for campaign, value in zip(self, values, strict=True)
            ],
        }

    def _auto_text(self, value, kind, empty="–"):
        """Return a figure as people read it."""
        if kind == "count":
            return str(value) if value or empty else empty
        if not value and (kind in ("ratio", "percent") or not empty):
            return empty
        if kind == "percent":
            return f"{value * 100:,.0f} %"
        currency = self.auto_currency_id or self.env.company.currency_id
        return currency.format(value)
