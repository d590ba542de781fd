import { registry } from "@web/core/registry";
import { button, choose, sign, state, tab, type } from "@auto_crm_base/../tests/tours/steps";

registry.category("web_tour.tours").add("auto_test_drive", {
    steps: () => [
        button("The prospect wants to drive it", "action_book_test_drive"),
        {
            content: "Which car is known",
            trigger: ".o_form_view .o_field_widget[name=vehicle_id] input:value(DRIVE1)",
        },
        type("The licence lies on the desk", "licence_number", "330106199001011234"),
        ...choose("of a car", "licence_class_id", "C1"),
        type("for long", "licence_issue_date", "-8y"),
        type("and still valid", "licence_expiry_date", "+1y"),
        {
            content: "It is no copy",
            trigger: ".o_form_view .o_field_widget[name=is_licence_seen] input",
            run: "click",
        },
        {
            content: "Booked",
            trigger: ".o_form_button_save:enabled",
            run: "click",
        },
        state("Car and consultant are held", "booked"),
        tab("What the driver agrees to", "agreement"),
        ...sign("is signed", "driver_signature"),
        button("The key", "action_key_out"),
        type("with what the meter shows", "odometer", "1005", ".modal"),
        button("is handed out", "action_confirm", ".modal"),
        state("The car is out", "out"),
        button("and comes back", "action_key_in"),
        type("with some more", "odometer", "1025", ".modal"),
        type("as it was", "note", "No scratch", ".modal"),
        button("The key is here again", "action_confirm", ".modal"),
        {
            content: "The customer is asked at once",
            trigger: ".modal .o_field_widget[name=rating_driving] a.o_priority_star:eq(3)",
            run: "click",
        },
        type("and likes it", "liked", "Quiet", ".modal"),
        {
            content: "so much that an offer is wanted",
            trigger: ".modal .o_field_widget[name=intent] .o_selection_badge[value='\"offer\"']",
            run: "click",
        },
        type("which is the next step", "next_step", "Send the offer", ".modal"),
        button("All is kept", "action_confirm", ".modal"),
        state("It is over", "done"),
    ],
});
