from odoo import api, models


class CrmLead(models.Model):
    """Prospects that a colleague registers: by the form or on the call screen."""

    _inherit = "crm.lead"

    @api.model
    def _intake_by_hand(self, values, channel, company, **item):
        """Take in whom the current user has in front of oneself or on the line.

        A consultant looks after whom the consultant greets; the call centre may see
        afterwards whom it registered.

        :param dict values: see :meth:`intake_prospect`
        :param str channel: the code of an intake channel
        :param company: the store
        :param item: further keys of :meth:`_intake_batch`
        :return: the result of :meth:`_intake_process`; ``lead`` is a superuser record
        :raise AccessError: for a role that registers nobody
        :raise ValidationError: naming the value that is wrong
        """
        lead_model = self.with_company(company).with_context(
            auto_intake_labels=self._by_hand_labels()
        )
        lead_model._check_may_intake()
        roles = self.env.user._auto_roles()
        [result] = lead_model._intake_process(
            [
                {
                    "values": values,
                    "channel": channel,
                    "company": company,
                    "user": self.env.user if "consultant" in roles else None,
                    **item,
                }
            ]
        )
        if not roles.isdisjoint({"callcentre", "complaint"}):
            # These see what they found by number, and this they just registered.
            lead = lead_model.browse(result["lead"].id)
            customer = self.env["res.partner"].browse(result["lead"].partner_id.ids)
            for found in (lead, customer):
                self.env["auto.access.log"]._log(
                    "lookup", found, self.env._("Registered by hand"), company
                )
            lead.invalidate_recordset()
        return result

    @api.model
    def _by_hand_labels(self):
        """Return what the form calls the values of :meth:`_intake_normalise`."""
        form = self.env["auto.intake.wizard"]._fields
        names = {
            **{name: name for name in ("name", "phone", "email", "social_id")},
            "message": "message",
            "campaign": "campaign_id",
            "purchase_horizon": "horizon_id",
            "vehicle.model": "wanted_text",
            "vehicle.condition": "condition",
        }
        return {
            key: form[name]._description_string(self.env) for key, name in names.items()
        }

    @api.model
    def _by_hand_text(self, result):
        """Say what became of what :meth:`_intake_by_hand` took in."""
        lead = result["lead"]
        values = {"reference": lead.public_ref, "consultant": lead.user_id.name}
        if result["created"] and lead.user_id:
            return self.env._(
                "Registered as %(reference)s; %(consultant)s looks after it.", **values
            )
        if result["created"]:
            return self.env._(
                "Registered as %(reference)s; it will be given to a consultant.",
                **values,
            )
        if lead.user_id:
            return self.env._(
                "Added to %(reference)s, which %(consultant)s looks after.", **values
            )
        return self.env._("Added to the open prospect %(reference)s.", **values)
