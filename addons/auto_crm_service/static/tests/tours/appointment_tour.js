import { registry } from "@web/core/registry";
import { button, choose, state } from "@auto_crm_base/../tests/tours/steps";

const tours = registry.category("web_tour.tours");

tours.add("auto_appointment_book", {
    steps: () => [
        ...choose("Who calls", "partner_id", "Car Owner"),
        {
            content: "who has one car",
            trigger: ".o_field_widget[name=vehicle_id] input:value(浙A70001)",
        },
        ...choose("What is wanted", "type_id", "Tour work"),
        {
            content: "The first free time",
            trigger: ".o_auto_slots_day button[data-start]",
            run: "click",
        },
        {
            content: "is chosen",
            trigger: ".o_auto_slots_day button.btn-primary[data-start]",
        },
        {
            content: "The customer's words",
            trigger: ".o_field_widget[name=concern] textarea",
            run: "edit Squeals when braking",
        },
        {
            content: "Booked",
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        state("It is promised", "booked"),
        button("The car is here", "action_receive"),
        {
            content: "Nothing is typed twice",
            trigger: ".o_form_view .o_field_widget[name=concern] textarea:value(Squeals)",
        },
        {
            content: "The meter is read",
            trigger: ".o_form_view .o_field_widget[name=odometer] input",
            run: "edit 30500",
        },
        button("The car is received", "action_receive"),
        state("The order is there", "received"),
    ],
});

tours.add("auto_appointment_estimate", {
    steps: () => [
        {
            content: "The job of the appointment",
            trigger: ".o_field_widget[name=job_ids] .o_data_row .o_data_cell[name=concern]",
            run: "click",
        },
        ...choose("Who does it", "technician_id", "test_technician_1", ".modal"),
        {
            content: "Labour",
            trigger: ".modal .o_field_widget[name=line_ids] .o_field_x2many_list_row_add a",
            run: "click",
        },
        ...choose("by operation", "operation_id", "TEST-1", ".modal"),
        {
            content: "Done with the job",
            trigger: ".modal .o_form_button_save:enabled",
            run: "click",
        },
        {
            trigger: "body:not(:has(.modal)) .o_form_button_save:enabled",
            run: "click",
        },
        button("The customer decides", "action_decide"),
        {
            content: "by a call",
            trigger: ".modal .o_field_widget[name=method] input[data-value=call]",
            run: "click",
        },
        {
            content: "that is recorded",
            trigger: ".modal .o_field_widget[name=recording_ref] input",
            run: "edit REC-7",
        },
        button("Agreed", "action_record", ".modal"),
        {
            trigger: "body:not(:has(.modal)) button[name=action_to_workshop]:enabled",
            run: "click",
        },
        state("It waits for a technician", "queued"),
    ],
});

tours.add("auto_appointment_work", {
    steps: () => [
        button("The technician begins", "action_start"),
        {
            content: "The clock runs",
            trigger: ".o_form_view button[name=action_pause]",
        },
        {
            content: "What was found",
            trigger: ".o_form_view .o_field_widget[name=cause] textarea",
            run: "edit Pads worn down",
        },
        {
            content: "What was done",
            trigger: ".o_form_view .o_field_widget[name=correction] textarea",
            run: "edit Pads replaced",
        },
        button("That is it", "action_finish"),
        {
            content: "Done",
            trigger: ".o_form_view:not(:has(button[name=action_finish]))",
        },
    ],
});

tours.add("auto_appointment_settle", {
    steps: () => [
        button("Somebody else checks", "action_quality_passed"),
        state("The car is ready", "ready"),
        button("The bill", "action_settle"),
        state("Settled", "settled"),
        button("The car goes home", "action_return_car"),
        state("and all is over", "returned"),
    ],
});
