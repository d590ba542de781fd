"""What the public forms of all addons share: the language, and who may send them."""

import time

from odoo import fields
from odoo.http import request
from odoo.tools import consteq
from odoo.tools.misc import hmac

#: A person needs some seconds to fill the form in; a robot does not.
MIN_SECONDS = 2
MAX_SECONDS = 24 * 3600


class PublicForm:
    """A page that a stranger fills in: mixed into the controller that shows it.

    It is no controller itself, since Odoo would merge all that inherit from one.
    """

    #: Tells the stamp of one form from those of the others.
    _stamp_scope = ""

    def _set_language(self, lang):
        """Use the language asked for, else the browser's, among the installed."""
        installed = dict(request.env["res.lang"].get_installed())
        short = {code[:2]: code for code in sorted(installed, reverse=True)}
        wanted = [lang or "", *request.httprequest.accept_languages.values()]
        for code in wanted:
            code = code.replace("-", "_")
            found = code if code in installed else short.get(code[:2].lower())
            if found:
                request.update_context(lang=found)
                return

    def _languages(self):
        """Return code and name of the languages that the page offers."""
        return [
            (code, name)
            for code, name in request.env["res.lang"].get_installed()
            if code[:2] in ("en", "zh")
        ]

    def _stamp(self, door, moment, nonce):
        """Return what proves when and for which door the form was shown."""
        return hmac(
            request.env(su=True),  # the key that signs it is the database's
            self._stamp_scope,
            f"{door.id}:{moment}:{nonce}",
        )

    def _check(self, door, typed, params):
        """Return what is wrong with a submission, in words, else ``""``."""
        return (
            self._check_rate(door)
            or self._check_stamp(door, params)
            or self._check_person(typed)
            or self._check_matter(typed)
            or self._check_consent(typed)
        )

    def _check_rate(self, door):
        """Return the words for who sends too often; each form has its own limit."""
        raise NotImplementedError

    def _seconds_to_wait(self, key, limit):
        """Count a submission from this address; return how long it has to wait.

        :param str key: of the form and its door
        :param int limit: submissions a minute
        """
        hits = request.env["auto.intake.hit"].sudo()  # counting visitors is ours
        return hits._seconds_to_wait(f"{key}:{request.httprequest.remote_addr}", limit)

    def _check_stamp(self, door, params):
        moment = str(params.get("moment") or "")
        stamp = self._stamp(door, moment, str(params.get("nonce") or ""))
        # Compared as bytes, since a stranger writes any letter into it.
        told = str(params.get("stamp") or "").encode(errors="replace")
        if not moment.isdecimal() or not consteq(told, stamp.encode()):
            return request.env._("The page was open too long; please send it again.")
        age = time.time() - int(moment)
        if age < MIN_SECONDS:
            return request.env._("That was very quick; please press the button again.")
        if age > MAX_SECONDS:
            return request.env._("The page was open too long; please send it again.")
        return ""

    def _check_person(self, typed):
        if not typed["name"]:
            return request.env._("Please tell us your name.")
        if not typed["phone"] and not typed["email"]:
            return request.env._("Please give a phone number or an e-mail address.")
        return ""

    def _check_matter(self, typed):
        """Return what else the form must be told; nothing unless it says so."""
        return ""

    def _proof_text(self, nonce, *lines):
        """Return what shows how a visitor agreed, as kept with the consent.

        :param str nonce: of the form
        :param str lines: what else belongs to it
        """
        http_request = request.httprequest
        return "\n".join(
            (
                f"Page: {http_request.base_url}",
                f"Time (UTC): {fields.Datetime.now()}",
                f"Language: {request.env.lang}",
                f"Address: {http_request.remote_addr}",
                f"Browser: {http_request.user_agent.string[:300]}",
                f"Form: {nonce}",
                *lines,
            )
        )

    def _check_consent(self, typed):
        if not typed["consent"]:
            return request.env._("Please agree that we may contact you.")
        return ""
