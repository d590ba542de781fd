from datetime import timedelta

from odoo import api, fields, models

#: Types of questions whose answers are words.
WORDS = ("text_box", "char_box")


class AutoSatisfaction(models.Model):
    """What came back: scores, doubt, complaint."""

    _inherit = "auto.satisfaction"

    def _take_answer(self):
        """Score the answers that were given, once, and complain of a bad one."""
        waiting = self.filtered(lambda one: one.state in ("sent", "to_call"))
        if not waiting:
            return
        waiting.lock_for_update()
        for one in waiting:
            one._doubt_call()
            scores, recommend, words = one._read_answers()
            one._answered(scores, recommend, words)

    def _doubt_call(self):
        """Look again at a contact that was called: the number of that day counts."""
        own = self._own()
        rule = own.rule_id
        if own.channel != "phone" or own.flag or not (rule and own.partner_id):
            return
        flag = own._doubt(own.partner_id, rule.contact_days, rule.shared_limit)
        if flag:
            own.write({"flag": flag})

    def _read_answers(self):
        """Return ``({dimension: score}, recommend or -1, words)`` of the answers."""
        self.ensure_one()
        points, recommend, words = {}, -1, []
        for line in self.sudo().user_input_id.user_input_line_ids:
            question = line.question_id
            if line.skipped:
                continue
            if question.auto_is_recommend and line.answer_type == "scale":
                recommend = line.value_scale
            value = line._auto_points()
            if question.auto_dimension_id and value is not None:
                points.setdefault(question.auto_dimension_id, []).append(value)
            if line.answer_type in WORDS:
                words.append(line.value_text_box or line.value_char_box or "")
        scores = {
            dimension: sum(values) / len(values) for dimension, values in points.items()
        }
        return scores, recommend, "\n".join(filter(None, words))

    def _answered(self, scores, recommend=-1, words="", date=None):
        """Keep what was answered.

        :param dict scores: ``{dimension: 0 to 100}``
        :param int recommend: 0 to 10, or -1
        :param str words: what was said
        :param date: when; now when left out
        """
        self.ensure_one()
        own = self._own()
        weights = sum(dimension.weight for dimension in scores)
        own.write(
            {
                "state": "answered",
                "date_answered": date or fields.Datetime.now(),
                "score": sum(
                    dimension.weight * value for dimension, value in scores.items()
                )
                / weights
                if weights
                else 0,
                "recommend": recommend,
                "words": words,
            }
        )
        own.score_ids.create(
            [
                {
                    "satisfaction_id": own.id,
                    "dimension_id": dimension.id,
                    "score": value,
                }
                for dimension, value in scores.items()
            ]
        )
        if own.survey_id.auto_is_anonymous:
            own._forget()
        elif scores and own.score < own.survey_id.auto_bad_score:
            own._complain()

    def _forget(self):
        """Take the link between an anonymous answer and who gave it away."""
        self.write(
            {
                "partner_id": False,
                "vehicle_id": False,
                "res_model": False,
                "res_id": False,
                "date_event": False,
            }
        )

    def _complain(self):
        """Open a complaint of a bad answer, once."""
        if not self.partner_id or self.complaint_id or self.kind == "staff":
            return
        parts = [
            f"{score.dimension_id.name}: {score.score:.0f}" for score in self.score_ids
        ]
        description = self.env._(
            "Satisfaction %(score)s of 100 (%(parts)s).",
            score=f"{self.score:.0f}",
            parts=", ".join(parts),
        )
        if self.words:
            description = f"{self.words}\n\n{description}"
        complaint = self.env["auto.complaint"]._register_from(
            self, {"description": description}, "survey"
        )
        self.write({"complaint_id": complaint.id})

    # ------------------------------------------------------------------
    # The job
    # ------------------------------------------------------------------

    @api.model
    def _cron_expire(self, batch_size=500):
        """End what nobody answered in time."""
        cron = self.env["ir.cron"]
        while True:
            late = self.sudo().search(
                [
                    ("state", "in", ("sent", "to_call")),
                    ("deadline", "<", fields.Datetime.now()),
                ],
                limit=batch_size,
            )
            batch = late.try_lock_for_update()
            batch._own().write({"state": "expired"})
            for one in batch.filtered("survey_id.auto_is_anonymous"):
                one._own()._forget()
            if not batch or not cron._commit_progress(len(batch)):
                break

    def _not_reached(self):
        """Count a call that reached nobody; the third one is the last."""
        for one in self._own():
            values = {"attempts": one.attempts + 1}
            if one.attempts >= 2:
                values["state"] = "expired"
            one.write(values)

    def _deadline(self, days):
        return fields.Datetime.now() + timedelta(days=days)


class SurveyUserInputLine(models.Model):
    _inherit = "survey.user_input.line"

    def _auto_points(self):
        """Return what the answer is worth, 0 to 100, or None for words."""
        self.ensure_one()
        question = self.question_id
        if self.answer_type == "scale":
            width = question.scale_max - question.scale_min
            return 100 * (self.value_scale - question.scale_min) / (width or 1)
        if self.answer_type == "suggestion":
            best = max(question.suggested_answer_ids.mapped("answer_score"), default=0)
            if best > 0:
                return max(0, 100 * self.suggested_answer_id.answer_score / best)
        return None
