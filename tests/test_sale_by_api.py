"""A car is sold by programs only: every step by Odoo's JSON-2 API, with the key of
the one whose step it is, and the result is looked up in the database."""

import base64
import pathlib

import pytest
from clients import Api, WebClient, refused, rows

PEOPLE = ("consultant", "sales_manager", "technician", "cashier")
ICON = pathlib.Path(__file__).parents[1] / (
    "addons/auto_crm_sale/static/description/icon.png"
)


@pytest.fixture
def people(server):
    """The people of store 1, each with a key of their own."""
    return {
        role: Api(server, WebClient(server, f"store1_{role}").api_key())
        for role in PEOPLE
    }


@pytest.fixture
def car(people):
    """A car that the consultant may sell, as the list of sellable cars has it."""
    [car, *_others] = people["consultant"].call(
        "auto.vehicle",
        "search_read",
        domain=[
            ("availability", "=", "available"),
            ("product_id", "!=", False),
            ("stock_location_id", "!=", False),
            ("company_id.name", "=", "Huaxing Hangzhou"),
        ],
        fields=["vin", "list_price"],
        order="id desc",
        limit=1,
    )
    return car


def make(api, model, **values):
    [record] = api.call(model, "create", vals_list=[values])
    return record


def act(api, model, method, record):
    return api.call(model, method, ids=[record])


def read(api, model, record, *names):
    [values] = api.call(model, "read", ids=[record], fields=list(names))
    return values


def tick_off(api, sheets):
    """Find every point of these sheets in order, and finish them."""
    for sheet in sheets:
        act(api, "auto.checklist", "action_all_ok", sheet)
        act(api, "auto.checklist", "action_finish", sheet)


def test_a_whole_sale(server, people, car):
    consultant, manager = people["consultant"], people["sales_manager"]
    buyer = make(consultant, "res.partner", name="丁一程", phone="+8613900021177")

    # Held, and nobody else can hold it.
    reservation = make(
        consultant, "auto.reservation", vehicle_id=car["id"], partner_id=buyer
    )
    act(consultant, "auto.reservation", "action_confirm", reservation)
    rival = make(manager, "auto.reservation", vehicle_id=car["id"], partner_id=buyer)
    with refused(server):
        act(manager, "auto.reservation", "action_confirm", rival)
    act(consultant, "auto.reservation", "action_make_contract", reservation)
    order = read(consultant, "auto.reservation", reservation, "order_id")["order_id"][0]

    # A discount needs the manager.
    [line] = consultant.call(
        "sale.order.line",
        "search",
        domain=[("order_id", "=", order), ("vehicle_id", "=", car["id"])],
    )
    price = car["list_price"] - 3000
    consultant.call("sale.order.line", "write", ids=[line], vals={"price_unit": price})
    with refused(server):
        act(consultant, "sale.order", "action_confirm", order)
    act(consultant, "sale.order", "action_request_contract_approval", order)
    with refused(server):
        act(consultant, "sale.order", "action_approve_contract", order)
    act(manager, "sale.order", "action_approve_contract", order)
    act(consultant, "sale.order", "action_confirm", order)

    # Nothing leaves unpaid.
    notice = make(consultant, "auto.delivery.notice", order_id=order)
    act(consultant, "auto.delivery.notice", "action_request", notice)
    with refused(server):
        act(manager, "auto.delivery.notice", "action_release", notice)
    total = read(consultant, "sale.order", order, "amount_total")["amount_total"]
    payment = make(
        people["cashier"],
        "auto.take.payment",
        order_id=order,
        amount=total,
        kind="balance",
    )
    act(people["cashier"], "auto.take.payment", "action_pay", payment)

    # Nor uninspected.
    inspections = people["technician"].call(
        "auto.checklist",
        "search",
        domain=[
            ("vehicle_id", "=", car["id"]),
            ("kind", "=", "pdi"),
            ("state", "=", "open"),
        ],
    )
    tick_off(people["technician"], inspections)
    act(manager, "auto.delivery.notice", "action_release", notice)

    # The handover, signed.
    handover = make(consultant, "auto.handover", order_id=order)
    sheets = read(consultant, "auto.handover", handover, "checklist_ids")
    tick_off(consultant, sheets["checklist_ids"])
    with refused(server):
        act(consultant, "auto.handover", "action_finish", handover)
    signature = base64.b64encode(ICON.read_bytes()).decode()
    consultant.call(
        "auto.handover",
        "write",
        ids=[handover],
        vals={"odometer": 8, "is_data_confirmed": True},
    )
    consultant.call(
        "auto.handover",
        "write",
        ids=[handover],
        vals={"customer_signature": signature, "consultant_signature": signature},
    )
    act(consultant, "auto.handover", "action_finish", handover)
    check_delivered(server, car, buyer, order)


def check_delivered(server, car, buyer, order):
    """The car, the stock, the money and the timeline say the same."""
    assert rows(
        server,
        "SELECT supply_state, sale_state, owner_id, odometer FROM auto_vehicle"
        " WHERE id = %s",
        car["id"],
    ) == [("out", "delivered", buyer, 8)]
    assert rows(
        server,
        "SELECT l.usage, q.quantity::int FROM stock_quant q"
        " JOIN stock_location l ON l.id = q.location_id"
        " JOIN stock_lot s ON s.id = q.lot_id WHERE s.name = %s AND q.quantity > 0",
        car["vin"],
    ) == [("customer", 1)]
    assert rows(
        server,
        "SELECT state, delivery_status FROM sale_order WHERE id = %s",
        order,
    ) == [("sale", "full")]
    kinds = {
        kind
        for (kind,) in rows(
            server,
            "SELECT kind FROM auto_vehicle_event WHERE vehicle_id = %s",
            car["id"],
        )
    }
    assert {"contract", "stock", "owner", "handover"} <= kinds
