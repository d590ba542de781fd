import { registry } from "@web/core/registry";

/** Nothing is wider than the phone, but what is scrolled sideways on purpose. */
const fits = {
    content: "The page fits the phone",
    trigger: ".o_auto_guide",
    run() {
        const { scrollWidth } = document.documentElement;
        if (scrollWidth > window.innerWidth) {
            throw new Error(`too wide: ${scrollWidth}`);
        }
    },
};

registry.category("web_tour.tours").add("auto_guide", {
    steps: () => [
        {
            content: "Three models",
            trigger: ".o_auto_guide_card:eq(2)",
        },
        fits,
        {
            content: "The family needs seats",
            trigger: "select#guide_seats",
            run: "select 7",
        },
        {
            trigger: ".o_auto_guide form button[type=submit].btn-primary",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Two have so many",
            trigger: ".o_auto_guide:not(:has(.o_auto_guide_card:contains(GuideSmall)))",
        },
        {
            content: "One is liked",
            trigger: ".o_auto_guide_card:contains(GuideLarge) input[name=m]",
            run: "click",
        },
        {
            content: "the other, too",
            trigger: ".o_auto_guide_card:contains(GuideWide) input[name=m]",
            run: "click",
        },
        {
            trigger: ".o_auto_guide .sticky-bottom button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "They stand side by side",
            trigger: ".o_auto_guide_compare:contains(GuideLarge):contains(GuideWide)",
        },
        fits,
        {
            content: "What does it cost?",
            trigger: ".o_auto_guide_compare a[href*='wish=price']:eq(0)",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "The model is chosen already",
            trigger: "form.o_auto_guide_ask select#guide_model:has(option[selected]:contains(GuideLarge))",
        },
        fits,
        {
            trigger: "input#guide_name",
            run: "edit 王芳",
        },
        {
            trigger: "input#guide_phone",
            run: "edit 138 0013 8000",
        },
        {
            trigger: "input#guide_consent",
            run: "click",
        },
        {
            trigger: "form.o_auto_guide_ask button[type=submit]",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It has come in",
            trigger: ".o_auto_guide .fa-check-circle",
        },
        fits,
    ],
});
