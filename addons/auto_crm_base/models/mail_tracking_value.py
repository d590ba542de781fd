from odoo import models


class MailTrackingValue(models.Model):
    _inherit = "mail.tracking.value"

    def _filter_has_field_access(self, env):
        """Keep the history of a masked field from those who see it masked."""
        trackings = super()._filter_has_field_access(env)
        hidden_by_model = {}
        for model in set(trackings.field_id.mapped("model")):
            masked_for_user = getattr(env[model], "_masked_for_user", None)
            hidden_by_model[model] = masked_for_user() if masked_for_user else {}
        return trackings.filtered(
            lambda tracking: (
                not tracking.field_id
                or tracking.field_id.name
                not in hidden_by_model[tracking.field_id.model]
            )
        )
