import { registry } from "@web/core/registry";
import { button, choose, state } from "@auto_crm_base/../tests/tours/steps";

const tours = registry.category("web_tour.tours");

tours.add("auto_campaign_plan", {
    steps: () => [
        state("The plan is ready", "draft"),
        button("and submitted", "action_auto_submit"),
        state("It costs more than the manager may spend alone", "submitted"),
    ],
});

tours.add("auto_campaign_approve", {
    steps: () => [
        button("The store manager agrees", "action_auto_approve"),
        state("It takes place", "approved"),
    ],
});

tours.add("auto_campaign_invite", {
    steps: () => [
        button("Who shall come?", "action_auto_invite"),
        ...choose("A customer", "partner_ids", "Tour Guest", ".modal"),
        {
            trigger: ".modal .o_field_widget[name=partner_ids] .o_tag:contains(Tour Guest)",
        },
        button("is on the list", "action_confirm", ".modal"),
        {
            content: "with no more to do",
            trigger: "body:not(:has(.modal)) .o_form_view",
        },
    ],
});

tours.add("auto_campaign_check_in", {
    steps: () => [
        {
            content: "The list of guests",
            trigger: ".o_form_view .oe_stat_button:has(.fa-users)",
            run: "click",
        },
        {
            content: "lies at the door",
            trigger: ".o_data_row:contains(Tour Guest) button[name=action_confirm]",
            run: "click",
        },
        {
            content: "Here comes the guest",
            trigger: ".o_data_row:contains(Tour Guest) button[name=action_set_done]",
            run: "click",
        },
        {
            content: "and is looked at",
            trigger:
                ".o_data_row:contains(Tour Guest):not(:has(button[name=action_set_done])) .o_data_cell[name=name]",
            run: "click",
        },
        button("A prospect now", "action_open_auto_lead"),
        {
            content: "of mine",
            trigger: ".o_form_view .o_auto_lead_head",
        },
    ],
});
