"""Who may ask for what. Roles come from Supabase; which role may send which command is said here, once."""

from __future__ import annotations

from enum import StrEnum

from domain.commands import Command


class Role(StrEnum):
    """A person's role in the project that a deal belongs to."""

    LEAD = "lead"
    EDITOR = "editor"
    REVIEWER = "reviewer"
    VIEWER = "viewer"


_VIEWING = frozenset({"go_to_section", "go_to_slide"})
_REVIEWING = _VIEWING | {
    "approve_slide",
    "confirm_artifact",
    "answer_question",
    "open_request",
    "close_request",
    "record_tool_calls",
}
_EDITING = _REVIEWING | {
    "create",
    "navigate",
    "save_buyer_persona",
    "save_hero_context",
    "save_outline",
    "save_slide",
    "remove_slide",
    "reorder_slides",
    "gather_context",
    "rename",
    "restore",
    "create_entity",
    "update_entity",
    "remove_entity",
    "create_relationship",
    "remove_relationship",
    "commit_decision",
    "answer_confirmation",
    "accept_finding",
    "withdraw_acceptance",
}
_LEADING = _EDITING | {"complete", "reopen", "delete"}

COMMANDS_OF: dict[Role, frozenset[str]] = {
    Role.VIEWER: frozenset(),
    Role.REVIEWER: frozenset(_REVIEWING),
    Role.EDITOR: frozenset(_EDITING),
    Role.LEAD: frozenset(_LEADING),
}


def may_send(role: Role, command: Command) -> bool:
    return command.type in COMMANDS_OF[role]
