import { registry } from "@web/core/registry";
import { button, select, type } from "@auto_crm_base/../tests/tours/steps";

registry.category("web_tour.tours").add("auto_call_list", {
    steps: () => [
        {
            content: "The agent asks whom to call",
            trigger: ".o_data_row:contains(Tour list) button[name=action_next], .o_kanban_record:contains(Tour list) button[name=action_next]",
            run: "click",
        },
        {
            content: "One person it is, with the list and the number",
            trigger: ".o_form_view .alert:contains(Tour list)",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=partner_id] input:value(Call me 0)",
        },
        button("What came of it?", "action_done"),
        {
            content: "That has to be said",
            trigger: ".modal .modal-footer button",
            run: "click",
        },
        ...select("The person was reached", "result", 0),
        type("and said", "summary", "Comes on Saturday"),
        button("The next, please", "action_done"),
        {
            content: "Somebody else it is",
            trigger: ".o_form_view .o_field_widget[name=partner_id] input:value(Call me 1)",
        },
        ...select("who does not answer", "result", 2),
        button("Enough for today", "action_done_stop"),
        {
            content: "Back at the lists",
            trigger: ".o_list_view .o_data_row:contains(Tour list), .o_kanban_view .o_kanban_record:contains(Tour list)",
        },
    ],
});
