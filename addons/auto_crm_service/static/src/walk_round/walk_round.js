import { Component, onMounted, onWillStart, onWillUnmount, useRef, useState } from "@odoo/owl";
import { attachSignaturePad } from "@auto_crm_service/signature_pad/signature_pad";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { getDataURLFromFile } from "@web/core/utils/urls";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/**
 * The walk round a car at reception, for a tablet or a phone: a tap on the outline marks
 * damage, the customer signs at the end. Each mark is kept at once.
 */
export class WalkRound extends Component {
    static template = "auto_crm_service.WalkRound";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.canvas = useRef("canvas");
        this.state = useState({ data: null, kind: "scratch", name: "", busy: false, selectedId: null });
        onWillStart(() => this.load());
        onMounted(() => {
            if (this.canvas.el) {
                this.pad = attachSignaturePad(this.canvas.el);
            }
        });
        onWillUnmount(() => this.pad?.remove());
    }

    get repairId() {
        const { params, context } = this.props.action;
        return params?.repair_id || context?.active_id;
    }

    get data() {
        return this.state.data;
    }

    async load() {
        this.state.data = await this.orm.call("repair.order", "walk_round", [this.repairId]);
        this.state.name = this.state.name || this.data.customer;
    }

    kindName(kind) {
        return Object.fromEntries(this.data.kinds)[kind];
    }

    // ------------------------------------------------------------
    // Marks
    // ------------------------------------------------------------

    async onTap(ev) {
        if (!this.data.may_write || this.state.busy) {
            return;
        }
        const box = ev.currentTarget.getBoundingClientRect();
        const place = (at, from, size) =>
            Math.round((Math.min(Math.max((at - from) / size, 0), 1) * 10000)) / 100;
        await this.keep(async () => {
            const [id] = await this.orm.create("auto.damage.mark", [
                {
                    repair_id: this.repairId,
                    kind: this.state.kind,
                    x: place(ev.clientX, box.left, box.width),
                    y: place(ev.clientY, box.top, box.height),
                },
            ]);
            this.state.selectedId = id;
        });
    }

    async setMark(mark, values) {
        await this.keep(() => this.orm.write("auto.damage.mark", [mark.id], values));
    }

    async removeMark(mark) {
        await this.keep(() => this.orm.unlink("auto.damage.mark", [mark.id]));
    }

    async onPhoto(ev, mark) {
        const [file] = ev.target.files;
        if (file) {
            const picture = await getDataURLFromFile(file);
            await this.keep(() =>
                this.orm.create("auto.repair.photo", [
                    {
                        repair_id: this.repairId,
                        mark_id: mark.id,
                        name: this.kindName(mark.kind),
                        image: picture.split(",")[1],
                    },
                ])
            );
        }
        ev.target.value = "";
    }

    // ------------------------------------------------------------
    // The rest
    // ------------------------------------------------------------

    async setFuel(level) {
        await this.keep(() =>
            this.orm.write("repair.order", [this.repairId], { fuel_level: level })
        );
    }

    async setBelongings(ev) {
        const belongings = ev.target.value;
        await this.keep(() => this.orm.write("repair.order", [this.repairId], { belongings }));
    }

    async keep(call) {
        this.state.busy = true;
        try {
            await call();
        } finally {
            this.state.busy = false;
            await this.load();
        }
    }

    async sign() {
        const signature = this.pad.isEmpty() ? "" : this.pad.toDataURL().split(",")[1];
        await this.keep(() =>
            this.orm.call("repair.order", "sign_walk_round", [
                [this.repairId],
                this.state.name,
                signature,
            ])
        );
    }

    async print() {
        await this.action.doAction("auto_crm_service.report_repair_reception", {
            additionalContext: { active_ids: [this.repairId], active_id: this.repairId, active_model: "repair.order" },
        });
    }

    async back() {
        const action = await this.orm.call("repair.order", "action_open_service", [this.repairId]);
        await this.action.doAction(action, { clearBreadcrumbs: true });
    }
}

registry.category("actions").add("auto_crm_service.walk_round", WalkRound);
