from odoo import api, models
from odoo.tools import format_amount, format_date, format_list


class CrmLead(models.Model):
    _name = "crm.lead"
    _inherit = ["crm.lead", "auto.portrait.mixin"]

    @api.depends("need_completeness", "contact_ids", "grade_id", "partner_id")
    def _compute_portrait_html(self):
        return super()._compute_portrait_html()

    def _portrait_sections(self):
        sections = super()._portrait_sections()
        behaviour = self._portrait_behaviour()
        partners = self.partner_id._filtered_access("read")._portrait_facts()
        for lead in self:
            sections[lead.id] += [
                ("fa-user", self.env._("Who"), lead._portrait_who()),
                ("fa-car", self.env._("Wants"), lead._portrait_wants()),
                ("fa-money", self.env._("Money"), lead._portrait_money()),
                ("fa-comments", self.env._("Behaviour"), behaviour[lead]),
                (
                    "fa-star",
                    self.env._("With us"),
                    partners.get(lead.partner_id, []),
                ),
                ("fa-line-chart", self.env._("Promise"), lead._portrait_promise()),
            ]
        return sections

    def _portrait_who(self):
        self.ensure_one()
        # The name of whom the prospect is about shows with the prospect.
        customer = self.partner_id.sudo().name
        place = " ".join(filter(None, [self.state_id.name, self.city]))
        return self._portrait_lines(
            ("", self.contact_name or customer or self.partner_name),
            (self.env._("Lives in"), place),
            (self.env._("Family and drivers:"), self.need_household),
            (
                self.env._("Use:"),
                format_list(self.env, self.need_use_ids.mapped("name"))
                if self.need_use_ids
                else "",
            ),
        )

    def _portrait_wants(self):
        self.ensure_one()

        def names(records):
            return format_list(self.env, records.mapped("name")) if records else ""

        conditions = dict(
            self._fields["need_condition"]._description_selection(self.env)
        )
        return self._portrait_lines(
            ("", names(self.need_model_ids) or names(self.need_brand_ids)),
            (self.env._("Body:"), names(self.need_category_ids)),
            ("", conditions.get(self.need_condition)),
            (self.env._("Colours:"), names(self.need_color_ids)),
            (self.env._("Must have:"), names(self.need_feature_ids)),
            (self.env._("Seats, at least:"), self.need_seats),
            (
                self.env._("Wanted by"),
                self.need_date and format_date(self.env, self.need_date),
            ),
        )

    def _portrait_money(self):
        self.ensure_one()
        currency = self.company_currency

        def amount(value):
            return format_amount(self.env, value, currency)

        low, high = self.need_budget_min, self.need_budget_max
        if low and high:
            budget = self.env._(
                "%(low)s to %(high)s", low=amount(low), high=amount(high)
            )
        elif high:
            budget = self.env._("up to %s", amount(high))
        else:
            budget = low and self.env._("from %s", amount(low))
        finance = dict(self._fields["need_finance"]._description_selection(self.env))
        tradein = ""
        if self.tradein_wanted == "yes":
            tradein = " ".join(
                filter(None, [self.tradein_model, str(self.tradein_year or "")])
            ) or self.env._("yes")
        elif self.tradein_wanted == "no":
            tradein = self.env._("none")
        return self._portrait_lines(
            (self.env._("Budget:"), budget),
            ("", finance.get(self.need_finance)),
            (self.env._("Trade-in:"), tradein),
        )

    def _portrait_behaviour(self):
        """Return what the contact log says about each lead, in one query."""
        stats = {}
        channels = dict(
            self.env["auto.contact"]._fields["channel"]._description_selection(self.env)
        )
        rows = (
            self.env["auto.contact"]._read_group(
                [("lead_id", "in", self.ids)],
                ["lead_id", "channel", "direction"],
                ["__count", "date:max"],
            )
            if self.env["auto.contact"].has_access("read")
            else []
        )
        for lead, channel, direction, count, last in rows:
            stat = stats.setdefault(lead, {"in": 0, "out": 0, "by": {}, "last": last})
            stat[direction] += count
            stat["by"][channel] = stat["by"].get(channel, 0) + count
            stat["last"] = max(stat["last"], last)
        result = {}
        for lead in self:
            stat = stats.get(lead)
            if not stat:
                result[lead] = []
                continue
            favourite = max(stat["by"], key=stat["by"].get)
            result[lead] = self._portrait_lines(
                (
                    self.env._("Contacts:"),
                    self.env._(
                        "%(from_us)s from us, %(from_them)s from the customer",
                        from_us=stat["out"],
                        from_them=stat["in"],
                    ),
                ),
                (self.env._("Mostly by:"), channels.get(favourite)),
                (
                    self.env._("Visits:"),
                    stat["by"].get("visit"),
                ),
                (self.env._("Last on"), format_date(self.env, stat["last"].date())),
            )
        return result

    def _portrait_promise(self):
        self.ensure_one()
        return self._portrait_lines(
            (self.env._("Grade:"), self.grade_id.display_name),
            (self.env._("Buys:"), self.horizon_id.display_name),
            (
                self.env._("Needs known:"),
                f"{self.need_completeness} %" if self.need_completeness else "",
            ),
            (
                self.env._("Cars that suit:"),
                self.match_count,
            ),
            (
                self.env._("Also looks at:"),
                " ".join(
                    filter(
                        None, [self.competitor_id.name, self.competitor_model_id.name]
                    )
                ),
            ),
            (
                self.env._("Next follow-up:"),
                self.next_followup_date
                and format_date(self.env, self.next_followup_date),
            ),
        )
