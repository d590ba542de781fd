from odoo import fields
from odoo.tests import tagged

from .common_matrix import MatrixCase


@tagged("post_install", "-at_install")
class TestAccessMatrix(MatrixCase):
    """Who may do what with the records of this addon, role by role."""

    def make_customer(self, store, user):
        partner = self.env["res.partner"].create(
            {
                "name": "Matrix customer",
                "is_auto_customer": True,
                "auto_store_id": store.id,
                "store_ids": [fields.Command.set(store.ids)],
                "user_id": user.id,
            }
        )
        return partner, partner

    def make_vehicle(self, store, user):
        vehicle = self.env["auto.vehicle"].create(
            {
                "company_id": store.id,
                "license_plate": "浙T00001",
                "store_ids": [fields.Command.set(store.ids)],
                "owner_id": self.make_customer(store, user)[0].id,
            }
        )
        return vehicle, vehicle

    def test_customer(self):
        self.check_matrix(
            "res.partner",
            """
            consultant: R st, CU own
            sales_manager: CRU st
            adviser: CRU st
            technician: R st
            service_manager: R st
            complaint: R found
            callcentre: R found, C st
            store_manager: CRU st
            head_office: R all
            auditor: R all
            """,
            self.make_customer,
        )

    def test_vehicle(self):
        self.check_matrix(
            "auto.vehicle",
            """
            consultant: R st
            sales_manager: RU st
            adviser: R st
            service_manager: RU st
            complaint: R found
            callcentre: R found
            store_manager: CRU st
            head_office: CRU all
            auditor: R all
            """,
            self.make_vehicle,
        )

    READ_AS_VEHICLE = """
        consultant: R st
        sales_manager: R st
        adviser: R st
        service_manager: R st
        complaint: R found
        callcentre: R found
        store_manager: R st
        head_office: R all
        auditor: R all
    """

    def test_vehicle_timeline(self):
        def make(store, user):
            vehicle, _subject = self.make_vehicle(store, user)
            vehicle._log_event("identity", "test", company=store)
            return vehicle.event_ids[:1], vehicle

        self.check_matrix("auto.vehicle.event", self.READ_AS_VEHICLE, make)

    def test_vehicle_owner(self):
        def make(store, user):
            vehicle, _subject = self.make_vehicle(store, user)
            return vehicle.owner_ids[:1], vehicle

        self.check_matrix("auto.vehicle.owner", self.READ_AS_VEHICLE, make)

    def test_odometer(self):
        def make(store, user):
            vehicle, _subject = self.make_vehicle(store, user)
            today = fields.Date.context_today(vehicle)
            vehicle._record_odometer(1000, today, "manual")
            return vehicle.odometer_ids[:1], vehicle

        self.check_matrix(
            "auto.odometer.reading",
            """
            consultant: R st
            sales_manager: CR st
            adviser: CR st
            service_manager: CR st
            complaint: R found
            callcentre: R found
            store_manager: CR st
            head_office: CR all
            auditor: R all
            """,
            make,
        )

    def test_insurance_policy(self):
        def make(store, user):
            vehicle, _subject = self.make_vehicle(store, user)
            insurer = self.env["res.partner"].create(
                {"name": "Insurer", "is_company": True}
            )
            policy = self.env["auto.insurance.policy"].create(
                {
                    "vehicle_id": vehicle.id,
                    "company_id": store.id,
                    "insurer_id": insurer.id,
                    "number": "P1",
                    "date_start": "2026-01-01",
                    "date_end": "2026-12-31",
                }
            )
            return policy, vehicle

        self.check_matrix(
            "auto.insurance.policy",
            """
            consultant: CRU st
            sales_manager: CRU st
            adviser: CRU st
            service_manager: R st
            complaint: R found
            callcentre: R found
            store_manager: CRU st
            head_office: CRU all
            auditor: R all
            """,
            make,
        )

    def test_contact(self):
        def make(store, user):
            partner, _subject = self.make_customer(store, user)
            contact = self.env["auto.contact"].create(
                {
                    "partner_id": partner.id,
                    "company_id": store.id,
                    "user_id": user.id,
                    "summary": "test",
                }
            )
            return contact, partner

        self.check_matrix(
            "auto.contact",
            """
            consultant: CR st
            sales_manager: CR st
            adviser: CR st
            service_manager: CR st
            complaint: C st, R own, R found
            callcentre: C st, R own, R found
            store_manager: CR st
            head_office: CR all
            auditor: R all
            """,
            make,
        )

    def test_consent(self):
        def make(store, user):
            partner, _subject = self.make_customer(store, user)
            consent = self.env["auto.consent"].create(
                {
                    "partner_id": partner.id,
                    "company_id": store.id,
                    "state": "given",
                    "source": "person",
                    "wording": "yes",
                }
            )
            return consent, partner

        self.check_matrix(
            "auto.consent",
            """
            consultant: CR st
            sales_manager: CR st
            adviser: CR st
            service_manager: CR st
            complaint: CR found
            callcentre: CR found
            store_manager: CR st
            head_office: CR all
            auditor: R all
            """,
            make,
        )

    def test_followup(self):
        rule = self.env.ref("auto_crm_base.followup_rule_birthday")

        def make(store, user):
            partner, _subject = self.make_customer(store, user)
            today = fields.Date.context_today(partner)
            followup = self.env["auto.followup"].create(
                {
                    "rule_id": rule.id,
                    "partner_id": partner.id,
                    "company_id": store.id,
                    "user_id": user.id,
                    "date_due": today,
                }
            )
            return followup, None

        self.check_matrix(
            "auto.followup",
            """
            consultant: RU own
            sales_manager: RU st
            adviser: RU own
            service_manager: RU st
            complaint: RU own
            callcentre: RU own
            store_manager: RU st
            head_office: RU all
            auditor: R all
            """,
            make,
        )

    def test_approval(self):
        manager = self.env.ref("auto_crm_base.group_store_manager")
        kind = self.env["auto.approval.kind"].create(
            {
                "name": "Matrix",
                "code": "test_matrix",
                "limit_ids": [fields.Command.create({"group_id": manager.id})],
            }
        )

        def make(store, user):
            partner, _subject = self.make_customer(store, user)
            approval = self.env["auto.approval"].create(
                {
                    "kind_id": kind.id,
                    "summary": "test",
                    "res_model": "res.partner",
                    "res_id": partner.id,
                    "company_id": store.id,
                    "requester_id": user.id,
                    "approver_group_ids": [fields.Command.set(manager.ids)],
                }
            )
            return approval, None

        self.check_matrix(
            "auto.approval",
            """
            consultant: R own
            sales_manager: R own
            adviser: R own
            technician: R own
            service_manager: R own
            complaint: R own
            callcentre: R own
            store_manager: R st
            head_office: R all
            auditor: R all
            """,
            make,
        )

    def test_access_log(self):
        def make(store, user):
            partner, _subject = self.make_customer(store, user)
            log = self.env["auto.access.log"].with_user(user)
            return log._log("reveal", partner, "test", company=store), None

        self.check_matrix(
            "auto.access.log",
            """
            store_manager: R st
            head_office: R all
            auditor: R all
            """,
            make,
        )

    def test_configuration(self):
        everyone = [
            "consultant",
            "sales_manager",
            "adviser",
            "technician",
            "service_manager",
            "complaint",
            "callcentre",
            "store_manager",
            "auditor",
        ]
        read = "\n".join(f"{role}: R all" for role in everyone)
        for model, head_office in (
            ("auto.followup.rule", "CRU all"),
            ("auto.approval.kind", "CRU all"),
            ("auto.approval.limit", "CRUD all"),
        ):
            kind = self.env["auto.approval.kind"].create(
                {
                    "name": "Matrix",
                    "code": f"test_{model}",
                    "limit_ids": [
                        fields.Command.create({"group_id": self.group_user.id})
                    ],
                }
            )
            record = {
                "auto.followup.rule": self.env.ref(
                    "auto_crm_base.followup_rule_birthday"
                ),
                "auto.approval.kind": kind,
                "auto.approval.limit": kind.limit_ids,
            }[model]
            with self.subTest(model):
                self.check_matrix(
                    model,
                    f"{read}\nhead_office: {head_office}",
                    lambda store, user, record=record: (record, None),
                )

    def test_access_log_is_not_deleted(self):
        partner, _subject = self.make_customer(
            self.stores[1], self.users["consultant", 1]
        )
        log = self.env["auto.access.log"]._log("reveal", partner, "test")
        for user in (self.users["store_manager", 1], self.users["head_office"]):
            self.assertFalse(log.with_user(user).has_access("unlink"))
            self.assertFalse(log.with_user(user).has_access("write"))
