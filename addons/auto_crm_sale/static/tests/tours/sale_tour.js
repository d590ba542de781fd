import { registry } from "@web/core/registry";
import { button, saved, sign, state, tab } from "@auto_crm_base/../tests/tours/steps";

const tours = registry.category("web_tour.tours");

tours.add("auto_sale_reserve_and_contract", {
    steps: () => [
        {
            content: "The consultant finds the car among those for sale",
            trigger: ".o_kanban_record:contains(Test Model) button[name=action_reserve]",
            run: "click",
        },
        {
            content: "For whom",
            trigger: ".modal .o_field_widget[name=partner_id] input",
            run: "edit Tour Buyer",
        },
        {
            trigger: ".modal .o-autocomplete--dropdown-item:contains(Tour Buyer)",
            run: "click",
        },
        button("It is held", "action_confirm_new", ".modal"),
        state("The reservation counts", "active"),
        button("It becomes a contract", "action_make_contract"),
        {
            content: "The contract has the car and its buyer",
            trigger:
                ".o_form_view .o_field_widget[name=order_line] .o_data_row .o_data_cell[name=price_unit]",
            run: "click",
        },
        {
            content: "The customer wants a discount",
            trigger:
                ".o_field_widget[name=order_line] .o_selected_row .o_field_widget[name=price_unit] input",
            run: "edit 145000",
        },
        {
            content: "The price is entered",
            trigger: ".o_form_view .oe_title",
            run: "click",
        },
        button("Which needs an approval", "action_request_contract_approval"),
        {
            content: "It waits for the manager",
            trigger: ".o_form_view button[name=action_withdraw_contract]",
        },
        saved(),
    ],
});

tours.add("auto_sale_approve", {
    steps: () => [
        {
            content: "The contract waits in the manager's list",
            trigger: ".o_data_row button[name=action_approve]",
            run: "click",
        },
        {
            content: "It is gone from it",
            trigger: ".o_view_controller:not(:has(.o_data_row button[name=action_approve]))",
        },
    ],
});

tours.add("auto_sale_confirm_and_notice", {
    steps: () => [
        button("The approved contract is signed", "action_confirm"),
        state("It counts", "sale"),
        button("The car shall leave", "action_delivery_notice"),
        {
            content: "What is missing is said",
            trigger: ".o_form_view .o_field_widget[name=conditions] .text-danger",
        },
        button("The release is asked for", "action_request"),
        state("It waits for the manager", "requested"),
        saved(),
    ],
});

tours.add("auto_sale_take_payment", {
    steps: () => [
        {
            content: "The cashier sees what is due",
            trigger: ".o_data_row:contains(Tour Buyer) button[name=action_take_payment]",
            run: "click",
        },
        {
            content: "All of it is paid, typed on a Chinese keyboard",
            trigger: ".modal .o_field_widget[name=amount] input",
            run: "edit １４５０００",
        },
        button("The money is taken", "action_pay", ".modal"),
        {
            content: "Nothing is due any more",
            trigger: "body:not(:has(.modal)) .o_view_controller:not(:has(.o_data_row:contains(Tour Buyer)))",
            // Paying books: a busy machine needs its time.
            timeout: 60000,
        },
    ],
});

tours.add("auto_sale_inspect", {
    steps: () => [
        button("Every point is in order", "action_all_ok"),
        button("The inspection is finished", "action_finish"),
        state("The car has passed", "passed"),
    ],
});

tours.add("auto_sale_release", {
    steps: () => [button("The car may leave", "action_release"), state("It may", "released")],
});

tours.add("auto_sale_handover", {
    steps: () => [
        button("The handover is planned", "action_handover"),
        tab("On the first sheet", "delivery"),
        {
            content: "The odometer is read",
            trigger: ".o_field_widget[name=odometer] input",
            run: "edit 12",
        },
        button("The sheets are ticked off", "action_open_sheet", ".o_form_statusbar"),
        button("One after the other", "action_all_ok"),
        {
            content: "All points are done",
            trigger: ".o_form_statusbar:not(:has(button[name=action_all_ok]))",
        },
        {
            content: "Back to the handover",
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        button("The other sheet", "action_open_sheet", ".o_form_statusbar"),
        button("Likewise", "action_all_ok"),
        {
            content: "All points are done",
            trigger: ".o_form_statusbar:not(:has(button[name=action_all_ok]))",
        },
        {
            trigger: ".o_breadcrumb .o_back_button",
            run: "click",
        },
        tab("What the customer told", "customer"),
        {
            content: "is right",
            trigger: ".o_field_widget[name=is_data_confirmed] input",
            run: "click",
        },
        tab("Both sign", "signatures"),
        ...sign("The customer", "customer_signature"),
        ...sign("The consultant", "consultant_signature"),
        button("The keys change hands", "action_finish"),
        {
            content: "For good",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        state("The car is the customer's", "done"),
    ],
});
