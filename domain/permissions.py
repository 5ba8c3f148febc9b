"""Who may do what: one matrix of actions and roles, for organisations, projects and books. Roles come from Supabase."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType

from domain.commands import Command


class OrgRole(StrEnum):
    """A person's role in an organisation."""

    OWNER = "owner"
    ADMIN = "admin"
    MEMBER = "member"
    BILLING = "billing"


class Role(StrEnum):
    """A person's role in the project that a deal belongs to."""

    LEAD = "lead"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    VIEWER = "viewer"


AnyRole = OrgRole | Role


class Action(StrEnum):
    """What people and keys ask for, besides the commands of a book (`cim.<type of the command>`)."""

    ORG_READ = "org.read"
    ORG_UPDATE = "org.update"
    ORG_END = "org.end"
    OWNERS_MANAGE = "owners.manage"
    MEMBERS_READ = "members.read"
    MEMBERS_MANAGE = "members.manage"
    INVITATIONS_READ = "invitations.read"
    INVITATIONS_MANAGE = "invitations.manage"
    TRIALS_READ = "trials.read"
    TEAMS_READ = "teams.read"
    TEAMS_MANAGE = "teams.manage"
    PROJECTS_READ = "projects.read"
    PROJECTS_MANAGE = "projects.manage"
    PROJECT_MEMBERS_READ = "project_members.read"
    PROJECT_MEMBERS_MANAGE = "project_members.manage"
    DEALS_READ = "deals.read"
    DEALS_MANAGE = "deals.manage"
    KEYS_CREATE = "keys.create"
    KEYS_READ = "keys.read"
    KEYS_MANAGE = "keys.manage"
    USAGE_READ = "usage.read"
    AUDIT_READ = "audit.read"
    APPLICATIONS_READ = "applications.read"
    APPLICATIONS_MANAGE = "applications.manage"
    FLAGS_READ = "flags.read"
    FLAGS_MANAGE = "flags.manage"
    BOOKS_READ = "books.read"
    BOOKS_EXPORT = "books.export"
    BOOKS_ASK = "books.ask"
    BOOKS_RUN = "books.run"
    PAYLOADS_READ = "payloads.read"
    DOCUMENTS_READ = "documents.read"
    DOCUMENTS_MANAGE = "documents.manage"


_OWNER, _ADMIN, _MEMBER, _BILLING = OrgRole
_LEAD, _EDITOR, _REVIEWER, _VIEWER = Role

_OWNERS = frozenset[AnyRole]({_OWNER})
_ADMINS = _OWNERS | {_ADMIN}
_ORGANISATION = frozenset[AnyRole](OrgRole)
_LEADS = frozenset[AnyRole]({_LEAD})
_EDITORS = _LEADS | {_EDITOR}
_REVIEWERS = _EDITORS | {_REVIEWER}
_PROJECT = frozenset[AnyRole](Role)

_ACTIONS: dict[str, frozenset[AnyRole]] = {
    Action.ORG_READ: _ORGANISATION,
    Action.ORG_UPDATE: _ADMINS,
    Action.ORG_END: _OWNERS,
    Action.OWNERS_MANAGE: _OWNERS,
    Action.MEMBERS_READ: _ADMINS,
    Action.MEMBERS_MANAGE: _ADMINS,
    Action.INVITATIONS_READ: _ADMINS,
    Action.INVITATIONS_MANAGE: _ADMINS,
    Action.TRIALS_READ: _ADMINS,
    Action.TEAMS_READ: _ORGANISATION,
    Action.TEAMS_MANAGE: _ADMINS,
    Action.PROJECTS_READ: _ADMINS | _PROJECT,
    Action.PROJECTS_MANAGE: _ADMINS,
    Action.PROJECT_MEMBERS_READ: _ADMINS | _PROJECT,
    Action.PROJECT_MEMBERS_MANAGE: _ADMINS | _LEADS,
    Action.DEALS_READ: _ADMINS | _PROJECT,
    Action.DEALS_MANAGE: _ADMINS | _LEADS,
    Action.KEYS_CREATE: _ADMINS | {_MEMBER},
    Action.KEYS_READ: _ADMINS,
    Action.KEYS_MANAGE: _ADMINS,
    Action.USAGE_READ: _ADMINS | {_BILLING, _LEAD},
    Action.AUDIT_READ: _ADMINS,
    Action.APPLICATIONS_READ: _ADMINS,
    Action.APPLICATIONS_MANAGE: _ADMINS,
    Action.FLAGS_READ: _ADMINS,
    Action.FLAGS_MANAGE: _ADMINS,
    Action.BOOKS_READ: _PROJECT,
    Action.BOOKS_EXPORT: _PROJECT,
    Action.BOOKS_ASK: _REVIEWERS,
    Action.BOOKS_RUN: _EDITORS,
    Action.PAYLOADS_READ: _LEADS,
    Action.DOCUMENTS_READ: _PROJECT,
    Action.DOCUMENTS_MANAGE: _EDITORS,
}

_COMMANDS: dict[str, frozenset[AnyRole]] = {
    "create": _EDITORS,
    "navigate": _EDITORS,
    "go_to_section": _REVIEWERS,
    "go_to_slide": _REVIEWERS,
    "save_buyer_persona": _EDITORS,
    "save_hero_context": _EDITORS,
    "save_outline": _EDITORS,
    "save_slide": _EDITORS,
    "approve_slide": _REVIEWERS,
    "remove_slide": _EDITORS,
    "confirm_artifact": _REVIEWERS,
    "reorder_slides": _EDITORS,
    "gather_context": _EDITORS,
    "rename": _EDITORS,
    "restore": _EDITORS,
    "complete": _LEADS,
    "reopen": _LEADS,
    "delete": _LEADS,
    "create_entity": _EDITORS,
    "update_entity": _EDITORS,
    "remove_entity": _EDITORS,
    "create_relationship": _EDITORS,
    "remove_relationship": _EDITORS,
    "commit_decision": _EDITORS,
    "open_request": _REVIEWERS,
    "answer_question": _REVIEWERS,
    "answer_confirmation": _EDITORS,
    "close_request": _REVIEWERS,
    "record_tool_calls": _REVIEWERS,
    "accept_finding": _EDITORS,
    "withdraw_acceptance": _EDITORS,
}


def action_of(command_type: str) -> str:
    """Name of a command among the actions."""
    return f"cim.{command_type}"


MATRIX: Mapping[str, frozenset[AnyRole]] = MappingProxyType(
    {**_ACTIONS, **{action_of(command): roles for command, roles in _COMMANDS.items()}}
)
"""The roles that may do an action; one of them is enough."""

COMMANDS_OF: Mapping[Role, frozenset[str]] = MappingProxyType(
    {role: frozenset(command for command, roles in _COMMANDS.items() if role in roles) for role in Role}
)


def may(roles: Iterable[AnyRole | None], action: str) -> bool:
    """Whether somebody with these roles may do it. None stands for no role; what is not in the matrix is refused."""
    return not MATRIX.get(action, frozenset()).isdisjoint(role for role in roles if role is not None)


def may_send(role: Role, command: Command) -> bool:
    return command.type in COMMANDS_OF[role]
