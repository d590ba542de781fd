import { registry } from "@web/core/registry";

const tours = registry.category("web_tour.tours");

function sign(selector) {
    return {
        content: "A signature",
        trigger: selector,
        run: () => {
            const canvas = document.querySelector(selector);
            const box = canvas.getBoundingClientRect();
            const at = (name, x, y) =>
                canvas.dispatchEvent(
                    new PointerEvent(name, {
                        bubbles: true,
                        clientX: box.left + x,
                        clientY: box.top + y,
                    })
                );
            at("pointerdown", 20, 20);
            for (let step = 1; step < 12; step++) {
                at("pointermove", 20 + 8 * step, 20 + (step % 3) * 20);
            }
            at("pointerup", 120, 60);
        },
    };
}

tours.add("auto_repair_portal", {
    steps: () => [
        {
            content: "The customer is asked",
            trigger: ".o_auto_steps .o_auto_now[data-step=estimate]",
        },
        {
            content: "One line is not wanted",
            trigger: ".o_auto_repair_estimate input[name=line]:last",
            run: "click",
        },
        {
            content: "The rest is agreed to",
            trigger: ".o_auto_some:not(.d-none)",
        },
        {
            content: "By name",
            trigger: "input#repair_name",
            run: "edit Tour Owner",
        },
        sign(".o_auto_repair_estimate canvas"),
        {
            content: "It is sent",
            trigger: ".o_auto_repair_estimate button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "and kept; the workshop goes on",
            trigger: ".o_auto_steps .o_auto_now[data-step=work]",
        },
        {
            trigger: ".alert-success",
        },
    ],
});

const card = (button) => `.o_kanban_record:contains(Tour noise) ${button}`;

tours.add("auto_repair_technician", {
    steps: () => [
        {
            content: "The technician starts on the phone",
            trigger: card("button[name=action_start]"),
            run: "click",
        },
        {
            content: "and has a break",
            trigger: card("button[name=action_pause]"),
            run: "click",
        },
        {
            content: "goes on",
            trigger: card("button[name=action_start]"),
            run: "click",
        },
        {
            content: "misses a part",
            trigger: card("button .fa-hourglass-half"),
            run: "click",
        },
        {
            content: "and says which",
            trigger: ".modal .o_field_widget[name=reason] input",
            run: "edit Front pads",
        },
        {
            trigger: ".modal button[name=action_wait]",
            run: "click",
        },
        {
            content: "It has come: the clock runs again",
            trigger: `body:not(:has(.modal)) ${card("button[name=action_start]")}`,
            run: "click",
        },
        {
            trigger: card("button[name=action_pause]"),
        },
        {
            content: "What was it?",
            trigger: ".o_kanban_record:contains(Tour noise)",
            run: "click",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=cause] textarea",
            run: "edit Pads worn",
        },
        {
            trigger: ".o_form_view .o_field_widget[name=correction] textarea",
            run: "edit Pads replaced",
        },
        {
            content: "Done, from the menu of buttons of a phone or from the bar",
            trigger: ".o_form_view .o_statusbar_buttons, .o_form_view .o_statusbar_buttons_dropdown",
            run: () => {
                if (!document.querySelector("button[name=action_finish]")) {
                    document
                        .querySelector(".o_form_statusbar .o-dropdown, .o_form_statusbar .dropdown-toggle")
                        .click();
                }
            },
        },
        {
            trigger: "button[name=action_finish]",
            run: "click",
        },
        {
            content: "The car goes to the check",
            trigger: ".o_form_view .ribbon:contains(/Done|完成/), .o_form_view .ribbon span",
        },
    ],
});

tours.add("auto_workshop_board", {
    steps: () => [
        {
            content: "A job waits on the left",
            trigger: ".o_auto_workshop .o_auto_card:contains(Tour noise)",
            run: "click",
        },
        {
            content: "A tap puts it onto the row of the technician",
            trigger: ".o_auto_chosen:contains(Tour noise)",
        },
        {
            trigger: ".o_auto_grid .o_auto_row:not(.o_auto_head) .o_auto_line:first",
            run: "click",
        },
        {
            content: "There it is",
            trigger: ".o_auto_grid .o_auto_bar:contains(Tour noise)",
            run: "click",
        },
        {
            content: "It takes longer",
            trigger: ".o_auto_chosen .o_auto_longer",
            run: "click",
        },
        {
            content: "in a bay, too",
            trigger: ".o_auto_by_bays",
            run: "click",
        },
        {
            trigger: ".o_auto_grid .o_auto_bar:contains(Tour noise)",
        },
    ],
});

tours.add("auto_walk_round", {
    steps: () => [
        {
            content: "From the order",
            trigger: ".o_form_view button[name=action_walk_round], .o_control_panel button[name=action_walk_round]",
            run: "click",
        },
        {
            content: "A dent",
            trigger: ".o_auto_walk_round button[data-kind=dent]",
            run: "click",
        },
        {
            content: "just here",
            trigger: ".o_auto_outline",
            run: "click",
        },
        {
            trigger: ".o_auto_outline .o_auto_mark.o_auto_kind_dent",
        },
        {
            content: "Half full",
            trigger: "button[data-fuel='50']:enabled",
            run: "click",
        },
        {
            trigger: "button.btn-primary[data-fuel='50']",
        },
        sign(".o_auto_canvas"),
        {
            content: "Signed",
            trigger: "button.o_auto_sign:enabled",
            run: "click",
        },
        {
            trigger: ".o_auto_signed",
        },
    ],
});
