"""What row-level security lets people do with their own token, as actions of the permission matrix."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

from domain.permissions import Action
from domain.values import Value

Anyone = Literal["anyone"]


class TableRights(Value):
    """The action that each operation takes. None: the service alone; `anyone`: whoever is signed in."""

    select: Action | Anyone
    insert: Action | None = None
    update: Action | None = None
    delete: Action | None = None


def _managed(read: Action, manage: Action) -> TableRights:
    return TableRights(select=read, insert=manage, update=manage, delete=manage)


TABLE_RIGHTS: Mapping[str, TableRights] = MappingProxyType(
    {
        "org_endings": TableRights(select=Action.ORG_READ),
        "organizations": TableRights(select=Action.ORG_READ, update=Action.ORG_UPDATE),
        "memberships": _managed(Action.MEMBERS_READ, Action.MEMBERS_MANAGE),
        "teams": _managed(Action.TEAMS_READ, Action.TEAMS_MANAGE),
        "team_members": _managed(Action.TEAMS_READ, Action.TEAMS_MANAGE),
        "projects": _managed(Action.PROJECTS_READ, Action.PROJECTS_MANAGE),
        "project_members": _managed(Action.PROJECT_MEMBERS_READ, Action.PROJECT_MEMBERS_MANAGE),
        "deals": _managed(Action.DEALS_READ, Action.DEALS_MANAGE),
        "documents": TableRights(select=Action.DOCUMENTS_READ),
        "invitations": TableRights(select=Action.INVITATIONS_READ),
        "api_keys": TableRights(select=Action.KEYS_READ),
        "trial_users": TableRights(select=Action.TRIALS_READ),
        "applications": TableRights(select=Action.APPLICATIONS_READ),
        "deployments": TableRights(select=Action.APPLICATIONS_READ),
        "deployment_steps": TableRights(select=Action.APPLICATIONS_READ),
        "versions": TableRights(select="anyone"),
        "features": TableRights(select=Action.FLAGS_READ),
        "audit_logs": TableRights(select=Action.AUDIT_READ),
        "audit_heads": TableRights(select=Action.AUDIT_READ),
        "audit_anchors": TableRights(select=Action.AUDIT_READ),
    }
)
"""Beyond them people see rows about themselves: their own memberships, keys and trial. Rows of owners are theirs."""
