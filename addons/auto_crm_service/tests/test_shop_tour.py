from odoo.tests import HttpCase, tagged

from .common import ServiceCase


class ShopTourCase(HttpCase, ServiceCase):
    """What people do in the workshop, in a browser."""

    lang = None

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang(cls.lang)
        cls.owner.lang = cls.lang
        for user in (cls.technician, cls.adviser, cls.service_manager):
            user.write({"password": user.login, "lang": cls.lang})

    def _repair(self):
        repair = self._receive(user_id=self.adviser.id)
        self._job(repair, parts=1, concern="Tour noise")
        return repair

    def _in_workshop(self):
        repair = self._repair()
        self._agree(repair)
        repair.action_to_workshop()
        self.env.flush_all()
        return repair

    def _portal(self):
        repair = self._repair()
        repair.action_ask_customer()
        self.env.flush_all()
        self.start_tour(repair.get_portal_url(), "auto_repair_portal")
        self.env.invalidate_all()
        approval = repair.decision_ids
        self.assertEqual(approval.decided_by, "Tour Owner")
        self.assertTrue(approval.signature)
        self.assertEqual(
            sorted(repair.line_ids.mapped("decision")), ["approved", "declined"]
        )
        self.assertEqual(repair.service_state, "queued")

    def _board(self):
        repair = self._in_workshop()
        self.start_tour(
            "/odoo/workshop-board",
            "auto_workshop_board",
            login=self.service_manager.login,
        )
        self.env.invalidate_all()
        job = repair.job_ids
        hours = (job.planned_stop - job.planned_start).total_seconds() / 3600
        self.assertEqual(hours, 2, "an hour and a half, and half an hour more")

    def _walk_round(self):
        repair = self._repair()
        self.env.flush_all()
        self.start_tour(
            f"/odoo/service-orders/{repair.id}",
            "auto_walk_round",
            login=self.adviser.login,
        )
        self.env.invalidate_all()
        self.assertEqual(repair.damage_ids.kind, "dent")
        self.assertEqual(repair.fuel_level, "50")
        self.assertTrue(repair.walk_round_signature)


@tagged("post_install", "-at_install")
class TestShopTourEnglish(ShopTourCase):
    lang = "en_US"

    def test_portal(self):
        self._portal()

    def test_board(self):
        self._board()

    def test_walk_round(self):
        self._walk_round()


@tagged("post_install", "-at_install")
class TestShopTourChinese(ShopTourCase):
    lang = "zh_CN"

    def test_portal(self):
        self._portal()


class TechnicianTourCase(ShopTourCase):
    browser_size = "390x844"
    touch_enabled = True

    def _technician(self):
        repair = self._in_workshop()
        self.start_tour(
            "/odoo/my-jobs", "auto_repair_technician", login=self.technician.login
        )
        self.env.invalidate_all()
        self.assertEqual(repair.service_state, "quality")
        self.assertEqual(len(repair.job_ids.time_ids), 3)
        self.assertEqual(
            sorted(repair.job_ids.time_ids.mapped(lambda one: one.pause_reason or "")),
            ["", "break", "parts"],
        )


@tagged("post_install", "-at_install")
class TestTechnicianTourEnglish(TechnicianTourCase):
    lang = "en_US"

    def test_technician(self):
        self._technician()


@tagged("post_install", "-at_install")
class TestTechnicianTourChinese(TechnicianTourCase):
    lang = "zh_CN"

    def test_technician(self):
        self._technician()
