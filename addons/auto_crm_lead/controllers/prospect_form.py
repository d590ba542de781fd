"""What the public forms of prospects share: a door, the consent, and the intake."""

from odoo.exceptions import ConcurrencyError, UserError, ValidationError
from odoo.http import request
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from odoo.addons.auto_crm_base.controllers.public_form import PublicForm

from .intake import Busy, serialised, start_again


class ProspectForm(PublicForm):
    """A form that ends in the intake of a door; mixed into its controller."""

    #: Tells the deliveries of one form from those of the others.
    _form_prefix = "form"

    def _check_rate(self, door):
        key = f"{self._form_prefix}:{door.id}"
        if self._seconds_to_wait(key, min(door.rate_limit or 20, 20)):
            return request.env._("Too many enquiries; please try again in a minute.")
        return ""

    def _deliver(self, door, values, wordings, nonce, channel="", user=None, keep=None):
        """Take a prospect in; return what is wrong, in words, else ``""``.

        :param door: the ``auto.intake.source``, as superuser
        :param dict values: see ``crm.lead.intake_prospect``; ``honeypot`` besides
        :param dict wordings: purpose → the words that the visitor agreed to
        :param str nonce: of the form, so that a form sent twice is taken in once
        :param str channel: the code of the channel; the door's when empty
        :param user: who shall look after a new prospect
        :param keep: what else is done with the result, before it is committed
        """
        # The visitor has no rights, the door says where it goes.
        lead_model = request.env["crm.lead"].sudo().with_company(door.company_id)
        values = {**values, "consents": wordings}
        honeypot = values.get("honeypot")
        numbers = lead_model._intake_lock_numbers([values], door.company_id, nonce)
        for _attempt in range(5):
            try:
                with serialised(request.env, numbers):
                    [result] = lead_model._intake_process(
                        [
                            {
                                "values": values,
                                "channel": channel or door.channel_id.code,
                                "external_ref": f"{self._form_prefix}:{nonce}"[:200],
                                "source": door,
                                "user": user or None,
                                "remote_addr": request.httprequest.remote_addr,
                            }
                        ]
                    )
                    if not result["repeated"] and not honeypot:
                        door._keep_consents(
                            result["lead"], wordings, self._proof(result, nonce)
                        )
                        if keep:
                            keep(result)
                    if not honeypot:
                        request.session["auto_enquiry_ref"] = result["public_ref"]
                    request.env.flush_all()
                    request.env.cr.commit()
                    return ""
            except ValidationError:
                return request.env._(
                    "Please look at the phone number and the e-mail address again."
                )
            except UserError as error:
                return str(error)
            except Busy:
                break
            except (ConcurrencyError, *PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                start_again(request.env)
        return request.env._("We are busy right now; please send it again.")

    def _proof(self, result, nonce):
        """Return what shows how the customer agreed, as kept with the consents."""
        return self._proof_text(nonce, f"Prospect: {result['public_ref']}")

    def _wordings(self, door, typed):
        """Return what the visitor agreed to, as it was shown."""
        wordings = {"enquiry": self._consent_text(door)}
        if typed.get("marketing") and door.marketing_text:
            wordings["marketing"] = self._marketing_text(door)
        return wordings

    def _marketing_text(self, door):
        return door.with_context(lang=request.env.lang).marketing_text or ""

    def _consent_text(self, door):
        return door.with_context(lang=request.env.lang).privacy_text or request.env._(
            "I agree that the dealer keeps my data and contacts me about my enquiry."
        )
