from odoo.addons.auto_crm_base.tests.test_vehicle_stock import StockCase


class ServiceCase(StockCase):
    """Two stores with a workshop each: bays, technicians, operations and rates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user in cls.users.values():
            user.lang = "en_US"  # the tests compare what people read
        cls.store = cls.stores[1]
        cls.adviser = cls.users["adviser", 1]
        cls.technician = cls.users["technician", 1]
        cls.service_manager = cls.users["service_manager", 1]
        skills = cls.env["auto.skill"]
        cls.mechanical = skills.create({"name": "Test mechanical"})
        cls.paint = skills.create({"name": "Test paint"})
        cls.bays = {
            number: cls.env["auto.bay"].create(
                [{"name": f"Lift {count}", "company_id": store.id} for count in (1, 2)]
            )
            for number, store in cls.stores.items()
        }
        cls.technician_files = {
            number: cls.env["auto.technician"].create(
                {
                    "user_id": cls.users["technician", number].id,
                    "company_id": store.id,
                    "skill_ids": [(6, 0, cls.mechanical.ids)],
                }
            )
            for number, store in cls.stores.items()
        }
        cls.operation = cls.env["auto.labour.operation"].create(
            {
                "code": "TEST-1",
                "name": "Front brake pads, replace",
                "skill_id": cls.mechanical.id,
                "standard_hours": 1.5,
            }
        )
        cls.env["auto.labour.rate"].search([]).unlink()
        cls.env["auto.labour.rate"].create({"rate": 200})
        cls.part = cls.env["product.product"].create(
            {
                "name": "Brake pads, front",
                "is_storable": True,
                "list_price": 480,
                "standard_price": 300,
                "taxes_id": [(5,)],
            }
        )
        cls.env["stock.quant"].sudo()._update_available_quantity(
            cls.part, cls.warehouses[1].lot_stock_id, 5
        )
        cls.owner = cls.env["res.partner"].create(
            {
                "name": "Car Owner",
                "phone": "+8613800138000",
                "is_auto_customer": True,
                "store_ids": [(6, 0, cls.store.ids)],
            }
        )
        cls.vehicle = cls._vehicle(cls.owner)

    @classmethod
    def _load_chart(cls):
        """Give the group accounts, with or without those of China installed."""
        chinese = cls.env["ir.module.module"]._get("l10n_cn").state == "installed"
        if not chinese:
            # Odoo's own chart takes it off the group, and then minds the stores'.
            cls.group.account_storno = False
        cls.env["account.chart.template"].try_loading(
            "cn" if chinese else "generic_coa", company=cls.group, install_demo=False
        )

    @classmethod
    def _vehicle(cls, owner, store=1, **values):
        """Return a car of a store's customer."""
        company = cls.stores[store]
        vehicle = (
            cls.env["auto.vehicle"]
            .with_company(company)
            .create(
                {
                    "vin": cls._vin(),
                    "model_id": cls.model.id,
                    "company_id": company.id,
                    "sale_state": "third_party",
                    **values,
                }
            )
        )
        vehicle._change_owner(owner)
        return vehicle

    def _receive(self, vehicle=None, user=None, **values):
        """Return a repair order as an adviser opens it at the counter."""
        vehicle = vehicle or self.vehicle
        user = user or self.adviser
        return (
            self.env["repair.order"]
            .with_user(user)
            .with_company(user.company_id)
            .create(
                {
                    "vehicle_id": vehicle.id,
                    "odometer_in": 30500,
                    "company_id": user.company_id.id,
                    **values,
                }
            )
        )

    def _job(self, repair, parts=0, **values):
        """Return a job with one labour operation and some pieces of the part."""
        lines = [(0, 0, {"kind": "labour", "operation_id": self.operation.id})]
        if parts:
            lines.append(
                (
                    0,
                    0,
                    {"kind": "part", "product_id": self.part.id, "quantity": parts},
                )
            )
        return (
            self.env["auto.repair.job"]
            .with_env(repair.env)
            .create(
                {
                    "repair_id": repair.id,
                    "concern": "Noise from the front when braking",
                    "technician_id": self.technician.id,
                    "line_ids": lines,
                    **values,
                }
            )
        )

    def _agree(self, repair, lines=None, declined=None):
        """Record that the customer agrees by a call."""
        none = repair.line_ids.browse()
        return repair._record_decision(
            repair.line_ids._to_decide() - (declined or none)
            if lines is None
            else lines,
            declined or none,
            "call",
            "Car Owner",
            recording_ref="REC-1",
        )

    def _work(self, repair):
        """Do all jobs of an order in the workshop, up to the quality check."""
        for job in repair.job_ids:
            mine = job.with_user(self.technician)
            mine.action_start()
            mine.write({"cause": "Pads worn down", "correction": "Pads replaced"})
            mine.action_finish()
        parts = repair.line_ids.filtered(
            lambda line: line.kind == "part" and line.decision == "approved"
        )
        if parts:
            parts.action_issue()
