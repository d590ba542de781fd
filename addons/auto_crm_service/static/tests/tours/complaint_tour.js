import { registry } from "@web/core/registry";
import { button, saved, state } from "@auto_crm_base/../tests/tours/steps";

const tours = registry.category("web_tour.tours");

tours.add("auto_complaint_take", {
    steps: () => [
        {
            content: "What came in by the web page lies on the desk",
            trigger: ".o_kanban_record:contains(Tour Customer)",
            run: "click",
        },
        button("The desk takes it", "action_take"),
        state("It is somebody's now", "assigned"),
        {
            content: "What it is about",
            trigger: ".o_form_view .o_field_widget[name=category_id] input",
            run: "edit Test matter",
        },
        {
            trigger: ".o-autocomplete--dropdown-item:contains(Test matter)",
            run: "click",
        },
        button("The departments get their tasks", "action_dispatch"),
        state("Work has begun", "in_progress"),
        {
            content: "One task is given",
            trigger: ".o_field_widget[name=task_ids] .o_data_row",
        },
    ],
});

tours.add("auto_complaint_task", {
    steps: () => [
        {
            content: "The adviser opens the task",
            trigger: ".o_data_row .o_data_cell[name=name]",
            run: "click",
        },
        {
            content: "What was found",
            trigger: ".o_form_view .o_field_widget[name=result] textarea",
            run: "edit The part came late.",
        },
        button("That is it", "action_done"),
        state("The task is done", "done"),
    ],
});

tours.add("auto_complaint_answer", {
    steps: () => [
        button("The customer is answered", "action_answer"),
        {
            content: "In words",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit We are sorry: the part came late.",
        },
        button("Which are kept", "action_confirm", ".modal"),
        state("The clock stands", "answered"),
        button("Later the customer is called", "action_callback"),
        {
            content: "and is content",
            trigger: ".modal .o_field_widget[name=result] input[data-value=satisfied]",
            run: "click",
        },
        {
            content: "in these words",
            trigger: ".modal .o_field_widget[name=note] textarea",
            run: "edit Thank you.",
        },
        button("So it ends", "action_confirm", ".modal"),
        state("With the customer's word", "closed"),
        saved(),
    ],
});
