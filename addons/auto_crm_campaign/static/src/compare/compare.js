import { Component, onWillStart, useState } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/**
 * Campaigns side by side: one column each, what is best in bold, and every figure
 * opens the records behind it.
 */
export class CampaignCompare extends Component {
    static template = "auto_crm_campaign.Compare";
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        const given = this.props.action.params?.campaign_ids;
        this.ids = given || this.props.state?.campaign_ids || [];
        this.state = useState({ campaigns: [], rows: [] });
        this.props.updateActionState?.({ campaign_ids: this.ids });
        onWillStart(async () => {
            Object.assign(
                this.state,
                await this.orm.call("utm.campaign", "auto_comparison", [this.ids])
            );
        });
    }

    openCampaign(campaign) {
        this.action.doAction("auto_crm_campaign.utm_campaign_auto_action", {
            viewType: "form",
            props: { resId: campaign.id },
        });
    }

    openList() {
        this.action.doAction("auto_crm_campaign.utm_campaign_auto_action");
    }

    async openFigure(row, index) {
        const action = await this.orm.call(
            "utm.campaign",
            "action_open_auto_figure",
            [[this.state.campaigns[index].id]],
            { context: { auto_figure: row.key } }
        );
        this.action.doAction(action);
    }
}

registry.category("actions").add("auto_crm_campaign.compare", CampaignCompare);
