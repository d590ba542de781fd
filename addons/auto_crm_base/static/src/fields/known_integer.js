import { registry } from "@web/core/registry";
import { IntegerField, integerField } from "@web/views/fields/integer/integer_field";

/** A number of which zero means that nobody knows it: zero is left blank. */
export class KnownIntegerField extends IntegerField {
    get formattedValue() {
        return this.value ? super.formattedValue : "";
    }
}

registry.category("fields").add("auto_known_integer", {
    ...integerField,
    component: KnownIntegerField,
});
