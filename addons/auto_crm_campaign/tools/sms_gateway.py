from odoo.addons.sms.tools.sms_api import SmsApiBase

# After so many requests in a row without an answer the rest waits, too.
MAX_DOWN = 3
NO_ANSWER = ("gateway_down", "gateway_unknown")


class SmsApiGateway(SmsApiBase):
    """Sends by the HTTP gateway of a store, one request with its own key a message.

    States: ``success``; ``gateway_down`` (not accepted, or not known to be, and safe
    to repeat); ``gateway_unknown`` (may have been accepted, and the gateway would send
    it again); ``gateway_refused``.
    """

    PROVIDER_TO_SMS_FAILURE_TYPE = {
        **SmsApiBase.PROVIDER_TO_SMS_FAILURE_TYPE,
        "gateway_down": "sms_server",
        "gateway_unknown": "unknown",
        "gateway_refused": "unknown",
    }

    def __init__(self, env, gateway, account=None):
        super().__init__(env, account=account)
        self.gateway = gateway

    def _send_sms_batch(self, messages, delivery_reports_url=False):
        results = []
        down = 0
        for message in messages:
            for number in message["numbers"]:
                key = number["uuid"]
                if down >= MAX_DOWN:
                    results.append({"uuid": key, "state": "gateway_down"})
                    continue
                state, reason = self.gateway._deliver(
                    key, number["number"], message["content"]
                )
                down = down + 1 if state in NO_ANSWER else 0
                results.append({"uuid": key, "state": state, "failure_reason": reason})
        return results
