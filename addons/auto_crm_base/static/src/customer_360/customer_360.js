import { Component } from "@odoo/owl";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** The figures of a customer: each tile opens the records that it counts, where one may. */
export class AutoTiles extends Component {
    static template = "auto_crm_base.AutoTiles";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get tiles() {
        return (this.props.record.data[this.props.name] || []).map((tile) => ({
            ...tile,
            // A sum of money, as text, takes more room than a count.
            isAmount: String(tile.count).length > 6,
        }));
    }

    open(tile) {
        return this.action.doAction(tile.action);
    }
}

/** What happened with a customer, newest first. */
export class AutoTimeline extends Component {
    static template = "auto_crm_base.AutoTimeline";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get events() {
        return (this.props.record.data[this.props.name] || []).map((event, index) => ({
            ...event,
            key: `${event.res_model},${event.res_id},${index}`,
            when: formatDateTime(deserializeDateTime(event.date), { showSeconds: false }),
        }));
    }

    get emptyText() {
        return _t("Nothing has happened yet.");
    }

    open(event) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: event.res_model,
            res_id: event.res_id,
            views: [[false, "form"]],
            target: "current",
        });
    }
}

registry.category("fields").add("auto_tiles", {
    component: AutoTiles,
    displayName: _t("Figures of a customer"),
    supportedTypes: ["json"],
});
registry.category("fields").add("auto_timeline", {
    component: AutoTimeline,
    displayName: _t("Timeline of a customer"),
    supportedTypes: ["json"],
});
