"""What customers and staff of the demo stores answered.

The answers are about the repair orders of the story and go through the methods of the
survey; nothing is sent. Nothing here runs unless demo data is loaded.
"""

from datetime import timedelta

from odoo import api, fields, models

# Plate, days after the return, points of the five questions, would recommend, words,
# doubt. No points: not answered.
ANSWERS = (
    ("浙A6K28P", 4, (9, 10, 10, 9, 8), 10, "接待很专业，车洗得干净。", False),
    ("浙A83F1Q", 5, (8, 9, 9, 7, 8), 9, "", False),
    ("浙AD5R07", 3, (8, 8, 7, 4, 9), 7, "等配件等了太久，没有人打电话告诉我。", False),
    ("川A4G72H", 6, (9, 9, 10, 10, 9), 10, "", False),
    ("浙A7T93E", 4, (7, 9, 8, 8, 6), 8, "价格比外面贵一些。", False),
    ("浙A3M55W", 5, (9, 10, 9, 9, 9), 9, "Honest advice, thank you.", False),
    ("浙A60B31", 3, (6, 5, 4, 2, 5), 3, "电瓶换了以后第二天又启动不了。", False),
    ("浙A11L09", 2, (10, 10, 10, 10, 10), 10, "", "changed"),
    ("川A66D18", 3, None, 0, "", False),
)
STAFF = (
    (8, 9, 8, 6, 7, 8),
    (7, 8, 7, 5, 6, 7),
    (9, 9, 9, 8, 7, 9),
    (6, 7, 8, 4, 6, 6),
    (8, 8, 8, 7, 6, 8),
    (7, 9, 7, 5, 5, 7),
)


class AutoSatisfaction(models.Model):
    _inherit = "auto.satisfaction"

    @api.model
    def _load_demo_satisfaction(self):
        """Let them answer, once."""
        if self.search_count([], limit=1):
            return
        survey = self.env.ref("auto_crm_service.survey_service")
        own = self._own().with_context(mail_create_nolog=True)
        for line in ANSWERS:
            own._demo_answer(survey, *line)
        staff = self.env.ref("auto_crm_service.survey_staff")
        store = self.env.ref("auto_crm_base.company_store1")
        moment = fields.Datetime.now() - timedelta(days=20)
        for points in STAFF:
            one = own._demo_request(
                staff, store, moment, kind="staff", channel="email", state="sent"
            )
            one._demo_fill(points[:5], points[5], "", moment + timedelta(days=2))
        own._demo_request(
            staff, store, moment, kind="staff", channel="email", state="expired"
        )
        self._demo_call(own, survey)

    @api.model
    def _demo_answer(self, survey, plate, days, points, recommend, words, flag):
        repair = self.env["repair.order"].search(
            [
                ("license_plate", "=", plate),
                ("service_state", "=", "returned"),
            ],
            limit=1,
        )
        if not repair:
            return
        moment = min(
            repair.date_out + timedelta(days=days),
            fields.Datetime.now() - timedelta(hours=30),
        )
        one = self._demo_request(
            survey,
            repair.company_id,
            moment,
            kind="service",
            channel="email",
            state="sent" if points else "expired",
            partner_id=repair.partner_id.id,
            vehicle_id=repair.vehicle_id.id,
            res_model=repair._name,
            res_id=repair.id,
            date_event=repair.date_out.date(),
            flag=flag,
            partner_key=self._partner_key(repair.partner_id),
            **repair._satisfaction_people(),
        )
        if points:
            one._demo_fill(points, recommend, words, moment + timedelta(hours=20))

    @api.model
    def _demo_call(self, own, survey):
        """Leave one customer to be asked by phone."""
        repair = self.env["repair.order"].search(
            [
                ("license_plate", "=", "浙A00H88"),
                ("service_state", "=", "returned"),
            ],
            limit=1,
        )
        if repair:
            own._demo_request(
                survey,
                repair.company_id,
                fields.Datetime.now() - timedelta(hours=3),
                kind="service",
                channel="phone",
                state="to_call",
                partner_id=repair.partner_id.id,
                vehicle_id=repair.vehicle_id.id,
                res_model=repair._name,
                res_id=repair.id,
                date_event=repair.date_out.date(),
                **repair._satisfaction_people(),
            )

    @api.model
    def _demo_request(self, survey, company, moment, **values):
        deadline = moment + timedelta(days=14)
        return self.create(
            {
                "survey_id": survey.id,
                "company_id": company.id,
                "date_sent": moment,
                "deadline": deadline,
                "user_input_id": survey._create_answer(
                    check_attempts=False, deadline=deadline
                ).id,
                **values,
            }
        )

    def _demo_fill(self, points, recommend, words, moment):
        """Answer the questions in their order."""
        user_input = self.user_input_id
        user_input._mark_in_progress()
        values = iter(points)
        for question in user_input.survey_id.question_ids:
            if question.auto_is_recommend:
                user_input._save_lines(question, str(recommend))
            elif question.question_type == "scale":
                user_input._save_lines(question, str(next(values)))
            elif words:
                user_input._save_lines(question, words)
        user_input._mark_done()
        self.write({"date_answered": moment})
