from odoo.tests import HttpCase, tagged

from .common import ServiceCase


class AppointmentTourCase(HttpCase, ServiceCase):
    """One car, from the appointment to its way home."""

    lang = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls.store.auto_service_paid_first = False
        cls.env["res.lang"]._activate_lang(cls.lang)
        for user in (cls.adviser, cls.technician):
            user.write({"password": user.login, "lang": cls.lang})
        cls.env["auto.appointment.type"].create(
            {"name": "Tour work", "skill_id": cls.mechanical.id, "kind": "repair"}
        )
        cls.vehicle.license_plate = "浙A70001"

    def _tour(self, path, name, user):
        self.env.flush_all()
        self.start_tour(f"/odoo/{path}", f"auto_appointment_{name}", login=user.login)
        self.env.invalidate_all()

    def _whole_way(self):
        self._tour("auto-appointment-book", "book", self.adviser)
        appointment = self.env["auto.appointment"].search(
            [("vehicle_id", "=", self.vehicle.id)]
        )
        repair = appointment.repair_ids
        self.assertEqual((appointment.state, repair.odometer_in), ("arrived", 30500))
        self._tour(f"service-orders/{repair.id}", "estimate", self.adviser)
        self._tour(f"my-jobs/{repair.job_ids.id}", "work", self.technician)
        self.assertEqual(repair.service_state, "quality")
        self._tour(f"service-orders/{repair.id}", "settle", self.adviser)
        self.assertEqual(repair.settlement_ids.auto_pay_type, "customer")
        self.assertEqual(appointment.state, "done")


@tagged("post_install", "-at_install")
class TestAppointmentTourEnglish(AppointmentTourCase):
    lang = "en_US"

    def test_whole_way(self):
        self._whole_way()


@tagged("post_install", "-at_install")
class TestAppointmentTourChinese(AppointmentTourCase):
    lang = "zh_CN"

    def test_whole_way(self):
        self._whole_way()
