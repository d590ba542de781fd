import { onWillUnmount } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { formView } from "@web/views/form/form_view";

/** Shows how far a list is, by asking again every two seconds while it runs. */
export class ImportFormController extends formView.Controller {
    setup() {
        super.setup();
        const timer = setInterval(() => this.refreshProgress(), 2000);
        onWillUnmount(() => clearInterval(timer));
    }

    async refreshProgress() {
        const root = this.model.root;
        if (root?.resId && root.data.state === "running" && !(await root.isDirty())) {
            await root.load();
        }
    }
}

registry.category("views").add("auto_lead_import_form", {
    ...formView,
    Controller: ImportFormController,
});
