from odoo import api, fields, models
from odoo.tools import SQL


class AutoCompetitorResult(models.Model):
    """Wins and losses: one line for each prospect and model it compared ours with.

    Lost to: the competitor named in the approved loss. Won against: each model that
    a won prospect had compared. In contest: the same of the open ones.
    """

    _name = "auto.competitor.result"
    _description = "Win or loss against a competitor"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "lead_id"
    _depends = {
        "crm.lead": [
            "active",
            "company_id",
            "competitor_id",
            "competitor_model_id",
            "date_closed",
            "lost_date",
            "lost_reason_id",
            "lost_state",
            "received_date",
            "rival_model_ids",
            "user_id",
            "won_status",
        ],
        "auto.competitor.model": ["competitor_id"],
    }

    lead_id = fields.Many2one(comodel_name="crm.lead", string="Prospect", readonly=True)
    company_id = fields.Many2one(
        comodel_name="res.company", string="Store", readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Consultant", readonly=True
    )
    competitor_id = fields.Many2one(comodel_name="auto.competitor", readonly=True)
    competitor_model_id = fields.Many2one(
        comodel_name="auto.competitor.model", string="Their model", readonly=True
    )
    model_id = fields.Many2one(
        comodel_name="fleet.vehicle.model",
        string="Our model",
        readonly=True,
        help="The first of the models that the customer wanted.",
    )
    lost_reason_id = fields.Many2one(
        comodel_name="crm.lost.reason", string="Reason", readonly=True
    )
    date = fields.Date(string="Decided or received on", readonly=True)
    result = fields.Selection(
        selection=[
            ("won", "Won against"),
            ("lost", "Lost to"),
            ("open", "In contest"),
        ],
        readonly=True,
    )
    won = fields.Integer(readonly=True, aggregator="sum")
    lost = fields.Integer(readonly=True, aggregator="sum")
    win_share = fields.Float(
        string="Won (%)",
        readonly=True,
        aggregator="avg",
        help="Of those decided; the prospects in contest do not count.",
    )

    @property
    def _table_query(self) -> SQL:
        return SQL(
            """
            SELECT lead.id::bigint * 1000000 + COALESCE(rival.model_id, 0) AS id,
                   lead.id AS lead_id,
                   lead.company_id,
                   lead.user_id,
                   rival.competitor_id,
                   rival.model_id AS competitor_model_id,
                   (SELECT min(wanted.fleet_vehicle_model_id)
                      FROM crm_lead_need_model_rel wanted
                     WHERE wanted.crm_lead_id = lead.id) AS model_id,
                   CASE WHEN rival.result = 'lost' THEN lead.lost_reason_id END
                        AS lost_reason_id,
                   CASE rival.result
                        WHEN 'lost' THEN COALESCE(lead.lost_date, lead.write_date)
                        WHEN 'won' THEN COALESCE(lead.date_closed, lead.write_date)
                        ELSE COALESCE(lead.received_date, lead.create_date)
                   END::date AS date,
                   rival.result,
                   (rival.result = 'won')::int AS won,
                   (rival.result = 'lost')::int AS lost,
                   CASE rival.result WHEN 'won' THEN 100.0 WHEN 'lost' THEN 0.0 END
                        AS win_share
              FROM crm_lead lead
              JOIN (
                    SELECT lead.id AS lead_id, lead.competitor_id,
                           lead.competitor_model_id AS model_id, 'lost' AS result
                      FROM crm_lead lead
                     WHERE lead.lost_state = 'approved'
                       AND lead.competitor_id IS NOT NULL
                    UNION ALL
                    SELECT lead.id, model.competitor_id, model.id,
                           CASE lead.won_status WHEN 'won' THEN 'won' ELSE 'open' END
                      FROM crm_lead lead
                      JOIN crm_lead_rival_model_rel rel ON rel.crm_lead_id = lead.id
                      JOIN auto_competitor_model model
                        ON model.id = rel.auto_competitor_model_id
                     WHERE lead.won_status = 'won'
                        OR lead.won_status = 'pending' AND lead.active
                   ) rival ON rival.lead_id = lead.id
            """
        )

    @api.model
    def _counts(self, name, records):
        """Return how often each of ``records`` was met, by id and result."""
        if not self.has_access("read"):
            return {}
        groups = self._read_group(
            [(name, "in", records.ids)], [name, "result"], ["lead_id:count_distinct"]
        )
        return {(record.id, result): count for record, result, count in groups}

    @api.model
    def _open(self, title, domain):
        """Return the action that opens the lines of ``domain``."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "auto_crm_lead.auto_competitor_result_action"
        )
        return action | {
            "name": self.env._("Wins and losses: %s", title),
            "domain": domain,
            "view_mode": "list,pivot,graph",
            "views": [(False, "list"), (False, "pivot"), (False, "graph")],
            "context": {},
        }

    def action_open_lead(self):
        """Open the prospect behind a line."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }
