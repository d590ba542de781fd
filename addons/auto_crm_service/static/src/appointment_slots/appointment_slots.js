import { Component } from "@odoo/owl";
import { deserializeDate, deserializeDateTime, serializeDateTime } from "@web/core/l10n/dates";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/**
 * The free times of a week, a column for each day; a click chooses one.
 *
 * The value is `{days: [{date, times: [{start, label}]}]}`; what is chosen goes to
 * the field `start` of the record.
 */
export class AppointmentSlots extends Component {
    static template = "auto_crm_service.AppointmentSlots";
    static props = { ...standardFieldProps };

    get days() {
        const days = this.props.record.data[this.props.name]?.days || [];
        return days.map((day) => {
            const date = deserializeDate(day.date);
            return {
                ...day,
                label: date.toLocaleString({ weekday: "short", day: "numeric", month: "numeric" }),
            };
        });
    }

    get chosen() {
        const start = this.props.record.data.start;
        return start ? serializeDateTime(start) : "";
    }

    async choose(time) {
        await this.props.record.update({ start: deserializeDateTime(time.start) });
    }

    async lookFrom(days) {
        const from = this.props.record.data.slot_day || luxon.DateTime.now();
        const day = luxon.DateTime.max(from.plus({ days }), luxon.DateTime.now().startOf("day"));
        await this.props.record.update({ slot_day: day });
    }
}

export const appointmentSlots = {
    component: AppointmentSlots,
    supportedTypes: ["json", "jsonb"],
    fieldDependencies: [
        { name: "start", type: "datetime" },
        { name: "slot_day", type: "date" },
    ],
};

registry.category("fields").add("auto_appointment_slots", appointmentSlots);
