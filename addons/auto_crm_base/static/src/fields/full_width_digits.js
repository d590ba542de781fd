/**
 * Chinese input methods write １２３ for 123. The fields for numbers, amounts and dates
 * do not read that: an amount would silently become 0. What is typed or pasted into
 * them is made plain at once, before the field sees it.
 */

const FIELDS = ["float", "integer", "monetary", "percentage", "float_time", "date", "datetime"];
const SELECTOR = FIELDS.map((type) => `.o_field_${type} input`).join(",");
const WIDE = /[０-９．，－＋／：％￥]/;

function makePlain(ev) {
    const input = ev.target;
    // While characters are being composed they belong to the input method.
    if (ev.isComposing || !input.matches?.(SELECTOR) || !WIDE.test(input.value)) {
        return;
    }
    const { selectionStart, selectionEnd } = input;
    input.value = input.value.normalize("NFKC");
    input.setSelectionRange(selectionStart, selectionEnd);
}

window.addEventListener("input", makePlain, true);
window.addEventListener("compositionend", makePlain, true);
