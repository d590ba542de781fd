/** Steps that the tours of all addons take. */

/** Press a button of a form, or of what `where` selects. */
export const button = (content, name, where = ".o_form_view") => ({
    content,
    trigger: `${where} button[name=${name}]:enabled`,
    run: "click",
});

/** Wait until the form shows a state; a busy machine needs its time. */
export const state = (content, value) => ({
    content,
    trigger: `body:not(:has(.modal)) .o_form_view .o_statusbar_status .o_arrow_button_current[data-value=${value}]`,
    timeout: 60000,
});

/** Wait until nothing is left to be saved. */
export const saved = () => ({
    content: "All is saved",
    trigger: ".o_form_view:not(:has(.o_form_status_indicator_buttons:not(.invisible)))",
});

export const tab = (content, name) => ({
    content,
    trigger: `.o_form_view .o_notebook_headers a[name=${name}]`,
    run: "click",
});

/** Type into a field: an input or a text area. */
export const type = (content, field, text, where = ".o_form_view") => ({
    content,
    trigger: `${where} .o_field_widget[name=${field}] :is(input, textarea)`,
    run: `edit ${text}`,
});

/** Choose a record by typing its name. */
export const choose = (content, field, text, where = ".o_form_view") => [
    type(content, field, text, where),
    {
        trigger: `.o-autocomplete--dropdown-item:not(.o_m2o_dropdown_option):contains(${text})`,
        run: "click",
    },
];

/** Choose from a list of words, which differ by language: by number, from 0. */
export const select = (content, field, index, where = ".o_form_view") => [
    {
        content,
        trigger: `${where} .o_field_widget[name=${field}] .o_select_menu_toggler`,
        run: "click",
    },
    {
        trigger: `.o_select_menu_item[data-choice-index='${index}']`,
        run: "click",
    },
];

/** Draw a line on the pad, as a finger would. */
export function draw(pad) {
    const { left, top, width, height } = pad.getBoundingClientRect();
    const strokes = ["pointerdown", ...Array(8).fill("pointermove"), "pointerup"];
    strokes.forEach((type, step) =>
        pad.dispatchEvent(
            new PointerEvent(type, {
                bubbles: true,
                buttons: type === "pointerup" ? 0 : 1,
                clientX: left + (width * (step + 1)) / 12,
                clientY: top + height / (2 + (step % 2)),
                isPrimary: true,
                pointerId: 1,
                pressure: 0.5,
            })
        )
    );
}

/** Sign in the field, by hand. */
export const sign = (content, field) => [
    {
        content,
        trigger: `.o_field_widget[name=${field}] .o_signature_empty`,
        run: "click",
    },
    {
        content: "The signature is drawn",
        trigger: ".modal canvas.o_web_sign_signature",
        run() {
            draw(this.anchor);
        },
    },
    {
        content: "It is adopted",
        trigger: ".modal .modal-footer .btn-primary:enabled",
        run: "click",
    },
    {
        content: "It stands on the sheet",
        trigger: `body:not(:has(.modal)) .o_field_widget[name=${field}] img.o_signature`,
    },
];
