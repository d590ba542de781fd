from odoo import api, models


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.model
    def _get_view_group_hierarchy(self):
        """Show each automotive role as a choice of its own in the user form.

        Odoo's form takes the groups of one privilege for levels of which a user
        has one, and drops the others on saving. Our roles are no levels: a person
        may be consultant and adviser. So the form, and only the form, gets one
        privilege for each role.
        """
        hierarchy = super()._get_view_group_hierarchy()
        privilege = self.env.ref(
            "auto_crm_base.privilege_automotive", raise_if_not_found=False
        )
        if not privilege or privilege.id not in hierarchy["privileges"]:
            return hierarchy
        role_ids = hierarchy["privileges"][privilege.id]["group_ids"]
        keys = {group_id: f"auto_role_{group_id}" for group_id in role_ids}
        groups = dict(hierarchy["groups"])
        privileges = dict(hierarchy["privileges"])
        category_id = privileges.pop(privilege.id)["category_id"]
        ordered = self.browse(role_ids).sorted("sequence")
        for role in ordered:
            groups[role.id] = {**groups[role.id], "privilege_id": keys[role.id]}
            privileges[keys[role.id]] = {
                "id": keys[role.id],
                "name": groups[role.id]["name"],
                "category_id": category_id,
                "description": groups[role.id]["comment"],
                "placeholder": self.env._("No"),
                "group_ids": [role.id],
            }
        categories = [
            {
                **category,
                "privilege_ids": [
                    key
                    for privilege_id in category["privilege_ids"]
                    for key in (
                        [keys[role.id] for role in ordered]
                        if privilege_id == privilege.id
                        else [privilege_id]
                    )
                ],
            }
            for category in hierarchy["categories"]
        ]
        return {"groups": groups, "privileges": privileges, "categories": categories}
