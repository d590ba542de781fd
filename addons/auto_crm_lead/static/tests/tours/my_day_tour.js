import { registry } from "@web/core/registry";

const log = (summary, grade) => [
    {
        content: "Nothing is saved without words",
        trigger: ".o_auto_save_next:not(:disabled)",
        run: "click",
    },
    { trigger: ".o_auto_log .invalid-feedback" },
    {
        trigger: ".o_auto_result[data-result=reached]",
        run: "click",
    },
    { trigger: ".o_auto_result[data-result=reached].active" },
    {
        trigger: ".o_auto_log textarea[name=summary]",
        run: `edit ${summary}`,
    },
    {
        trigger: ".o_auto_log input[name=next_step]",
        run: "edit Test drive on Saturday",
    },
    {
        trigger: `.o_auto_grade_chip[data-grade=${grade}]`,
        run: "click",
    },
    {
        content: "The date is proposed from the grade, and says so",
        trigger: `.o_auto_log .form-text:contains(Grade ${grade})`,
    },
    {
        content: "A date stands there",
        trigger: ".o_auto_log input[name=next_date]",
        run: ({ anchor }) => {
            if (!/^\d{4}-\d{2}-\d{2}$/.test(anchor.value)) {
                throw new Error(`no date is proposed: ${anchor.value}`);
            }
        },
    },
    {
        trigger: ".o_auto_save_next:not(:disabled)",
        run: "click",
    },
];

registry.category("web_tour.tours").add("auto_my_day_desktop", {
    url: "/odoo/auto-my-day",
    steps: () => [
        {
            content: "The new prospect is first, its card open beside the list",
            trigger: ".o_auto_card_current:contains(Tour New)",
        },
        { trigger: ".o_auto_my_day_detail h2:contains(Tour New)" },
        {
            content: "One tap calls",
            trigger: ".o_auto_my_day_detail a[href='tel:+8613800138000']",
        },
        ...log("Wants the blue one", "A"),
        {
            content: "The next card comes up by itself, with what was said before",
            trigger: ".o_auto_my_day_detail h2:contains(Tour Overdue)",
        },
        { trigger: ".o_auto_last:contains(Will decide on Friday)" },
        { trigger: ".o_auto_my_day_list:not(:contains(Tour New))" },
        { trigger: ".o_auto_count_done:contains(1)" },
        {
            content: "Shelve this one",
            trigger: ".o_auto_shelve",
            run: "click",
        },
        {
            trigger: ".o_auto_shelve_panel input[name=reason]",
            run: "edit Moves house first",
        },
        {
            trigger: ".o_auto_shelve_confirm",
            run: "click",
        },
        {
            content: "The last one opens as a whole",
            trigger: ".o_auto_my_day_detail h2:contains(Tour Today)",
        },
        {
            trigger: ".o_auto_open",
            run: "click",
        },
        { trigger: ".o_form_view .o_auto_lead_head:contains(Hello)" },
        {
            content: "And back",
            trigger: ".o_breadcrumb a:contains(My day), .breadcrumb a:contains(My day)",
            run: "click",
        },
        {
            trigger: ".o_auto_my_day_detail h2:contains(Tour Today)",
        },
        ...log("Signs tomorrow", "H"),
        {
            content: "Everything is done",
            trigger: ".o_auto_my_day_empty button",
            run: "click",
        },
        {
            content: "The cards of all prospects show",
            trigger: ".o_auto_lead_kanban .o_kanban_record .o_auto_grade:contains(A)",
        },
        {
            trigger: ".o_switch_view.o_list",
            run: "click",
        },
        { trigger: ".o_list_view .o_data_row:contains(Wants the blue one)" },
    ],
});

registry.category("web_tour.tours").add("auto_my_day_mobile", {
    url: "/odoo/auto-my-day",
    steps: () => [
        {
            content: "On a phone the list comes first",
            trigger: ".o_auto_my_day:not(.o_auto_my_day_open) .o_auto_card:contains(Tour New)",
        },
        {
            content: "Nothing is wider than the screen, and fingers hit what they want",
            trigger: ".o_auto_my_day",
            run: ({ anchor }) => {
                if (anchor.scrollWidth > window.innerWidth) {
                    throw new Error(`too wide: ${anchor.scrollWidth}`);
                }
                for (const el of anchor.querySelectorAll("a, button, select, input")) {
                    const box = el.getBoundingClientRect();
                    if (box.width && (box.height < 40 || box.width < 40)) {
                        throw new Error(`too small: ${el.className} ${box.height}`);
                    }
                }
            },
        },
        { trigger: ".o_auto_card a.o_auto_call[href='tel:+8613800138000']" },
        {
            trigger: ".o_auto_card:contains(Tour New) .o_auto_card_main",
            run: "click",
        },
        { trigger: ".o_auto_my_day_open .o_auto_my_day_detail h2:contains(Tour New)" },
        {
            content: "The card fits too",
            trigger: ".o_auto_my_day_detail",
            run: ({ anchor }) => {
                if (anchor.scrollWidth > window.innerWidth) {
                    throw new Error(`too wide: ${anchor.scrollWidth}`);
                }
                for (const el of anchor.querySelectorAll("a, button, input")) {
                    const box = el.getBoundingClientRect();
                    if (box.width && (box.height < 40 || box.width < 40)) {
                        throw new Error(`too small: ${el.className} ${box.height}`);
                    }
                }
            },
        },
        ...log("Wants the blue one", "A"),
        {
            content: "The next card is there, still over the list",
            trigger: ".o_auto_my_day_open .o_auto_my_day_detail h2:contains(Tour Overdue)",
        },
        {
            trigger: ".o_auto_back",
            run: "click",
        },
        { trigger: ".o_auto_my_day:not(.o_auto_my_day_open) .o_auto_card:contains(Tour Today)" },
    ],
});
