/**
 * Lets somebody sign on a canvas, with a finger, a pen or a mouse.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {() => void} [onChange] called after every stroke
 * @returns {{clear: () => void, isEmpty: () => boolean, toDataURL: () => string,
 *     remove: () => void}}
 */
export function attachSignaturePad(canvas, onChange = () => {}) {
    const context = canvas.getContext("2d");
    let strokes = 0;
    let last = null;

    function fit() {
        const box = canvas.getBoundingClientRect();
        if (!box.width || strokes) {
            return;
        }
        canvas.width = Math.round(box.width);
        canvas.height = Math.round(box.height);
        context.lineWidth = 2.5;
        context.lineCap = "round";
        context.strokeStyle = "#1a1a1a";
    }

    function point(ev) {
        const box = canvas.getBoundingClientRect();
        return [
            ((ev.clientX - box.left) * canvas.width) / (box.width || 1),
            ((ev.clientY - box.top) * canvas.height) / (box.height || 1),
        ];
    }

    function down(ev) {
        ev.preventDefault();
        fit();
        last = point(ev);
        if (ev.isTrusted) {
            canvas.setPointerCapture(ev.pointerId);
        }
    }

    function move(ev) {
        if (!last) {
            return;
        }
        const next = point(ev);
        context.beginPath();
        context.moveTo(...last);
        context.lineTo(...next);
        context.stroke();
        last = next;
        strokes++;
    }

    function up() {
        if (last) {
            last = null;
            onChange();
        }
    }

    const handlers = { pointerdown: down, pointermove: move, pointerup: up, pointerleave: up };
    for (const [name, handler] of Object.entries(handlers)) {
        canvas.addEventListener(name, handler);
    }
    canvas.style.touchAction = "none";
    fit();
    return {
        clear() {
            context.clearRect(0, 0, canvas.width, canvas.height);
            strokes = 0;
            onChange();
        },
        isEmpty: () => strokes < 3,
        toDataURL: () => canvas.toDataURL("image/png"),
        remove() {
            for (const [name, handler] of Object.entries(handlers)) {
                canvas.removeEventListener(name, handler);
            }
        },
    };
}
