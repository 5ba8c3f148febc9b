"""What the key of a machine may call: only what is named here, and only with the action among its scopes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol, cast

from fastapi import Request

from access import Person
from api.problems import ApiProblem
from domain.permissions import Action, action_of

READING = (
    "read_cim list_cims read_cim_at diff_cim list_slides read_slide list_facts read_graph list_findings list_images "
    "download_image list_events stream_events list_messages read_message list_threads list_branches list_requests "
    "list_tool_calls list_runs list_all_runs read_run list_agents list_agents_of_book list_steps read_step"
)

KEY_ACTIONS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(READING.split(), Action.BOOKS_READ),
        **dict.fromkeys(("start_export", "read_export", "download_export"), Action.BOOKS_EXPORT),
        **dict.fromkeys(("list_sources", "read_source", "list_passages"), Action.DOCUMENTS_READ),
        **dict.fromkeys(("upload_source", "upload_image"), Action.DOCUMENTS_MANAGE),
        **dict.fromkeys(("send_message", "steer_run", "cancel_run", "switch_branch"), Action.BOOKS_ASK),
        **dict.fromkeys(("start_run", "resume_run", "fork_run"), Action.BOOKS_RUN),
        "create_cim": action_of("create"),
        "delete_cim": action_of("delete"),
        "send_commands": Action.BOOKS_READ,
        "answer_request": action_of("answer_question"),
        **dict.fromkeys(("read_usage", "read_run_usage", "read_budget"), Action.USAGE_READ),
        **dict.fromkeys(("list_orgs", "read_org"), Action.ORG_READ),
        "update_org": Action.ORG_UPDATE,
        "list_members": Action.MEMBERS_READ,
        **dict.fromkeys(("change_member", "remove_member"), Action.MEMBERS_MANAGE),
        "list_invitations": Action.INVITATIONS_READ,
        **dict.fromkeys(("create_invitation", "revoke_invitation"), Action.INVITATIONS_MANAGE),
        **dict.fromkeys(("list_teams", "list_team_members"), Action.TEAMS_READ),
        **dict.fromkeys(("create_team", "rename_team", "remove_team", "join_team", "leave_team"), Action.TEAMS_MANAGE),
        "list_trials": Action.TRIALS_READ,
        **dict.fromkeys(("list_projects", "read_project"), Action.PROJECTS_READ),
        "rename_project": Action.PROJECTS_MANAGE,
        "list_project_members": Action.PROJECT_MEMBERS_READ,
        **dict.fromkeys(("set_project_member", "remove_project_member"), Action.PROJECT_MEMBERS_MANAGE),
        "list_deals": Action.DEALS_READ,
        **dict.fromkeys(("create_deal", "change_deal"), Action.DEALS_MANAGE),
        **dict.fromkeys(
            ("list_applications", "read_application", "list_deployments", "read_deployment"), Action.APPLICATIONS_READ
        ),
        **dict.fromkeys(
            ("create_application", "update_application", "start_deployment", "call_off_deployment"),
            Action.APPLICATIONS_MANAGE,
        ),
        "list_versions": Action.APPLICATIONS_READ,
        "list_org_flags": Action.FLAGS_READ,
        **dict.fromkeys(("set_org_flag", "unset_org_flag"), Action.FLAGS_MANAGE),
        **dict.fromkeys(("list_audit", "export_audit", "verify_audit"), Action.AUDIT_READ),
    }
)
"""By operation id; `read_me` is open to every key. Each command of `send_commands` needs its own action besides.
Keys never sign in, make keys or projects, accept invitations or give ownership away: what is not here is refused."""


class _Route(Protocol):
    operation_id: str | None


def let_key_through(request: Request, caller: Person) -> None:
    """Raises `forbidden` for the key of a machine whose scopes do not reach the operation; people pass."""
    if not caller.is_machine:
        return
    operation = cast(_Route, request.scope["route"]).operation_id
    if operation == "read_me":
        return
    action = KEY_ACTIONS.get(operation or "")
    if action is None:
        raise ApiProblem("forbidden", "A key cannot do this.", "Sign in as a person.")
    if not caller.reaches(action):
        raise ApiProblem("forbidden", f"The scopes of this key do not name {action}.", "Make a key with that scope.")
