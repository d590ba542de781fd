"""Members among the demo's customers: their tiers, points and benefits used.

Everything is relative to today. Nothing here runs unless demo data is loaded.
"""

from odoo import api, fields, models
from odoo.tools import SQL

# Customer, store, member for so many days, tiers with the days since, points earned
# (days ago, points, for what), points used (days ago, points, for what).
MEMBERS = (
    ("zhang_min", 1, 1400, (("silver", 900), ("gold", 340)),
     ((350, 1860, "service"), (200, 640, "wash"), (30, 2480, "service")),
     ((30, 2000, "reward"),)),
    ("wang_lei", 1, 900, (("silver", 380),),
     ((400, 2150, "service"), (60, 1730, "service")), ()),
    ("liu_yang", 1, 370, (), ((370, 520, "service"), (20, 880, "service")), ()),
    ("chen_jie", 1, 400, (("silver", 380), ("gold", 300), ("platinum", 150)),
     ((380, 9200, "accessories"), (180, 12400, "accessories"), (12, 3860, "service")),
     ((12, 5000, "reward"),)),
    ("zhao_hong", 1, 1100, (("silver", 350),),
     ((760, 2960, "service"), (390, 1440, "service"), (45, 2210, "service")), ()),
    ("huang_wei", 1, 90, (), ((60, 460, "service"),), ()),
    ("zhou_ting", 1, 22, (), ((3, 300, "accessories"),), ()),
    ("xu_jing", 1, 490, (("silver", 400), ("gold", 200)),
     ((420, 3300, "accessories"), (210, 6900, "accessories"), (15, 1240, "service")),
     ((15, 1000, "reward"),)),
    ("hartley", 1, 1500, (("silver", 620),),
     ((715, 2400, "service"), (100, 2980, "service")), ((100, 1000, "reward"),)),
    ("ma_li", 1, 150, (), ((150, 690, "service"),), ()),
    ("xinghe", 1, 880, (("silver", 700), ("gold", 480)),
     ((500, 8800, "service"), (200, 9300, "service"), (9, 4100, "service")), ()),
    ("guo_feng", 2, 1300, (("silver", 440),),
     ((450, 2600, "service"), (30, 1920, "service")), ()),
    ("lin_yue", 2, 360, (("silver", 200), ("gold", 100)),
     ((200, 4100, "accessories"), (20, 1150, "service")), ()),
    ("luo_dan", 2, 700, (("gold", 500), ("platinum", 290)),
     ((600, 12600, "accessories"), (300, 18200, "accessories"), (25, 4800, "service")),
     ((300, 8000, "reward"),)),
    ("song_qi", 3, 600, (), ((500, 940, "service"), (33, 1280, "service")), ()),
    ("tang_ning", 3, 170, (("silver", 90),), ((90, 3150, "accessories"),), ()),
)  # fmt: skip
# Customer, benefit, days ago, note.
USES = (
    ("zhang_min", "wash", 2, "After the service"),
    ("zhang_min", "labour", 30, "60,000 km service"),
    ("chen_jie", "pickup", 12, "Fetched from Wenyi Road"),
    ("chen_jie", "wash", 12, ""),
    ("xu_jing", "wash", 15, ""),
    ("xu_jing", "check", 15, "Before the trip to Huangshan"),
    ("wang_lei", "wash", 20, ""),
    ("lin_yue", "wash", 20, ""),
    ("luo_dan", "labour", 25, "Annual service"),
    ("guo_feng", "wash", 30, ""),
)


class AutoMember(models.Model):
    _inherit = "auto.member"

    @api.model
    def _load_demo_members(self):
        """Create the demo members, once."""
        if self.env.ref("auto_crm_member.demo_member_zhang_min", False):
            return
        quiet = self.with_context(
            tracking_disable=True,
            mail_create_nolog=True,
            mail_create_nosubscribe=True,
            loyalty_no_mail=True,
        )
        program = quiet.env.ref("auto_crm_member.program_club")
        # Before the first order: the demo's stores count in yuan.
        program.currency_id = quiet.env.ref("auto_crm_base.company_group").currency_id
        members = {}
        for line in MEMBERS:
            members[line[0]] = quiet._demo_member(program, line)
        for key, benefit, days, note in USES:
            quiet._demo_use(members[key], benefit, days, note)

    @api.model
    def _demo_member(self, program, line):
        key, store, days, tiers, earned, used = line
        today = fields.Date.context_today(self)
        company = self.env.ref(f"auto_crm_base.company_store{store}")
        member = self.with_company(company).create(
            {
                "partner_id": self.env.ref(f"auto_crm_base.demo_customer_{key}").id,
                "program_id": program.id,
                "company_id": company.id,
                "date_joined": fields.Date.subtract(today, days=days),
            }
        )
        self.env["ir.model.data"].create(
            {
                "module": "auto_crm_member",
                "name": f"demo_member_{key}",
                "model": member._name,
                "res_id": member.id,
                "noupdate": True,
            }
        )
        member._demo_move(member.history_ids, "date", days)
        for code, ago in tiers:
            member._demo_tier(code, ago)
        words = {
            "service": self.env._("Service"),
            "accessories": self.env._("Accessories"),
            "wash": self.env._("Interior cleaning"),
            "reward": self.env._("Points for service and accessories"),
        }
        moves = [(ago, points, what) for ago, points, what in earned]
        moves += [(ago, -points, what) for ago, points, what in used]
        for ago, points, what in sorted(moves, key=lambda move: (-move[0], -move[1])):
            before = member.card_id.history_ids
            member._add_points(points, words[what])
            new = member.card_id.history_ids - before
            member._demo_move(new, "create_date", ago)
        return member

    def _demo_tier(self, code, ago):
        """Let the member have risen so many days ago."""
        today = fields.Date.context_today(self)
        tier = self.env.ref(f"auto_crm_member.tier_{code}")
        since = fields.Date.subtract(today, days=ago)
        history = self.env["auto.member.tier.history"].create(
            {
                "member_id": self.id,
                "old_tier_id": self.tier_id.id,
                "tier_id": tier.id,
                "direction": "up",
                "date": fields.Datetime.to_datetime(since),
                "spend": tier.spend_min * 1.12,
                "visits": tier.visits_min or 5,
            }
        )
        self._set(
            {
                "tier_id": tier.id,
                "tier_since": since,
                "tier_until": fields.Date.add(
                    today, months=tier.keep_months, days=-(ago % 300)
                ),
                "spend": history.spend,
                "visits": history.visits,
            }
        )

    @api.model
    def _demo_use(self, member, benefit, days, note):
        day = fields.Date.subtract(fields.Date.context_today(self), days=days)
        company = member.company_id
        member.with_company(company)._use_benefit(
            self.env.ref(f"auto_crm_member.benefit_{benefit}"), date=day, note=note
        )

    @api.model
    def _demo_move(self, records, column, days):
        """Date records back, as only a demo may."""
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE %s SET %s = %s - %s * INTERVAL '1 day'"
                " WHERE id IN %s RETURNING id",
                SQL.identifier(records._table),
                SQL.identifier(column),
                SQL.identifier(column),
                days,
                tuple(records.ids),
            )
        )
        records.invalidate_recordset()
