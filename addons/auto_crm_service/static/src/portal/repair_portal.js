import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";
import { attachSignaturePad } from "@auto_crm_service/signature_pad/signature_pad";

/** The estimate on the customer's page: what is chosen, its sum, the signature. */
export class RepairEstimate extends Interaction {
    static selector = ".o_auto_repair_estimate";
    dynamicContent = {
        "input[name=line]": { "t-on-change": () => this.onLine() },
        "input[data-job]": { "t-on-change": (ev) => this.onJob(ev) },
        ".o_auto_sign_again": { "t-on-click.prevent": () => this.pad.clear() },
        _root: { "t-on-submit": (ev) => this.onSubmit(ev) },
    };

    start() {
        this.pad = attachSignaturePad(this.el.querySelector("canvas"), () => this.onSigned());
        this.registerCleanup(() => this.pad.remove());
        this.onLine();
    }

    get lines() {
        return [...this.el.querySelectorAll("input[name=line]")];
    }

    onJob(ev) {
        for (const line of this.lines) {
            if (line.dataset.of === ev.currentTarget.dataset.job) {
                line.checked = ev.currentTarget.checked;
            }
        }
        this.onLine();
    }

    onLine() {
        for (const job of this.el.querySelectorAll("input[data-job]")) {
            const own = this.lines.filter((line) => line.dataset.of === job.dataset.job);
            const chosen = own.filter((line) => line.checked);
            job.checked = chosen.length > 0;
            job.indeterminate = chosen.length > 0 && chosen.length < own.length;
        }
        const sum = this.lines
            .filter((line) => line.checked)
            .reduce((total, line) => total + parseFloat(line.dataset.amount), 0);
        const output = this.el.querySelector(".o_auto_sum");
        const digits = parseInt(output.dataset.digits);
        const number = new Intl.NumberFormat(document.documentElement.lang || undefined, {
            minimumFractionDigits: digits,
            maximumFractionDigits: digits,
        }).format(sum);
        output.textContent =
            output.dataset.position === "before"
                ? `${output.dataset.symbol}\u00a0${number}`
                : `${number}\u00a0${output.dataset.symbol}`;
        const all = this.lines.every((line) => line.checked);
        const none = !this.lines.some((line) => line.checked);
        this.show(".o_auto_some", !all && !none);
        this.show(".o_auto_all", all);
        this.show(".o_auto_none", none);
    }

    show(selector, isShown) {
        this.el.querySelector(selector).classList.toggle("d-none", !isShown);
    }

    onSigned() {
        this.el.querySelector("input[name=signature]").value = this.pad.isEmpty()
            ? ""
            : this.pad.toDataURL();
        if (!this.pad.isEmpty()) {
            this.show(".o_auto_sign_missing", false);
        }
    }

    onSubmit(ev) {
        if (this.pad.isEmpty()) {
            ev.preventDefault();
            this.show(".o_auto_sign_missing", true);
            return;
        }
        // Pressed twice, it is sent once.
        this.el.querySelector("button[type=submit]").disabled = true;
    }
}

registry.category("public.interactions").add("auto_crm_service.repair_estimate", RepairEstimate);
