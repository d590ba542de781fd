import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("auto_match_tab", {
    steps: () => [
        {
            content: "The prospect is open; its cars are on a tab",
            trigger: ".o_form_view .o_notebook_headers a[name=matches]",
            run: "click",
        },
        {
            content: "The best car says why it is the best",
            trigger:
                ".o_field_widget[name=match_ids] .o_kanban_record:contains(Climber) .badge.text-bg-success:contains(within budget)",
        },
        {
            content: "It is proposed to the customer",
            trigger:
                ".o_field_widget[name=match_ids] .o_kanban_record:contains(Climber) button[name=action_propose]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=match_ids] .o_kanban_record:contains(Climber) .badge:contains(Proposed)",
        },
        {
            content: "One that does not suit is dismissed",
            trigger:
                ".o_field_widget[name=match_ids] .o_kanban_record:contains(Cruiser) button[name=action_dismiss]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=match_ids] .o_kanban_record:contains(Cruiser) button[name=action_restore]",
        },
        {
            content: "A new search keeps both decisions",
            trigger: "button[name=action_find_cars]",
            run: "click",
        },
        {
            trigger:
                ".o_field_widget[name=match_ids] .o_kanban_record:contains(Climber) .badge:contains(Proposed)",
        },
        {
            trigger:
                ".o_field_widget[name=match_ids] .o_kanban_record:contains(Cruiser) .badge:contains(Dismissed)",
        },
    ],
});
