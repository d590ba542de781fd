import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Planned and reached of a campaign, as the evaluation keeps them. */
export class CampaignFigures extends Component {
    static template = "auto_crm_campaign.Figures";
    static props = { ...standardFieldProps };

    get rows() {
        return this.props.record.data[this.props.name] || [];
    }
}

registry.category("fields").add("auto_campaign_figures", {
    component: CampaignFigures,
    supportedTypes: ["json"],
});
