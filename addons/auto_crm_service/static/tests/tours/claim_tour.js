import { registry } from "@web/core/registry";
import { button, state, type } from "@auto_crm_base/../tests/tours/steps";

const tours = registry.category("web_tour.tours");

tours.add("auto_claim_make", {
    steps: () => [
        button("The maker pays", "action_claim_warranty"),
        state("The claim is there", "draft"),
        button("It is sent", "action_submit"),
        {
            content: "but something is missing",
            trigger: ".o_notification .o_notification_title, .o_notification_bar.bg-danger",
        },
        state("and it stays here", "draft"),
    ],
});

tours.add("auto_claim_submit", {
    steps: () => [
        button("Now it goes", "action_submit"),
        state("It lies with the maker", "submitted"),
    ],
});

tours.add("auto_claim_decide", {
    steps: () => [
        button("The maker has decided", "action_decide"),
        type("by a letter", "reference", "M-77", ".modal"),
        {
            content: "on two lines",
            trigger: ".modal .o_field_widget[name=line_ids] .o_data_row:eq(1)",
        },
        button("All is paid", "action_record", ".modal"),
        state("It is decided", "decided"),
    ],
});

tours.add("auto_claim_close", {
    steps: () => [
        state("The money is there", "paid"),
        button("That is it", "action_close"),
        state("It is over", "closed"),
    ],
});
